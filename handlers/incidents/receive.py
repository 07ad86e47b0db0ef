"""A notification, before it is answered and after: into the inbox of its groups, then out of it, in order.

`take` is all that happens before a webhook is answered; `work` is a job, and may be repeated. Knows the order of these
steps; not how a sender spells an alert (handlers/sources/), nor what one changes (machine.py).
"""

import asyncio
from functools import partial

from handlers.alert import Group, Notification, Part
from handlers.errors import OutageError, UnknownService
from handlers.incident_notes import Follows
from handlers.incidents.calling import calling
from handlers.incidents.machine import decide
from handlers.incidents.steps import TRIES, step
from handlers.ports import Tools
from handlers.posts import Reply, Urgency
from handlers.records import Service
from handlers.sources.route import instance_of, whom
from handlers.step import Step


async def take(tools: Tools, notification: Notification) -> int:
    """Makes it durable: each service's alerts into the inbox, the rest counted; how many these are. Raises
    OutageError."""
    # In a thread: hundreds of alerts and services take a while, and clicks are answered by the same loop.
    meant = await asyncio.to_thread(whom, tools.registry.all(), notification)
    now = tools.now()
    parts = tuple(Part(service.name, now, notification._replace(alerts=alerts)) for service, alerts in meant.parts)
    if parts:
        await tools.inbox.put(parts)
    if meant.unmatched:
        await tools.inbox.unmatched(meant.unmatched, now)
    return len(meant.unmatched)


async def work(tools: Tools, group: Group) -> None:
    """Everything in the inbox of `group`, oldest first. Raises OutageError, which is worth another try."""
    beaten = 0
    while beaten < TRIES:
        head = await tools.inbox.head(group)
        if head is None:
            return
        done = await _one(tools, *head)
        beaten = 0 if done else beaten + 1
    raise OutageError("incident")


async def _one(tools: Tools, token: str, said: Part) -> bool:
    """False where somebody else was faster."""
    group = said.group
    try:
        service = tools.registry.get(group.service)
    except UnknownService:  # taken out of the registry since it was taken in
        await tools.inbox.unmatched(said.notification.alerts, tools.now())
        await tools.inbox.drop(group, token)
        return True
    incident = await tools.incidents.latest(group)
    change = decide(incident, said, service, partial(instance_of, service))
    before = incident if incident and change and change.after.id == incident.id else None
    if change and before is None and change.entries:  # not one that only remembers
        change = await calling(tools, service, change)
    kept = step(tools, service, before, change) if change else None
    if kept is None:
        await tools.inbox.drop(group, token)
        return True
    if kept.after.previous and before is None:
        kept = await _following(tools, service, kept)
    return await tools.incidents.commit(kept._replace(read=token))


async def _following(tools: Tools, service: Service, kept: Step) -> Step:
    """The same, with a word of the incident before it."""
    after = kept.after
    previous = await tools.incidents.get(after.previous) if after.previous else None
    if previous is None:
        return kept
    note = Follows(service, previous, await tools.outbox.link(previous.id))
    return kept._replace(posts=(*kept.posts, Reply(after.id, f"{after.id}.follows", note, Urgency.PROGRESS)))
