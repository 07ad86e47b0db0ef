"""Snapshots in Redis and on disk: both hold to the same port."""

import stat
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from redis.asyncio import Redis

from bot.local_snapshots import LocalSnapshots
from bot.redis_client import connect, key
from bot.redis_server import free_port
from bot.snapshots import RedisSnapshots
from handlers.errors import OutageError
from handlers.ports import Snapshots
from handlers.records import Remembered
from tests.bot import records

NOW = 1_700_000_000.0

Make = Callable[[int], Snapshots]


@pytest.fixture(params=[pytest.param("redis", marks=pytest.mark.redis), "local"])
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Make:
    """A store that keeps so many captures for each instance."""
    if request.param == "local":
        return lambda kept: LocalSnapshots(tmp_path / "snapshots", kept=kept)
    client: Redis = request.getfixturevalue("redis")
    return lambda kept: RedisSnapshots(client, lambda: NOW, kept=kept)


async def put(store: Snapshots, identity: str, at: float, instance: str = "orders-0") -> None:
    await store.put(
        records.capture(identity, instance), records.snapshot(at), records.diagnosis()._replace(captured_at=at)
    )


def names(directory: Path) -> list[str]:
    return [path.name for path in directory.iterdir()]


def cut_the_newest(directory: Path) -> None:
    """Half of the newest snapshot, and a file of somebody else beside it."""
    newest = max(directory.rglob("*.snapshot"))
    newest.write_bytes(newest.read_bytes()[:40])
    (newest.parent / "notes.txt.snapshot").write_bytes(b"?")


def make_directories_of_files(directory: Path) -> None:
    """Unreadable even for root."""
    for kept in [*directory.rglob("*.snapshot"), *directory.rglob("*.line")]:
        kept.unlink()
        kept.mkdir()


async def test_before_is_the_latest_strictly_older(make: Make) -> None:
    store = make(50)
    for number in range(3):
        await put(store, f"r{number}", NOW + number)
    assert await store.before("svc-orders", "orders-0", NOW) is None
    assert await store.before("svc-orders", "orders-0", NOW + 2) == records.snapshot(NOW + 1)
    assert await store.before("svc-orders", "orders-0", NOW + 2.001) == records.snapshot(NOW + 2)


async def test_instances_and_services_are_apart(make: Make) -> None:
    store = make(50)
    await put(store, "r1", NOW)
    assert await store.before("svc-orders", "orders-1", NOW + 9) is None
    assert await store.before("svc", "orders:orders-0", NOW + 9) is None
    assert await store.history("svc") == ()


async def test_a_repeated_put_leaves_one(make: Make) -> None:
    store = make(50)
    await put(store, "r1", NOW)
    await put(store, "r1", NOW + 5)
    assert await store.before("svc-orders", "orders-0", NOW + 3) is None
    assert [line.captured_at for line in await store.history("svc-orders")] == [NOW + 5]


async def test_history_is_newest_first_over_all_instances(make: Make) -> None:
    store = make(50)
    for number in range(25):
        await put(store, f"r{number}", NOW + number, f"orders-{number % 2}")
    history = await store.history("svc-orders")
    assert [line.captured_at for line in history] == [NOW + number for number in range(24, -1, -1)]
    assert history[0] == Remembered(
        NOW + 24, "orders-0", "no_map_problem", "", 1e6, basis="first", capture_id="r24.orders-0"
    )
    assert await store.history("svc-orders", 3) == history[:3]


async def test_no_more_are_kept_than_the_cap(make: Make) -> None:
    store = make(3)
    for number in range(6):
        await put(store, f"r{number}", NOW + number)
    assert await store.before("svc-orders", "orders-0", NOW + 3) is None
    assert await store.before("svc-orders", "orders-0", NOW + 4) == records.snapshot(NOW + 3)


async def test_no_name_leaves_the_directory(tmp_path: Path) -> None:
    store = LocalSnapshots(tmp_path / "kept" / "snapshots")
    await store.put(records.capture("../../x", ".."), records.snapshot(NOW), records.diagnosis())
    assert names(tmp_path) == ["kept"]
    assert names(tmp_path / "kept") == ["snapshots"]
    assert await store.before("svc-orders", "..", NOW + 1) == records.snapshot(NOW)


async def test_the_directory_is_its_owners_alone(tmp_path: Path) -> None:
    await put(LocalSnapshots(tmp_path / "snapshots"), "r1", NOW)
    assert stat.S_IMODE((tmp_path / "snapshots").stat().st_mode) == 0o700


async def test_half_a_file_counts_as_absent(tmp_path: Path) -> None:
    store = LocalSnapshots(tmp_path)
    await put(store, "r1", NOW)
    await put(store, "r2", NOW + 1)
    cut_the_newest(tmp_path)
    assert await store.before("svc-orders", "orders-0", NOW + 9) == records.snapshot(NOW)


async def test_a_directory_that_fails_is_an_outage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutageError, match="File exists"):
        await put(LocalSnapshots(tmp_path / "file"), "r1", NOW)
    store = LocalSnapshots(tmp_path / "snapshots")
    await put(store, "r1", NOW)
    make_directories_of_files(tmp_path)
    with pytest.raises(OutageError, match="Is a directory"):
        await store.before("svc-orders", "orders-0", NOW + 9)
    with pytest.raises(OutageError, match="Is a directory"):
        await store.history("svc-orders")


@pytest.mark.redis
async def test_what_cannot_be_read_or_is_gone_counts_as_absent(redis: Redis) -> None:
    store = RedisSnapshots(redis, lambda: NOW)
    for number in range(3):
        await put(store, f"r{number}", NOW + number)
    await redis.set(key("snapshot", "svc-orders", "orders-0", "r2.orders-0"), b"garbage")
    await redis.delete(key("snapshot", "svc-orders", "orders-0", "r1.orders-0"))
    await redis.set(key("remembered", "svc-orders", "r2.orders-0"), b"garbage")
    assert await store.before("svc-orders", "orders-0", NOW + 9) == records.snapshot(NOW)
    assert [line.captured_at for line in await store.history("svc-orders")] == [NOW + 1, NOW]


@pytest.mark.redis
async def test_everything_ends_by_itself(redis: Redis) -> None:
    await put(RedisSnapshots(redis, lambda: NOW, ttl_s=100), "r1", NOW)
    keys = await redis.keys("*")
    assert len(keys) == 4
    assert all([0 < await redis.ttl(name) <= 100 for name in keys])


@pytest.mark.redis
async def test_the_old_leave_the_index(redis: Redis) -> None:
    await put(RedisSnapshots(redis, lambda: NOW, ttl_s=100), "r1", NOW - 101)
    await put(RedisSnapshots(redis, lambda: NOW, ttl_s=100), "r2", NOW)
    assert await redis.zcard(key("snapshots", "svc-orders", "orders-0")) == 1
    assert await redis.zcard(key("history", "svc-orders")) == 1


async def test_redis_away_is_an_outage() -> None:
    async with connect(f"redis://127.0.0.1:{free_port()}/0") as client:
        store = RedisSnapshots(client, lambda: NOW)
        asked: list[Awaitable[object]] = [
            store.before("svc-orders", "orders-0", NOW),
            store.history("svc-orders"),
            store.put(records.capture(), records.snapshot(), records.diagnosis()),
        ]
        for question in asked:
            with pytest.raises(OutageError, match="redis"):
                await question
