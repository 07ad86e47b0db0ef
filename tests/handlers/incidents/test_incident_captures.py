"""What the captures of an incident teach it: which are taken, what is compared, what is planned before the limit."""

from dataclasses import replace

import pytest

from analyzers.finding import Verdict
from analyzers.memory import MemoryForecast
from handlers import capture
from handlers.incident import Act, State
from handlers.incident_notes import Afterwards, CaptureRefused, Comparison, IncidentRoot, InstanceDied, LimitAhead
from handlers.incidents import captures, wakes
from handlers.incidents.acts import act
from handlers.records import Capture, Outcome, Remembered, Trigger
from handlers.step import Reason, Wake
from tests.bot.notes import finding, summary
from tests.handlers.incidents.story import ANA, SERVICE, Story, firing, grown, lost, over

A, B, C = "orders-0", "orders-1", "orders-2"
GIB = 1024.0**3


@pytest.fixture
async def story() -> Story:
    """One alert of the first instance: it is captured with two peers."""
    story = Story()
    await story.hear(firing(A, story.begin + 5))
    return story


async def resolve(story: Story) -> None:
    await story.hear(over(A, story.begin + 5, story.fakes.clock.time), after=90)


# Budget


async def test_an_instance_that_was_captured_just_now_is_left_alone_and_the_thread_says_so(story: Story) -> None:
    (asked,) = story.requests()
    story.fakes.budget.waits = {B: 12.0}
    for _ in range(2):
        await capture.request(story.fakes.tools, asked)
    assert [job.instance for job in story.fakes.queue.captures.values()] == [A, C]
    assert story.said(CaptureRefused) == [CaptureRefused(SERVICE, B, Trigger.ALERT, 12.0, 18.0, elsewhere=True)]


async def test_a_request_of_which_one_was_refused_is_complete_without_it(story: Story) -> None:
    (asked,) = story.requests()
    story.fakes.budget.waits = {B: 12.0}
    assert await captures.allowed(story.fakes.tools, SERVICE, asked) == (A, C)
    incident = await story.capture(grown(A), grown(C))
    assert [outcome.instance for outcome in incident.outcomes] == [A, C]
    (note,) = story.said(Comparison)
    assert isinstance(note, Comparison)
    assert [outcome.instance for outcome in note.peers] == [C]


# What is learned


async def test_each_capture_that_ends_changes_the_root(story: Story) -> None:
    before = await story.incident()
    incident = await story.capture(grown(A))
    assert incident.version == before.version + 1
    note = story.fakes.outbox.roots[incident.id].note
    assert isinstance(note, IncidentRoot)
    assert [outcome.culprit for outcome in note.incident.outcomes] == ["cache.go:42"]


async def test_the_ill_are_compared_with_their_peers_once_all_have_ended(story: Story) -> None:
    await story.capture(grown(A, 3e9), grown(B, 1e9))
    assert story.said(Comparison) == []
    incident = await story.capture(grown(C, 1e9))
    (note,) = story.said(Comparison)
    assert isinstance(note, Comparison)
    assert [outcome.instance for outcome in note.ill] == [A]
    assert [outcome.instance for outcome in note.peers] == [B, C]
    (asked,) = story.requests()
    job = Capture(f"{asked.id}.{C}", asked, C)
    await captures.ended(story.fakes.tools, SERVICE, job, await story.fakes.progress.outcomes(asked))
    assert await story.incident() == incident
    assert len(story.said(Comparison)) == 1


async def test_without_a_peer_or_without_the_ill_nothing_is_compared(story: Story) -> None:
    await story.capture(lost(A, "refused"), grown(B), grown(C))
    assert story.said(Comparison) == []


async def test_a_failure_takes_nothing_back_that_was_known(story: Story) -> None:
    known = await story.capture(grown(A), grown(B), grown(C))
    await story.wake(Reason.FOLLOW_UP)
    incident = await story.capture(lost(A, "timed_out"))
    assert incident.outcomes == known.outcomes


