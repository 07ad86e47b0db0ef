"""A handoff end to end: the stand-in for Slack, a web process, two workers, a real Redis, and a change that comes."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import orjson
import pytest
from redis.asyncio import Redis

from bot.standin.app import Standin
from bot.standin.fault import Fault, Kind
from bot.standin.records import Message, Modal
from tests.alerting.receiver import eventually
from tests.bot.town import Town, listening, process, surroundings

pytestmark = pytest.mark.redis

TOKEN = "a-secret-of-enough-characters"  # noqa: S105 - the test's own
PAYMENTS, ORDERS, ANA, BO = "C0PAYMENTS", "C0ORDERS", "U0ANA", "U0BO"
SOON_S = 15


def registry() -> dict[str, object]:
    """Nobody answers at the service's address: what is tried are people."""
    service = {
        "name": "svc-orders",
        "instances": [{"name": "orders-0", "url": "http://127.0.0.1:9/debug/pprof"}],
        "channel": ORDERS,
        "match": ['service="orders"'],
    }
    return {"webhooks": {"generic": {"bearer_env": "GENERIC_TOKEN"}}, "services": [service]}


def with_rotation(known: dict[str, object]) -> dict[str, object]:
    """Ana hands over to Bo in some seconds; whoever is on call is mentioned from now on."""
    change = datetime.now(UTC) + timedelta(seconds=SOON_S)
    (service,) = known["services"]  # type: ignore[misc]
    rotation = {
        "name": "payments",
        "channel": PAYMENTS,
        "services": ["svc-orders"],
        "time_zone": "UTC",
        "members": [{"name": "Ana Lima", "email": "ana@example.com"}, {"name": "Bo", "slack": BO}],
        "start": f"{change - timedelta(hours=24):%Y-%m-%dT%H:%M:%S}",
        "period_hours": 24,
        "lead_minutes": 1,
        "reminder_minutes": 5,
    }
    return known | {"services": [service | {"mention": ["oncall"]}], "rotations": [rotation]}


class Street:
    """What was said in the channels, and what people do there."""

    def __init__(self, slack: Standin) -> None:
        self.slack = slack

    def said(self, channel: str, kind: str = "") -> list[Message]:
        """mapstorm's own messages, of one kind of note if it is given."""
        ours = self.slack.ws.app.user_id
        found = [each for each in self.slack.ws.messages[channel] if each.user == ours and not each.deleted]
        return [each for each in found if kind in ("", self.kind(each))]

    @staticmethod
    def kind(message: Message) -> str:
        return str((message.content.metadata or {}).get("event_type", "")).removeprefix("mapstorm_")

    async def told(self, channel: str, kind: str, words: str = "", times: int = 1) -> Message:
        """The first message of that kind that says so, once there are so many."""

        def found() -> list[Message]:
            return [each for each in self.said(channel, kind) if words in each.content.text]

        await eventually(lambda: len(found()) >= times, f"{kind} in {channel} says {words!r}")
        return found()[0]

    async def click(self, root: Message, act: str, user: str) -> None:
        delivery = await self.slack.people.click(PAYMENTS, user, root.ts, f"handoff.{act}")
        assert delivery.outcome == "acknowledged"

    async def form(self, root: Message, act: str, user: str) -> Modal:
        """The modal behind a button, once there is something to fill in."""
        await self.click(root, act, user)
        await eventually(lambda: any("submit" in each.view for each in self.slack.ws.modals), f"the form of {act}")
        return self.slack.ws.modals[0]

    async def submit(self, modal: Modal, user: str, **values: object) -> None:
        delivery = await self.slack.people.submit(user, modal.id, {name: {name: each} for name, each in values.items()})
        assert delivery is not None
        assert delivery.outcome == "acknowledged"
        await eventually(lambda: not self.slack.ws.modals, "the modal is closed")

    async def whispered(self, user: str, words: str) -> None:
        def heard() -> bool:
            return any(each.user == user and words in each.content.text for each in self.slack.ws.ephemerals)

        await eventually(heard, f"{user} is told {words!r}")


