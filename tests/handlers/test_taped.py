"""What is copied of a capture's visits, and what a copy may never do to them."""

import random
from collections.abc import Callable

import pytest
import zstandard

from analyzers.errors import NotAHeapProfile
from handlers.errors import NoPprof, Unreachable
from handlers.ports import Heaps
from handlers.report import Raw
from handlers.taped import Tape, Taped
from tests.fakes import ORDERS, FakeClock, FakeHeaps, FakePprof

TEXT = (
    b"heap profile: 1: 2 [3: 4] @ heap/1048576\n" + b"1: 2 [3: 4] @ 0x1 0x2\n#\t0x1\tmain.main+0x1\tmain.go:1\n" * 5000
)
NOISE = random.Random(7).randbytes(60_000)  # noqa: S311 - what no compression makes smaller
ROOMY = 10**6


def inflated(text: bytes) -> bytes:
    return zstandard.ZstdDecompressor().decompressobj().decompress(text)


def taped(pprof: FakePprof, tape: Tape) -> Heaps:
    heaps = FakeHeaps(FakeClock())
    heaps.pprof["orders-0"] = pprof
    return Taped(heaps, tape)


async def texts(pprof: FakePprof, tape: Tape, count: int) -> None:
    async with taped(pprof, tape).visit(ORDERS, ORDERS.instances[0]) as visit:
        for _ in range(count):
            await visit.text(lambda chunk: None)


async def test_a_copy_is_what_came_and_what_came_is_handed_on() -> None:
    tape, heard = Tape(ROOMY), list[bytes]()
    pprof = FakePprof([TEXT], [b"gzip"], b"0x1 main.main\n", [b"cpu"])
    async with taped(pprof, tape).visit(ORDERS, ORDERS.instances[0]) as visit:
        await visit.text(heard.append)
        answers = [await visit.symbols("0x1"), await visit.symbols("0x1")]
        assert await visit.proto(collect=True) == b"gzip"
        assert await visit.cpu(5) == b"cpu"
    raw = tape.raw()
    assert b"".join(heard) == TEXT == inflated(raw.text)
    assert len(raw.text) < len(TEXT) / 20
    assert raw._replace(text=b"") == Raw(symbols=b"".join(answers), proto=b"gzip")
    assert pprof.asked == ["text", "symbols", "symbols", "proto", "cpu"]


async def test_of_several_readings_the_latest_and_the_first_are_kept() -> None:
    tape = Tape(ROOMY)
    await texts(FakePprof([b"first", b"second", b"third"]), tape, 3)
    assert (inflated(tape.raw().text), inflated(tape.raw().first_text)) == (b"third", b"first")
    for name in (b"1", b"2", b"3"):
        tape.proto(name)
    assert (tape.raw().proto, tape.raw().first_proto) == (b"3", b"1")


async def test_answers_of_the_symbol_endpoint_do_not_run_into_each_other() -> None:
    tape = Tape(ROOMY)
    for answer in (b"num_symbols: 1\n0x1 a", b"", b"num_symbols: 1\n0x2 b\n"):
        tape.symbols(answer)
    assert tape.raw().symbols == b"num_symbols: 1\n0x1 a\nnum_symbols: 1\n0x2 b\n"


@pytest.mark.parametrize("error", [Unreachable("reset"), NoPprof("404")])
async def test_what_broke_off_leaves_nothing_and_goes_through(error: Exception) -> None:
    tape = Tape(ROOMY)

    def refuse(chunk: bytes) -> None:
        raise error

    async with taped(FakePprof([TEXT, b"whole"]), tape).visit(ORDERS, ORDERS.instances[0]) as visit:
        with pytest.raises(type(error)):
            await visit.text(refuse)
        assert tape.raw() == Raw()
        await visit.text(lambda chunk: None)
    assert inflated(tape.raw().text) == b"whole"
    assert tape.raw().first_text == b""


async def test_what_is_no_profile_is_refused_at_the_same_chunk_as_without_a_copy() -> None:
    seen = list[bytes]()

    def reader(chunk: bytes) -> None:
        seen.append(chunk)
        if len(seen) == 3:
            raise NotAHeapProfile("x")

    async with taped(FakePprof([TEXT]), Tape(ROOMY)).visit(ORDERS, ORDERS.instances[0]) as visit:
        with pytest.raises(NotAHeapProfile):
            await visit.text(reader)
    assert len(seen) == 3


async def test_a_visit_that_is_refused_is_refused() -> None:
    heaps = FakeHeaps(FakeClock())
    heaps.refuses = Unreachable("no_connection")
    with pytest.raises(Unreachable):
        async with Taped(heaps, Tape(ROOMY)).visit(ORDERS, ORDERS.instances[0]):
            pass


async def test_what_has_no_room_is_left_out_as_a_whole() -> None:
    tape = Tape(50_000)
    await texts(FakePprof([NOISE]), tape, 1)
    tape.proto(NOISE)
    tape.symbols(NOISE)
    assert tape.raw() == Raw()
    tape.proto(b"small")
    assert tape.raw() == Raw(proto=b"small")


async def test_the_latest_reading_goes_before_the_first() -> None:
    tape = Tape(100_000)
    await texts(FakePprof([NOISE, NOISE[::-1]]), tape, 2)
    assert inflated(tape.raw().text) == NOISE[::-1]
    assert tape.raw().first_text == b""


@pytest.mark.parametrize("limit", [0, 1, 100, 70_000, 130_000, 200_000])
async def test_it_never_has_more_than_its_limit(limit: int) -> None:
    tape = Tape(limit)
    puts: list[Callable[[bytes], None]] = [tape.proto, tape.symbols]
    for turn in range(6):
        await texts(FakePprof([NOISE[turn:]]), tape, 1)
        puts[turn % 2](NOISE[: 10_000 * turn])
        assert sum(map(len, tape.raw())) <= limit
