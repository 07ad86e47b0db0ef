"""Two Alertmanager peers, each of which sends the whole story, out of step: one of everything comes of it."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from handlers.alert import Alert, Notification
from handlers.incident import Event, Incident, State
from handlers.incidents import receive
from handlers.posts import Reply
from tests.handlers.incidents.story import GROUP, Story, firing, over, told

NAMES = ("orders-0", "orders-1", "elsewhere")
SKEW_S = 0.004  # between the peers' startsAt of an alert that its sender did not stamp


class Group:
    """What an Alertmanager knows of its group: which alerts fire since when."""

    def __init__(self) -> None:
        self.since: dict[str, float] = {}

    def change(self, name: str, now: float) -> tuple[Alert, ...]:
        """`name` begins to fire or ends; what is then sent. Ended alerts are sent once and forgotten."""
        ended: tuple[Alert, ...] = ()
        if name in self.since:
            ended = (over(name, self.since.pop(name), now),)
        else:
            self.since[name] = now
        return (*ended, *(firing(each, since) for each, since in self.since.items()))


@st.composite
def stories(draw: st.DrawFn, *, every_end_is_told: bool = False) -> list[Notification]:
    """Alerts that begin and end, some left out by max_alerts; at last all have ended."""
    group, now, sent = Group(), Story().begin, []
    names = draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=8))
    for name in [*names, *NAMES]:
        is_last_round = len(sent) >= len(names)
        if is_last_round and name not in group.since:
            continue
        now += 30
        alerts = group.change(name, now)
        alerts = alerts if every_end_is_told else tuple(draw(st.permutations(alerts)))
        kept = len(alerts) if is_last_round else draw(st.integers(1, len(alerts)))
        sent.append(told(*alerts[:kept], truncated=len(alerts) - kept))
    return sent


def skewed(said: Notification) -> Notification:
    """The other peer's copy."""
    return said._replace(
        alerts=tuple(
            alert._replace(starts_at=alert.starts_at + SKEW_S, link="http://peer-2/", ends_at=alert.ends_at)
            for alert in said.alerts
        )
    )


async def outcome(copies: list[Notification]) -> tuple[Story, list[Incident]]:
    story = Story()
    for said in copies:
        story.fakes.clock.time += 1
        await receive.take(story.fakes.tools, said)
        await receive.work(story.fakes.tools, GROUP)
    return story, sorted(story.fakes.incidents.kept.values(), key=lambda incident: incident.opened_at)


def told_of(incident: Incident) -> list[Event]:
    return [entry.event for entry in incident.timeline]


def comparable(incident: Incident) -> Incident:
    """Without what depends on the second in which a copy came."""
    bare = tuple(
        known._replace(starts_at=0.0, ends_at=None if known.ends_at is None else 0.0, link="")
        for known in incident.alerts
    )
    return replace(
        incident,
        id="",
        opened_at=0.0,
        resolved_at=None,
        follow_up_at=None,
        alerts=bare,
        timeline=(),
        ended={},
        version=0,
        stands_since=0,
    )


@given(stories(), st.data())
async def test_rule_5_two_peers_give_one_thread_and_one_resolve(story: list[Notification], data: st.DataObject) -> None:
    alone, expected = await outcome(story)
    turns = data.draw(st.permutations([0] * len(story) + [1] * len(story)))
    queues = [list(story), [skewed(said) for said in story]]
    both, incidents = await outcome([queues[peer].pop(0) for peer in turns])
    assert [comparable(incident) for incident in incidents] == [comparable(incident) for incident in expected]
    assert [told_of(incident) for incident in incidents] == [told_of(incident) for incident in expected]
    assert len(both.fakes.outbox.roots) == 1
    assert len(both.requests()) == len(alone.requests())
    assert counted(both) == counted(alone)


def counted(story: Story) -> int:
    return len([post for post in story.fakes.outbox.puts if isinstance(post, Reply)])


@given(stories(every_end_is_told=True))
async def test_a_story_that_is_told_to_its_end_is_closed(story: list[Notification]) -> None:
    _, (incident,) = await outcome(story)
    assert (incident.state, incident.firing) == (State.RESOLVED, ())
