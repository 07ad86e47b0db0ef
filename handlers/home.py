"""The App Home of one person: what is open, how the services do, who comes next; and what its own buttons do.

Members only. What is shown is what they may see now, and what is pressed is decided anew by the handlers of commands
and acts. Knows no view.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import NamedTuple, TypeVar

from analyzers.errors import MapstormError
from analyzers.finding import Verdict
from handlers.answer import answer
from handlers.errors import Forbidden, OutageError
from handlers.handoff import Handoff
from handlers.handoffs.reminders import is_live
from handlers.home_notes import Home, HomeAct, HomeIncident, HomeRotation, HomeService
from handlers.incident import Act, Incident
from handlers.incidents.offered import acts_of, can_silence
from handlers.incidents.permission import admit, permit
from handlers.notes import Note, Slip
from handlers.oncall.answer import line
from handlers.ports import Tools
from handlers.records import Person, Remembered, Service
from handlers.rotation import Rotation

# Services whose captures are read, at once and at all; what a view of 100 blocks has room for.
AT_ONCE, READ, SHOWN = 8, 300, 30
# Incidents of one service, and of all those with a link, which is a question to Slack; rotations; captures of a trend.
INCIDENTS, LINKS, ROTATIONS, TREND = 5, 20, 8, 20
# Of a service with more instances than this the trend may be shorter: to read all of it would cost a second.
SEVERAL = 3
# What moves an incident on. The rest is in its thread, beside what it is about.
ACTS = (Act.ACKNOWLEDGE, Act.CAPTURE, Act.SNOOZE, Act.RESOLVE, Act.UNSILENCE)
# The worst first: what ends in no memory, what costs CPU and garbage again and again, what only lies there.
WORST = (
    Verdict.UNBOUNDED_GROWTH,
    Verdict.GROWTH_STORM,
    Verdict.REBUILD_CHURN,
    Verdict.CLONE_STORM,
    Verdict.CHURN_INFLATION,
    Verdict.LARGE_MAP_RETAINED,
    Verdict.OVERSIZED_HINT,
    Verdict.MANY_SMALL_MAPS,
    Verdict.SLICE_GROWTH,
    Verdict.NO_MAP_PROBLEM,
)

T = TypeVar("T")
R = TypeVar("R")


class _Read(NamedTuple):
    """One service before it is known whether there is room for it."""

    service: Service
    incidents: tuple[Incident, ...]
    last: Remembered | None
    live_heaps: tuple[float, ...]


async def home(tools: Tools, who: Person) -> Home:
    """What `who` may see now. What cannot be read is said in it; nothing is raised that a person could do about."""
    now = tools.now()
    try:
        await admit(tools, who)
        incidents = await tools.incidents.open()
        known = _registered(tools, incidents)
        read = sorted(await _each(known[:READ], lambda service: _read(tools, service, incidents)), key=_order)
        linked = [each.id for one in read[:SHOWN] for each in one.incidents[:INCIDENTS]][:LINKS]
        links = dict(zip(linked, await _each(linked, tools.outbox.link), strict=True))
        services = await _each(read[:SHOWN], lambda one: _shown(tools, who, one, links, now))
    except MapstormError as error:
        return Home(now, trouble=Slip.of(error))
    rotations = await _each(tools.rotas.all()[:ROTATIONS], lambda rotation: _rotation(tools, who, rotation, now))
    return Home(now, tuple(services), len(known) - len(services), len(incidents), tuple(rotations))


async def act(tools: Tools, act: HomeAct, identity: str, who: Person, request_id: str) -> Note | None:
    """What the command of that name answers; None for REFRESH, which asks nothing. `identity` is a service's here."""
    if act is HomeAct.REFRESH:
        return None
    name = next((service.name for service in tools.registry.all() if identity_of(service) == identity), identity)
    return await answer(tools, f"{act} {name}", who=who, request_id=request_id)


def identity_of(service: Service) -> str:
    """Opaque, so that nothing can be told or asked by a button but what is registered."""
    return hashlib.sha256(service.name.encode()).hexdigest()[:12]


async def _each(items: Iterable[T], ask: Callable[[T], Awaitable[R]]) -> list[R]:
    """The answers in order, no more than AT_ONCE questions at a time. Raises the first error."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(item: T) -> R:
        async with room:
            return await ask(item)

    return list(await asyncio.gather(*(one(item) for item in items)))


def _registered(tools: Tools, incidents: tuple[Incident, ...]) -> list[Service]:
    """Those with an open incident first, one that is registered no more among them: its incident goes on."""
    known = tools.registry.all()
    names = {service.name for service in known}
    gone = {each.service: Service(each.service, (), each.channel) for each in incidents if each.service not in names}
    ill = {each.service for each in incidents}
    return sorted((*known, *gone.values()), key=lambda service: service.name not in ill)


async def _read(tools: Tools, service: Service, incidents: tuple[Incident, ...]) -> _Read:
    names = {instance.name for instance in service.instances}
    entries = await tools.snapshots.history(service.name, TREND * min(max(1, len(names)), SEVERAL))
    history = [entry for entry in entries if not names or entry.instance in names]
    newest: dict[str, Remembered] = {}
    for entry in history:
        newest.setdefault(entry.instance, entry)
    last = max(newest.values(), key=_harm, default=None)
    heaps = [entry.live_heap for entry in history if last and entry.instance == last.instance][:TREND]
    own = tuple(each for each in incidents if each.service == service.name)
    return _Read(service, own, last, tuple(reversed(heaps)))


def _order(one: _Read) -> tuple[bool, float, float, str]:
    """Open incidents first, then the worst verdict and the largest heap, then by name; what was never captured last."""
    rank, live_heap = _harm(one.last) if one.last else (-1.0, 0.0)
    return not one.incidents, -rank, -live_heap, one.service.name


def _harm(entry: Remembered) -> tuple[float, float]:
    """A verdict of a newer release is worse than none."""
    ranks = {verdict.value: float(rank) for rank, verdict in enumerate(reversed(WORST))}
    return ranks.get(entry.verdict, 0.5), entry.live_heap


async def _shown(tools: Tools, who: Person, one: _Read, links: dict[str, str | None], now: float) -> HomeService:
    may = await _may(tools, who, one.service)
    incidents = tuple(
        HomeIncident(each, links.get(each.id), _acts(tools, each, now) if may else ())
        for each in one.incidents[:INCIDENTS]
    )
    more = len(one.incidents) - len(incidents)
    may_capture = may and bool(one.service.instances)
    return HomeService(identity_of(one.service), one.service, one.last, one.live_heaps, incidents, more, may_capture)


async def _may(tools: Tools, who: Person, service: Service) -> bool:
    try:
        await permit(tools, who, service)
    except (Forbidden, OutageError):  # where nobody says who is in a group, nobody is
        return False
    return True


def _acts(tools: Tools, incident: Incident, now: float) -> tuple[Act, ...]:
    offered = acts_of(incident, silences=can_silence(tools, incident), now=now)
    return tuple(act for act in offered if act in ACTS)


async def _rotation(tools: Tools, who: Person, rotation: Rotation, now: float) -> HomeRotation:
    told = await line(tools.rotas, rotation, now)
    recent: tuple[Handoff, ...] = ()
    with suppress(OutageError):
        recent = await tools.handoffs.recent(rotation.name)
    waiting = next((each for each in recent if is_live(rotation, each, now)), None)
    may_take = waiting is not None and who.user in {member.slack for member in waiting.incoming}
    return HomeRotation(told, waiting, may_take)
