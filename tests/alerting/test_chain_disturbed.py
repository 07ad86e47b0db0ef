"""The whole chain while parts of it are away: nothing is lost, nothing said twice, and no answer promises too much."""

import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
import pytest_asyncio

from bot.queue import CAPTURES, NAMESPACE
from bot.redis_client import connect
from bot.webhooks.backlog import MOST_WAITING
from tests.alerting.chain import SOON_S, Chain, chain, fire
from tests.alerting.place import Place
from tests.alerting.receiver import eventually
from tests.bot.pprof_server import HEAP, stalled

pytestmark = [pytest.mark.redis, pytest.mark.alertmanager, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Chain]:
    async with chain(tmp_path_factory.mktemp("chain"), places=5, peers=1) as here:
        yield here


@pytest.fixture
def place(town: Chain) -> Place:
    return next(town.places)


async def test_rule_1_answers_within_a_second_after_durable_enqueue(town: Chain, place: Place) -> None:
    """Nobody has worked on it when the answer is there, and the process that gave it dies at once."""
    async with town.web() as web:
        await fire(town.peers, place.labels())
        await eventually(lambda: bool(place.heard()), "an answer")
        web.kill()
        await web.wait()
    (heard,) = place.heard()
    seconds = heard.answered_at - heard.came_at
    print(f"answered in {seconds:.3f} s")
    assert (heard.status, seconds < SOON_S) == (200, True)
    assert not place.said()
    async with town.worker():
        await place.diagnosed()
    assert len(place.roots()) == 1


async def test_rule_2_overload_is_503(town: Chain, place: Place) -> None:
    """Too much waits in Redis. Alertmanager comes again by itself, and within seconds."""
    async with connect(town.server.url) as redis, town.web():
        waiting = f"{NAMESPACE}:{CAPTURES}.msgs"
        await redis.hset(waiting, mapping={f"x{number}": "" for number in range(MOST_WAITING + 1)})
        await fire(town.peers, place.labels())
        await eventually(lambda: len(place.heard()) >= 2, "two answers")
        assert {each.status for each in place.heard()} == {503}
        await redis.delete(waiting)
        await eventually(lambda: place.heard()[-1].status == 200, "taken, once there is room")
    assert {each.status for each in place.heard()} == {503, 200}


async def test_rule_2_redis_away_is_503_within_a_second(town: Chain, place: Place) -> None:
    async with town.web():
        with halted(town):
            await fire(town.peers, place.labels())
            await eventually(lambda: bool(place.heard()), "an answer")
        await eventually(lambda: place.heard()[-1].status == 200, "taken once Redis is back")
    first = place.heard()[0]
    print(f"503 after {first.answered_at - first.came_at:.3f} s")
    assert first.status == 503
    async with town.worker():
        await place.diagnosed()
    assert len(place.roots()) == 1


@contextmanager
def halted(town: Chain) -> Iterator[None]:
    """Redis hangs while the block runs."""
    assert town.server.process is not None
    town.server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        town.server.process.send_signal(signal.SIGCONT)


async def test_a_web_process_that_is_away_gets_it_when_it_is_back(town: Chain, place: Place) -> None:
    async with town.worker():
        await fire(town.peers, place.labels())
        await eventually(lambda: bool(place.heard()), "nobody answers")
        async with town.web():
            await place.diagnosed()
            await town.quiet()
    assert {each.status for each in place.heard()} == {502, 200}
    assert len(place.roots()) == 1


async def test_a_worker_killed_in_mid_capture_leaves_one_thread_with_its_diagnosis(town: Chain, place: Place) -> None:
    pprof = town.pprof[place.name]
    answer = pprof.answers[HEAP]
    pprof.answers[HEAP] = stalled(b"heap profile: ")
    async with town.web():
        async with town.worker() as first:
            await fire(town.peers, place.labels())
            await eventually(lambda: bool(pprof.seen) and bool(place.roots()), "a capture under way")
            pprof.answers[HEAP] = answer
            first.kill()
            await first.wait()
        assert not place.replies()
        async with town.worker():
            await place.diagnosed()
            await town.quiet()
    assert len(place.roots()) == 1
    assert len(place.replies("summary")) == len(set(place.replies("summary"))) == 2
