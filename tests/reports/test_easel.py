"""Flame graphs that a process of their own draws: the same as here, one at a time, and none where that fails."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reports.easel import ApartEasel
from bot.reports.raw_codec import decode_raws, encode_raws
from handlers.drawing import flame_of
from handlers.report import Raw
from handlers.taped import Roll
from tests.analyzers.recordings import RECORDINGS, Recording

RAWS = st.builds(Raw, *(st.binary(max_size=20) for _ in Raw._fields))


def raw_of(recording: Recording, visit: int) -> Raw:
    roll = Roll(2**30)
    roll.add(recording.raw_text(visit))
    return Raw(text=roll.end(), symbols=(recording.folder / "symbols.txt").read_bytes())


@given(st.lists(RAWS, max_size=3))
def test_what_goes_through_the_pipe_comes_out(raws: list[Raw]) -> None:
    assert decode_raws(encode_raws(*raws)) == tuple(raws)


@pytest.mark.parametrize("data", [b"", b"x", b"[1]\n", b"[1,1,1,1,1]\nabcd", b"[1]\na"])
def test_what_is_cut_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="bytes are missing"):
        decode_raws(data)


async def test_it_is_the_graph_that_would_be_drawn_here() -> None:
    now, base = raw_of(RECORDINGS[0], 1), raw_of(RECORDINGS[0], 0)
    drawn = await ApartEasel().flame(now, base)
    assert drawn is not None
    assert drawn == flame_of(now, base)
    assert drawn.base is not None
    assert (await ApartEasel().flame(now, None)) == flame_of(now, None)


async def test_of_nothing_there_is_none() -> None:
    assert await ApartEasel().flame(Raw(), None) is None
    assert await ApartEasel().flame(Raw(text=b"no zstd"), None) is None


async def test_one_waits_for_the_other() -> None:
    easel, held = ApartEasel(), []

    async def draw(name: str) -> None:
        async with easel.taken():
            held.append(name)
            await asyncio.sleep(0)
            held.append(name)

    await asyncio.gather(draw("a"), draw("b"))
    assert held == ["a", "a", "b", "b"]
