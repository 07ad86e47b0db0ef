"""Whatever is heard, clicked and captured, in whatever order: what must hold of an incident after each of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.alert import Alert
from handlers.incident import Act, Event, Filled, Incident, State
from handlers.incidents.acts import act
from handlers.posts import Root
from handlers.step import Reason
from tests.handlers.incidents.story import ANA, Story, firing, grown, lost, over

NAMES = ("orders-0", "orders-1", "elsewhere")
moments = st.integers(-50, 500)


@st.composite
def alerts(draw: st.DrawFn) -> Alert:
    """One that began and perhaps ended at any time, told of at any other: late, early or never before."""
    name, since = draw(st.sampled_from(NAMES)), 1_700_003_600.0 + draw(moments)
    return over(name, since, since + draw(st.integers(0, 100))) if draw(st.booleans()) else firing(name, since)


heard = st.tuples(st.lists(alerts(), min_size=1, max_size=4), st.integers(0, 1), st.sampled_from([1.0, 60.0, 20_000.0]))
happenings = st.one_of(heard, st.sampled_from(Act), st.sampled_from(Reason), st.sampled_from([grown, lost]))


async def happen(story: Story, what: object) -> None:
    """One thing, where it can happen."""
    known = await story.fakes.incidents.latest(group(story)) if story.fakes.incidents.kept else None
    if isinstance(what, tuple):
        said, truncated, after = what
        await story.hear(*said, truncated=truncated, after=after)
    elif known is None or not known.timeline:
        return
    elif isinstance(what, Act):
        await act(story.fakes.tools, known.id, what, ANA, None, Filled(3600, against="previous"))
    elif isinstance(what, Reason):
        if (known.id, what) in story.fakes.incidents.wakes:
            await story.wake(what)
    elif story.requests():
        await story.capture(*(what(name) for name in story.requests()[-1].instances))


def group(story: Story) -> object:
    return next(iter(story.fakes.incidents.kept.values())).group


def holds(story: Story, before: dict[str, Incident]) -> None:
    """Of every incident, and of what is said of it."""
    for identity, now in story.fakes.incidents.kept.items():
        then = before.get(identity)
        assert (now.state is State.RESOLVED) is (now.resolved_at is not None)
        assert (now.state is State.SNOOZED) is (now.snoozed_until is not None)
        assert len({known.fingerprint for known in now.alerts}) == len(now.alerts)
        assert not {known.fingerprint for known in now.alerts} & set(now.ended)
        assert now.stands_since <= now.version
        if then is not None:
            assert now == then or now.version > then.version
            assert now.timeline[: len(then.timeline)] == then.timeline
        closed = (
            now.timeline
            and now.timeline[-1].event is Event.RESOLVED
            and (then is None or then.timeline != now.timeline)
        )
        if closed and not now.timeline[-1].who:
            assert not now.firing
            assert not now.truncated
        root = story.fakes.outbox.roots.get(identity)
        assert (root is None) is (not now.timeline)
    assert len([each for each in story.fakes.incidents.kept.values() if each.state is not State.RESOLVED]) <= 1


@settings(max_examples=150)
@given(st.lists(happenings, min_size=3, max_size=25))
async def test_whatever_happens_an_incident_makes_sense(story: list[object]) -> None:
    told = Story()
    for what in story:
        before = dict(told.fakes.incidents.kept)
        await happen(told, what)
        holds(told, before)
    events = list(told.fakes.outbox.replies)
    assert len(events) == len(set(events))
    roots = [post for post in told.fakes.outbox.puts if isinstance(post, Root)]
    for root in roots:
        assert root.mention == told.service.mention