@pytest.mark.parametrize("paused", [Verdict.GROWTH_STORM, Verdict.LARGE_MAP_RETAINED])
async def test_growth_that_pauses_does_not_turn_the_roots_verdict_over(story: Story, paused: Verdict) -> None:
    await story.capture(grown(A, live=1e9, by=1e6))
    await story.wake(Reason.FOLLOW_UP)
    incident = await story.capture(grown(A, live=2e9)._replace(verdict=paused))
    (stands,) = incident.outcomes
    assert (stands.verdict, stands.live_heap, stands.grows_by) == (Verdict.UNBOUNDED_GROWTH, 2e9, 0.0)


@pytest.mark.parametrize(
    "other",
    [
        grown(A)._replace(verdict=Verdict.GROWTH_STORM, culprit="other.go:1"),  # another line
        grown(A)._replace(verdict=Verdict.REBUILD_CHURN),
        grown(A)._replace(verdict=Verdict.NO_MAP_PROBLEM, culprit=""),
        grown(B)._replace(verdict=Verdict.GROWTH_STORM),  # another instance
    ],
)
async def test_any_other_verdict_is_the_new_one(story: Story, other: Outcome) -> None:
    await story.capture(grown(A))
    incident = await story.capture(other, request=replace(story.requests()[0], id="later"))
    assert other.verdict in [outcome.verdict for outcome in incident.outcomes]


async def test_after_the_end_what_was_seen_then_is_told_beside_what_is_seen_now(story: Story) -> None:
    await story.capture(grown(A, by=5e6))
    await resolve(story)
    await story.capture(grown(A, by=0.0)._replace(verdict=Verdict.LARGE_MAP_RETAINED))
    (note,) = story.said(Afterwards)
    assert isinstance(note, Afterwards)
    assert (note.during.grows_by, note.after.grows_by) == (5e6, 0.0)
    assert note.after.verdict == Verdict.LARGE_MAP_RETAINED


@pytest.mark.parametrize(("trigger", "by"), [(Trigger.FOLLOW_UP, 1e6), (Trigger.RESOLVED, 0.0)])
async def test_after_the_end_the_trend_of_the_incident_is_not_the_growth_of_now(
    story: Story, trigger: Trigger, by: float
) -> None:
    asked = replace(story.requests()[0], id="later", trigger=trigger)
    found = summary(finding(Verdict.UNBOUNDED_GROWTH)).diagnosis
    found = found._replace(
        live_heap=1e9,
        memory=MemoryForecast(2_000_000_000, 1000.0, 1000.0, 60.0),  # a million a second, since the capture before
        gc=found.gc._replace(live_heap_growth_bytes_per_second=None),
    )
    job = Capture("later.orders-0", asked, A)
    story.fakes.progress.diagnoses[job.id] = found
    await capture.run(story.fakes.tools, job, last_try=True)
    (outcome,) = await story.fakes.progress.outcomes(asked)
    assert outcome.grows_by == pytest.approx(by)


async def test_a_capture_of_an_incident_that_is_forgotten_is_no_error(story: Story) -> None:
    (asked,) = story.requests()
    story.fakes.incidents.kept.clear()
    await captures.ended(story.fakes.tools, SERVICE, Capture("x", asked, A), (grown(A),))
    assert story.fakes.incidents.kept == {}


# During against after


async def test_after_the_end_each_instance_is_compared_with_itself(story: Story) -> None:
    await story.capture(grown(A, 3e9), grown(B), grown(C))
    await resolve(story)
    incident = await story.capture(grown(A, 1e9))
    assert incident.state is State.RESOLVED
    (note,) = story.said(Afterwards)
    assert isinstance(note, Afterwards)
    assert (note.during.live_heap, note.after.live_heap) == (3e9, 1e9)


async def test_without_a_capture_during_it_there_is_no_before_and_after(story: Story) -> None:
    await resolve(story)
    await story.capture(grown(A))
    assert story.said(Afterwards) == []


# An instance that dies


