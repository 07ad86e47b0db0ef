"""A worker that dies at any call of any port, before it or right after: begun anew, the job ends the same."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import fields, replace

from handlers import capture
from handlers.incident import Act, Filled, State
from handlers.incident_notes import Afterwards, CaptureRefused, Comparison, LimitAhead
from handlers.incidents import captures, receive, wakes
from handlers.incidents.acts import act
from handlers.ports import Tools
from handlers.records import Capture, Outcome, Trigger
from handlers.step import Reason
from tests.handlers.incidents.story import ANA, GROUP, SERVICE, Story, firing, grown, lost, over, told

A, B = "orders-0", "orders-1"
Job = Callable[[Tools], Awaitable[None]]


class DiedError(Exception):
    """As a worker does: nothing above it is told."""


class Life:
    """Ends once, at call number `ends_at` of all ports together: instead of it, or with its answer."""

    def __init__(self, ends_at: int | None = None, *, answered: bool = False) -> None:
        self.calls = 0
        self._ends_at = ends_at
        self._answered = answered

    def of(self, tools: Tools) -> Tools:
        ports = {item.name: getattr(tools, item.name) for item in fields(tools)}
        mortal = {name: Port(port, self) for name, port in ports.items() if name not in ("now", "pause")}
        return replace(tools, **mortal)  # type: ignore[arg-type]

    def call(self, *, answered: bool) -> None:
        self.calls += not answered
        if self.calls == self._ends_at and answered is self._answered:
            self._ends_at = None
            raise DiedError


class Port:
    """Passes every call on."""

    def __init__(self, port: object, life: Life) -> None:
        self._port = port
        self._life = life

    def __getattr__(self, name: str) -> object:
        found = getattr(self._port, name)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*arguments: object) -> object:
            self._life.call(answered=False)
            answer = await found(*arguments)
            self._life.call(answered=True)
            return answer

        return call


def jobs(story: Story) -> list[Job]:
    """Everything that can happen to an incident, in an order in which it does."""
    at = story.begin

    def heard(*alerts: object, truncated: int = 0) -> list[Job]:
        said = told(*alerts, truncated=truncated)  # type: ignore[arg-type]
        return [lambda tools: receive.take(tools, said), lambda tools: receive.work(tools, GROUP)]

    def done(wanted: Act, filled: Filled | None = None) -> Job:
        async def job(tools: Tools) -> None:
            incident = await story.incident()
            await act(tools, incident.id, wanted, ANA, None, filled or Filled())

        return job

    def due(reason: Reason) -> Job:
        async def job(tools: Tools) -> None:
            wake = story.fakes.incidents.wakes[(await story.incident()).id, reason]
            story.fakes.clock.time = max(story.fakes.clock.time, wake.at)
            await wakes.woken(tools, wake)

        return job

    async def requested(tools: Tools) -> None:
        await capture.request(tools, story.requests()[-1])

    def ended(outcome: Outcome) -> Job:
        async def job(tools: Tools) -> None:
            asked = story.requests()[-1]
            one = Capture(f"{asked.id}.{outcome.instance}", asked, outcome.instance)
            await story.fakes.progress.ended(one, outcome._replace(captured_at=story.fakes.clock.time))
            await captures.ended(tools, story.service, one, await story.fakes.progress.outcomes(asked))

        return job

    growing = grown(A, live=1e9, by=1e6)
    return [
        *heard(firing(A, at)),
        requested,
        ended(growing),
        ended(grown(B)),
        *heard(firing(A, at), firing(B, at + 1), truncated=1),
        done(Act.ACKNOWLEDGE),
        due(Reason.FOLLOW_UP),
        requested,
        ended(lost(A)),
        due(Reason.LIMIT),
        done(Act.SNOOZE, Filled(3600)),
        due(Reason.SNOOZE_OVER),
        done(Act.SILENCE, Filled(3600, "a deploy")),
        done(Act.CAPTURE),
        done(Act.UNSILENCE),
        *heard(over(A, at, at + 9), firing(B, at + 1)),
        *heard(over(B, at + 1, at + 9)),
        requested,
        ended(grown(A, live=5e8)),
        *heard(firing(A, at + 5000)),
        done(Act.RESOLVE),
        *heard(firing(A, at + 90_000)),
    ]


async def lived(life: Life) -> Story:
    story = Story(service=replace(SERVICE, memory_limit=2_000_000_000, reopen_within_s=7200.0))
    story.fakes.budget.waits = {"orders-2": 5.0}
    for number, job in enumerate(jobs(story)):
        story.fakes.clock.time += 50_000 if number == len(jobs(story)) - 2 else 30
        moment = story.fakes.clock.time
        try:
            await job(life.of(story.fakes.tools))
        except DiedError:
            story.fakes.clock.time = moment + 3
            await job(life.of(story.fakes.tools))
        story.fakes.clock.time = max(moment + 3, story.fakes.clock.time)
    return story


def left(story: Story) -> dict[str, object]:
    """What is there at the end, but for the seconds in which it came about."""
    fakes = story.fakes
    kept = sorted(fakes.incidents.kept.values(), key=lambda incident: incident.opened_at)
    return {
        "incidents": [(each.state, each.version, [entry.event for entry in each.timeline]) for each in kept],
        "alerts": [each.alerts for each in kept],
        "outcomes": [[(one.instance, one.failed) for one in each.outcomes] for each in kept],
        "roots": [root.version for root in fakes.outbox.roots.values()],
        "replies": [type(reply.note).__name__ for reply in fakes.outbox.replies.values()],
        "requests": [(asked.trigger, asked.instances) for asked in story.requests()],
        "captures": [job.instance for job in fakes.queue.captures.values()],
        "silences": list(fakes.silences.made),
        "inbox": [parts for parts in fakes.inbox.parts.values() if parts],
    }


async def test_the_story_has_everything_in_it() -> None:
    story = await lived(Life())
    assert [each.state for each in story.fakes.incidents.kept.values()] == [State.RESOLVED, State.OPEN]
    assert {asked.trigger for asked in story.requests()} == set(Trigger) - {Trigger.ASKED}
    for kind in (Comparison, Afterwards, CaptureRefused, LimitAhead):
        assert story.said(kind), kind


async def test_a_job_that_dies_anywhere_and_is_begun_anew_ends_the_same() -> None:
    whole = Life()
    expected = left(await lived(whole))
    assert whole.calls > 50
    for number in range(1, whole.calls + 1):
        for answered in (False, True):
            story = await lived(Life(number, answered=answered))
            assert left(story) == expected, (number, answered)


async def test_a_refusal_is_said_even_if_the_instance_is_free_when_the_job_is_begun_anew() -> None:
    """Cool-downs end while a dead worker's job waits; what was noted as refused is captured no more."""
    whole = Life()
    assert await _cooling(whole) == (1, 0)
    for number in range(1, whole.calls + 1):
        for answered in (False, True):
            refused, captured = await _cooling(Life(number, answered=answered))
            assert refused or captured, (number, answered)


async def _cooling(life: Life) -> tuple[int, int]:
    """How often orders-0 was refused, and captured, where it is free at the second try."""
    story = Story()
    await story.hear(firing(A, story.begin))
    story.fakes.budget.waits = {A: 5.0}
    try:
        await capture.request(life.of(story.fakes.tools), story.requests()[-1])
    except DiedError:
        story.fakes.budget.waits = {}
        await capture.request(story.fakes.tools, story.requests()[-1])
    queued = [job for job in story.fakes.queue.captures.values() if job.instance == A]
    captured = [job for job in queued if not await story.fakes.progress.has_ended(job)]
    return len(story.said(CaptureRefused)), len(captured)
