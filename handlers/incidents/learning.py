"""What an incident knows once captures have ended: the newest of each instance, and when the memory limit is reached.

Pure. Knows neither whose captures they were, nor what is compared with what (captures.py).
"""

from dataclasses import replace

from analyzers.finding import Verdict
from handlers.incident import Incident, State
from handlers.incidents.limits import aheads, news, planned
from handlers.incidents.steps import Change
from handlers.posts import Reply, Urgency
from handlers.records import Outcome, Service
from handlers.step import Reason, Wake

# What the line of a map that grows without end shows while it does not grow just now.
_PAUSED = (Verdict.GROWTH_STORM, Verdict.LARGE_MAP_RETAINED)


def fresh(incident: Incident, found: tuple[Outcome, ...]) -> tuple[Outcome, ...]:
    """Those of `found` that are newer than what is known; a failure takes nothing back that was known."""
    known = {outcome.instance: outcome for outcome in incident.outcomes}
    return tuple(outcome for outcome in found if _is_newer(outcome, known.get(outcome.instance)))


def learned(service: Service, incident: Incident, event: str, found: tuple[Outcome, ...], now: float) -> Change:
    """The incident with what is new in `found`. `event` begins the ids of what is said of it."""
    newer = fresh(incident, found)
    if not newer:
        return Change(incident)
    known = {outcome.instance: outcome for outcome in incident.outcomes}
    stand = {outcome.instance: _standing(outcome, known.get(outcome.instance)) for outcome in newer}
    after = replace(incident, outcomes=tuple({**known, **stand}.values()))
    if incident.state is State.RESOLVED:
        return Change(after)
    ahead = aheads(service, after, newer, now)
    told = news(incident, ahead, newer)
    posts = tuple(Reply(incident.id, f"{event}.{note.instance}.limit", note, Urgency.STATE) for note in told)
    after = replace(after, limit_at=planned(after, ahead, newer, now))
    again = after.limit_at is not None and after.limit_at != incident.limit_at
    wakes = (Wake(incident.id, Reason.LIMIT, after.limit_at),) if again and after.limit_at is not None else ()
    return Change(after, posts=posts, wakes=wakes)


def _standing(outcome: Outcome, known: Outcome | None) -> Outcome:
    """As the root shall tell it.

    Why a map that was seen to grow without end stays one: between two doublings its line shows a large map or a storm
    of growths, and a root that said so would advise a size for it, the opposite of what helps. The figures are new.
    """
    if known is None or known.culprit != outcome.culprit or outcome.verdict not in _PAUSED:
        return outcome
    return outcome._replace(verdict=known.verdict) if known.verdict == Verdict.UNBOUNDED_GROWTH else outcome


def _is_newer(outcome: Outcome, known: Outcome | None) -> bool:
    if known is None:
        return True
    if outcome.failed is not None and known.failed is None:
        return False
    return outcome.captured_at > known.captured_at
