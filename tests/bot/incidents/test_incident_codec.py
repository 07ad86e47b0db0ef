"""Incidents and what leads to them, to bytes and back."""

from dataclasses import fields

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codec import Unreadable
from bot.incidents import codec
from handlers.alert import Alert, Group, Notification, Origin, Part
from handlers.incident import Entry, Event, Incident, Known, Silence, State
from handlers.step import Reason, Wake
from tests.bot.records import numbers, outcomes, texts

labels = st.dictionaries(texts, texts, max_size=3)
origins = st.sampled_from(Origin)
limits = st.none() | st.integers(0, 2**53)
alerts = st.builds(Alert, texts, st.booleans(), labels, texts, numbers, st.none() | numbers, texts, limits)
notifications = st.builds(
    Notification, origins, texts, texts, labels, st.lists(alerts, max_size=3).map(tuple), st.integers(0, 9)
)
parts = st.builds(Part, texts, numbers, notifications)
groups = st.builds(Group, origins, texts, texts, texts)
known = st.builds(Known, texts, texts, st.none() | texts, numbers, st.none() | numbers, texts)
entries = st.builds(Entry, numbers, st.sampled_from(Event), texts, texts)
moments = st.none() | numbers
INCIDENT = {
    "id": texts,
    "group": groups,
    "channel": texts,
    "group_labels": labels,
    "state": st.sampled_from(State),
    "opened_at": numbers,
    "alerts": st.lists(known, max_size=3).map(tuple),
    "timeline": st.lists(entries, max_size=3).map(tuple),
    "truncated": st.integers(0, 9),
    "resolved_at": moments,
    "owner": texts,
    "snoozed_until": moments,
    "outcomes": st.lists(outcomes, max_size=3).map(tuple),
    "memory_limit": limits,
    "requests": st.integers(0, 99),
    "refires": st.integers(0, 99),
    "previous": st.none() | texts,
    "silence": st.none() | st.builds(Silence, texts, numbers, texts),
    "follow_up_at": moments,
    "limit_at": moments,
    "ended": st.dictionaries(texts, numbers, max_size=3),
    "on_call": st.lists(texts, max_size=3).map(tuple),
    "version": st.integers(1, 99),
    "stands_since": st.integers(1, 99),
}
incidents = st.builds(Incident, **INCIDENT)  # type: ignore[arg-type]


def test_no_field_of_an_incident_is_left_out() -> None:
    """A field that is always its default would come back as it was even if nobody wrote it down."""
    assert set(INCIDENT) == {field.name for field in fields(Incident)}


@given(incidents)
def test_an_incident_comes_back_as_it_was(incident: Incident) -> None:
    assert codec.decode_incident(codec.encode_incident(incident)) == incident


@given(texts, parts)
def test_a_part_comes_back_as_it_was(token: str, part: Part) -> None:
    assert codec.decode_part(codec.encode_part(token, part)) == (token, part)


@given(groups)
def test_a_group_comes_back_as_it_was(group: Group) -> None:
    assert codec.decode_group(codec.encode_group(group)) == group


@given(st.builds(Wake, texts, st.sampled_from(Reason), numbers))
def test_a_wake_comes_back_as_it_was(wake: Wake) -> None:
    assert codec.decode_wake(codec.encode_wake(wake)) == wake


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"[99]", b'{"schema":99}', b'{"schema":1}', b"null", b'"x"'])
def test_anything_else_is_unreadable(data: bytes) -> None:
    for decode in (codec.decode_incident, codec.decode_part, codec.decode_group, codec.decode_wake):
        with pytest.raises(Unreadable):
            decode(data)


@given(incidents)
def test_a_field_of_a_newer_release_is_no_obstacle(incident: Incident) -> None:
    said = orjson.loads(codec.encode_incident(incident))
    assert codec.decode_incident(orjson.dumps(said | {"added_later": [1]})) == incident
