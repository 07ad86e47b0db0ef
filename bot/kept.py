"""Reading what a store has kept, when another release may have written it. Knows decoding and its failure, no store."""

from collections.abc import Callable
from typing import TypeVar

import structlog

from bot.codec import Unreadable
from handlers.errors import OutageError

T = TypeVar("T")
Kept = bytes | str | None

log = structlog.get_logger()


def one(kind: str, data: Kept, decode: Callable[[bytes | str], T]) -> T | None:
    """None where there is none. What another release wrote is not nothing: whoever took it for that would open a second
    thread, or draft over what people did. Raises OutageError of that `kind`; a worker of that release can go on."""
    try:
        return decode(data) if data else None
    except Unreadable as error:
        log.error("unreadable", kind=kind, why=str(error))
        raise OutageError(kind) from error


def listed(kind: str, data: Kept, decode: Callable[[bytes | str], T]) -> T | None:
    """For a list, which is better without it than not there."""
    try:
        return one(kind, data, decode)
    except OutageError:
        return None
