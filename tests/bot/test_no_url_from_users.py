"""Rule 10: nothing typed, clicked or said by an alert leads to a request to an address that is not registered."""

from dataclasses import replace

import pytest
from redis.asyncio import Redis

from bot.heaps import HttpHeaps
from bot.worker import working
from handlers.alert import Notification
from handlers.incidents import receive
from handlers.records import Comparison, Instance, Matcher, Service
from handlers.sources import alertmanager, generic
from handlers.step import Step
from tests.bot import records
from tests.bot import slack as signed
from tests.bot.house import Spoken, house
from tests.bot.notes import incident
from tests.bot.pprof_server import PprofServer, pprof_server
from tests.fakes import FakeRegistry

pytestmark = pytest.mark.redis


def requests(trap: str, incident_id: str) -> list[bytes]:
    """Everything that somebody in Slack can send, with the trap's address wherever there is room for one."""
    host = trap.removeprefix("http://").partition("/")[0]
    typed = [
        f"capture {trap}",
        f"capture {host}",
        f"capture svc-orders {trap}",
        f"capture svc-orders {host}",
        f"capture --url {trap}",
        f"capture --url={trap} svc-orders",
        f"history {trap}",
        f"incidents {trap}",
        f"explain {trap}",
        f"ack {trap}",
        "capture svc-orders",
    ]
    clicked = [
        signed.click(f"incident.{act}", value, f"1.2.{act}.{at}", response_url=trap)
        for act in ("acknowledge", "capture", "compare", "snooze", "silence")
        for at, value in enumerate((f"{incident_id}.1", trap, f"{trap}.1"))
    ]
    chosen = {name: {name: {"selected_option": {"value": trap}, "value": trap}} for name in ("instance", "against")}
    return [
        *(
            signed.command(text, f"1.2.{at}").replace(b"127.0.0.1%3A9%2F", host.encode())
            for at, text in enumerate(typed)
        ),
        *(signed.mention(f"{text} <{trap}|orders-0>", f"Ev{at}") for at, text in enumerate(typed)),
        *clicked,
        signed.submission("incident.compare", incident_id, chosen),
        signed.submission("incident.silence", trap, chosen, "1.2.other"),
    ]


def alerts(trap: str) -> list[Notification]:
    """As senders say them, with the trap's address in every field that may hold one."""
    labels = {"service": "orders", "instance": trap, "pod": trap, "url": trap, "__address__": trap}
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": dict.fromkeys(("summary", "description", "runbook_url", "dashboard", "memory_limit"), trap),
        "startsAt": "2026-11-22T19:00:00Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": trap,
        "fingerprint": "c0ffee",
    }
    body = {
        "version": "4",
        "groupKey": trap,
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": trap,
        "groupLabels": labels,
        "commonLabels": labels,
        "commonAnnotations": {},
        "externalURL": trap,
        "alerts": [alert],
    }
    said = {"service": "orders", "instance": trap, "status": "firing", "fingerprint": "f", "title": trap, "link": trap}
    return [alertmanager.read(body), generic.read(said)]


def registered(server: PprofServer) -> Service:
    match = (Matcher("service", Comparison.EQUAL, "orders"),)
    return Service("svc-orders", (Instance("orders-0", server.url),), "C0ORDERS", match=match, window_s=0)


async def test_rule_10_no_url_from_users(redis: Redis, redis_url: str) -> None:
    async with pprof_server() as ours, pprof_server() as trap, pprof_server() as slack:
        registry = FakeRegistry(registered(ours))
        api = f"http://127.0.0.1:{slack.port}/api/"
        here = house(redis, redis_url, Spoken(), HttpHeaps(), registry, api_url=api)  # type: ignore[arg-type]
        told = replace(incident(), channel="C0ORDERS", version=1)
        assert await here.tools.incidents.commit(Step(None, told))
        async with signed.client(signed.app(here)) as client:
            for body in requests(trap.url, told.id):
                assert (await signed.send(client, body)).status_code == 200
        for notification in alerts(trap.url):
            await receive.take(here.tools, notification)

        async def idle() -> bool:
            return not any((await here.queue.depth()).values())

        async with working(here, concurrency=2):
            await records.until(idle)
        assert ours.seen, "the registered instance was asked"
        assert trap.connections == 0
