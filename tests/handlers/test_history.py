"""`/mapstorm history`: a list to the asker, a picture into the channel, once for each command."""

from dataclasses import replace

from analyzers.compare import Basis
from handlers.answer import answer
from handlers.history import DRAWN, SHOWN
from handlers.notes import History, Note, Slip, TrendAsked, TrendPicture
from handlers.ports import Standing
from handlers.posts import Reply, Root
from handlers.records import Allow, Person, Remembered
from tests.fakes import ORDERS, Fakes

ANA = Person("U024BE7LH", "T0001", "C0ELSEWHERE")


def lines(count: int) -> tuple[Remembered, ...]:
    """Newest first, as the port gives them."""
    return tuple(
        Remembered(float(at), f"orders-{at % 2}", "growth_storm", "a.go:1", 1e6, 1e5, Basis.SAME_PROCESS, f"r{at}")
        for at in range(count, 0, -1)
    )


async def ask(fakes: Fakes, request_id: str = "r1", text: str = "history svc-orders") -> Note:
    return await answer(fakes.tools, text, who=ANA, request_id=request_id)


async def test_the_trend_is_a_conversation_in_the_services_channel(fakes: Fakes) -> None:
    fakes.snapshots.lines = lines(3)
    said = await ask(fakes)
    oldest_first = lines(3)[::-1]
    assert said == History(ORDERS, lines(3), is_drawn=True)
    assert fakes.outbox.puts == [
        Root("r1", ORDERS.channel, TrendAsked(ORDERS, oldest_first, ANA.user), version=1, asker=ANA.user),
        Reply("r1", "r1.picture", TrendPicture(ORDERS, oldest_first)),
    ]


async def test_the_list_is_cut_where_nobody_reads_and_the_picture_where_nothing_is_seen(fakes: Fakes) -> None:
    fakes.snapshots.lines = lines(300)
    said = await ask(fakes)
    assert isinstance(said, History)
    assert said.entries == lines(300)[:SHOWN]
    drawn = fakes.outbox.replies["r1.picture"].note
    assert isinstance(drawn, TrendPicture)
    assert drawn.trend == lines(300)[:DRAWN][::-1]


async def test_the_same_command_delivered_twice_is_drawn_once_and_another_one_again(fakes: Fakes) -> None:
    fakes.snapshots.lines = lines(3)
    await ask(fakes)
    fakes.snapshots.lines = lines(4)
    await ask(fakes)
    assert len(fakes.outbox.puts) == 2
    await ask(fakes, "r2")
    assert len(fakes.outbox.puts) == 4


async def test_without_a_capture_nothing_is_posted(fakes: Fakes) -> None:
    assert await ask(fakes) == History(ORDERS, ())
    assert fakes.outbox.puts == []


async def test_what_could_not_be_put_is_not_said_to_be_there(fakes: Fakes) -> None:
    fakes.snapshots.lines = lines(3)
    fakes.outbox.blips = 1
    assert await ask(fakes) == Slip("outage", "redis")
    assert isinstance(await ask(fakes), History)  # typed again


async def test_who_may_not_capture_a_service_reads_the_list_and_posts_nothing(fakes: Fakes) -> None:
    fakes.snapshots.lines = lines(3)
    fakes.registry.services["svc-orders"] = closed = replace(ORDERS, allow=Allow(("U0BEN",), ()))
    assert await ask(fakes) == History(closed, lines(3))
    assert fakes.outbox.puts == []
    fakes.registry.services["svc-orders"] = replace(ORDERS, allow=Allow((ANA.user,), ()))
    await ask(fakes)
    assert len(fakes.outbox.puts) == 2


async def test_guests_draw_nothing(fakes: Fakes) -> None:
    fakes.snapshots.lines = lines(3)
    fakes.people.standings = {ANA.user: Standing.GUEST}
    assert await ask(fakes) == Slip("guest", "")
    assert fakes.outbox.puts == []