async def test_an_ill_instance_that_answers_no_more_leaves_its_last_good_capture(story: Story) -> None:
    last = Remembered(story.begin, A, "unbounded_growth", "cache.go:42", 2e9)
    story.fakes.snapshots.lines = (Remembered(story.begin, B, "growth_storm", "", 1.0), last)
    await story.capture(lost(A), lost(B))
    assert story.said(InstanceDied) == [InstanceDied(SERVICE, A, "unreachable", last)]
    await story.wake(Reason.FOLLOW_UP)
    await story.capture(lost(A, "timed_out"))
    assert len(story.said(InstanceDied)) == 1


async def test_an_instance_of_which_nothing_is_known_has_only_its_failure(story: Story) -> None:
    await story.capture(lost(A))
    assert story.said(InstanceDied) == []


async def test_an_instance_that_refuses_is_not_dead(story: Story) -> None:
    story.fakes.snapshots.lines = (Remembered(story.begin, A, "unbounded_growth", "cache.go:42", 2e9),)
    await story.capture(lost(A, "refused"))
    assert story.said(InstanceDied) == []


# A minute later


async def test_a_minute_into_it_the_ill_are_captured_again_once(story: Story) -> None:
    incident = await story.wake(Reason.FOLLOW_UP)
    assert story.fakes.clock.time == story.begin + 70
    asked = story.requests()[-1]
    assert (asked.trigger, asked.instances) == (Trigger.FOLLOW_UP, (A,))
    assert await story.wake(Reason.FOLLOW_UP) == incident
    assert len(story.requests()) == 2


async def test_what_has_ended_is_not_captured_again(story: Story) -> None:
    await resolve(story)
    asked = len(story.requests())
    await story.wake(Reason.FOLLOW_UP)
    assert len(story.requests()) == asked


# The memory limit


def limited(story: Story) -> None:
    story.register(replace(SERVICE, memory_limit=int(2 * GIB)))


async def test_a_capture_is_planned_for_when_nine_tenths_of_the_limit_are_used(story: Story) -> None:
    limited(story)
    incident = await story.capture(grown(A, live=1 * GIB, by=0.001 * GIB))
    now = story.fakes.clock.time
    (note,) = story.said(LimitAhead)
    assert isinstance(note, LimitAhead)
    assert note.limit == 2 * GIB
    assert note.seconds == pytest.approx(1000)
    assert note.capture_at == pytest.approx(now + 800)
    assert incident.limit_at == note.capture_at
    again = await story.wake(Reason.LIMIT)
    assert (story.requests()[-1].trigger, story.requests()[-1].instances) == (Trigger.LIMIT, (A,))
    assert again.limit_at is None


async def test_the_plan_is_made_anew_by_each_capture(story: Story) -> None:
    limited(story)
    first = await story.capture(grown(A, live=1 * GIB, by=0.001 * GIB))
    await story.wake(Reason.FOLLOW_UP)
    second = await story.capture(grown(A, live=1.1 * GIB, by=0.0005 * GIB))
    assert first.limit_at is not None
    assert second.limit_at is not None
    assert second.limit_at > first.limit_at
    assert story.fakes.incidents.wakes[second.id, Reason.LIMIT].at == second.limit_at
    await wakes.woken(story.fakes.tools, Wake(second.id, Reason.LIMIT, first.limit_at))
    assert await story.incident() == second
    await story.wake(Reason.LIMIT)
    third = await story.capture(grown(A, live=1.1 * GIB, by=0.0))
    assert third.limit_at is None


async def test_where_nine_tenths_are_used_already_no_capture_is_planned(story: Story) -> None:
    limited(story)
    incident = await story.capture(grown(A, live=1.9 * GIB, by=0.001 * GIB))
    (note,) = story.said(LimitAhead)
    assert isinstance(note, LimitAhead)
    assert note.seconds == pytest.approx(100)
    assert (note.capture_at, incident.limit_at) == (None, None)


@pytest.mark.parametrize(
    ("outcome", "limit"),
    [
        (grown(A, GIB, 0.0), 2),  # does not grow
        (grown(A, GIB, -5.0), 2),
        (grown(A, GIB, 1000.0), 2),  # in twelve days
        (grown(B, GIB, 0.001 * GIB), 2),  # a healthy peer
        (lost(A), 2),
        (grown(A, GIB, 0.001 * GIB), 0),  # no limit is known
    ],
)
async def test_no_limit_is_ahead(story: Story, outcome: Outcome, limit: int) -> None:
    story.register(replace(SERVICE, memory_limit=int(limit * GIB) or None))
    await story.capture(outcome)
    assert story.said(LimitAhead) == []
    assert (await story.incident()).limit_at is None


