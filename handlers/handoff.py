"""A change of who is on call and what is handed over with it: plain frozen records. What changes them: `handoffs/`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from handlers.incident import Incident
from handlers.rotation import Member


class HandoffState(StrEnum):
    """How far a handoff has come."""

    DRAFTED = "drafted"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"  # the shift was swapped away


class HandoffAct(StrEnum):
    """What a person can do with a handoff, by a button."""

    ADD = "add"
    TAKE = "take"
    NOT_ME = "not_me"


# The buttons as it stands, in order. Whoever goes may think of something when it is taken already.
OFFERED = {
    HandoffState.DRAFTED: (HandoffAct.ADD, HandoffAct.TAKE, HandoffAct.NOT_ME),
    HandoffState.TAKEN: (HandoffAct.ADD,),
    HandoffState.WITHDRAWN: (),
}


class FilledIn(NamedTuple):
    """What somebody adds to an act: for ADD pairs of an incident's id ("" for the free field) and what was written,
    for NOT_ME Slack's id of who takes it instead, "" to read the calendar again. Nothing of it is trusted."""

    texts: tuple[tuple[str, str], ...] = ()
    user: str = ""


class Added(NamedTuple):
    """What a person wrote into a handoff. `incident` is an incident's id, empty for the free field."""

    at: float
    by: str
    incident: str
    text: str


@dataclass(frozen=True, slots=True)
class Handoff:
    """One change of a rotation at `at`: from those on call since `since` to those on call until `until`.

    `id` is computed from rotation and moment, so there is one for each change, whoever drafts it; it is also the name
    of its conversation. `told` counts who was reminded: 0 nobody, 1 the incoming, 2 the channel. `asked_by` is set
    where a command asked for it, outside any change. Times are seconds since 1970.

    `expected` are the incoming as the rota had them last; `incoming` differs where somebody said "not me". `trouble`
    is the error's word for why the rota could not be read, "" where it could. `owes`: its incidents have yet to be
    told what was added, or who has them now. `caught_up`: the thread was told what happened after the draft.
    """

    id: str
    rotation: str
    channel: str
    at: float
    since: float
    until: float
    outgoing: tuple[Member, ...]
    incoming: tuple[Member, ...]
    drafted_at: float
    state: HandoffState = HandoffState.DRAFTED
    added: tuple[Added, ...] = ()
    taken_by: str = ""
    taken_at: float | None = None
    told: int = 0
    asked_by: str = ""
    expected: tuple[Member, ...] = ()
    trouble: str = ""
    owes: bool = False
    caught_up: bool = False
    version: int = 1


class Ongoing(NamedTuple):
    """An incident that is handed over, its thread's link where Slack gave one, and what was added about it."""

    incident: Incident
    link: str | None
    added: tuple[Added, ...] = ()


class Fixed(NamedTuple):
    """An incident resolved in the shift. `held`: it has not fired again since; `after` is the live heap of the capture
    after it in bytes, None where there is none."""

    incident: Incident
    link: str | None
    held: bool
    after: float | None


class Worse(NamedTuple):
    """An instance whose live heap grew over the shift without an alert: bytes an hour, and its worst line."""

    service: str
    instance: str
    per_hour: float
    live_heap: float
    culprit: str
    verdict: str


class Quiet(NamedTuple):
    """A silence or a snooze that ends in the next shift, at `until`."""

    incident: Incident
    link: str | None
    until: float
    is_silence: bool


class Missed(NamedTuple):
    """Captures of one instance that failed in the shift: how many, and why the last one did (the error's word)."""

    service: str
    instance: str
    times: int
    reason: str


class Sections(NamedTuple):
    """What a handoff carries, by concern; empty ones are left out. What waits is not among what is ongoing."""

    ongoing: tuple[Ongoing, ...] = ()
    fixed: tuple[Fixed, ...] = ()
    worse: tuple[Worse, ...] = ()
    quiet: tuple[Quiet, ...] = ()
    missed: tuple[Missed, ...] = ()
    waiting: tuple[Ongoing, ...] = ()  # firing, and nobody has acknowledged it
