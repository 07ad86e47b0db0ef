"""Slack's limits hold for everything mapstorm can say, and what had to be cut says so."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.render import Message, mentioning, message
from bot.standin.check import check_blocks, check_edit
from bot.standin.records import Content
from handlers.handoff import HandoffState
from handlers.handoff_notes import HandoffRoot
from handlers.incident import Act
from handlers.incident_notes import IncidentRoot
from handlers.notes import CaptureFinished, History, Note, ServiceList
from handlers.records import Instance, Outcome, Remembered, Service
from tests.bot.handoff_notes import handoff, rotation
from tests.bot.notes import incident, many_findings, notes, service


def texts(posted: Message) -> list[str]:
    found = []
    for block in posted.blocks:
        if block["type"] in ("actions", "data_visualization"):
            continue
        parts: Any = block["elements"] if block["type"] == "context" else [block["text"]]
        found += [part["text"] for part in parts]
    return found


def buttons(posted: Message) -> list[dict[str, Any]]:
    (actions,) = (block for block in posted.blocks if block["type"] == "actions")
    elements: Any = actions["elements"]
    return list(elements)


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
        *notes("𝕄" * 5_000),
    ]


@pytest.mark.parametrize("note", [*notes(), *huge()], ids=lambda note: type(note).__name__)
def test_rule_8_block_budget_of_12_000_characters_and_50_blocks(note: Note) -> None:
    posted = message(note)
    fits(posted)
    check_blocks(posted.blocks)
    check_edit(Content(posted.text, posted.blocks))


@given(st.text(max_size=4_000))
def test_slacks_limits_hold_for_any_name(name: str) -> None:
    for note in notes(name)[:8]:
        fits(message(note))


def test_rule_8_what_was_cut_says_so() -> None:
    assert (
        "47 more findings" in "\n".join(texts(message(many_findings())))
        or "more lines did not fit" in texts(message(many_findings()))[-1]
    )
    lines = tuple(Remembered(1.7e9, "orders-0", "growth_storm", "a/b/catalog.go:64", 1e8) for _ in range(500))
    cut = message(History(service(), lines))
    shown = "\n".join(texts(cut)[:-1]).count("•")
    assert texts(cut)[-1].startswith(f"… {500 - shown} more lines did not fit")
    assert cut.text.endswith("…")
    assert cut.whole.count("•") == 500


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
    whole = [posted for note in notes() if not (posted := message(note)).text.endswith("…")]
    assert len(whole) > 40
    for posted in whole:
        for text in texts(posted):
            assert text in posted.text


def root(*acts: Act, name: str = "svc-orders") -> Message:
    return message(IncidentRoot(service(name), incident(), acts))


def test_buttons_name_the_incident_and_its_version_and_nothing_else() -> None:
    posted = root(*Act)
    assert [each["action_id"] for each in buttons(posted)] == [f"incident.{act}" for act in Act]
    assert {each["value"] for each in buttons(posted)} == {"k3m9x2ab.7"}
    assert posted.blocks[-1]["block_id"] == "incident.k3m9x2ab.7"
    assert all(each["text"]["text"] and each["accessibility_label"] for each in buttons(posted))
    assert [each["action_id"] for each in buttons(posted) if "style" in each] == ["incident.acknowledge"]


def test_without_acts_there_are_no_buttons() -> None:
    assert all(block["type"] != "actions" for block in root().blocks)


def test_a_long_service_name_does_not_burst_a_button() -> None:
    posted = root(*Act, name="<!channel>" * 40)
    check_blocks(posted.blocks)
    assert "<!" not in str(buttons(posted))


def test_mentions_stand_below_the_state_and_only_ids_are_mentioned() -> None:
    plain = root(Act.ACKNOWLEDGE)
    posted = mentioning(plain, ["U024BE7LH", "S0ONCALL1", "W024BE7LH", "everyone", "<!channel>", "C0123ABCD", ""])
    assert posted.blocks[0] == plain.blocks[0]
    mention: Any = posted.blocks[1]["text"]
    assert mention["text"] == "<@U024BE7LH> <!subteam^S0ONCALL1> <@W024BE7LH>"
    assert posted.blocks[2:] == plain.blocks[1:]
    assert mentioning(plain, ["nobody"]) == plain


def test_addresses_in_a_text_become_no_links_by_themselves() -> None:
    for block in root().blocks:
        parts: Any = block["elements"] if block["type"] == "context" else [block["text"]]
        assert all(part["verbatim"] for part in parts)


@pytest.mark.parametrize(
    ("state", "labels"),
    [
        (HandoffState.DRAFTED, ["Add what only you know…", "I have it", "Not me…"]),
        (HandoffState.TAKEN, ["Add what only you know…"]),
    ],
)
def test_a_handoff_has_the_buttons_that_still_mean_something(state: HandoffState, labels: list[str]) -> None:
    posted = message(HandoffRoot(handoff(state), rotation()))
    check_blocks(posted.blocks)
    drawn = buttons(posted)
    assert [each["text"]["text"] for each in drawn] == labels
    assert {each["value"] for each in drawn} == {"h4n9x2ab"}
    assert [each["action_id"] for each in drawn if "style" in each] == ["handoff.take"] * (len(labels) == 3)


def test_a_handoff_that_was_withdrawn_has_no_buttons() -> None:
    posted = message(HandoffRoot(handoff(HandoffState.WITHDRAWN), rotation()))
    assert not [block for block in posted.blocks if block["type"] == "actions"]


def test_who_is_mentioned_by_the_message_itself_is_not_mentioned_again() -> None:
    said = message(HandoffRoot(handoff(), rotation()))
    assert mentioning(said, ("U0ANA", "U0BO")) == said
    more = mentioning(said, ("U0ANA", "S0ONCALL"))
    assert more.text.endswith("\n<!subteam^S0ONCALL>")
