"""Slack's limits hold for everything mapstorm can say, and what had to be cut says so."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import Message, message
from handlers.notes import CaptureFinished, History, Note, ServiceList
from handlers.records import Instance, Outcome, Remembered, Service
from tests.bot.notes import many_findings, notes, service


def texts(posted: Message) -> list[str]:
    found = []
    for block in posted.blocks:
        parts: Any = block["elements"] if block["type"] == "context" else [block["text"]]
        found += [part["text"] for part in parts]
    return found


def fits(posted: Message) -> None:
    """https://docs.slack.dev/reference/block-kit/blocks and chat.postMessage; bolt-js#2509 for the total."""
    assert 0 < len(posted.text) <= 4_000
    assert 0 < len(posted.blocks) <= 50
    assert all(0 < len(text) <= 3_000 for text in texts(posted))
    assert sum(map(len, texts(posted))) <= 12_500
    for text in [posted.text, *texts(posted)]:
        assert text.strip()
        assert text.count("`") % 2 == 0, "a code span was cut through"
        assert text.rpartition("<")[2].count(">") or "<" not in text, "a mention was cut through"
        assert not text.rpartition("&")[1] or ";" in text.rpartition("&")[2][:5], "an entity was cut through"


def huge() -> list[Note]:
    long = "&" * 5_000
    services = tuple(
        Service(f"{at}{long}", tuple(Instance(f"{each}{long}", "") for each in range(9)), long, long)
        for at in range(90)
    )
    instances = tuple(f"orders-{at}{long}" for at in range(300))
    outcomes = tuple(Outcome(name, "growth_storm", long, None) for name in instances)
    lines = tuple(Remembered(1.7e9, long, "growth_storm", long, 1e8) for _ in range(500))
    return [
        many_findings(),
        ServiceList(services),
        CaptureFinished(service(), instances, "U024BE7LH", outcomes, "r1"),
        History(service(), lines),
        *notes(long),
        *notes("`" * 5_000),
        *notes("<" * 5_000),
    ]


@pytest.mark.parametrize("note", [*notes(), *huge()], ids=lambda note: type(note).__name__)
def test_slacks_limits_hold(note: Note) -> None:
    fits(message(note))


@given(st.text(max_size=4_000))
def test_slacks_limits_hold_for_any_name(name: str) -> None:
    for note in notes(name)[:8]:
        fits(message(note))


def test_what_was_cut_says_so() -> None:
    assert (
        "47 more findings" in "\n".join(texts(message(many_findings())))
        or "more did not fit" in texts(message(many_findings()))[-1]
    )
    lines = tuple(Remembered(1.7e9, "orders-0", "growth_storm", "a/b/catalog.go:64", 1e8) for _ in range(500))
    assert "more did not fit" in texts(message(History(service(), lines)))[-1]
    assert message(History(service(), lines)).text.endswith("…")


def test_nothing_is_cut_from_a_message_that_fits() -> None:
    for note in notes():
        assert "did not fit" not in "".join(texts(message(note)))


def test_fine_print_is_a_context_block() -> None:
    posted = message(notes()[6])
    kinds = [block["type"] for block in posted.blocks]
    assert kinds[0] == "section"
    assert kinds[-1] == "context"
    assert not any(text.startswith("^") for text in texts(posted))
    assert "\n^" not in posted.text


def test_the_fallback_says_what_the_blocks_say() -> None:
    for note in notes():
        posted = message(note)
        for text in texts(posted):
            assert text in posted.text
