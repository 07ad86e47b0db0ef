"""The moments at which somebody has to take over, out of who is on call. Pure; knows no handoff."""

from itertools import pairwise
from typing import NamedTuple

from handlers.oncall.shifts import identity
from handlers.rotation import Member, Rota, Shift

# Shifts that overlap for so long were handed over as the second one began; when the first one ends nobody comes.
OVERLAP_S = 7200.0


class Change(NamedTuple):
    """Others are on call from `at` until `until`; those before are since `since`."""

    at: float
    since: float
    until: float
    outgoing: tuple[Member, ...]
    incoming: tuple[Member, ...]


def changes(rota: Rota) -> tuple[Change, ...]:
    """Every moment at which somebody has to take over. Where nobody is on call there is nobody to hand over to, and
    whoever stays when an overlap ends has taken over at its beginning."""
    found = (_change(before, after) for before, after in pairwise(rota.shifts) if after.members)
    return tuple(change for change in found if not _is_end_of_overlap(change))


def _change(before: Shift, after: Shift) -> Change:
    return Change(after.starts_at, before.starts_at, after.ends_at, before.members, after.members)


def _is_end_of_overlap(change: Change) -> bool:
    before, after = ({identity(member) for member in members} for members in (change.outgoing, change.incoming))
    return after <= before and change.at - change.since <= OVERLAP_S
