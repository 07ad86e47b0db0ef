"""The doctor's words: a line for each check, and for each red one what to do."""

import re

import pytest

from bot.words import Medium, text_of
from handlers.doctor import Check, Topic
from handlers.notes import DoctorReport
from tests.bot.doctor_notes import green, red, unknown

both_media = pytest.mark.parametrize("medium", list(Medium))
LINE = re.compile(r"^(✅ OK|❌ To do|⚪ Not known): \*[^*]+\*: \S", re.MULTILINE)


@both_media
@pytest.mark.parametrize("check", red("orders-0"), ids=lambda check: f"{check.topic}-{check.reason}")
def test_each_red_line_says_one_thing_to_do(check: Check, medium: Medium) -> None:
    head, line = text_of(DoctorReport((check,)), medium).strip().split("\n\n")
    assert "1 thing to do" in head
    assert LINE.match(line)
    assert "\n" not in line
    advised = (
        "Set",
        "Add",
        "Type",
        "Put",
        "Run",
        "Start",
        "Correct",
        "Invite",
        "Give",
        "See",
        "Let",
        "Upgrade",
        "Ask",
        "Unarchive",
    )
    assert re.search(rf"[.:] ({'|'.join(advised)})\b", line), "an advice"
    assert line.endswith(".")
    assert "  " not in line


@both_media
def test_each_topic_has_its_green_line(medium: Medium) -> None:
    text = text_of(DoctorReport(green("orders-0")), medium)
    assert len(LINE.findall(text)) == len(Topic)
    assert text.startswith(f"✅ *All {len(Topic)} checks are OK.*")


def test_what_is_not_known_for_the_same_reason_is_one_line() -> None:
    checks = (Check(Topic.QUEUE, None, "without", "redis"), Check(Topic.HELD, None, "without", "redis"))
    text = text_of(DoctorReport(checks), Medium.SLACK)
    assert "⚪ Not known: *Queue*, *Held back* (needs Redis)" in text
    assert text.startswith("⚪ *Nothing is wrong as far as one can tell*: 0 OK, 2 not known.")


def test_every_reason_for_not_knowing_has_words() -> None:
    text = text_of(DoctorReport(unknown("orders-0")), Medium.SLACK)
    assert "()" not in text
    assert text.count("⚪ Not known") == len(unknown("orders-0"))


def test_a_report_with_everything_wrong_counts_its_lines() -> None:
    bad, good, strange = red("orders-0"), green("orders-0"), unknown("orders-0")
    text = text_of(DoctorReport((*bad, *good, *strange)), Medium.SLACK)
    assert text.startswith(f"❌ *{len(bad)} things to do*, {len(good)} OK, {len(strange)} not known.")


def test_the_whole_report_as_posted(golden) -> None:  # type: ignore[no-untyped-def]
    checks = (*red("orders-0")[5:9], *unknown("orders-0")[:3], *green("orders-0"))
    golden("doctor_report", text_of(DoctorReport(checks), Medium.SLACK))
