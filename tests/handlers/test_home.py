"""The App Home of one person: what is in it, for whom, in which order, within which bounds, and without Redis."""

import asyncio
from dataclasses import dataclass, field, replace

import pytest

from analyzers.errors import MapstormError
from analyzers.finding import Verdict
from handlers.errors import CalendarAway, OutageError
from handlers.handoff import Handoff
from handlers.home import ACTS, AT_ONCE, LINKS, READ, SHOWN, TREND, WORST, act, home, identity_of
from handlers.home_notes import Home, HomeAct
from handlers.incident import Act, State
from handlers.notes import Accepted, History, Slip
from handlers.ports import Standing
from handlers.posts import Root
from handlers.records import Allow, Instance, Person, Remembered, Service
from tests.bot.handoff_notes import ANA as GOING
from tests.bot.handoff_notes import BO as COMING
from tests.bot.handoff_notes import MONDAY, handoff, rotation
from tests.bot.notes import incident
from tests.fakes import Fakes, FakeSnapshots

ANA = Person("U0ANA", "T0STANDIN", "")


@dataclass
class Histories(FakeSnapshots):
    """By service; counts how many are read at once."""

    of: dict[str, tuple[Remembered, ...]] = field(default_factory=dict)
    fails: MapstormError | None = None
    read: int = 0
    asked_for: list[int | None] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0

    async def history(self, service: str, most: int | None = None) -> tuple[Remembered, ...]:
        self.read += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0)
        self.at_once -= 1
        if self.fails:
            raise self.fails
        self.asked_for.append(most)
        return self.of.get(service, ())[:most]


class Scene(Fakes):
    """Services by name, each with two instances, and what their captures said."""

    def __init__(self, *names: str) -> None:
        super().__init__()
        instances = (Instance("a-0", "http://10.0.0.1:6060"), Instance("a-1", "http://10.0.0.2:6060"))
        self.registry.services = {name: Service(name, instances, "C0ORDERS") for name in names}
        self.histories = Histories()
        self.tools = replace(self.tools, snapshots=self.histories)

    def captured(self, service: str, *heaps: float, verdict: Verdict = Verdict.GROWTH_STORM, of: str = "a-0") -> None:
        """`heaps` are live heaps, oldest first."""
        lines = [
            Remembered(1.7e9 + 60 * number, of, verdict.value, "a.go:1", heap) for number, heap in enumerate(heaps)
        ]
        before = self.histories.of.get(service, ())
        self.histories.of[service] = tuple(sorted((*before, *lines), key=lambda line: -line.captured_at))

    def ill(self, service: str, identity: str = "k3m9x2ab", state: State = State.OPEN) -> None:
        self.incidents.kept[identity] = replace(incident(state, name=service), id=identity, opened_at=1.7e9)

    async def of(self, who: Person = ANA) -> Home:
        return await home(self.tools, who)


def names(found: Home) -> list[str]:
    return [one.service.name for one in found.services]


async def test_open_incidents_come_first_then_the_worst_verdict_then_the_name() -> None:
    scene = Scene("quiet", "never", "storm", "grows", "also-never", "ill")
    scene.captured("quiet", 5e6, verdict=Verdict.NO_MAP_PROBLEM)
    scene.captured("storm", 5e6)
    scene.captured("grows", 1e6, verdict=Verdict.UNBOUNDED_GROWTH)
    scene.ill("ill")
    assert names(await scene.of()) == ["ill", "grows", "storm", "quiet", "also-never", "never"]


def test_every_verdict_has_its_place() -> None:
    assert sorted(WORST) == sorted(Verdict)


async def test_a_service_is_told_by_its_worst_instance_and_the_latest_of_it() -> None:
    scene = Scene("svc")
    scene.captured("svc", *range(1, 31), of="a-0")
    scene.captured("svc", 900.0, 901.0, verdict=Verdict.NO_MAP_PROBLEM, of="a-1")
    scene.captured("svc", 9e9, verdict=Verdict.UNBOUNDED_GROWTH, of="gone-7")
    (told,) = (await scene.of()).services
    assert told.last is not None
    assert (told.last.instance, told.last.live_heap) == ("a-0", 30)
    assert told.live_heaps == tuple(range(31 - TREND, 31))


async def test_what_was_never_captured_and_an_empty_registry() -> None:
    (told,) = (await Scene("svc").of()).services
    assert (told.last, told.live_heaps, told.may_capture) == (None, (), True)
    empty = await Scene().of()
    assert (empty.services, empty.left_out, empty.trouble) == ((), 0, None)


async def test_an_open_incident_has_its_link_and_what_may_be_done() -> None:
    scene = Scene("svc")
    scene.ill("svc")
    found = scene.incidents.kept["k3m9x2ab"]
    scene.outbox.roots[found.id] = Root(found.id, "C0ORDERS", Slip("bug", ""), version=1)
    shown = await scene.of()
    (one,) = shown.services[0].incidents
    assert (one.incident, one.link) == (found, "https://slack.example.com/k3m9x2ab")
    assert one.acts == (Act.ACKNOWLEDGE, Act.CAPTURE, Act.SNOOZE, Act.RESOLVE)
    assert set(one.acts) <= set(ACTS)
    assert shown.open == 1


