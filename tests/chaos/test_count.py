"""The count of a chaos run finds what is lost, doubled or wrong: each by itself, in a run that is otherwise fine."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from bot.render import message
from bot.standin.records import Channel, Content, Message
from bot.standin.seed import Seed
from bot.standin.workspace import Workspace
from handlers.incident import Entry, Event, Incident, State
from handlers.incident_notes import IncidentRoot
from handlers.incidents.captures import COOLING
from handlers.incidents.offered import acts_of
from handlers.records import Outcome
from tests.alerting.stories import Ending
from tests.bot.notes import incident, service
from tests.chaos.count import Account, account
from tests.chaos.kept import Kept
from tests.chaos.said import said
from tests.fakes import FakeRegistry

NOW = 1_700_001_000.0
CHANNEL = "C0123ABCD"
BURNED = incident(State.RESOLVED)
CAPTURED = {
    f"{BURNED.id}-1.orders-0": Outcome("orders-0", "growth_storm", "", None),
    f"{BURNED.id}-1.orders-1": Outcome("orders-1", None, "", COOLING),
}


@dataclass
class End:
    """A fine one, until a test changes it."""

    ws: Workspace
    known: Kept
    ending: Ending

    def said(self, identity: str, thread_ts: str | None = None, text: str = "") -> Message:
        metadata = {"event_type": "mapstorm", "event_payload": {"id": identity}}
        return self.ws.post(CHANNEL, self.ws.app.user_id, Content(text, metadata=metadata), thread_ts)

    def messages(self) -> list[Message]:
        return self.ws.messages[CHANNEL]

    def account(self) -> Account:
        endings = {BURNED.group.group_key: self.ending}
        return account(endings, self.known, said(self.ws), FakeRegistry(service()), NOW)


def fine() -> End:
    ws = Workspace(Seed(channels=(Channel(CHANNEL, "orders"),)))
    end = End(ws, Kept((BURNED,), CAPTURED, (), ()), Ending(open=False, episodes=1))
    note = IncidentRoot(service(), BURNED, acts_of(BURNED, silences=False, now=NOW))
    root = end.said(f"root:{BURNED.id}", text=message(note).text)
    diagnosis = f"{BURNED.id}-1.orders-0"
    for identity in (f"{BURNED.id}.7.resolved", diagnosis, f"{BURNED.id}-1.orders-1.refused", f"{diagnosis}.picture"):
        end.said(identity, root.ts)
    return end


def changed(end: End, **changes: object) -> None:
    burned: Incident = replace(BURNED, **changes)  # type: ignore[arg-type]
    end.known = end.known._replace(incidents=(burned,))


def test_a_fine_end_is_fine() -> None:
    found = fine().account()
    assert (found.lost, found.doubled, found.wrong) == ([], [], [])
    assert found.figures["roots"] == found.figures["threads"] == found.figures["resolves told"] == 1
    assert found.figures["captures"] == found.figures["captures refused, cooling down"] == 1


REOPENED = (*BURNED.timeline, Entry(NOW, Event.REOPENED))
FAULTS: dict[str, tuple[str, Callable[[End], object]]] = {
    "a root that is not there": ("lost", lambda end: end.ws.delete(end.messages()[0])),
    "a change nobody was told of": ("lost", lambda end: end.ws.delete(end.messages()[1])),
    "a diagnosis nobody was told of": ("lost", lambda end: end.ws.delete(end.messages()[2])),
    "a diagnosis without its picture": ("lost", lambda end: end.ws.delete(end.messages()[4])),
    "a refusal nobody was told of": ("lost", lambda end: end.ws.delete(end.messages()[3])),
    "an incident that is not there": ("lost", lambda end: setattr(end, "known", Kept((), {}, (), ()))),
    "a capture without an end": ("lost", lambda end: setattr(end, "known", end.known._replace(unended=("c",)))),
    "a request without a capture": ("lost", lambda end: setattr(end, "known", end.known._replace(empty=("r",)))),
    "two roots": ("doubled", lambda end: end.said(f"root:{BURNED.id}")),
    "two replies": ("doubled", lambda end: end.said(f"{BURNED.id}-1.orders-0", end.messages()[0].ts)),
    "one resolve told twice": ("doubled", lambda end: end.said(f"{BURNED.id}.8.resolved", end.messages()[0].ts)),
    "a reply elsewhere": ("wrong", lambda end: setattr(end.messages()[2], "thread_ts", "1.0")),
    "a reply nowhere": ("wrong", lambda end: setattr(end.messages()[2], "thread_ts", None)),
    "closed while it burns": ("wrong", lambda end: setattr(end, "ending", Ending(open=True, episodes=1))),
    "an episode more": ("wrong", lambda end: setattr(end, "ending", Ending(open=False, episodes=2))),
    "an episode too many": ("wrong", lambda end: changed(end, timeline=REOPENED)),
    "a root that was not edited": ("wrong", lambda end: setattr(end.messages()[0].content, "text", "Firing")),
    "a message without an id": ("wrong", lambda end: setattr(end.messages()[2].content, "metadata", None)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found(fault: str) -> None:
    where, make = FAULTS[fault]
    end = fine()
    make(end)
    assert getattr(end.account(), where) != []
