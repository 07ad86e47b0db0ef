"""What is said of incidents, word for word, as posted to Slack: reviewed as a diff, rewritten by --update-golden."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.render import FINE_PRINT, message
from bot.words import Medium, phrase, template_name, text_of
from handlers.incident import Act, Entry, Event, Incident, State
from handlers.incident_notes import Afterwards, CaptureRefused, IncidentRoot, LimitAhead, StateChange
from handlers.notes import FORMS, Note, Undelivered
from handlers.records import Outcome, Trigger
from tests.bot.notes import incident, incident_notes, service

Golden = Callable[[str, str], None]
KINDS = sorted({type(note) for note in incident_notes(service(), "x")}, key=lambda kind: kind.__name__)


def posted(note: Note) -> str:
    """The blocks' texts; fine print keeps its mark, buttons stand in brackets."""
    paragraphs = []
    for block in message(note).blocks:
        whole: Any = block
        if block["type"] == "actions":
            paragraphs.append(" ".join(f"[{each['text']['text']}]" for each in whole["elements"]))
        elif block["type"] == "context":
            paragraphs.append(FINE_PRINT + whole["elements"][0]["text"])
        else:
            paragraphs.append(whole["text"]["text"])
    return "\n\n".join(paragraphs) + "\n"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_word_for_word(kind: type[Note], golden: Golden) -> None:
    told = dict.fromkeys(posted(note) for note in incident_notes(service(), "orders-0") if type(note) is kind)
    golden(f"notes-{template_name(kind).removesuffix('.j2')}", "\n=====\n\n".join(told))


def first_line(state: State, **changes: object) -> str:
    told: Incident = replace(incident(state), **changes)  # type: ignore[arg-type]
    return text_of(IncidentRoot(service(), told, ()), Medium.TERMINAL).splitlines()[0]


@pytest.mark.parametrize(
    ("state", "begins"),
    [
        (State.OPEN, "🔴 *Firing*: `svc-orders`, `High memory`, since 2023-11-14 22:13 UTC"),
        (State.ACKNOWLEDGED, "🟡 *Acknowledged*: `svc-orders`, `High memory`, since 2023-11-14 22:13 UTC"),
        (State.SNOOZED, "💤 *Snoozed*: `svc-orders`, `High memory`, since 2023-11-14 22:13 UTC"),
        (
            State.RESOLVED,
            "✅ *Resolved* after 10 min: `svc-orders`, `High memory` and 1 more, since 2023-11-14 22:13 UTC",
        ),
    ],
)
def test_the_first_line_is_the_state_in_words(state: State, begins: str) -> None:
    assert first_line(state) == begins


def test_the_ill_instance_speaks_before_its_peers() -> None:
    peer = Outcome("orders-1", "large_map_retained", "a/other.go:1", None)
    ill = Outcome("orders-0", "growth_storm", "a/catalog.go:64", None)
    text = text_of(IncidentRoot(service(), replace(incident(), outcomes=(peer, ill)), ()), Medium.TERMINAL)
    assert "at `a/catalog.go:64`, instance `orders-0`" in text
    assert "other.go" not in text


@pytest.mark.parametrize(("by", "says"), [(30.0, False), (1023.0, False), (1024.0, True)])
def test_what_hardly_grows_is_not_said_to_grow(by: float, says: bool) -> None:
    during = Outcome("orders-0", "unbounded_growth", "a/catalog.go:64", None, 9e8, 2e6)
    text = text_of(Afterwards(service(), during, during._replace(grows_by=by)), Medium.TERMINAL)
    assert text.count("growing by") == 1 + says


def test_a_found_problem_speaks_before_a_clean_capture() -> None:
    clean = Outcome("orders-0", "no_map_problem", "", None)
    found = Outcome("orders-1", "growth_storm", "a/catalog.go:64", None)
    text = text_of(IncidentRoot(service(), replace(incident(), outcomes=(clean, found)), ()), Medium.TERMINAL)
    assert "instance `orders-1`" in text


@pytest.mark.parametrize("event", list(Event))
def test_every_event_has_words_of_its_own(event: Event) -> None:
    entry = incident().timeline[0]._replace(event=event, who="U024BE7LH")
    said = {
        each: text_of(StateChange(service(), incident(), entry._replace(event=each)), Medium.SLACK) for each in Event
    }
    assert list(said.values()).count(said[event]) == 1


@pytest.mark.parametrize(
    ("event", "again", "says"),
    [
        (Event.REOPENED, True, "🔴 *It fires again*: `svc-orders`, `High memory`"),
        (Event.REOPENED, False, "🔴 *Another alert of it fires*: `svc-orders`, `High memory`"),
        (Event.WOKE, True, "🔴 *The snooze is over and it still fires*: `svc-orders`, `High memory`"),
    ],
)
def test_what_the_whole_channel_hears_names_the_service(event: Event, again: bool, says: str) -> None:
    note = StateChange(service(), incident(), Entry(1.7e9, event, detail="High memory"), again)
    assert text_of(note, Medium.SLACK).strip() == says


def test_who_changed_it_is_said() -> None:
    entry = incident(State.ACKNOWLEDGED).timeline[-1]
    assert "by <@U024BE7LH>" in text_of(StateChange(service(), incident(), entry), Medium.SLACK)


@pytest.mark.parametrize("act", list(Act))
def test_every_act_has_its_label_and_every_form_its_words(act: Act) -> None:
    assert 0 < len(phrase("_acts.j2", "label", act)) <= 75
    assert 0 < len(phrase("_forms.j2", "title", act.value)) <= 24
    if act in (Act.SNOOZE, Act.SILENCE, Act.COMPARE):
        assert 0 < len(phrase("_forms.j2", "submit", act.value)) <= 24
    assert len([form for form in FORMS if "incident" in form._fields]) == 3


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (720, "About 12 minutes to the limit"),
        (7300, "About 2 hours to the limit"),
        (70, "About a minute to the limit"),
        (12, "reached at any moment"),
    ],
)
def test_the_limit_ahead_is_in_minutes(seconds: float, says: str) -> None:
    for capture_at in (None, 1.7e9):
        note = LimitAhead(service(), "orders-0", 2**31, 1.9e9, seconds, capture_at)
        assert says in text_of(note, Medium.TERMINAL).splitlines()[0]


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        ("not_in_channel", "Invite the bot"),
        ("channel_not_found", "correct the channel in the registry"),
        ("is_archived", "Unarchive the channel"),
        ("is_inactive", "Unarchive the channel"),
        ("surprising_new_code", "another channel in the registry"),
    ],
)
def test_what_slack_does_not_take_is_told_with_what_to_do(code: str, advice: str) -> None:
    text = text_of(Undelivered("#orders", code), Medium.SLACK)
    assert advice in text
    assert f"`{code}`" in text
    assert "<" not in text, "nobody is mentioned"
    assert "`mapstorm doctor --retry-undelivered`" in text
    text = text_of(Undelivered("#orders", code, "svc-orders", "<!channel> `Memory"), Medium.SLACK)
    assert text.startswith("❌ *Nobody sees an incident of `svc-orders`*")
    assert "<" not in text


def test_every_trigger_is_named_when_its_capture_is_refused() -> None:
    told = {posted(CaptureRefused(service(), "x", trigger, 20.0, 10.0)) for trigger in Trigger}
    assert len(told) == len(Trigger)
