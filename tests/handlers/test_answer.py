"""What the asker alone gets to read: dialogs, asserted on notes and not on words."""

import pytest

from analyzers.errors import MapstormError
from handlers import claims
from handlers.answer import answer, chosen
from handlers.claims import CLAIMS
from handlers.errors import OutageError, UnknownInstance
from handlers.notes import Accepted, ClaimList, Explanation, Help, History, Note, ServiceList, Slip
from handlers.records import Person, Remembered, Thread
from tests.fakes import ORDERS, Fakes


ANA = Person("U024BE7LH", "T0001", ORDERS.channel)


async def ask(fakes: Fakes, text: str, who: Person = ANA, thread: Thread | None = None) -> Note:
    return await answer(fakes.tools, text, who=who, request_id="r1", thread=thread)


@pytest.mark.parametrize(
    ("they_say", "we_note"),
    [
        ("", Help()),
        ("help", Help()),
        ("services", ServiceList((ORDERS,))),
        ("capture svc-orders", Accepted(ORDERS, ("orders-0",))),
        ("capture svc-orders orders-1", Accepted(ORDERS, ("orders-1",))),
        ("capture svc-orders all", Accepted(ORDERS, ("orders-0", "orders-1"))),
        ("capture svc-orders ALL", Accepted(ORDERS, ("orders-0", "orders-1"))),
        ("capture svc-ordres", Slip("unknown_service", "svc-ordres", ("svc-orders",))),
        ("capture payments", Slip("unknown_service", "payments")),
        ("capture svc-orders orders-2", Slip("unknown_instance", "orders-2", ("orders-1", "orders-0"))),
        ("capture svc-orders xyz", Slip("unknown_instance", "xyz", ("orders-0", "orders-1"))),
        ("capture", Slip("wrong_usage", "capture")),
        ("history svc-orders", History(ORDERS, ())),
        ("history nobody", Slip("unknown_service", "nobody")),
        ("captrue svc-orders", Slip("unknown_command", "captrue", ("capture",))),
        ("explain", ClaimList(CLAIMS)),
        ("explain evacuate", Explanation(claims.find("evacuate"))),
        ("explain “ok == false”", Explanation(claims.find("ok"))),
        ("explain SYNC MAP", Explanation(claims.find("sync.Map"))),
        ("explain evacuat", Slip("unknown_claim", "evacuat", ("evacuate",))),
        ("explain the weather", Slip("unknown_claim", "the weather")),
    ],
)
async def test_a_dialog(fakes: Fakes, they_say: str, we_note: Note) -> None:
    said = await ask(fakes, they_say)
    if isinstance(said, Slip) and isinstance(we_note, Slip):
        assert set(said.nearest) == set(we_note.nearest)
        said, we_note = said._replace(nearest=()), we_note._replace(nearest=())
    assert said == we_note
    assert (fakes.queue.requests != {}) is isinstance(we_note, Accepted)


async def test_a_capture_is_on_the_queue_before_it_is_confirmed(fakes: Fakes) -> None:
    await ask(fakes, "capture svc-orders all")
    (request,) = fakes.queue.requests.values()
    assert (request.service, request.instances) == ("svc-orders", ("orders-0", "orders-1"))
    assert (request.asked_by, request.requested_at) == ("U024BE7LH", fakes.clock.time)


async def test_the_same_command_delivered_twice_is_one_request(fakes: Fakes) -> None:
    await ask(fakes, "capture svc-orders")
    fakes.clock.time += 3
    await ask(fakes, "capture svc-orders")
    assert len(fakes.queue.requests) == 1


@pytest.mark.parametrize("error", [OutageError("redis"), MapstormError("odd")])
async def test_an_outage_is_told_and_not_confirmed(fakes: Fakes, error: MapstormError) -> None:
    fakes.queue.fails = error
    assert await ask(fakes, "capture svc-orders") == Slip(error.reason, error.detail)


async def test_history_lists_what_was_remembered(fakes: Fakes) -> None:
    fakes.snapshots.lines = (Remembered(1.0, "orders-0", "growth_storm", "catalog.go:64", 1e6),)
    assert await ask(fakes, "history svc-orders") == History(ORDERS, fakes.snapshots.lines)


def test_an_instance_is_chosen_by_its_name_however_it_is_typed() -> None:
    assert chosen(ORDERS, None) == ("orders-0",)
    assert chosen(ORDERS, "ORDERS-1") == ("orders-1",)
    with pytest.raises(UnknownInstance):
        chosen(ORDERS, "orders")
