"""Nothing mapstorm can meet is without words, and no words are left over."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader

import handlers.errors as every_branch
from analyzers.errors import MapstormError
from analyzers.finding import Remedy, Verdict
from bot import words
from bot.words import LONGEST_NAME, Medium, template_name, text_of
from handlers.capture import BUG
from handlers.notes import NOTES, CaptureFailed, Note, Slip
from tests.bot.notes import finding, notes, service, summary

TEMPLATES = Path(words.TEMPLATES)
PLAIN = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True)
both_media = pytest.mark.parametrize("medium", list(Medium))


def family(error: type[MapstormError]) -> Iterator[type[MapstormError]]:
    yield error
    for branch in error.__subclasses__():
        if branch.__module__.startswith(("analyzers.", "handlers.", "bot.")):
            yield from family(branch)


ERRORS = sorted(set(family(MapstormError)), key=lambda error: error.__name__)
REASONS: dict[str, Any] = PLAIN.get_template("_reasons.j2").module.reasons  # type: ignore[attr-defined]


def test_every_note_has_its_template_and_every_template_its_note() -> None:
    files = {path.name for path in TEMPLATES.glob("*.j2") if not path.name.startswith("_")}
    assert files == {template_name(note) for note in NOTES}


def test_every_kind_of_note_is_among_those_the_tests_know() -> None:
    assert {type(note) for note in notes()} == set(NOTES)


def test_every_remedy_has_its_macro_and_every_macro_its_remedy() -> None:
    source = (TEMPLATES / "_remedies.j2").read_text()
    assert set(re.findall(r"macro do_(\w+)\(", source)) == {remedy.value for remedy in Remedy}


def test_every_verdict_has_its_words() -> None:
    source = (TEMPLATES / "_macros.j2").read_text().partition("set verdicts")[2]
    verdicts = re.findall(r'^  "(\w+)": "', source, re.MULTILINE)
    assert set(verdicts) == {verdict.value for verdict in Verdict}
    lead = (TEMPLATES / "_findings.j2").read_text()
    assert set(re.findall(r'f\.rule == "(\w+)" -%}\n\{\{ m\.place', lead)) == set(verdicts) - {"no_map_problem"}


def test_the_tree_of_errors_is_the_one_in_its_docstring() -> None:
    assert every_branch.__doc__
    assert {error.__name__ for error in ERRORS} <= set(re.findall(r"\w+", every_branch.__doc__))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_has_its_sentences(error: type[MapstormError]) -> None:
    what, then = REASONS[error.reason]
    assert what.endswith(".")
    assert then.endswith(".")
    assert max(len(what), len(then)) < LONGEST_NAME, "longer sentences would be cut as names are"


def test_no_reason_is_left_over() -> None:
    assert set(REASONS) == {error.reason for error in ERRORS} | {BUG}


@pytest.mark.parametrize("floor", ["bot", "handlers"])
def test_every_outage_names_what_is_away(floor: str) -> None:
    sources = (path.read_text() for path in (TEMPLATES.parent / floor).rglob("*.py"))
    away = {name for source in sources for name in re.findall(r'OutageError\("([^"]*)"\)', source)}
    assert away
    general = REASONS["outage"][0][:-1]
    for name in away:
        assert general not in text_of(Slip("outage", name), Medium.SLACK), name
    assert f"{general} (`/var/x`)." in text_of(Slip("outage", "/var/x"), Medium.SLACK)


@both_media
@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_reason_is_told_in_the_thread_and_to_the_asker(reason: str, medium: Medium) -> None:
    failed = text_of(CaptureFailed(service(), "orders-0", "r1.orders-0", reason, "detail"), medium)
    slip = text_of(Slip(reason, "detail"), medium)
    for text in (failed, slip):
        assert "detail" in text
        assert "…" not in text


@both_media
@pytest.mark.parametrize("note", notes(), ids=lambda note: type(note).__name__)
def test_every_note_renders_in_both_media(note: Note, medium: Medium) -> None:
    text = text_of(note, medium)
    assert text.strip()
    assert "None" not in text
    assert "{{" not in text
    assert not re.search(r"\n{3,}", text), "an empty paragraph"
    assert not re.search(r"[^\n ]  +[^ ]", text), "two spaces where one was meant"


@both_media
@pytest.mark.parametrize("remedy", list(Remedy))
@pytest.mark.parametrize("rule", [rule for rule in Verdict if rule is not Verdict.NO_MAP_PROBLEM])
def test_every_remedy_can_be_told_with_every_finding(rule: Verdict, remedy: Remedy, medium: Medium) -> None:
    whole = finding(rule)
    told = whole._replace(remediation=tuple(each for each in whole.remediation if each.kind is remedy))
    if not told.remediation:
        return  # a slice is advised as a slice
    assert "1. " in text_of(summary(told), medium)


@both_media
@pytest.mark.parametrize("saves", [None, 0.0, 5e6])
@pytest.mark.parametrize("hint", [None, 1000])
def test_remedies_can_be_told_without_numbers(saves: float | None, hint: int | None, medium: Medium) -> None:
    told = finding(Verdict.GROWTH_STORM)
    bare = told._replace(
        evidence=(),
        map=told.map._replace(entries=None, slot_bytes=None, key_kind=None) if told.map else None,
        remediation=tuple(each._replace(saves=saves, capacity_hint=hint) for each in told.remediation),
    )
    kept = bare._replace(
        evidence=tuple(each for each in told.evidence if each.name.startswith(("table", "alloc", "inuse")))
    )
    assert text_of(summary(kept), medium)
