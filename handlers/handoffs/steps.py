"""A change of a handoff to the step that is kept: the root anew, and what is said besides. Knows no reason for it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from handlers.errors import OutageError, UnknownHandoff, UnknownRotation
from handlers.handoff import Handoff, Sections
from handlers.handoff_notes import (
    CalendarTrouble,
    HandoffFixed,
    HandoffMissed,
    HandoffNothing,
    HandoffOngoing,
    HandoffQuiet,
    HandoffRoot,
    HandoffTold,
    HandoffWaiting,
    HandoffWorse,
)
from handlers.incidents.steps import TRIES
from handlers.ports import Tools
from handlers.posts import Post, Reply, Root, Urgency
from handlers.rotation import Rota, Rotation
from handlers.step import HandoffStep


def step(rotation: Rotation, before: Handoff | None, after: Handoff, *posts: Post) -> HandoffStep:
    """What is to be kept, with the root as it stands then."""
    after = replace(after, version=before.version + 1 if before else 1)
    note = HandoffRoot(after, rotation, after.trouble)
    # Whom it is for stands in the root itself: being posted it mentions them, being edited nobody.
    sought = after.drafted_at if after.asked_by else after.at - rotation.lead_s
    root = Root(after.id, after.channel, note, after.version, asker=after.asked_by, sought=sought)
    return HandoffStep(before, after, (root, *posts))


def said(handoff: Handoff, event: str, note: HandoffTold, *, broadcast: bool = False, at: float | None = None) -> Reply:
    """A reply that is said once for each `event`; `at`: when the clock alone has brought it, else with the draft."""
    sought = handoff.drafted_at if at is None else at
    return Reply(handoff.id, f"{handoff.id}.{event}", note, Urgency.STATE, broadcast, sought)


def carried(handoff: Handoff, sections: Sections, rotation: Rotation, rota: Rota | None = None) -> tuple[Reply, ...]:
    """One reply for each concern there is; one line where there is none."""
    notes: list[tuple[str, HandoffTold, object]] = [
        ("waiting", HandoffWaiting(handoff, sections.waiting), sections.waiting),
        ("ongoing", HandoffOngoing(handoff, sections.ongoing), sections.ongoing),
        ("worse", HandoffWorse(handoff, sections.worse), sections.worse),
        ("fixed", HandoffFixed(handoff, sections.fixed), sections.fixed),
        ("quiet", HandoffQuiet(handoff, sections.quiet), sections.quiet),
        ("missed", HandoffMissed(handoff, sections.missed), sections.missed),
    ]
    replies = [said(handoff, name, note) for name, note, items in notes if items]
    replies = replies or [said(handoff, "nothing", HandoffNothing(handoff))]
    if rota is not None and rota.trouble:
        replies.append(troubled(handoff, rotation, rota))
    return tuple(replies)


def troubled(handoff: Handoff, rotation: Rotation, rota: Rota) -> Reply:
    """Once for each handoff, however often its calendar comes and goes."""
    return said(handoff, "calendar", trouble(rotation, rota))


def trouble(rotation: Rotation, rota: Rota) -> CalendarTrouble:
    """Why the calendar cannot be read, and of when the copy is."""
    return CalendarTrouble(rotation, rota.trouble, rota.detail, rota.read_at or None)


def rotation_of(tools: Tools, handoff: Handoff) -> Rotation:
    """Raises UnknownRotation where it was taken out of the registry."""
    for rotation in tools.rotas.all():
        if rotation.name == handoff.rotation:
            return rotation
    raise UnknownRotation(handoff.rotation)


async def settle(
    tools: Tools, identity: str, decide: Callable[[Handoff], Awaitable[HandoffStep | None]]
) -> HandoffStep | None:
    """Decides anew until nobody was faster, and keeps it; None where there was nothing to keep.

    Raises UnknownHandoff, and OutageError, which is worth another try.
    """
    for _ in range(TRIES):
        current = await tools.handoffs.get(identity)
        if current is None:
            raise UnknownHandoff
        decided = await decide(current)
        if decided is None or await tools.handoffs.commit(decided):
            return decided
    raise OutageError("handoff")
