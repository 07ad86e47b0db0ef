"""What is said of handoffs, word for word, as posted to Slack: reviewed as a diff, rewritten by --update-golden."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import example, given, settings

from bot.render import message
from bot.words import Medium, template_name, text_of
from handlers.handoff import Added, HandoffAct, HandoffState, Missed, Ongoing, Worse
from handlers.handoff_notes import (
    CalendarTrouble,
    HandoffAdded,
    HandoffAsked,
    HandoffChanged,
    HandoffEscalation,
    HandoffMissed,
    HandoffOngoing,
    HandoffReminder,
    HandoffRoot,
    HandoffStands,
    HandoffTold,
    HandoffWorse,
)
from handlers.incident import Entry, Event, State
from handlers.incident_notes import StateChange
from handlers.notes import Note
from handlers.rotation import Member
from tests.bot.handoff_notes import ANA, BO, handoff, handoff_notes, rotation
from tests.bot.notes import incident, service
from tests.bot.test_words import names
from tests.templates.test_incident_words import Golden, posted

INCIDENTS = tuple(incident(state) for state in State)
EVERY = handoff_notes(INCIDENTS, "payments")
# A link that an incident's thread has is Slack's own, under a word of ours; nothing else may be one.
OUR_LINK = re.compile(r"<https?://[^<>|`\s]+\|thread>")
KINDS = sorted({type(note) for note in EVERY}, key=lambda kind: kind.__name__)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_word_for_word(kind: type[Note], golden: Golden) -> None:
    told = dict.fromkeys(posted(note) for note in EVERY if type(note) is kind)
    golden(f"notes-{template_name(kind).removesuffix('.j2')}", "\n=====\n\n".join(told))


def root(at: float, zone: str) -> str:
    note = HandoffRoot(replace(handoff(), at=at), replace(rotation(), time_zone=zone))
    return text_of(note, Medium.SLACK).splitlines()[0]


@pytest.mark.parametrize(
    ("zone", "at", "says"),
    [
        ("Europe/Berlin", 1_700_467_200, "Mon 09:00 CET"),
        ("Europe/Berlin", 1_720_422_000, "Mon 09:00 CEST"),
        ("America/New_York", 1_700_467_200, "Mon 03:00 EST"),
        ("Australia/Sydney", 1_700_467_200, "Mon 19:00 AEDT"),
        ("America/Sao_Paulo", 1_700_467_200, "Mon 05:00 UTC-03"),
        ("Asia/Kathmandu", 1_700_519_400, "Tue 04:15 UTC+0545"),
        ("Nowhere/Nothing", 1_700_467_200, "Mon 08:00 UTC"),
        ("", 1_700_467_200, "Mon 08:00 UTC"),
        ("../../etc/passwd", 1_700_467_200, "Mon 08:00 UTC"),
        ("Europe/Berlin", float("nan"), "an unknown time"),
    ],
)
def test_the_first_line_has_the_clock_of_the_rotation(zone: str, at: float, says: str) -> None:
    assert root(at, zone).startswith(f"🔁 *Handoff* `payments`: <@U0ANA> -&gt; <@U0BO>, {says} (")


def test_slacks_own_date_stands_beside_it() -> None:
    line = root(1_700_467_200, "Europe/Berlin")
    assert line.endswith("(<!date^1700467200^{date_short_pretty} {time}|2023-11-20 08:00 UTC>)")


@pytest.mark.parametrize("name", ["U024BE7LH", "<@U024BE7LH>", "ana@example.com", "S0123", "Ana Lima"])
def test_who_is_not_known_in_slack_is_only_a_name(name: str) -> None:
    note = HandoffRoot(replace(handoff(), incoming=(Member(name, name),)), rotation())
    text = text_of(note, Medium.SLACK)
    assert "-&gt; `" in text
    assert "Call `" in text
    assert text.count("<@") == text.count("<@U0ANA>")


def test_nobody_is_asked_for_anything_once_it_is_taken_over() -> None:
    text = text_of(HandoffRoot(handoff(HandoffState.TAKEN), rotation()), Medium.TERMINAL)
    assert "*Taken over* by `U0BO`, 2023-11-20 08:02 UTC" in text
    assert "press" not in text


def test_of_many_incidents_the_rest_is_counted() -> None:
    item = next(note for note in EVERY if isinstance(note, HandoffOngoing)).items[0]
    text = text_of(HandoffOngoing(handoff(), (item,) * 15), Medium.SLACK)
    assert text.splitlines()[0] == "👀 *Keep an eye on* 15 incidents that are still open"
    assert text.rstrip().endswith("• and 7 more")


@pytest.mark.parametrize(
    "note", [each for each in EVERY if isinstance(each, HandoffTold)], ids=lambda n: type(n).__name__
)
def test_the_first_line_fits_a_phones_lock_screen(note: HandoffTold) -> None:
    """About 100 characters are shown there: what to do has to begin before that."""
    first = text_of(note, Medium.TERMINAL).splitlines()[0]
    assert "*" in first[:60], "what to do stands out"


def test_what_people_wrote_keeps_its_lines() -> None:
    told = "Next: restart orders-1\n\nDo not touch `orders-0` <!channel>\n^ no fine print"
    text = text_of(HandoffAdded(handoff(), Added(1.7e9, ANA.slack, "", told), None), Medium.SLACK)
    assert text.splitlines()[1:] == [
        "`Next: restart orders-1`",
        "`Do not touch 'orders-0' &lt;!channel&gt;`",
        "`^ no fine print`",
    ]


def said_with(name: str) -> list[Note]:
    """All of a handoff in which calendars, people and profiles have their say, and no id of Slack's but two."""
    strange = replace(handoff(text=name), outgoing=(Member(name, name), BO), incoming=(Member(name, name),))
    added = Added(1.7e9, ANA.slack, "", name)
    return [
        *(
            HandoffRoot(replace(strange, state=state, taken_by=BO.slack), rotation(name), name)
            for state in HandoffState
        ),
        HandoffOngoing(strange, (Ongoing(incident(text=name, name=name), name, (added,)),)),
        HandoffAdded(strange, added, incident(text=name, name=name)),
        HandoffAdded(strange, added, None),
        HandoffWorse(strange, (Worse(name, name, 1e8, 1e9, name, name),)),
        HandoffMissed(strange, (Missed(name, name, 2, name),)),
        HandoffChanged(strange, (Member(name),)),
        HandoffReminder(strange),
        HandoffEscalation(strange),
        HandoffAsked(strange),
        HandoffStands(strange, HandoffAct.NOT_ME),
        CalendarTrouble(rotation(name), name, name, None),
        StateChange(service(), incident(), Entry(1.7e9, Event.NOTED, ANA.slack, name)),
    ]


@settings(max_examples=100)
@given(names)
@example("U024BE7LH")
@example("S0123ABCD")
def test_property_no_name_and_no_note_mentions_or_links(name: str) -> None:
    ours = re.compile(r"<@U0(ANA|BO)>|<#C0PAYMENTS>|<!date\^\d+\^\{date_short_pretty\} \{time\}\|[-\d: UTC]+>")
    for note in said_with(name):
        whole = message(note)
        for text in (whole.text, *(part for block in whole.blocks for part in mrkdwn(block))):
            assert not re.search("[<>]", OUR_LINK.sub("", ours.sub("", text)))


def mrkdwn(part: object) -> Iterator[str]:
    """Every text of a block that Slack reads as mrkdwn."""
    if isinstance(part, dict):
        if part.get("type") == "mrkdwn":
            yield part["text"]
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from mrkdwn(each)
