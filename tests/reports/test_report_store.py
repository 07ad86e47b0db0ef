"""Captures kept whole in a real Redis: as many, as long and as large as the registry allows, the newest first."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from redis.asyncio import Redis

from analyzers.errors import MalformedProfile
from analyzers.finding import Dominant
from analyzers.profile import Site
from bot.redis_client import connect, key
from bot.redis_server import free_port
from bot.reports import flame_codec
from bot.reports.links import Links
from bot.reports.store import DAY_S, PREFIX, RedisReports
from handlers.errors import OutageError
from handlers.ports import Reports
from handlers.records import KEPT, Keep, Service
from handlers.report import Raw, Report, Sizes
from tests.bot import records
from tests.fakes import FakeRegistry
from tests.reports import flames

pytestmark = pytest.mark.redis

NOW = 1_800_000_000.0
LINKS = Links("https://mapstorm.example.com", "0123456789abcdef" * 2)
RAW = Raw(b"text" * 100, b"first" * 10, b"0x1 main.main\n", b"proto" * 20, b"p" * 7)
ROOMY = KEPT._replace(captures=1000, days=90.0, bytes=2**30)


@dataclass
class Place:
    """A store of one service; each capture is known by a name, `at` seconds before NOW."""

    redis: Redis
    registry: FakeRegistry
    now: float = NOW

    @property
    def store(self) -> RedisReports:
        return RedisReports(self.redis, self.registry, LINKS, lambda: self.now, piece=64)

    @property
    def service(self) -> Service:
        return self.registry.services["svc-orders"]

    def keeps(self, keep: Keep) -> None:
        self.registry.services["svc-orders"] = replace(records.SERVICE, keep=keep)

    def report(self, name: str, at: float = 0.0, instance: str = "orders-0") -> Report:
        moment = self.now - at
        capture = replace(records.capture(name, instance, at=moment - 9), id=name)
        return Report(capture, records.diagnosis()._replace(captured_at=moment))

    async def put(self, name: str, at: float = 0.0, raw: Raw = RAW, instance: str = "orders-0") -> None:
        await self.store.put(self.service, self.report(name, at, instance), raw)

    async def there(self) -> set[str]:
        """The captures whose reports are there, which is to be what the index has."""
        found = {name.decode().removeprefix(PREFIX) for name in await self.redis.keys(f"{PREFIX}*")}
        index = {name.decode() for name in await self.redis.zrange(key("reports", "svc-orders"), 0, -1)}
        held = {name.decode() for name in await self.redis.hkeys(key("reports-held", "svc-orders"))}
        assert found == index == held
        return found


@pytest.fixture
async def place(redis: Redis) -> AsyncIterator[Place]:
    here = Place(redis, FakeRegistry())
    here.keeps(ROOMY)
    yield here
    assert await redis.keys(key("report-new", "*")) == [], "what was written beforehand is left"


async def size_of(place: Place, name: str) -> int:
    held = await place.redis.hget(key("reports-held", "svc-orders"), name)
    return int((held or b"0").split()[0])


async def test_what_is_put_is_there_byte_for_byte(place: Place) -> None:
    store: Reports = place.store
    await place.put("a")
    assert await store.get("a") == place.report("a")
    assert await store.raw("a") == RAW
    assert await store.sizes("a") == Sizes(len(RAW.text), len(RAW.symbols), len(RAW.proto))
    assert await place.store.exists("a")


async def test_what_was_never_put_is_none(place: Place) -> None:
    store = place.store
    for name in ("a", "", "\x00", "ä:*"):
        assert (await store.get(name), await store.raw(name), await store.sizes(name), await store.flame(name)) == (
            *(None, None, None, None),
        )
        assert not await store.exists(name)
        assert await store.flame_json(name) is None
        assert not await store.forget(name)
        await store.draw(name, flames.story())
        assert not await store.exists(name)


async def test_a_report_may_have_no_bytes(place: Place) -> None:
    await place.put("a", raw=Raw())
    assert await place.store.get("a") == place.report("a")
    assert await place.store.raw("a") is None
    assert await place.store.sizes("a") is None


async def test_names_that_are_no_text_are_the_profiles_fault(place: Place) -> None:
    hostile = Dominant(Site("main.\ud800", "main.go", 1), 1.0, 1.0)
    report = place.report("a")
    with pytest.raises(MalformedProfile):
        await place.store.put(
            place.service, report._replace(diagnosis=report.diagnosis._replace(dominant=(hostile,))), RAW
        )
    assert await place.there() == set()


async def test_put_again_it_is_there_once(place: Place) -> None:
    await place.put("a")
    await place.put("a", raw=RAW._replace(text=b"shorter"))
    raw = await place.store.raw("a")
    assert raw == RAW._replace(text=b"shorter")
    assert await place.there() == {"a"}


async def test_the_oldest_goes_when_there_are_too_many(place: Place) -> None:
    place.keeps(ROOMY._replace(captures=2))
    for name, at in (("new", 10), ("old", 30), ("middle", 20)):
        await place.put(name, at)
    assert await place.there() == {"new", "middle"}
    await place.put("newest")
    assert await place.there() == {"newest", "new"}


async def test_the_oldest_goes_when_they_are_too_large(place: Place) -> None:
    await place.put("a", 3)
    one = await size_of(place, "a")
    place.keeps(ROOMY._replace(bytes=2 * one + 50))
    await place.put("b", 2)
    assert await place.there() == {"a", "b"}
    await place.put("c", 1)
    assert await place.there() == {"b", "c"}
    await place.put("d", 0, raw=Raw())
    assert await place.there() == {"c", "d"}


async def test_the_oldest_goes_when_it_is_too_old(place: Place) -> None:
    place.keeps(ROOMY._replace(days=2))
    await place.put("a", 1.9 * DAY_S)
    assert await place.there() == {"a"}
    place.now += 0.2 * DAY_S
    await place.put("b")
    assert await place.there() == {"b"}
    await place.put("of last week", 7 * DAY_S)
    assert await place.there() == {"b"}


async def test_it_ends_by_itself_when_its_days_are_over(place: Place) -> None:
    place.keeps(ROOMY._replace(days=2))
    await place.put("a", 1.5 * DAY_S)
    assert 0 < await place.redis.pttl(f"{PREFIX}a") <= 0.5 * DAY_S * 1000
    for index in ("reports", "reports-held"):
        assert 0 < await place.redis.pttl(key(index, "svc-orders")) <= 2 * DAY_S * 1000


async def test_what_has_ended_takes_no_room(place: Place) -> None:
    """Redis let go of it, by its TTL or for want of memory: the index learns of it with the next one."""
    place.keeps(ROOMY._replace(captures=2))
    await place.put("a", 3)
    await place.put("b", 2)
    await place.redis.delete(f"{PREFIX}b")
    assert await place.store.before("svc-orders", "orders-0", NOW) == "a"
    await place.put("c", 1)
    assert await place.there() == {"a", "c"}


async def test_one_that_is_too_large_stays_without_its_bytes(place: Place) -> None:
    place.keeps(ROOMY._replace(bytes=4096))
    await place.put("a", 1)
    await place.put("b", 0, raw=RAW._replace(text=b"x" * 5000))
    assert await place.store.get("b") == place.report("b")
    assert await place.store.raw("b") is None
    assert await place.there() == {"a", "b"}


async def test_with_room_for_none_nothing_is_kept_and_the_rest_goes(place: Place) -> None:
    await place.put("a")
    place.keeps(ROOMY._replace(captures=0))
    await place.put("b")
    assert await place.there() == set()
    assert place.store.link(place.report("b").capture) is None


async def test_many_writers_at_once_keep_no_more_than_one(place: Place) -> None:
    place.keeps(ROOMY._replace(captures=3))
    await asyncio.gather(*(place.put(f"c{number}", 100 - number) for number in range(30)))
    assert await place.there() == {"c27", "c28", "c29"}


async def test_services_do_not_take_each_others_room(place: Place) -> None:
    place.keeps(ROOMY._replace(captures=1))
    await place.put("a")
    other = replace(records.SERVICE, name="svc-billing", keep=ROOMY._replace(captures=1))
    theirs = place.report("theirs")
    await place.store.put(other, theirs._replace(capture=replace(theirs.capture, id="theirs")), RAW)
    assert await place.store.exists("a")
    assert await place.store.exists("theirs")


async def test_before_is_the_latest_of_the_instance_that_has_bytes(place: Place) -> None:
    for name, at, raw, instance in (
        ("oldest", 50, RAW, "orders-0"),
        ("old", 40, RAW, "orders-0"),
        ("without bytes", 30, Raw(), "orders-0"),
        ("a peer's", 20, RAW, "orders 1"),
        ("now", 0, RAW, "orders-0"),
    ):
        await place.put(name, at, raw, instance)
    store = place.store
    assert await store.before("svc-orders", "orders-0", NOW) == "old"
    assert await store.before("svc-orders", "orders-0", NOW - 40) == "oldest"
    assert await store.before("svc-orders", "orders-0", NOW - 50) is None
    assert await store.before("svc-orders", "orders 1", NOW) == "a peer's"
    assert await store.before("svc-billing", "orders-0", NOW) is None


async def test_a_flame_graph_goes_with_its_report(place: Place) -> None:
    await place.put("a")
    before = await size_of(place, "a")
    flame = flames.story()
    await place.store.draw("a", flame)
    assert await place.store.flame("a") == flame
    assert await place.store.flame_json("a") == flame_codec.encode(flame)
    grown = await size_of(place, "a")
    assert grown > before
    await place.store.draw("a", flame)
    assert await size_of(place, "a") == grown
    assert await place.store.forget("a")
    assert await place.store.flame_json("a") is None


async def test_a_flame_graph_without_room_is_not_kept_and_one_with_room_takes_the_oldest_ones(place: Place) -> None:
    await place.put("a", 1)
    await place.put("b", 0)
    two = await size_of(place, "a") + await size_of(place, "b")
    place.keeps(ROOMY._replace(bytes=await size_of(place, "b") + 10))
    await place.store.draw("b", flames.story())
    assert await place.store.flame("b") is None
    place.keeps(ROOMY._replace(bytes=two + 10))
    await place.store.draw("b", flames.story())
    assert await place.store.flame("b") == flames.story()
    assert await place.there() == {"b"}


async def test_what_is_forgotten_is_gone_as_a_whole_and_once(place: Place) -> None:
    await place.put("a", 1)
    await place.put("b")
    assert await place.store.forget("a")
    assert not await place.store.forget("a")
    assert await place.there() == {"b"}
    assert await place.store.raw("a") is None
    await place.store.draw("a", flames.story())
    assert await place.there() == {"b"}


async def test_what_another_release_wrote_is_none(place: Place) -> None:
    await place.put("a")
    await place.redis.hset(f"{PREFIX}a", mapping={"report": b"[9]\n?", "flame": b"no zstd"})
    assert await place.store.get("a") is None
    assert await place.store.flame("a") is None
    assert await place.store.flame_json("a") is None


@pytest.mark.parametrize(
    "parts", [b"no json", b"[]", b'{"text":1}', b'{"text":["a",2]}', b'{"text":[1e15,2]}', b"\xff"]
)
async def test_parts_that_cannot_be_read_are_none(place: Place, parts: bytes) -> None:
    """They would end every later capture of the instance, which looks for its base here."""
    await place.put("a")
    await place.redis.hset(f"{PREFIX}a", "raw", parts)
    assert await place.store.raw("a") is None
    assert await place.store.get("a") == place.report("a")
    await place.store.sizes("a")


async def test_what_a_newer_release_keeps_besides_is_passed_over(place: Place) -> None:
    await place.put("a")
    parts = await place.redis.hget(f"{PREFIX}a", "raw") or b""
    more = {"raw": parts[:-1] + b',"goroutines":[1,3]}', "goroutines.0": b"abc"}
    await place.redis.hset(f"{PREFIX}a", mapping=more)
    assert await place.store.raw("a") == RAW


async def test_whoever_dies_while_it_is_written_leaves_nothing_for_ever(place: Place) -> None:
    """What is written beforehand gets its end in the same step, every time: also if the first one is over by then."""
    async with place.redis.monitor() as watched:
        await place.put("a")
        await place.redis.echo("enough")
        sent: list[str] = []
        async for told in watched.listen():
            sent.append(str(told["command"]))
            if sent[-1].startswith("ECHO enough"):
                break
    written = [at for at, command in enumerate(sent) if command.startswith("HSET mapstorm:report-new:")]
    assert len(written) > 5
    for at in written:
        assert sent[at - 1] == "MULTI"
        assert sent[at + 1].startswith("EXPIRE mapstorm:report-new:")
        assert sent[at + 2] == "EXEC"


async def test_what_another_release_wrote_can_be_forgotten(place: Place) -> None:
    """After a deployment, or on the way back from one, it is still there, for as long as it was to be kept."""
    await place.put("a")
    report = await place.redis.hget(PREFIX + "a", "report") or b""
    capture, _, diagnosis = report.partition(b"\n")
    await place.redis.hset(PREFIX + "a", "report", capture + b"\n" + b"0" * 16 + diagnosis[16:])
    assert await place.store.get("a") is None
    assert await place.store.capture("a") == place.report("a").capture
    assert await place.store.forget("a")
    assert await place.store.capture("a") is None


async def test_bytes_that_go_while_they_are_read_are_none(place: Place) -> None:
    await place.put("a")
    await place.redis.hdel(f"{PREFIX}a", "text.1")
    assert await place.store.raw("a") is None


async def test_a_link_lasts_as_long_as_its_report(place: Place) -> None:
    capture = place.report("a").capture
    link = place.store.link(capture)
    assert link
    assert link == place.store.link(capture)
    token = link.rpartition("/")[2]
    ends = capture.request.requested_at + 90 * DAY_S
    assert LINKS.capture_of(token, ends - 1) == "a"
    assert LINKS.capture_of(token, ends) is None
    place.registry.services.clear()
    assert place.store.link(capture) is None


async def test_away_is_an_outage() -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}") as nobody:
        place = Place(nobody, FakeRegistry())
        place.keeps(ROOMY)
        for asking in (
            place.put("a"),
            place.store.get("a"),
            place.store.raw("a"),
            place.store.before("svc-orders", "orders-0", NOW),
            place.store.draw("a", flames.story()),
            place.store.forget("a"),
            place.store.exists("a"),
        ):
            with pytest.raises(OutageError):
                await asking
