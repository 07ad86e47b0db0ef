"""Work in a process of its own ends: in time, by itself, and whenever nobody wants it any more."""

import asyncio

import pytest

from bot.apart import run_apart

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"/>'


async def test_it_gives_its_exit_code_and_what_it_wrote() -> None:
    code, data = await run_apart("bot.pictures.child", content=SVG, deadline_s=60)
    assert (code, data[:4]) == (0, b"\x89PNG")
    code, data = await run_apart("bot.pictures.child", content=b"no svg", deadline_s=60)
    assert (code, data) == (1, b"")


async def test_what_takes_too_long_is_ended() -> None:
    with pytest.raises(TimeoutError):
        await run_apart("bot.pictures.child", content=SVG, deadline_s=0.0)


async def test_whoever_is_cancelled_while_it_starts_does_not_wait_for_it() -> None:
    """So a worker that is told to stop stops."""
    for turns in range(4):
        working = asyncio.ensure_future(run_apart("bot.pictures.child", content=SVG, deadline_s=60))
        for _ in range(turns):
            await asyncio.sleep(0)
        working.cancel()
        done, _ = await asyncio.wait({working}, timeout=30)
        assert done == {working}
