"""Dialogs: what people type after /mapstorm, and what mapstorm takes it for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.command import (
    COMMANDS,
    SNOOZE_S,
    ActCommand,
    CaptureCommand,
    Command,
    ExplainCommand,
    ForgetCommand,
    HandoffCommand,
    HandoffExportCommand,
    HandoffNoteCommand,
    HelpCommand,
    HistoryCommand,
    IncidentsCommand,
    OnCallCommand,
    ServicesCommand,
    nearest,
    parse,
)
from handlers.errors import BadSpan, ButtonOnly, RequestError, UnknownCommand, WrongUsage
from handlers.incident import Act

ORDERS = CaptureCommand("svc-orders", None)


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("", HelpCommand()),
        ("   ", HelpCommand()),
        ("\n", HelpCommand()),
        ("help", HelpCommand()),
        ("HELP", HelpCommand()),
        ("--help", HelpCommand()),
        ("-h", HelpCommand()),
        ("help capture", HelpCommand()),
        ("capture help", HelpCommand()),
        ("capture --help", HelpCommand()),
        ("history -h", HelpCommand()),
        ("services help", HelpCommand()),
        ("capture svc-orders --all", CaptureCommand("svc-orders", "all")),
        ("capture svc-orders —All", CaptureCommand("svc-orders", "all")),
        ("services", ServicesCommand()),
        ("explain", ExplainCommand(None)),
        ("Explain evacuate", ExplainCommand("evacuate")),
        ("explain load factor", ExplainCommand("load factor")),
        ("explain “ok == false”", ExplainCommand("ok == false")),
        ("explain `clear(m)`", ExplainCommand("clear(m)")),
        ("explain B", ExplainCommand("B")),
        ("explain help", HelpCommand()),
        ("Services ", ServicesCommand()),
        ("capture svc-orders", ORDERS),
        ("CAPTURE svc-orders", ORDERS),
        ("  capture   svc-orders  ", ORDERS),
        ("--capture svc-orders", ORDERS),
        ("Capture ", ActCommand(Act.CAPTURE, None)),
        ("capture svc-orders all", CaptureCommand("svc-orders", "all")),
        ("capture svc-orders orders-1", CaptureCommand("svc-orders", "orders-1")),
        ("history svc-orders", HistoryCommand("svc-orders")),
        ("forget a1b2c3d4e5f6.orders-0", ForgetCommand("a1b2c3d4e5f6.orders-0")),
        ("Forget `a1b2c3d4e5f6.Pod-0:6060`", ForgetCommand("a1b2c3d4e5f6.Pod-0:6060")),
        ("forget a1b2c3d4e5f6.orders–0", ForgetCommand("a1b2c3d4e5f6.orders-0")),
        ("forget help", HelpCommand()),
        ("incidents", IncidentsCommand(None)),
        ("incidents svc-orders", IncidentsCommand("svc-orders")),
        ("incidents help", HelpCommand()),
        ("oncall", OnCallCommand(None)),
        ("oncall payments", OnCallCommand("payments")),
        ("On‑Call Payments", OnCallCommand("Payments")),
        ("handoff", HandoffCommand(None)),
        ("handoff payments", HandoffCommand("payments")),
        ("handoff help", HelpCommand()),
        ("Handoff Note Look at “orders”,\nthen at `ledger`", HandoffNoteCommand("Look at “orders”,\nthen at `ledger`")),
        ("handoff\u00a0note\u00a0it's quiet", HandoffNoteCommand("it's quiet")),
        ("handoff note export", HandoffNoteCommand("export")),
        ("handoff export", HandoffExportCommand(None)),
        ("handoff export payments", HandoffExportCommand("payments")),
        ("ack", ActCommand(Act.ACKNOWLEDGE, None)),
        ("acknowledge", ActCommand(Act.ACKNOWLEDGE, None)),
        ("ack ABCD2345", ActCommand(Act.ACKNOWLEDGE, "abcd2345")),
        ("ack `abcd2345`", ActCommand(Act.ACKNOWLEDGE, "abcd2345")),
        ("resolve", ActCommand(Act.RESOLVE, None)),
        ("resolve abcd2345", ActCommand(Act.RESOLVE, "abcd2345")),
        ("snooze", ActCommand(Act.SNOOZE, None, SNOOZE_S)),
        ("snooze 30m", ActCommand(Act.SNOOZE, None, 1800.0)),
        ("snooze 30min", ActCommand(Act.SNOOZE, None, 1800.0)),
        ("snooze abcd2345 2h", ActCommand(Act.SNOOZE, "abcd2345", 7200.0)),
        ("snooze 2H abcd2345", ActCommand(Act.SNOOZE, "abcd2345", 7200.0)),
        ("snooze 1d", ActCommand(Act.SNOOZE, None, 86_400.0)),
        ("snooze 2345672h", ActCommand(Act.SNOOZE, "2345672h", SNOOZE_S)),
        # What Slack's clients, phones and wikis make of it.
        ("capture “svc-orders”", ORDERS),
        ("capture ‘svc-orders’", ORDERS),
        ("capture «svc-orders»", ORDERS),
        ("capture `svc-orders`", ORDERS),
        ("capture 'svc-orders'", ORDERS),
        ("capture svc–orders", ORDERS),
        ("capture svc—orders", ORDERS),
        ("capture svc‑orders", ORDERS),
        ("—help", HelpCommand()),
        ("capture —help", HelpCommand()),
        ("capture –HELP", HelpCommand()),
        ("capture --h", HelpCommand()),
        ("capture h", CaptureCommand("h", None)),
        ("capture\u00a0svc-orders", ORDERS),
        ("capture\u202fsvc-orders", ORDERS),
        ("capture\tsvc-orders", ORDERS),
        ("cap\u200bture svc-\ufefforders", ORDERS),
        ("\u2060capture svc-orders\u200d", ORDERS),
    ],
)
def test_what_is_said_is_understood(said: str, understood: Command) -> None:
    assert parse(said) == understood


@pytest.mark.parametrize(
    "said",
    [
        *("history", "capture a b c", "history a b", "services all", "Capture a b c", "incidents a b"),
        *("forget", "forget a b"),
        *("ack a b", "ack 2h 2h", "ack 2h", "resolve a b", "snooze a b", "snooze 1h 2h"),
        *("handoff note", "handoff NOTE ", "handoff a b", "handoff export a b"),
    ],
)
def test_too_few_words_or_too_many_are_wrong_usage(said: str) -> None:
    with pytest.raises(WrongUsage) as caught:
        parse(said)
    assert caught.value.detail == said.split()[0].lower()


@pytest.mark.parametrize("span", ["10x", "1.5h", "30", "1w", "-5m", "10000m", "2h30m", "123456789", "30m,"])
@pytest.mark.parametrize("words", ["snooze {}", "snooze {} abcd2345", "snooze abcd2345 {}"])
def test_what_is_meant_as_a_span_and_is_none_is_named(words: str, span: str) -> None:
    with pytest.raises(BadSpan) as caught:
        parse(words.format(span))
    assert caught.value.detail == span


@pytest.mark.parametrize("said", ["silence", "Silence 2h", "unsilence", "compare previous", "—compare"])
def test_what_only_a_button_does_is_said_to_be_one(said: str) -> None:
    with pytest.raises(ButtonOnly) as caught:
        parse(said)
    assert caught.value.detail == said.split()[0].lower().lstrip("—")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("captrue svc-orders", "capture"),
        ("Capure svc-orders", "capture"),
        ("service", "services"),
        ("histroy svc-orders", "history"),
        ("hlep", "help"),
        ("“captur” x", "capture"),
    ],
)
def test_a_typo_gets_the_nearest_command(said: str, meant: str) -> None:
    with pytest.raises(UnknownCommand) as caught:
        parse(said)
    assert caught.value.nearest[0] == meant


@pytest.mark.parametrize("said", ["xyzzy", "?", "-", "svc-orders", "<@U123>", "http://example.com"])
def test_a_word_like_no_command_gets_none(said: str) -> None:
    with pytest.raises(UnknownCommand) as caught:
        parse(said)
    assert set(caught.value.nearest) <= set(COMMANDS)


@given(st.text(max_size=60))
def test_anything_said_is_a_command_or_a_slip(said: str) -> None:
    reason = None
    try:
        parse(said)
    except RequestError as slip:
        reason = slip.reason
    assert reason in (None, "unknown_command", "wrong_usage", "bad_span", "button_only")


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str) -> None:
    assert parse(f"{command} help") == HelpCommand()


def test_at_most_three_names_are_offered() -> None:
    assert len(nearest("svc-order", [f"svc-order{number}" for number in range(9)])) == 3
    assert nearest("SVC-ORDERS", ["svc-orders"]) == ("svc-orders",)
