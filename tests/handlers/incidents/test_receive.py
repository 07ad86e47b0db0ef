"""What happens to a notification before it is answered, and in which order it is worked on."""

import asyncio
import threading
from dataclasses import replace

import pytest

from handlers.alert import Alert
from handlers.errors import OutageError
from handlers.incident import Event
from handlers.incident_notes import Follows, IncidentRoot
from handlers.incidents import receive
from handlers.records import Comparison, Matcher
from tests.handlers.incidents.story import GROUP, SERVICE, Story, firing, over, told

A, B = "orders-0", "orders-1"


def strange() -> Alert:
    return firing(A, 0.0)._replace(fingerprint="strange", labels={"service": "payments"})


async def test_an_alert_is_in_the_inbox_and_nothing_else_is_done(story: Story) -> None:
    await receive.take(story.fakes.tools, told(firing(A, story.begin), strange()))
    _, part = await story.fakes.inbox.head(GROUP) or ("", None)
    assert part is not None
    assert (part.service, part.received_at, part.group) == (SERVICE.name, story.fakes.clock.time, GROUP)
    assert [alert.fingerprint for alert in part.notification.alerts] == [A]
    assert [alert.fingerprint for alert in story.fakes.inbox.strange] == ["strange"]
    assert (story.fakes.outbox.puts, story.fakes.incidents.kept, story.requests()) == ([], {}, [])


class Asked(dict[str, str]):
    """Labels that know which threads asked for them."""

    def __init__(self, labels: dict[str, str]) -> None:
        super().__init__(labels)
        self.by: set[int] = set()

    def get(self, label: str, default: str = "") -> str:  # type: ignore[override]
        self.by.add(threading.get_ident())
        return super().get(label, default)


async def test_whom_alerts_mean_is_found_out_beside_the_event_loop(story: Story) -> None:
    """However many alerts and matchers there are, clicks are answered meanwhile."""
    labels = Asked(firing(A, story.begin).labels)
    assert await receive.take(story.fakes.tools, told(firing(A, story.begin)._replace(labels=labels))) == 0
    assert labels.by
    assert threading.get_ident() not in labels.by


async def test_alerts_that_mean_no_service_are_counted_only(story: Story) -> None:
    assert await receive.take(story.fakes.tools, told(strange())) == 1
    assert story.fakes.inbox.parts == {}
    assert len(story.fakes.inbox.strange) == 1


async def test_an_inbox_that_is_away_is_told_to_the_sender(story: Story) -> None:
    story.fakes.inbox.fails = OutageError("redis")
    with pytest.raises(OutageError):
        await receive.take(story.fakes.tools, told(firing(A, story.begin)))


async def test_an_alert_that_means_two_services_opens_two_incidents(story: Story) -> None:
    other = replace(SERVICE, name="svc-all", channel="C0ALL", match=(Matcher("alertname", Comparison.LIKE, "Mem.*"),))
    story.fakes.registry.services[other.name] = other
    await receive.take(story.fakes.tools, told(firing(A, story.begin)))
    for group in list(story.fakes.inbox.parts):
        await receive.work(story.fakes.tools, group)
    assert {incident.channel for incident in story.fakes.incidents.kept.values()} == {SERVICE.channel, "C0ALL"}


async def test_what_waits_is_worked_on_in_its_order(story: Story) -> None:
    for said in (told(firing(A, story.begin)), told(firing(A, story.begin), firing(B, story.begin))):
        await receive.take(story.fakes.tools, said)
    await receive.take(
        story.fakes.tools, told(over(A, story.begin, story.begin + 1), over(B, story.begin, story.begin + 1))
    )
    await receive.work(story.fakes.tools, GROUP)
    incident = await story.incident()
    assert [entry.event for entry in incident.timeline] == [Event.OPENED, Event.JOINED, Event.RESOLVED]
    assert await story.fakes.inbox.head(GROUP) is None


async def test_rule_9_a_job_that_is_run_twice_at_once_opens_one_incident(story: Story) -> None:
    await receive.take(story.fakes.tools, told(firing(A, story.begin)))
    await asyncio.gather(*(receive.work(story.fakes.tools, GROUP) for _ in range(3)))
    assert len(story.fakes.incidents.kept) == 1
    assert [type(note) for note in story.fakes.outbox.notes()] == [IncidentRoot]


async def test_who_is_beaten_decides_anew_and_who_always_is_tries_later(story: Story) -> None:
    await receive.take(story.fakes.tools, told(firing(A, story.begin)))
    story.fakes.incidents.beaten = 999
    with pytest.raises(OutageError) as caught:
        await receive.work(story.fakes.tools, GROUP)
    assert caught.value.retryable
    assert await story.fakes.inbox.head(GROUP) is not None
    story.fakes.incidents.beaten = 3
    await receive.work(story.fakes.tools, GROUP)
    assert len(story.fakes.incidents.kept) == 1


async def test_the_alerts_of_a_service_that_was_taken_out_are_counted_as_strange(story: Story) -> None:
    await receive.take(story.fakes.tools, told(firing(A, story.begin)))
    story.fakes.registry.services.clear()
    await receive.work(story.fakes.tools, GROUP)
    assert [alert.fingerprint for alert in story.fakes.inbox.strange] == [A]
    assert await story.fakes.inbox.head(GROUP) is None


async def test_an_incident_before_that_is_forgotten_is_not_followed(story: Story) -> None:
    opened = await story.hear(firing(A, story.begin))
    await story.hear(over(A, story.begin, story.begin + 15))
    incident = await story.hear(firing(A, story.begin + 40_000), after=40_000)
    assert incident.previous == opened.id
    assert len(story.said(Follows)) == 1


async def test_incidents_have_ids_of_their_own_that_every_repetition_computes_alike() -> None:
    """Two tries of the same work, of which the first left nothing behind."""
    first, second = Story(), Story()
    assert (await first.hear(firing(A, first.begin))).id == (await second.hear(firing(A, second.begin))).id
    later = await Story().hear(firing(A, first.begin), after=11)
    assert later.id != (await first.incident()).id


@pytest.fixture
def story() -> Story:
    return Story()
