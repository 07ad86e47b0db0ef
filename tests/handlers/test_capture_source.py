"""Which format a capture asks for, and what it remembers of a build."""

from dataclasses import replace

import pytest

from analyzers.errors import MapstormError
from analyzers.names.frames import Kind
from analyzers.profile import Source
from analyzers.snapshot import Snapshot
from handlers.errors import NoPprof, NotPprof, OutageError, ServerFault, TimedOut, Unreachable
from handlers.records import Service, Wanted
from handlers.visits import Seen, visits
from tests.analyzers.protos import Builder
from tests.analyzers.recordings import Recording
from tests.analyzers.texts import MAIN, PUT, record, text
from tests.fakes import ORDERS, FakePprof, Fakes

STORM = "go1.27.3-growth_storm"
CHURN = "go1.27.3-rebuild_churn"
CLASSIC = "go1.23.9-growth_storm"
AUTO = replace(ORDERS, capture=Wanted.AUTO)
PROTOBUF = replace(ORDERS, capture=Wanted.PROTOBUF)


async def look(fakes: Fakes, pprof: FakePprof, service: Service = AUTO) -> Seen:
    instance = ORDERS.instances[0]
    fakes.heaps.pprof[instance.name] = pprof
    pprof.asked.clear()
    return await visits(fakes.heaps, fakes.leaves, service, instance, now=fakes.clock.now, pause=fakes.clock.pause)


def sources(seen: Seen) -> tuple[Source, Source]:
    assert seen.second is not None
    return seen.first.source, seen.second.source


def kinds(snapshot: Snapshot) -> set[object]:
    return {(item.site.line, item.event, item.object_size) for item in snapshot.usage}


NEW = PUT._replace(line=90, pc=PUT.pc + 64)
GROWTH = {0x41A000: "runtime.makeBucketArray", 0x41B000: "runtime.hashGrow", 0x41C000: "runtime.mapassign_faststr"}
OLD = record((1000, 1_000_000, 1_000_000, 1_000_000_000))
GROWING = record((1, 671_744, 24, 24 * 671_744), [pc + 1 for pc in GROWTH], (NEW, MAIN))


@pytest.fixture
def late() -> FakePprof:
    """A service that begins to grow a map between the two visits."""

    def proto(objects: int) -> bytes:
        made = Builder()
        made.message.mapping.add(
            id=1, memory_start=0x400000, memory_limit=0x800000, build_id=made.string("b1"), filename=made.string("/app")
        )
        made.sample((10**6, 10**9, 1000, 10**6), (PUT, MAIN), 1000)
        if objects:
            made.sample((objects, objects * 671_744, 1, 671_744), (NEW, MAIN), 671_744)
        return made.bytes()

    symbols = "".join(f"{pc:#x} {name}\n" for pc, name in GROWTH.items())
    return FakePprof(protos=[proto(0), proto(24)], symbols=symbols.encode())


@pytest.fixture
def churn(recordings: dict[str, Recording]) -> FakePprof:
    return FakePprof.of(recordings[CHURN])


@pytest.fixture
def storm(recordings: dict[str, Recording]) -> FakePprof:
    return FakePprof.of(recordings[STORM])


async def test_the_text_is_asked_for_unless_somebody_says_otherwise(fakes: Fakes, storm: FakePprof) -> None:
    for _ in range(2):
        assert sources(await look(fakes, storm, ORDERS)) == (Source.TEXT, Source.TEXT)
    assert fakes.leaves.kept == {}


async def test_auto_asks_a_build_for_its_text_once(fakes: Fakes, storm: FakePprof) -> None:
    first = await look(fakes, storm)
    assert sources(first) == (Source.TEXT, Source.TEXT)
    assert storm.asked[:2] == ["proto", "text"]
    assert storm.asked.count("proto") == 1, "it also told the build"
    second = await look(fakes, storm)
    assert sources(second) == (Source.PROTOBUF, Source.PROTOBUF)
    assert storm.asked == ["proto", "proto"]
    assert second.first.named
    assert second.first.guessed == frozenset()
    assert second.first.memstats is None
    assert second.first.build_id == first.first.build_id != ""
    assert second.first.process == first.first.process != 0
    assert second.first.go_version == first.first.go_version
    assert kinds(second.first) == kinds(first.first)


async def test_what_one_instance_told_holds_for_the_others(fakes: Fakes, storm: FakePprof) -> None:
    await look(fakes, storm)
    other = replace(storm, asked=[])
    fakes.heaps.pprof[ORDERS.instances[1].name] = other
    await visits(fakes.heaps, fakes.leaves, AUTO, ORDERS.instances[1], now=fakes.clock.now, pause=fakes.clock.pause)
    assert other.asked == ["proto", "proto"]


