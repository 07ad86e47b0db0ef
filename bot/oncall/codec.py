"""Spans of a calendar to JSON and back: what the child process answers, and what Redis keeps."""

from typing import NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError

from handlers.rotation import Member, Span


class Copy(NamedTuple):
    """What a calendar said when it was read: seconds since 1970; spans between `since` and `until`."""

    read_at: float
    since: float
    until: float
    spans: tuple[Span, ...]


class Trouble(NamedTuple):
    """Why it could not be read: the word of an error, and its detail."""

    reason: str
    detail: str


class Unreadable(Exception):
    """What was kept is of another release, or nothing of ours."""


_Member = tuple[str, str]
_Span = tuple[float, float, int, list[_Member]]
_COPY: TypeAdapter[tuple[float, float, float, list[_Span]]] = TypeAdapter(tuple[float, float, float, list[_Span]])
_TROUBLE: TypeAdapter[tuple[str, str]] = TypeAdapter(tuple[str, str])


def encode_copy(copy: Copy) -> bytes:
    """JSON."""
    spans = [
        (span.starts_at, span.ends_at, span.level, [(member.name, member.email) for member in span.members])
        for span in copy.spans
    ]
    return orjson.dumps((copy.read_at, copy.since, copy.until, spans))


def decode_copy(data: bytes | str) -> Copy:
    """Raises Unreadable."""
    try:
        read_at, since, until, spans = _COPY.validate_json(data)
    except ValidationError as error:
        raise Unreadable from error
    found = (Span(begin, end, tuple(Member(*who) for who in whom), level) for begin, end, level, whom in spans)
    return Copy(read_at, since, until, tuple(found))


def encode_trouble(trouble: Trouble) -> bytes:
    """JSON."""
    return orjson.dumps((trouble.reason, trouble.detail))


def decode_trouble(data: bytes | str) -> Trouble:
    """Raises Unreadable."""
    try:
        return Trouble(*_TROUBLE.validate_json(data))
    except ValidationError as error:
        raise Unreadable from error
