"""Handoffs in real Redis: a step is kept whole or not at all, however many look at once; and the thread as a file."""

import asyncio
import time
from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot import render
from bot.chat import slack_client
from bot.handoffs.export import Export, exporting, markdown, words
from bot.handoffs.store import RedisHandoffs
from bot.handoffs.watch import tending
from bot.incidents.agenda import RedisAgenda
from bot.incidents.store import RedisIncidents
from bot.posting.outbox import RedisOutbox
from bot.queue import RedisQueue
from bot.redis_client import connect, key
from bot.redis_server import free_port
from bot.standin.app import Standin
from handlers.errors import MissingScope, NotPosted, OutageError
from handlers.handoff import Added, Handoff, HandoffState
from handlers.handoff_notes import HandoffAdded, HandoffNothing, HandoffTaken
from handlers.handoffs.steps import said, step
from handlers.handoffs.tend import tend
from handlers.incident import Entry, Event, State
from handlers.ports import Tools
from handlers.records import Thread
from handlers.rotation import Member, Rotation
from handlers.step import HandoffStep, Step
from tests.bot import records
from tests.bot.notes import incident
from tests.fakes import Fakes
from tests.handlers.handoffs.watch import ANA, BO, DAY, ROTATION, turns

NOW = time.time()
NEW = Handoff("habc", "payments", "C0PAYMENTS", NOW + 60, NOW - DAY, NOW + DAY, (ANA,), (BO,), NOW, expected=(BO,))


async def no_link(thread: Thread) -> str | None:
    return None


async def nowhere(handoff: Handoff, rotation: Rotation, told: tuple[str, ...], thread: Thread | None) -> None:
    raise NotPosted


class Rooms:
    """The stores of one worker."""

    def __init__(self, redis: Redis, export: Export = nowhere) -> None:
        self.outbox = RedisOutbox(redis, render.message, no_link)
        self.handoffs = RedisHandoffs(redis, self.outbox, words, export)
        self.incidents = RedisIncidents(redis, self.outbox, RedisQueue(redis), RedisAgenda(redis))

    def tools(self, fakes: Fakes) -> Tools:
        return replace(fakes.tools, outbox=self.outbox, handoffs=self.handoffs, incidents=self.incidents)


@pytest.fixture
def rooms(redis: Redis) -> Rooms:
    return Rooms(redis)


def drafted() -> HandoffStep:
    return step(ROTATION, None, NEW, said(NEW, "nothing", HandoffNothing(NEW)))


@pytest.mark.redis
async def test_a_step_keeps_the_handoff_and_what_is_said_at_once(redis: Redis, rooms: Rooms) -> None:
    assert await rooms.handoffs.commit(drafted())
    assert await rooms.handoffs.get("habc") == NEW
    assert await rooms.handoffs.recent("payments") == (NEW,)
    assert await rooms.handoffs.recent("others") == ()
    claim = await rooms.outbox.claim()
    assert claim is not None
    assert claim.entry.id == "root:habc"
    assert not await rooms.handoffs.commit(drafted()), "a second worker comes too late"
    assert await redis.llen(key("handoff-told", "habc")) == 1


@pytest.mark.redis
async def test_of_many_at_once_one_wins(rooms: Rooms) -> None:
    done = await asyncio.gather(*(rooms.handoffs.commit(drafted()) for _ in range(12)))
    assert sum(done) == 1
    taken = [replace(NEW, state=HandoffState.TAKEN, taken_by=f"U{number}") for number in range(12)]
    done = await asyncio.gather(*(rooms.handoffs.commit(step(ROTATION, NEW, each)) for each in taken))
    assert sum(done) == 1
    kept = await rooms.handoffs.get("habc")
    assert kept is not None
    assert (kept.taken_by, kept.version) == (f"U{done.index(True)}", 2)