async def test_resolved_incidents_are_not_open_and_one_of_no_service_is() -> None:
    scene = Scene("svc")
    scene.ill("svc", state=State.RESOLVED)
    scene.ill("taken-out", "gone2222")
    shown = await scene.of()
    assert names(shown) == ["taken-out", "svc"]
    assert not shown.services[0].may_capture
    assert shown.services[0].incidents[0].acts
    assert shown.services[1].incidents == ()


@pytest.mark.parametrize(("standing", "reason"), [(Standing.GUEST, "guest"), (Standing.STRANGER, "stranger")])
async def test_guests_and_strangers_see_no_service(standing: Standing, reason: str) -> None:
    scene = Scene("svc")
    scene.ill("svc")
    scene.rotas.rotations = (rotation(),)
    scene.people.standings[ANA.user] = standing
    assert await scene.of() == Home(scene.clock.now(), trouble=Slip(reason, ""))
    assert scene.histories.read == 0


async def test_who_may_not_act_sees_and_presses_nothing() -> None:
    scene = Scene("svc")
    scene.registry.services["svc"] = replace(scene.registry.get("svc"), allow=Allow(("U0BO",), ()))
    scene.ill("svc")
    (told,) = (await scene.of()).services
    assert not told.may_capture
    assert [one.acts for one in told.incidents] == [()]
    pressed = await act(scene.tools, HomeAct.CAPTURE, told.id, ANA, "r1")
    assert pressed == Slip("not_allowed", "svc")
    assert not scene.queue.requests


async def test_capture_and_history_are_the_commands() -> None:
    scene = Scene("svc")
    scene.captured("svc", 1.0)
    service = scene.registry.get("svc")
    assert await act(scene.tools, HomeAct.CAPTURE, identity_of(service), ANA, "r1") == Accepted(service, ("a-0",))
    assert list(scene.queue.requests) == ["r1"]
    assert scene.queue.requests["r1"].asked_by == ANA.user
    told = await act(scene.tools, HomeAct.HISTORY, identity_of(service), ANA, "r2")
    assert isinstance(told, History)
    assert (told.service, told.entries) == (service, scene.histories.of["svc"])
    assert await act(scene.tools, HomeAct.REFRESH, "", ANA, "r3") is None


@pytest.mark.parametrize("identity", ["", "0123456789ab"])
async def test_a_button_of_no_service_captures_nothing(identity: str) -> None:
    scene = Scene("svc")
    assert isinstance(await act(scene.tools, HomeAct.CAPTURE, identity, ANA, "r1"), Slip)
    assert not scene.queue.requests


async def test_a_guest_of_today_captures_nothing_by_the_button_of_yesterday() -> None:
    scene = Scene("svc")
    (told,) = (await scene.of()).services
    scene.people.standings[ANA.user] = Standing.GUEST
    assert await act(scene.tools, HomeAct.CAPTURE, told.id, ANA, "r1") == Slip("guest", "")
    assert not scene.queue.requests


async def test_however_many_services_there_are_the_work_is_bounded() -> None:
    scene = Scene(*(f"svc-{number:04}" for number in range(READ + 50)))
    for number in range(LINKS + 10):
        scene.ill(f"svc-{number:04}", f"i{number:07}")
    shown = await scene.of()
    assert len(shown.services) == SHOWN
    assert shown.left_out == READ + 50 - SHOWN
    assert scene.histories.read == READ
    assert scene.histories.most_at_once <= AT_ONCE
    assert all(one.incidents for one in shown.services)
    assert set(scene.histories.asked_for) == {2 * TREND}, "no more of a history than is drawn"


async def test_without_redis_the_home_says_so() -> None:
    scene = Scene("svc")
    scene.histories.fails = OutageError("redis")
    assert await scene.of() == Home(scene.clock.now(), trouble=Slip("outage", "redis"))


async def test_without_slack_nobody_is_let_in() -> None:
    scene = Scene("svc")
    scene.people.fails = OutageError("slack")
    assert (await scene.of()).trouble == Slip("outage", "slack")


def waiting(scene: Scene, **changes: object) -> Handoff:
    found = replace(handoff(), **changes)  # type: ignore[arg-type]
    scene.handoffs.kept[found.id] = found
    scene.rotas.rotations = (rotation(),)
    scene.clock.time = MONDAY
    return found


async def test_who_comes_may_take_what_waits_and_nobody_else() -> None:
    scene = Scene("svc")
    found = waiting(scene)
    for user, may in ((COMING.slack, True), (GOING.slack, False), ("U0CY", False)):
        (told,) = (await scene.of(ANA._replace(user=user))).rotations
        assert (told.open, told.may_take) == (found, may), user


async def test_a_handoff_that_is_taken_or_long_past_is_no_question() -> None:
    scene = Scene("svc")
    found = waiting(scene)
    scene.clock.time = found.until + 1
    (told,) = (await scene.of()).rotations
    assert (told.open, told.may_take) == (None, False)


async def test_a_calendar_that_cannot_be_read_does_not_break_it() -> None:
    scene = Scene("svc")
    scene.rotas.rotations = (rotation(),)
    scene.rotas.troubles = {"payments": CalendarAway("status 503")}
    shown = await scene.of()
    assert shown.trouble is None
    assert names(shown) == ["svc"]
    assert shown.rotations[0].line.trouble == "calendar_away"