async def test_calls_that_nobody_knows_need_a_text_and_what_was_known_is_kept(fakes: Fakes, storm: FakePprof) -> None:
    await look(fakes, storm)
    ((build_id, known),) = fakes.leaves.kept.items()
    fakes.leaves.kept[build_id] = known._replace(calls={7: {64: {(): 1.0}}})
    assert sources(await look(fakes, storm)) == (Source.TEXT, Source.TEXT)
    assert fakes.leaves.kept[build_id].calls == {7: {64: {(): 1.0}}, **known.calls}


async def test_how_much_may_be_unknown_is_the_services_to_say(fakes: Fakes, storm: FakePprof) -> None:
    await look(fakes, storm)
    ((build_id, known),) = fakes.leaves.kept.items()
    fakes.leaves.kept[build_id] = known._replace(calls={})
    lenient = replace(AUTO, thresholds=replace(AUTO.thresholds, max_unknown_share=1.0))
    assert sources(await look(fakes, storm, lenient)) == (Source.PROTOBUF, Source.PROTOBUF)


async def test_what_begins_within_the_window_is_learned_at_once(fakes: Fakes, late: FakePprof) -> None:
    """A map that begins to grow after weeks is a thousandth of all that was ever allocated, and all of the window."""
    late.texts = [text(OLD)]
    assert sources(await look(fakes, late)) == (Source.TEXT, Source.TEXT)
    late.texts = [text(OLD, GROWING)]
    seen = await look(fakes, late)
    assert late.asked == ["proto", "proto", "text", "symbols"]
    assert sources(seen) == (Source.PROTOBUF, Source.PROTOBUF)
    assert seen.second is not None
    assert seen.second.named
    assert {item.event.kind for item in seen.second.usage} == {Kind.VALUE, Kind.GROWTH}
    await look(fakes, late)
    assert late.asked == ["proto", "proto"]


async def test_a_text_that_fails_then_costs_no_capture(fakes: Fakes, late: FakePprof) -> None:
    late.texts = [text(OLD)]
    await look(fakes, late)
    late.texts = [ServerFault("500")]
    assert sources(await look(fakes, late)) == (Source.PROTOBUF, Source.PROTOBUF)


async def test_a_build_without_an_id_is_asked_for_its_text_each_time(
    fakes: Fakes, recordings: dict[str, Recording]
) -> None:
    classic = FakePprof.of(recordings[CLASSIC])
    for _ in range(2):
        assert sources(await look(fakes, classic)) == (Source.TEXT, Source.TEXT)
    assert fakes.leaves.kept == {}


async def test_another_build_is_learned_anew(fakes: Fakes, storm: FakePprof, churn: FakePprof) -> None:
    await look(fakes, storm)
    assert sources(await look(fakes, churn)) == (Source.TEXT, Source.TEXT)
    assert len(fakes.leaves.kept) == 2


async def test_a_memory_that_is_away_costs_a_text_and_no_capture(fakes: Fakes, storm: FakePprof) -> None:
    fakes.leaves.fails = OutageError("redis")
    for _ in range(2):
        assert sources(await look(fakes, storm)) == (Source.TEXT, Source.TEXT)


async def test_without_names_nothing_is_learned(fakes: Fakes, storm: FakePprof) -> None:
    storm.symbols = NoPprof("404")
    await look(fakes, storm)
    assert fakes.leaves.kept == {}


@pytest.mark.parametrize("proto", [NoPprof("404"), NotPprof("html"), ServerFault("500"), b"<html>", b""])
async def test_auto_needs_no_protobuf(fakes: Fakes, storm: FakePprof, proto: bytes | MapstormError) -> None:
    storm.protos = [proto]
    assert sources(await look(fakes, storm)) == (Source.TEXT, Source.TEXT)


@pytest.mark.parametrize("error", [Unreachable(), TimedOut()])
async def test_auto_does_not_wait_for_an_absent_service_twice(
    fakes: Fakes, storm: FakePprof, error: MapstormError
) -> None:
    storm.protos = [error]
    with pytest.raises(type(error)):
        await look(fakes, storm)
    assert storm.asked == ["proto"]


async def test_auto_takes_the_protobuf_where_no_text_is_offered(fakes: Fakes, storm: FakePprof) -> None:
    storm.texts = [NoPprof("404")]
    seen = await look(fakes, storm)
    assert sources(seen) == (Source.PROTOBUF, Source.PROTOBUF)
    assert not seen.first.named


async def test_protobuf_never_asks_for_a_text(fakes: Fakes, storm: FakePprof) -> None:
    seen = await look(fakes, storm, PROTOBUF)
    assert storm.asked == ["proto", "proto"]
    assert sources(seen) == (Source.PROTOBUF, Source.PROTOBUF)
    assert not seen.first.named
    assert fakes.leaves.kept == {}


async def test_protobuf_is_told_what_a_text_of_the_build_has_shown(fakes: Fakes, storm: FakePprof) -> None:
    await look(fakes, storm)
    seen = await look(fakes, storm, PROTOBUF)
    assert storm.asked == ["proto", "proto"]
    assert seen.first.named
