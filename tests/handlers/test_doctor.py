"""The rounds: everybody is asked at once, and whatever becomes of one, the others are heard."""

import asyncio

import pytest

from handlers import command
from handlers.answer import answer
from handlers.doctor import BUG, SLOW, WITHOUT, Check, Probe, Topic, examine, in_order, unasked
from handlers.errors import Guest, OutageError, Stranger, WrongUsage
from handlers.notes import Examining, Slip
from handlers.ports import Standing
from handlers.records import Person
from tests.fakes import ORDERS, Fakes

ANA = Person("U024BE7LH", "T0001", ORDERS.channel)


def answering(*checks: Check) -> Probe:
    async def ask() -> tuple[Check, ...]:
        return checks

    return Probe(tuple(check.topic for check in checks), ask, 60)


def failing(error: Exception, *topics: Topic) -> Probe:
    async def ask() -> tuple[Check, ...]:
        raise error

    return Probe(topics, ask, 60)


GOOD = Check(Topic.TOKEN, True)


@pytest.mark.parametrize(
    ("error", "reason", "detail"),
    [
        (OutageError("redis"), WITHOUT, "redis"),
        (ZeroDivisionError("secret"), BUG, "ZeroDivisionError"),
        (TimeoutError(), SLOW, ""),
    ],
)
async def test_whatever_one_raises_the_others_are_heard(error: Exception, reason: str, detail: str) -> None:
    found = await examine([failing(error, Topic.WORKERS, Topic.QUEUE), answering(GOOD)])
    assert found == (Check(Topic.WORKERS, None, reason, detail), Check(Topic.QUEUE, None, reason, detail), GOOD)


async def test_who_gives_no_answer_is_not_waited_for() -> None:
    async def ask() -> tuple[Check, ...]:
        await asyncio.Event().wait()
        return ()

    found = await examine([Probe((Topic.SERVICES,), ask, 0.01), answering(GOOD)])
    assert found == (Check(Topic.SERVICES, None, SLOW), GOOD)


async def test_all_are_asked_at_once() -> None:
    both = asyncio.Barrier(2)

    async def ask() -> tuple[Check, ...]:
        await both.wait()
        return (GOOD,)

    assert await examine([Probe((Topic.TOKEN,), ask, 60)] * 2) == (GOOD, GOOD)


def test_checks_are_told_in_the_order_of_the_topics_and_the_first_of_a_topic_counts() -> None:
    checks = [Check(topic, True) for topic in reversed(Topic)]
    told = in_order([*unasked([Topic.WEBHOOKS], WITHOUT, "registry"), *checks])
    assert [check.topic for check in told] == list(Topic)
    assert [check.topic for check in told if not check.ok] == [Topic.WEBHOOKS]


@pytest.mark.parametrize("said", ["doctor", "Doctor", "—doctor"])
async def test_the_asker_is_told_at_once_that_somebody_is_looking(fakes: Fakes, said: str) -> None:
    assert await answer(fakes.tools, said, who=ANA, request_id="r1") == Examining()


@pytest.mark.parametrize(("standing", "reason"), [(Standing.GUEST, Guest.reason), (Standing.STRANGER, Stranger.reason)])
async def test_only_members_hear_what_is_wrong(fakes: Fakes, standing: Standing, reason: str) -> None:
    fakes.people.standings[ANA.user] = standing
    note = await answer(fakes.tools, "doctor", who=ANA, request_id="r1")
    assert isinstance(note, Slip)
    assert note.reason == reason


def test_the_doctor_takes_no_arguments() -> None:
    with pytest.raises(WrongUsage):
        command.parse("doctor svc-orders")
