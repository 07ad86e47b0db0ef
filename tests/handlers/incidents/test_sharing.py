"""Two groups of alerts that are about one instance: it is captured once, and both incidents know what was found."""

from dataclasses import replace

import pytest

from analyzers.finding import Verdict
from handlers import capture
from handlers.alert import Alert, Group
from handlers.incident import Act, Incident
from handlers.incident_notes import CapturedElsewhere, CaptureRefused, Comparison, IncidentRoot, LimitAhead
from handlers.incidents import captures, receive
from handlers.incidents.acts import act
from handlers.ports import Tools
from handlers.records import Capture, Outcome, Request, Trigger
from tests.handlers.incidents.story import ANA, GROUP, SERVICE, Story, firing, grown, lost, told
from tests.handlers.incidents.test_killed import DiedError, Life

A, B = "orders-0", "orders-1"
OTHER = GROUP._replace(group_key='{}:{service="orders", alertname="Latency"}')


async def hear(story: Story, group: Group, *alerts: Alert) -> Incident:
    story.fakes.clock.time += 1
    await receive.take(story.fakes.tools, told(*alerts)._replace(group_key=group.group_key))
    await receive.work(story.fakes.tools, group)
    return await newest(story, group)


async def newest(story: Story, group: Group = OTHER) -> Incident:
    found = await story.fakes.incidents.latest(group)
    assert found is not None
    return found


async def end(story: Story, asked: Request, outcome: Outcome, tools: Tools | None = None) -> None:
    job = Capture(f"{asked.id}.{outcome.instance}", asked, outcome.instance)
    await story.fakes.progress.ended(job, outcome._replace(captured_at=story.fakes.clock.time))
    outcomes = await story.fakes.progress.outcomes(asked)
    await captures.ended(tools or story.fakes.tools, story.service, job, outcomes)


@pytest.fixture
async def story() -> Story:
    """Both fire for orders-0; the first one's captures are under way."""
    story = Story()
    await hear(story, GROUP, firing(A, story.begin))
    await hear(story, OTHER, firing(A, story.begin))
    return story


def refusing(story: Story, wait: float) -> None:
    first, _ = story.requests()
    story.fakes.budget.waits, story.fakes.budget.holders = {A: wait}, {A: first.id}


def replies(story: Story, incident: Incident, kind: type) -> list[object]:
    found = story.fakes.outbox.replies.values()
    return [reply.note for reply in found if reply.conversation == incident.id and isinstance(reply.note, kind)]


async def test_the_other_incident_learns_what_is_found_and_says_so_once(story: Story) -> None:
    first, second = await newest(story, GROUP), await newest(story)
    asked = story.requests()[0]
    for _ in range(3):
        await end(story, asked, grown(A))
    incident = await newest(story)
    (outcome,) = incident.outcomes
    assert (outcome.verdict, outcome.culprit) == (Verdict.UNBOUNDED_GROWTH, "cache.go:42")
    note = story.fakes.outbox.roots[second.id].note
    assert isinstance(note, IncidentRoot)
    assert note.incident == incident
    link = f"https://slack.example.com/{first.id}"
    assert replies(story, second, CapturedElsewhere) == [CapturedElsewhere(SERVICE, outcome, first.id, link)]
    assert replies(story, first, CapturedElsewhere) == []


async def test_each_capture_is_told_of(story: Story) -> None:
    asked = story.requests()[0]
    await end(story, asked, grown(A))
    await end(story, replace(asked, id=f"{asked.incident}-2"), grown(A))
    assert len(replies(story, await newest(story), CapturedElsewhere)) == 2


async def test_peers_are_not_the_other_incidents_affair(story: Story) -> None:
    await end(story, story.requests()[0], grown(B))
    assert (await newest(story)).outcomes == ()
    assert story.said(CapturedElsewhere) == []


async def test_what_is_resolved_learns_nothing_more(story: Story) -> None:
    await act(story.fakes.tools, (await newest(story)).id, Act.RESOLVE, ANA)
    await end(story, story.requests()[0], grown(A))
    assert (await newest(story)).outcomes == ()
    assert story.said(CapturedElsewhere) == []


async def test_a_capture_that_failed_takes_nothing_back_and_is_told_of(story: Story) -> None:
    asked, later = story.requests()[0], replace(story.requests()[0], id="later-2")
    await end(story, asked, grown(A))
    before = await newest(story)
    await end(story, later, lost(A))
    assert (await newest(story)).outcomes == before.outcomes
    told_of = replies(story, before, CapturedElsewhere)
    assert [note.outcome.failed for note in told_of if isinstance(note, CapturedElsewhere)] == [None, "unreachable"]


