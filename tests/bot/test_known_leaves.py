"""What is known of builds, in Redis and on disk: both hold to the same port."""

import os
import stat
from pathlib import Path

import pytest
from redis.asyncio import Redis

from analyzers.leaves import Leaves
from analyzers.names.goversion import exactly
from bot.leaves import RedisLeaves
from bot.leaves_local import LocalLeaves
from bot.redis_client import connect, key
from bot.redis_server import free_port
from handlers.errors import OutageError
from handlers.ports import KnownLeaves

GROWN = ("runtime.makeBucketArray", "runtime.hashGrow", "runtime.mapassign_faststr")


def leaves(build_id: str = "b1", offset: int = 0x2DFA11) -> Leaves:
    return Leaves(build_id, exactly("go1.23.9"), {offset: {335_872: {GROWN: 0.75, (): 0.25}}})


@pytest.fixture(params=[pytest.param("redis", marks=pytest.mark.redis), "local"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> KnownLeaves:
    if request.param == "local":
        return LocalLeaves(tmp_path / "builds")
    return RedisLeaves(request.getfixturevalue("redis"))


async def test_a_build_is_known_once_it_was_learned(store: KnownLeaves) -> None:
    assert await store.of("b1") is None
    await store.learned(leaves())
    assert await store.of("b1") == leaves()
    assert await store.of("b2") is None
    await store.learned(leaves(offset=7))
    assert await store.of("b1") == leaves(offset=7)


async def test_a_name_that_is_a_path_stays_a_name(store: KnownLeaves) -> None:
    await store.learned(leaves("../b1:x"))
    assert await store.of("../b1:x") == leaves("../b1:x")


@pytest.mark.redis
async def test_what_nobody_asks_for_is_forgotten(redis: Redis) -> None:
    store = RedisLeaves(redis, ttl_s=100)
    await store.learned(leaves())
    await redis.expire(key("leaves", "b1"), 5)
    assert await store.of("b1") is not None
    assert await redis.ttl(key("leaves", "b1")) > 5


@pytest.mark.redis
@pytest.mark.parametrize("data", [b"", b"\x28\xb5\x2f\xfd", b"[1]"])
async def test_what_cannot_be_read_counts_as_forgotten(redis: Redis, data: bytes) -> None:
    await redis.set(key("leaves", "b1"), data)
    assert await RedisLeaves(redis).of("b1") is None


async def test_redis_away_is_an_outage() -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as nobody:
        for asked in (RedisLeaves(nobody).of("b1"), RedisLeaves(nobody).learned(leaves())):
            with pytest.raises(OutageError):
                await asked


async def test_the_oldest_files_give_way(tmp_path: Path) -> None:
    store = LocalLeaves(tmp_path / "builds", kept=2)
    for number in range(3):
        await store.learned(leaves(f"b{number}"))
        os.utime(tmp_path / "builds" / f"b{number}", (number, number))
    assert [await store.of(f"b{number}") is None for number in range(3)] == [True, False, False]
    assert stat.S_IMODE((tmp_path / "builds").stat().st_mode) == 0o700


async def test_a_directory_that_takes_nothing_is_an_outage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = LocalLeaves(tmp_path / "file" / "builds")
    with pytest.raises(OutageError):
        await store.learned(leaves())
