"""Who hears of what Slack will never take: the asker, or once a day the fallback channel. An incident is told so."""

import pytest

from handlers.notes import Slip, Undelivered
from handlers.undelivered import DAY_S, undelivered
from tests.bot.notes import incident
from tests.fakes import Fakes

NOON = 1_795_348_800.0 + DAY_S / 2


async def lost(
    fakes: Fakes, entry: str, code: str = "is_archived", now: float = NOON, *, asker: str = "", unseen: bool = False
) -> None:
    fakes.registry.channel = "C0FALLBACK"
    await undelivered(
        fakes.outbox,
        fakes.registry,
        fakes.incidents,
        now,
        entry=entry,
        channel="C0ORDERS",
        code=code,
        asker=asker,
        unseen=unseen,
    )


async def test_whoever_asked_is_told_and_nobody_else(fakes: Fakes) -> None:
    await lost(fakes, "root:r1", asker="U0ANA", unseen=True)
    (root,) = fakes.outbox.roots.values()
    assert (root.channel, root.note) == ("U0ANA", Slip("chat_refused", "is_archived"))


async def test_the_fallback_channel_hears_of_a_channel_once_a_day_whatever_the_codes(fakes: Fakes) -> None:
    for code in ("is_archived", "not_in_channel", "no_thread"):
        await lost(fakes, f"e-{code}", code)
    assert fakes.outbox.notes() == [Undelivered("C0ORDERS", "is_archived")]
    await lost(fakes, "e2", now=NOON + DAY_S)
    assert len(fakes.outbox.roots) == 2


@pytest.mark.parametrize("before", [(), ("e1",)])
async def test_an_incident_that_nobody_sees_is_told_as_one(fakes: Fakes, before: tuple[str, ...]) -> None:
    known = incident()
    fakes.incidents.kept[known.id] = known
    for entry in before:
        await lost(fakes, entry)
    await lost(fakes, f"root:{known.id}", unseen=True)
    await lost(fakes, "e2", "no_thread")
    (root,) = fakes.outbox.roots.values()
    assert root.channel == "C0FALLBACK"
    assert root.note == Undelivered("C0ORDERS", "is_archived", known.group.service, known.alerts[0].title)


async def test_an_edit_that_is_lost_leaves_the_incident_to_be_seen(fakes: Fakes) -> None:
    known = incident()
    fakes.incidents.kept[known.id] = known
    await lost(fakes, f"root:{known.id}", "cant_update_message")
    assert fakes.outbox.notes() == [Undelivered("C0ORDERS", "cant_update_message")]


async def test_what_the_fallback_channel_does_not_take_goes_nowhere_else(fakes: Fakes) -> None:
    await lost(fakes, "root:undelivered.C0X.1", unseen=True)
    assert fakes.outbox.notes() == []
