"""Who somebody is, asked of the stand-in for Slack: members, guests, strangers, and a Slack that does not answer."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest

from bot.chat import slack_client, slack_session
from bot.people import KEPT_S, Kept, SlackPeople
from bot.standin.app import Standin
from bot.standin.fault import Fault, Kind
from bot.standin.rate import UNLIMITED
from bot.standin.records import User
from bot.standin.seed import default_seed
from bot.standin.workspace import Workspace
from handlers.errors import MissingScope, OutageError
from handlers.ports import Standing

OURS, CHANNEL = "T0STANDIN", "C0ORDERS"
STRANGERS = [
    User("U0XI", "xi", team_id="T0ELSEWHERE"),
    User("U0GONE", "gone", deleted=True),
    User("U0ROBOT", "robot", is_bot=True),
]


@dataclass
class Scene:
    slack: Standin
    people: SlackPeople
    time: float = 0.0

    def now(self) -> float:
        return self.time


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with Standin(Workspace(), pace=UNLIMITED) as slack, slack_session() as session:
        client = slack_client(slack.api_url, slack.credentials.token, session)
        made = Scene(slack, SlackPeople(client))
        made.people = SlackPeople(client, made.now)
        yield made


def away(scene: Scene) -> None:
    scene.slack.trouble.add(Fault(Kind.OUTAGE, times=None))


async def test_a_member_is_one(scene: Scene) -> None:
    assert await scene.people.standing("U0ANA", OURS) is Standing.MEMBER
    assert await scene.people.standing("U0ANA", "") is Standing.MEMBER


@pytest.mark.parametrize("guest", [{"is_restricted": True}, {"is_ultra_restricted": True}])
async def test_a_guest_is_none(scene: Scene, guest: dict[str, bool]) -> None:
    scene.slack.ws.admit(User("U0GUEST", "gil", **guest), CHANNEL)  # type: ignore[arg-type]
    assert await scene.people.standing("U0GUEST", OURS) is Standing.GUEST


@pytest.mark.parametrize("user", STRANGERS, ids=lambda user: user.name)
async def test_whoever_is_not_surely_one_of_us_is_a_stranger(scene: Scene, user: User) -> None:
    scene.slack.ws.admit(user, CHANNEL)
    assert await scene.people.standing(user.id, OURS) is Standing.STRANGER


async def test_nobody_is_a_stranger(scene: Scene) -> None:
    assert await scene.people.standing("U0NOBODY", OURS) is Standing.STRANGER


async def test_a_request_from_another_workspace_is_not_asked_about(scene: Scene) -> None:
    assert await scene.people.standing("U0ANA", OURS) is Standing.MEMBER
    away(scene)
    assert await scene.people.standing("U0WHOEVER", "T0ELSEWHERE") is Standing.STRANGER


async def test_groups(scene: Scene) -> None:
    assert await scene.people.in_groups("U0ANA", ("S0NOBODY", "S0ONCALL"))
    assert not await scene.people.in_groups("U0BO", ("S0NOBODY", "S0ONCALL"))
    assert not await scene.people.in_groups("U0ANA", ())


async def test_an_answer_is_kept_for_five_minutes_and_not_longer(scene: Scene) -> None:
    assert await scene.people.standing("U0ANA", OURS) is Standing.MEMBER
    assert await scene.people.in_groups("U0ANA", ("S0ONCALL",))
    scene.slack.ws.users["U0ANA"] = replace(scene.slack.ws.users["U0ANA"], deleted=True)
    scene.time = KEPT_S - 1
    assert await scene.people.standing("U0ANA", OURS) is Standing.MEMBER
    assert await scene.people.in_groups("U0ANA", ("S0ONCALL",))
    scene.time = KEPT_S + 1
    assert await scene.people.standing("U0ANA", OURS) is Standing.STRANGER
    assert not await scene.people.in_groups("U0ANA", ("S0ONCALL",))


async def test_an_outage_lets_nobody_in_and_is_not_remembered(scene: Scene) -> None:
    away(scene)
    with pytest.raises(OutageError):
        await scene.people.standing("U0ANA", OURS)
    with pytest.raises(OutageError):
        await scene.people.in_groups("U0ANA", ("S0ONCALL",))
    scene.slack.trouble.clear()
    assert await scene.people.standing("U0ANA", OURS) is Standing.MEMBER
    assert await scene.people.in_groups("U0ANA", ("S0ONCALL",))


async def test_a_slow_slack_is_an_outage() -> None:
    async with Standin(Workspace(), pace=UNLIMITED) as slack, slack_session() as session:
        slack.trouble.add(Fault(Kind.SLOW, seconds=3600))
        people = SlackPeople(slack_client(slack.api_url, slack.credentials.token, session), answer_s=0.05)
        with pytest.raises(OutageError):
            await people.standing("U0ANA", OURS)


async def test_a_missing_scope_is_named() -> None:
    seed = default_seed()
    bare = replace(seed, app=replace(seed.app, scopes=("commands", "chat:write")))
    async with Standin(Workspace(bare), pace=UNLIMITED) as slack, slack_session() as session:
        people = SlackPeople(slack_client(slack.api_url, slack.credentials.token, session))
        with pytest.raises(MissingScope) as who:
            await people.standing("U0ANA", OURS)
        with pytest.raises(MissingScope) as groups:
            await people.in_groups("U0ANA", ("S0ONCALL",))
    assert (who.value.detail, groups.value.detail) == ("users:read", "usergroups:read")
    assert not who.value.retryable


def test_what_is_remembered_is_bounded() -> None:
    kept: Kept[int] = Kept(lambda: 0.0, bound=2)
    for number in range(4):
        kept.put(f"U{number}", number)
    assert [kept.get(f"U{number}") for number in range(4)] == [None, None, 2, 3]