async def test_a_shift_is_handed_over(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    async with Standin() as slack:
        town = Town(slack, surroundings(slack, redis_url, registry(), tmp_path) | {"GENERIC_TOKEN": TOKEN})
        street = Street(slack)
        async with process(town, "web") as web, process(town, "worker"):
            alert = alerting(await listening(town, web))
            await alert("f1", "Memory over 90 % <!channel>")
            incident = await street.told(ORDERS, "incident_root")
            assert f"<@{ANA}>" not in json.dumps(incident.content.blocks)
            write(town, with_rotation(registry()))
            async with process(town, "worker"):
                root = await street.told(PAYMENTS, "handoff_root", f"<@{ANA}> -&gt; <@{BO}>")
                await street.told(PAYMENTS, "handoff_waiting", "Memory over 90 %")
                await added(street, root)
                await not_me_and_taken(street, root)
                await by_command(street, root)
                await alert("f2", "Disk full")
                called = await street.told(ORDERS, "incident_root", "Disk full")
                # Both are right: the change may have come meanwhile.
                assert any(f"<@{user}>" in called.content.text for user in (ANA, BO))
            assert [len(street.said(PAYMENTS, kind)) for kind in ("handoff_root", "handoff_waiting")] == [1, 1]
            events = [
                (each.content.metadata or {})["event_payload"]["id"]
                for each in street.said(PAYMENTS)[1:]
                if each.content.metadata
            ]
            assert len(events) == len(set(events))
            assert "<!channel>" not in json.dumps([each.content.blocks for each in street.said(PAYMENTS)])


def write(town: Town, known: dict[str, object]) -> None:
    """What the processes read at their next look."""
    Path(town.environ["MAPSTORM_CONFIG"]).write_bytes(orjson.dumps(known))


def alerting(address: str) -> Callable[[str, str], Awaitable[None]]:
    async def alert(name: str, title: str) -> None:
        body = {"service": "orders", "status": "firing", "title": title, "fingerprint": name, "group": name}
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}, trust_env=False) as sender:
            assert (await sender.post(f"{address}/webhooks/generic", json=body)).status_code == 200

    return alert


async def added(street: Street, root: Message) -> None:
    """What Ana writes is told in the thread and in that of the incident."""
    modal = await street.form(root, "add", ANA)
    (field,) = (block["block_id"] for block in modal.view["blocks"] if len(block.get("block_id", "")) > len("about."))
    await street.submit(modal, ANA, **{str(field): "do not restart orders-0 <!here>"})
    told = await street.told(PAYMENTS, "handoff_added", "do not restart orders-0 &lt;!here&gt;")
    assert told.thread_ts == root.ts
    await street.told(ORDERS, "state_change", "do not restart orders-0")


async def not_me_and_taken(street: Street, root: Message) -> None:
    """Bo gives it back to Ana, whose click finds it taken the second time."""
    await street.submit(await street.form(root, "not_me", BO), BO, who=ANA)
    await street.told(PAYMENTS, "handoff_changed", f"<@{ANA}>")
    await street.click(root, "take", ANA)
    await street.told(PAYMENTS, "handoff_root", f"*Taken over* by <@{ANA}>")
    await street.told(PAYMENTS, "handoff_taken")
    await street.told(ORDERS, "state_change", f"<@{ANA}>")


async def by_command(street: Street, root: Message) -> None:
    """A note and the file."""
    people = street.slack.people
    await people.type(PAYMENTS, BO, "/mapstorm handoff note the pager is “quiet”")
    await street.told(PAYMENTS, "handoff_added", "the pager is “quiet”")
    await people.type(PAYMENTS, BO, "/mapstorm handoff export")
    await eventually(lambda: any(each.files for each in street.said(PAYMENTS)), "a file")
    (message,) = (each for each in street.said(PAYMENTS) if each.files)
    data = street.slack.ws.files[message.files[0]].data
    assert message.thread_ts == root.ts
    assert data is not None
    for words in ("**Taken over** by `Ana Lima`", "`do not restart orders-0 <!here>`", "the pager is “quiet”"):
        assert words in data.decode()
    await people.type(PAYMENTS, BO, "/mapstorm handoff export nobody")
    await street.whispered(BO, "There is no such rotation")


async def test_a_worker_killed_between_post_and_record(redis: Redis, redis_url: str, tmp_path: Path) -> None:
    """Slack has the root and has not said so yet; the next worker finds it there, and goes on with the thread."""
    async with Standin() as slack:
        town = Town(
            slack, surroundings(slack, redis_url, with_rotation(registry()), tmp_path) | {"GENERIC_TOKEN": TOKEN}
        )
        street = Street(slack)
        slack.trouble.add(Fault(Kind.SLOW, "chat.postMessage", PAYMENTS, after=True, seconds=30.0))
        async with process(town, "worker") as first:
            await street.told(PAYMENTS, "handoff_root")
            first.kill()
            await first.wait()
        async with process(town, "worker"):
            await street.told(PAYMENTS, "handoff_nothing")
        assert [len(street.said(PAYMENTS, kind)) for kind in ("handoff_root", "handoff_nothing")] == [1, 1]
        assert len(street.said(PAYMENTS)) == 2