async def test_a_refusal_is_no_outcome_to_share(story: Story) -> None:
    refusing(story, 20.0)
    await capture.request(story.fakes.tools, story.requests()[1])
    await end(story, story.requests()[1], grown(B))
    assert (await newest(story, GROUP)).outcomes == ()


async def test_the_limit_is_told_of_in_both_threads(story: Story) -> None:
    story.register(replace(SERVICE, memory_limit=2_000_000_000))
    await end(story, story.requests()[0], grown(A, live=1e9, by=1e6))
    for group in (GROUP, OTHER):
        incident = await newest(story, group)
        assert len(replies(story, incident, LimitAhead)) == 1
        assert incident.limit_at is not None


async def test_what_is_compared_is_of_one_request(story: Story) -> None:
    first, second = story.requests()
    await end(story, first, grown(A))
    for name in second.instances[1:]:
        await end(story, second, grown(name))
    assert replies(story, await newest(story), Comparison) == []


# Why it was refused


async def test_while_it_goes_on_a_refusal_says_that_its_answer_will_be_shown(story: Story) -> None:
    refusing(story, 18.0)
    await capture.request(story.fakes.tools, story.requests()[1])
    refused = CaptureRefused(SERVICE, A, Trigger.ALERT, 18.0, 12.0, elsewhere=True, is_awaited=True)
    assert replies(story, await newest(story), CaptureRefused) == [refused]
    await end(story, story.requests()[0], grown(A))
    assert len(replies(story, await newest(story), CapturedElsewhere)) == 1


@pytest.mark.parametrize("outcome", [grown(A), lost(A)])
async def test_what_it_has_found_before_is_shown_at_once(story: Story, outcome: Outcome) -> None:
    """The second alert comes when the first one's capture has ended, and nobody will tell of it any more."""
    late = OTHER._replace(group_key="late")
    await end(story, story.requests()[0], outcome)
    incident = await hear(story, late, firing(A, story.begin + 9))
    asked = story.requests()[-1]
    story.fakes.budget.waits, story.fakes.budget.holders = {A: 5.0}, {A: story.requests()[0].id}
    for _ in range(2):
        await capture.request(story.fakes.tools, asked)
    refused = CaptureRefused(SERVICE, A, Trigger.ALERT, 5.0, 25.0, elsewhere=True)
    assert replies(story, incident, CaptureRefused) == [refused]
    (note,) = replies(story, incident, CapturedElsewhere)
    assert isinstance(note, CapturedElsewhere)
    assert (note.outcome.verdict, note.outcome.failed) == (outcome.verdict, outcome.failed)
    (known,) = (await newest(story, late)).outcomes
    assert known == note.outcome


async def test_the_incidents_own_capture_is_not_anothers(story: Story) -> None:
    await act(story.fakes.tools, (await newest(story, GROUP)).id, Act.CAPTURE, ANA)
    refusing_own, asked = story.requests()[0], story.requests()[-1]
    story.fakes.budget.waits, story.fakes.budget.holders = {A: 20.0}, {A: refusing_own.id}
    await capture.request(story.fakes.tools, asked)
    assert story.said(CaptureRefused) == [CaptureRefused(SERVICE, A, Trigger.AGAIN, 20.0, 10.0)]
    assert story.said(CapturedElsewhere) == []


# A worker that dies


async def test_whatever_call_a_worker_dies_at_both_threads_end_the_same() -> None:
    whole = Life()
    expected = await lived(whole)
    assert {"CapturedElsewhere", "CaptureRefused"} <= set(expected)
    for number in range(1, whole.calls + 1):
        for answered in (False, True):
            assert sorted(await lived(Life(number, answered=answered))) == sorted(expected), (number, answered)


async def lived(life: Life) -> list[str]:
    """What is said where the second incident is refused, and the first one's capture ends then."""
    story = Story()
    await hear(story, GROUP, firing(A, story.begin))
    await hear(story, OTHER, firing(A, story.begin))
    first, second = story.requests()
    refusing(story, 18.0)
    for job in (
        lambda tools: capture.request(tools, second),
        lambda tools: end(story, first, grown(A), tools),
    ):
        try:
            await job(life.of(story.fakes.tools))
        except DiedError:
            await job(life.of(story.fakes.tools))
    for group in (GROUP, OTHER):
        assert [outcome.culprit for outcome in (await newest(story, group)).outcomes] == ["cache.go:42"]
    return [type(note).__name__ for note in story.fakes.outbox.said()]
