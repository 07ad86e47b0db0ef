"""Whom a handoff that nobody has taken reminds: one line to the incoming, one to the channel, then rest. And when it
tells what has happened since it was drafted: as the shift begins, taken or not. Pure."""

from dataclasses import replace

from handlers.handoff import Handoff, HandoffState
from handlers.rotation import Rotation

DAY_S = 86_400.0
# Whom it has told, as Handoff counts it.
UNTOLD, INCOMING, CHANNEL = range(3)


def is_live(rotation: Rotation, handoff: Handoff, now: float) -> bool:
    """Whether anybody still waits for it to be taken. After a day, or when the shift is over, whatever is still open
    has been handed over by other means; and whoever asked for one by a command is there."""
    over = min(handoff.until, _begun(handoff) + max(DAY_S, 3 * rotation.reminder_s))
    return handoff.state is HandoffState.DRAFTED and not handoff.asked_by and now < over


def reminder(rotation: Rotation, handoff: Handoff, now: float) -> Handoff | None:
    """The handoff with whom it tells now, None where nobody. Whoever heard of it late has their time from then on."""
    if not is_live(rotation, handoff, now):
        return None
    begun = _begun(handoff)
    if handoff.told == UNTOLD and now >= begun + rotation.reminder_s:
        return replace(handoff, told=INCOMING)
    if handoff.told == INCOMING and now >= begun + 2 * rotation.reminder_s:
        return replace(handoff, told=CHANNEL)
    return None


def is_behind(handoff: Handoff, now: float) -> bool:
    """Whether what happened between the draft and the shift has yet to be told."""
    begun = handoff.at <= now < min(handoff.until, handoff.at + DAY_S)
    return begun and not handoff.caught_up and not handoff.asked_by and handoff.state is not HandoffState.WITHDRAWN


def _begun(handoff: Handoff) -> float:
    return max(handoff.at, handoff.drafted_at)