@pytest.mark.redis
async def test_who_comes_too_late_keeps_nothing(redis: Redis, rooms: Rooms) -> None:
    await rooms.handoffs.commit(drafted())
    before = {name: await redis.dump(name) for name in await redis.keys("*")}
    late = replace(NEW, version=7)
    assert not await rooms.handoffs.commit(step(ROTATION, late, late, said(NEW, "taken", HandoffTaken(NEW))))
    assert {name: await redis.dump(name) for name in await redis.keys("*")} == before


@pytest.mark.redis
async def test_the_latest_come_first_and_no_more_than_fifty(rooms: Rooms) -> None:
    for number in range(53):
        made = replace(NEW, id=f"h{number:02}", at=NOW + number)
        assert await rooms.handoffs.commit(step(ROTATION, None, made))
    found = await rooms.handoffs.recent("payments")
    assert [each.id for each in found] == [f"h{number:02}" for number in range(52, 2, -1)]


@pytest.mark.redis
async def test_what_another_release_kept_is_left_alone(redis: Redis, rooms: Rooms) -> None:
    await rooms.handoffs.commit(drafted())
    await redis.set(key("handoff", "habc"), b'{"schema": 99}')
    assert await rooms.handoffs.recent("payments") == ()
    for asked in (rooms.handoffs.get("habc"), rooms.handoffs.commit(drafted())):
        with pytest.raises(OutageError):
            await asked
    assert await redis.get(key("handoff", "habc")) == b'{"schema": 99}', "and not drafted over"


@pytest.mark.redis
async def test_workers_with_stores_of_their_own_race(redis: Redis, redis_url: str, fakes: Fakes) -> None:
    """Each has its own connection and looks at the same time, again and again, while people come and go."""
    fakes.rotas.rotations = (ROTATION,)
    fakes.clock.time = NOW
    begin = NOW + 600
    plans = [turns(begin - DAY, DAY, ANA, BO), turns(begin - DAY, DAY, ANA, Member("Dee", slack="U0DEE"))]
    async with connect(redis_url) as one, connect(redis_url) as two:
        workers = [Rooms(client).tools(fakes) for client in (one, two, redis)]
        for moment in (0, 300, 601, 2500, 4500, 9000):
            fakes.clock.time = NOW + moment
            fakes.rotas.spans[ROTATION.name] = tuple(plans[moment >= 300])
            for _ in range(3):
                await asyncio.gather(*(tend(tools, ROTATION) for tools in workers))
        (handoff,) = await workers[0].handoffs.recent(ROTATION.name)
    assert (handoff.told, handoff.version, handoff.incoming[0].slack) == (2, 5, "U0DEE")
    said_of = [name.decode() for name in await redis.lrange(key("handoff-told", handoff.id), 0, -1)]
    assert len(said_of) == 4, "nothing to hand over, changed, a reminder, an escalation"


@pytest.mark.redis
async def test_the_watch_looks_again_and_one_rotation_does_not_end_it(rooms: Rooms, fakes: Fakes) -> None:
    broken = replace(ROTATION, name="broken", channel="C0BROKEN")
    fakes.rotas.rotations = (broken, ROTATION)
    fakes.clock.time = NOW
    tools = rooms.tools(fakes)

    async def read(rotation: Rotation, since: float, until: float) -> object:
        if rotation is broken:
            raise OutageError("redis")
        return await type(fakes.rotas).read(fakes.rotas, rotation, since, until)

    fakes.rotas.read = read  # type: ignore[method-assign, assignment]
    async with tending(tools, look_s=0.01):
        fakes.rotas.spans[ROTATION.name] = tuple(turns(NOW - DAY + 60, DAY, ANA, BO))

        async def there() -> bool:
            return bool(await rooms.handoffs.recent(ROTATION.name))

        await records.until(there)