async def test_an_alert_may_name_the_limit() -> None:
    story = Story()
    await story.hear(firing(A, story.begin + 5, limit=int(4 * GIB)), firing(B, story.begin + 5, limit=int(2 * GIB)))
    await story.capture(grown(A, live=1 * GIB, by=0.001 * GIB))
    (note,) = story.said(LimitAhead)
    assert isinstance(note, LimitAhead)
    assert note.limit == 2 * GIB


@pytest.mark.parametrize(("by", "apart"), [(0.004, 30), (0.0004, 300)])
async def test_a_heap_that_never_gets_there_is_not_captured_for_ever(story: Story, by: float, apart: float) -> None:
    """Each capture finds half of what was left: the next one is due sooner and sooner."""
    limited(story)
    left, began = 0.5 * GIB, story.fakes.clock.time
    await story.capture(grown(A, live=1.8 * GIB - left, by=by * GIB))
    while (await story.incident()).limit_at is not None:
        await story.wake(Reason.LIMIT)
        left /= 2
        await story.capture(grown(A, live=1.8 * GIB - left, by=by * GIB))
    count = len(story.requests())
    assert count == 20
    assert story.fakes.clock.time - began >= (count - 4) * apart


@pytest.mark.parametrize(
    ("live", "by", "due"),
    [
        (1.6, 0.0005, 400.0),  # when nine tenths are used
        (1.75, 0.0005, 300.0),  # they are in 100 s, and it is full in 500 s
        (1.7, 0.001, 100.0),  # full in 300 s: the cool-down alone holds back
        (1.75, 0.005, 30.0),
        (1.6, 0.02, None),  # full in 20 s
    ],
)
async def test_no_capture_is_promised_for_after_the_limit(
    story: Story, live: float, by: float, due: float | None
) -> None:
    limited(story)
    for _ in range(3):
        await act(story.fakes.tools, (await story.incident()).id, Act.CAPTURE, ANA)
        story.fakes.clock.time += 60
    await story.capture(grown(A, live=live * GIB, by=by * GIB))
    (note,) = story.said(LimitAhead)
    assert isinstance(note, LimitAhead)
    assert note.capture_at == (None if due is None else pytest.approx(story.fakes.clock.time + due, abs=0.1, rel=0))


async def again(story: Story, live: float, by: float) -> int:
    """How often the limit was told of, after one more capture that a person asked for a minute later."""
    story.fakes.clock.time += 60
    await act(story.fakes.tools, (await story.incident()).id, Act.CAPTURE, ANA)
    await story.capture(grown(A, live=live * GIB, by=by * GIB))
    return len(story.said(LimitAhead))


async def test_the_limit_is_told_of_again_only_where_it_has_moved(story: Story) -> None:
    limited(story)
    await story.capture(grown(A, live=1.0 * GIB, by=0.001 * GIB))  # full in 1000 s
    assert await again(story, 1.06, 0.001) == 1  # still then
    assert await again(story, 1.12, 0.0009) == 1
    assert await again(story, 1.18, 0.002) == 2  # in half the time
    assert await again(story, 1.30, 0.0) == 2  # it pauses
    assert await again(story, 1.30, 0.002) == 3
    assert await again(story, 1.85, 0.002) == 4  # nine tenths are used
    assert await again(story, 1.97, 0.002) == 4


async def test_what_was_seen_of_a_peer_was_not_told(story: Story) -> None:
    limited(story)
    await story.capture(grown(B, live=1.0 * GIB, by=0.001 * GIB))
    assert story.said(LimitAhead) == []
    await story.hear(firing(A, story.begin + 5), firing(B, story.begin + 15))
    await story.capture(grown(B, live=1.01 * GIB, by=0.001 * GIB))
    assert len(story.said(LimitAhead)) == 1
