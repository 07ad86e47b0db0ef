"""Whom an event means, as the vendors and people write it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.oncall.naming import LONGEST, MOST_MEMBERS, in_table, level, members
from handlers.rotation import Member


@pytest.mark.parametrize(
    ("summary", "names"),
    [
        ("Ana Lima", ["Ana Lima"]),
        ("Ana, Bo", ["Ana", "Bo"]),
        ("Ana & Bo Chen", ["Ana", "Bo Chen"]),
        ("Ana and Bo", ["Ana", "Bo"]),
        ("Ana/Bo; Cy", ["Ana", "Bo", "Cy"]),
        ("Alexandra Underland", ["Alexandra Underland"]),
        ("Jean-Luc O'Neil", ["Jean-Luc O'Neil"]),
        ("On Call - Ana Lima - Payments Primary", ["Ana Lima"]),
        ("On Call - Ana Lima (Primary)", ["Ana Lima"]),
        ("On-call: Ana & Bo", ["Ana", "Bo"]),
        ("Oncall Ana", ["Oncall Ana"]),
        ("Ana is on call", ["Ana"]),
        ("Ana Lima on-call", ["Ana Lima"]),
        ("Ana Lima - On call", ["Ana Lima"]),
        ("[L2] ana@example.com", ["ana@example.com"]),
        ("[L1] @ana @bo", ["ana @bo"]),
        ("payments-rotation: ana@example.com, bo@example.com", ["ana@example.com", "bo@example.com"]),
        ("Ana (backup), Bo [secondary]", ["Ana", "Bo"]),
        ("Ana, ana", ["Ana"]),
        ("On call", []),
        ("", []),
        (" , ;", []),
    ],
)
def test_who_a_summary_names(summary: str, names: list[str]) -> None:
    assert [member.name for member in members(summary, [])] == names


@pytest.mark.parametrize(
    ("summary", "guests", "found"),
    [
        ("On Call - Ana Lima - Payments", [("ana@example.com", "")], [Member("Ana Lima", "ana@example.com")]),
        ("Payments", [("mailto:Ana@example.com", "Ana Lima")], [Member("Ana Lima", "Ana@example.com")]),
        (
            "On-call",
            [("MAILTO:ana@example.com", "Ana"), ("mailto:bo@example.com", "")],
            [Member("Ana", "ana@example.com"), Member("bo@example.com", "bo@example.com")],
        ),
        # Whoever made the event is a guest of it in many programs; the summary tells which one it means.
        (
            "Ana Lima",
            [("mailto:boss@example.com", "The Boss"), ("mailto:ana@example.com", "Ana Lima")],
            [Member("Ana Lima", "ana@example.com")],
        ),
        ("Ana", [("urn:uuid:7", "")], [Member("Ana")]),
        ("Ana", [("not an address", "Ana Lima")], [Member("Ana Lima")]),
    ],
)
def test_guests_come_with_addresses(summary: str, guests: list[tuple[str, str]], found: list[Member]) -> None:
    assert list(members(summary, guests)) == found


@pytest.mark.parametrize(("summary", "said"), [("[L0] a", 0), ("[L12]a", 12), (" [l3] a", 3), ("a [L3]", 0), ("", 0)])
def test_only_what_is_marked_has_a_level(summary: str, said: int) -> None:
    assert level(summary) == said


def test_the_table_has_addresses_and_names_word_for_word() -> None:
    people = {"Ana@Example.com": "U0ANA", "Bo  Chen": "U0BO"}
    assert in_table(people, Member("whoever", "ana@example.com")) == "U0ANA"
    assert in_table(people, Member("bo chen")) == "U0BO"
    assert in_table(people, Member("Bo Cheng")) == "", "nobody is guessed from a similar name"
    assert in_table(people, Member("Bo")) == ""


@given(
    summary=st.text(max_size=3000),
    guests=st.lists(st.tuples(st.text(max_size=60), st.text(max_size=300)), max_size=30),
)
def test_whatever_is_written_means_few_people_with_short_names(summary: str, guests: list[tuple[str, str]]) -> None:
    found = members(summary, guests)
    assert len(found) <= MOST_MEMBERS
    for member in found:
        assert 0 < len(member.name) <= max(LONGEST, 320)
        assert "\n" not in member.name
    assert level(summary) >= 0
