"""Handoffs to JSON and back. Knows no store and no client."""

from typing import Any

import orjson

from bot.codec import Unreadable
from handlers.handoff import Added, Handoff, HandoffState
from handlers.rotation import Member

VERSION = 1

_MEMBERS = ("outgoing", "incoming", "expected")


def encode_handoff(handoff: Handoff) -> bytes:
    """Field by field; NamedTuples as arrays."""
    given = {name: getattr(handoff, name) for name in Handoff.__slots__}
    return orjson.dumps({**given, "schema": VERSION}, default=list, option=orjson.OPT_PASSTHROUGH_SUBCLASS)


def decode_handoff(data: bytes | str) -> Handoff:
    """Raises Unreadable."""
    try:
        given: dict[str, Any] = orjson.loads(data)
        if given.pop("schema") != VERSION:
            raise Unreadable("a handoff of another release")
        members = {name: tuple(Member(*one) for one in given[name]) for name in _MEMBERS}
        added = tuple(Added(*one) for one in given["added"])
        return Handoff(**{**given, **members, "added": added, "state": HandoffState(given["state"])})
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Unreadable(f"no handoff: {error}") from error
