"""What is said of who is on call, word for word; and that no calendar mentions anybody."""

import pytest

from bot.clocks import clock, local
from bot.words import Medium, text_of
from handlers.oncall_notes import OnCall, OnCallLine, Turn
from handlers.rotation import Member, Rotation, UserGroup
from tests.bot.oncall_notes import MONDAY, oncall_notes
from tests.templates.test_incident_words import Golden, posted


def test_word_for_word(golden: Golden) -> None:
    golden("notes-on_call", "\n=====\n\n".join(dict.fromkeys(posted(note) for note in oncall_notes("Bo Chen"))))


@pytest.mark.parametrize("name", ["U0BOSS", "<@U0BOSS>", "<!channel>", "*Ana*", "`x` <https://example.com|y>"])
def test_a_name_of_a_calendar_is_never_more_than_a_name(name: str) -> None:
    rotation = Rotation("payments", "C1", (), "UTC", UserGroup("S1"))
    text = text_of(OnCall((OnCallLine(rotation, Turn((Member(name),), None, None)),)), Medium.SLACK)
    assert "<" not in text
    assert text.count("`") == 4


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Europe/Berlin", "Mon 30 Mar 09:00 CEST"),
        ("America/New_York", "Mon 30 Mar 03:00 EDT"),
        ("Australia/Sydney", "Mon 30 Mar 18:00 AEDT"),
        ("America/Sao_Paulo", "Mon 30 Mar 04:00 UTC-03"),
        ("Nowhere/Land", "Mon 30 Mar 07:00 UTC"),
    ],
)
def test_the_clock_of_the_rotation(zone: str, told: str) -> None:
    assert local(MONDAY, zone) == told
    assert clock(MONDAY, zone) == told.replace(" 30 Mar", "")


def test_no_clock_shows_such_a_time() -> None:
    assert local(1e300, "UTC") == clock(float("nan"), "UTC") == "an unknown time"