@pytest.mark.redis
async def test_incidents_by_when_something_happened_last(rooms: Rooms) -> None:
    old = replace(incident(), id="old", version=1, timeline=(Entry(NOW - 500, Event.OPENED),))
    new = replace(incident(), id="new", version=1, timeline=(Entry(NOW - 100, Event.OPENED),))
    for made in (old, new, replace(new, id="unheard", timeline=())):
        await rooms.incidents.commit(Step(None, made))
    assert await rooms.incidents.since(NOW - 600) == (new, old)
    assert await rooms.incidents.since(NOW - 100) == (new,)
    over = replace(old, state=State.RESOLVED, version=2, timeline=(*old.timeline, Entry(NOW, Event.RESOLVED)))
    await rooms.incidents.commit(Step(old, over))
    assert await rooms.incidents.since(NOW - 600) == (over, new)
    assert await rooms.incidents.since(NOW + 1) == ()


async def test_redis_away_is_an_outage() -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as client:
        rooms = Rooms(client)
        for asked in (
            rooms.handoffs.get("habc"),
            rooms.handoffs.recent("payments"),
            rooms.handoffs.commit(drafted()),
            rooms.handoffs.export(NEW, ROTATION),
            rooms.incidents.since(0.0),
        ):
            with pytest.raises(OutageError):
                await asked


def test_markdown_of_a_thread() -> None:
    foreign = "*bold* _x_ [a](http://b) `c` <!channel> # 1\n# 2"
    added = Added(NOW, "U0ANA", "", foreign)
    made = replace(NEW, state=HandoffState.TAKEN, taken_by="U0BO", taken_at=NOW, added=(added,))
    told = (words(HandoffAdded(made, added, None)), words(HandoffTaken(made)))
    text = markdown(made, ROTATION, told)
    assert "**Handoff** `payments`: `Ana` -&gt; `Bo`" in text
    assert "<@" not in text
    assert "<!" not in text.replace("<!channel>", "")
    # Whatever somebody wrote stands in code spans, where Markdown reads nothing.
    (line,) = (line for line in text.splitlines() if "http://b" in line)
    assert "`*bold* _x_ [a](http://b) 'c' <!channel> # 1`" in line
    assert text.count("\n---\n") == 2


def test_no_name_of_a_calendar_leaves_its_code_span_in_markdown() -> None:
    strange = Member("Bo` [click](http://b) **x** <!x|y>\n# z", slack="U0BO")
    text = markdown(replace(NEW, incoming=(strange,)), ROTATION, ())
    assert text.count("`Bo' [click](http://b) **x** <!x|y> # z`") == 2


@pytest.mark.redis
async def test_the_file_is_in_the_thread(redis: Redis) -> None:
    async with Standin() as slack:
        client = slack_client(slack.api_url, slack.credentials.token)
        rooms = Rooms(redis, exporting(client))
        await rooms.handoffs.commit(drafted())
        with pytest.raises(NotPosted):
            await rooms.handoffs.export(NEW, ROTATION)
        posted = await client.chat_postMessage(channel="C0ORDERS", text="root")
        claim = await rooms.outbox.claim()
        assert claim is not None
        await rooms.outbox.posted(claim, Thread("C0ORDERS", str(posted["ts"])))
        await rooms.handoffs.export(NEW, ROTATION)
        (message,) = (each for each in slack.ws.messages["C0ORDERS"] if each.files)
        assert message.thread_ts == posted["ts"]
        file = slack.ws.files[message.files[0]]
        assert file.name == f"handoff-payments-{NEW.at:.0f}.md"
        assert file.data is not None
        assert file.data.decode() == markdown(NEW, ROTATION, (words(HandoffNothing(NEW)),))


async def test_slack_that_does_not_take_the_file() -> None:
    thread = Thread("C0ORDERS", "1.1")
    away = exporting(slack_client(f"http://127.0.0.1:{free_port()}/api/", "xoxb"))
    with pytest.raises(OutageError):
        await away(NEW, ROTATION, (), thread)
    async with Standin() as slack:
        unknown = exporting(slack_client(slack.api_url, "xoxb-wrong"))
        with pytest.raises(OutageError) as caught:
            await unknown(NEW, ROTATION, (), thread)
        assert not isinstance(caught.value, MissingScope)
