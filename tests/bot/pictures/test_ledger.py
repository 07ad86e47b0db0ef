"""A ledger's parts are all that its line allocated, and only that: their shares are of one whole."""

import pytest

from analyzers.finding import Evidence, Unit, Verdict
from bot.pictures.ledger import drawing, parts
from tests.bot.notes import finding

MIB = 1024.0**2


def told(values: dict[str, float], rule: Verdict = Verdict.REBUILD_CHURN) -> list[tuple[str, str, float]]:
    evidence = tuple(Evidence(name, value * MIB, Unit.BYTES) for name, value in values.items())
    return [(part.css, part.name, part.space / MIB) for part in parts(finding(rule)._replace(evidence=evidence))]


TABLES = {"table_alloc_space": 113.0, "table_inuse_space": 3.0, "growth_garbage": 104.0}


@pytest.mark.parametrize(
    ("values", "dropped"),
    [
        ({}, ("other tables, dropped again", 6.0)),
        ({"value_alloc_space": 2.0, "value_inuse_space": 2.0}, ("other tables, dropped again", 6.0)),
        ({"value_alloc_space": 64.0, "value_inuse_space": 2.0}, ("other tables and values, dropped", 68.0)),
    ],
)
def test_the_parts_are_tables_and_values_that_were_allocated(
    values: dict[str, float], dropped: tuple[str, float]
) -> None:
    found = told(TABLES | values)
    assert ("dropped", *dropped) in found
    assert sum(space for _, _, space in found) == 113.0 + values.get("value_alloc_space", 0.0)


def test_values_alone_are_called_values() -> None:
    found = told({"table_alloc_space": 3.0, "table_inuse_space": 3.0, "value_alloc_space": 9.0})
    assert found == [("dropped", "keys and values, dropped again", 9.0), ("tables", "tables in use", 3.0)]


@pytest.mark.parametrize(("clones", "name"), [(98.0, "copies, dropped again"), (60.0, "other tables, dropped again")])
def test_copies_are_called_copies_where_most_of_it_are(clones: float, name: str) -> None:
    found = told({"table_alloc_space": 103.0, "table_inuse_space": 3.0, "clone_alloc_space": clones})
    assert found == [("dropped", name, 100.0), ("tables", "tables in use", 3.0)]


def test_the_heading_is_of_the_same_whole() -> None:
    def heading(values: dict[str, float]) -> str:
        evidence = tuple(Evidence(name, value * MIB, Unit.BYTES) for name, value in (TABLES | values).items())
        drawn = drawing(finding(Verdict.REBUILD_CHURN)._replace(evidence=evidence), 306.0)
        assert drawn is not None
        return drawn.labels[0].text

    assert heading({}) == "Allocated for tables since the start: 113 MiB"
    assert heading({"value_alloc_space": 64.0}) == "Allocated here since the start: 177 MiB"
