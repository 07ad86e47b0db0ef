"""Handoffs, to bytes and back."""

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.codec import Unreadable
from bot.handoffs.codec import decode_handoff, encode_handoff
from handlers.handoff import Added, Handoff, HandoffState
from handlers.rotation import Member
from tests.bot.records import numbers, texts

members = st.lists(st.builds(Member, texts, texts, texts), max_size=3).map(tuple)
HANDOFF = {
    "id": texts,
    "rotation": texts,
    "channel": texts,
    "at": numbers,
    "since": numbers,
    "until": numbers,
    "outgoing": members,
    "incoming": members,
    "drafted_at": numbers,
    "state": st.sampled_from(HandoffState),
    "added": st.lists(st.builds(Added, numbers, texts, texts, texts), max_size=3).map(tuple),
    "taken_by": texts,
    "taken_at": st.none() | numbers,
    "told": st.integers(0, 2),
    "asked_by": texts,
    "expected": members,
    "trouble": texts,
    "owes": st.booleans(),
    "caught_up": st.booleans(),
    "version": st.integers(1, 99),
}
handoffs = st.builds(Handoff, **HANDOFF)  # type: ignore[arg-type]


def test_no_field_of_a_handoff_is_left_out() -> None:
    """A field that is always its default would come back as it was even if nobody wrote it down."""
    assert set(HANDOFF) == {field.name for field in fields(Handoff)}


@given(handoffs)
def test_a_handoff_comes_back_as_it_was(handoff: Handoff) -> None:
    assert decode_handoff(encode_handoff(handoff)) == handoff


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"schema": 9}', b'{"schema": 1}', b"\xff"])
def test_what_is_no_handoff_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        decode_handoff(data)
