"""What mapstorm says of who is on call: facts, never sentences. `notes.py` has it with all other notes."""

from typing import NamedTuple

from handlers.rotation import Member, Rotation


class Turn(NamedTuple):
    """Who is on call from `since` until just before `until` (seconds since 1970); None for what lies too far off to be
    known. Nobody where there are no members."""

    members: tuple[Member, ...]
    since: float | None
    until: float | None


class OnCallLine(NamedTuple):
    """One rotation: who it is now, and who comes then, up to the first turn that is somebody's.

    `trouble` is the error's word for why the calendar cannot be read, with its `detail`. Then `now` is of the copy
    that was read at `read_at`, or None where there is no copy.
    """

    rotation: Rotation
    now: Turn | None
    then: tuple[Turn, ...] = ()
    trouble: str = ""
    detail: str = ""
    read_at: float = 0.0


class OnCall(NamedTuple):
    """To the asker alone: who is on call, for each rotation asked for."""

    lines: tuple[OnCallLine, ...]
