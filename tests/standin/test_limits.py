"""Every limit from both sides: the largest that passes, the smallest that does not, and Slack's words for it."""

import math
from typing import Any

import pytest

from bot.standin import limits
from bot.standin.check import characters, check_blocks, check_content, check_view
from bot.standin.errors import Refusal
from bot.standin.records import Content

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}


def button(**more: Any) -> Block:
    return {"type": "button", "text": plain("Go"), **more}


def actions(*elements: Block) -> Block:
    return {"type": "actions", "elements": list(elements)}


def section(text: str = "x", **more: Any) -> Block:
    return {"type": "section", "text": mrkdwn(text), **more}


def image(**more: Any) -> Block:
    return {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", **more}


def table(rows: int, columns: int) -> Block:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "x"}] * columns] * rows}


def chart(series: int) -> Block:
    return plot(*({f"{number}": {"a": 1.0}} for number in range(series)))


def plot(*series: dict[str, dict[str, Any]], categories: tuple[str, ...] = ("a",)) -> Block:
    """Each series as its name and its labels with their values."""
    told = [
        {"name": name, "data": [{"label": label, "value": value} for label, value in points.items()]}
        for each in series
        for name, points in each.items()
    ]
    drawn = {"type": "area", "series": told, "axis_config": {"categories": list(categories)}}
    return {"type": "data_visualization", "title": "t", "chart": drawn}


def pie(value: float) -> Block:
    drawn = {"type": "pie", "segments": [{"label": "a", "value": value}]}
    return {"type": "data_visualization", "title": "t", "chart": drawn}


def options(count: int) -> list[Block]:
    return [{"text": plain(f"o{n}"), "value": f"{n}"} for n in range(count)]


PAIRS: list[tuple[str, list[Block], list[Block], str]] = [
    ("blocks", [section()] * 50, [section()] * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    ("section", [section("x" * 3000)], [section("x" * 3001)], "must be less than 3001 characters"),
    ("empty text", [section("x")], [section("")], "must be more than 0 characters"),
    ("fields", [{"type": "section", "fields": [mrkdwn("x" * 1000)] * 10}],
     [{"type": "section", "fields": [mrkdwn("x")] * 11}], "no more than 10 items allowed"),
    ("field", [{"type": "section", "fields": [mrkdwn("x" * 2000)]}],
     [{"type": "section", "fields": [mrkdwn("x" * 2001)]}], "must be less than 2001 characters"),
    ("section text", [section()], [{"type": "section"}], "must have one of: text, fields"),
    ("header", [{"type": "header", "text": plain("x" * 150)}], [{"type": "header", "text": plain("x" * 151)}],
     "must be less than 151 characters [json-pointer:/blocks/0/text/text]"),
    ("header kind", [{"type": "header", "text": plain("x")}], [{"type": "header", "text": mrkdwn("x")}],
     "unsupported type: mrkdwn"),
    ("context", [{"type": "context", "elements": [mrkdwn("x")] * 10}],
     [{"type": "context", "elements": [mrkdwn("x")] * 11}], "no more than 10 items allowed"),
    ("actions", [actions(*[button()] * 25)], [actions(*[button()] * 26)], "no more than 25 items allowed"),
    ("button text", [actions(button(text=plain("x" * 75)))], [actions(button(text=plain("x" * 76)))],
     "must be less than 76 characters"),
    ("button value", [actions(button(value="x" * 2000))], [actions(button(value="x" * 2001))],
     "must be less than 2001 characters"),
    ("button url", [actions(button(url="https://e.com/" + "x" * 2986))],
     [actions(button(url="https://e.com/" + "x" * 2987))], "must be less than 3001 characters"),
    ("button style", [actions(button(style="danger"))], [actions(button(style="warning"))],
     "must be one of: primary, danger"),
    ("button label", [actions(button(accessibility_label="x" * 75))],
     [actions(button(accessibility_label="x" * 76))], "must be less than 76 characters"),
    ("overflow", [actions({"type": "overflow", "options": options(5)})],
     [actions({"type": "overflow", "options": options(6)})], "no more than 5 items allowed"),
    ("select", [actions({"type": "static_select", "options": options(100)})],
     [actions({"type": "static_select", "options": options(101)})], "no more than 100 items allowed"),
    ("alt_text", [image(alt_text="x" * 2000)], [image(alt_text="x" * 2001)],
     "must be less than 2001 characters [json-pointer:/blocks/0/alt_text]"),
    ("alt_text missing", [image()], [{"type": "image", "image_url": "https://e.com/a.png"}],
     "missing required field: alt_text"),
    ("image url", [image()], [image(image_url="ftp://e.com/a.png")], "must be a valid URL"),
    ("block_id", [section(block_id="x" * 255)], [section(block_id="x" * 256)],
     "must be less than 256 characters"),
    ("block_id unique", [section(block_id="a"), section(block_id="b")],
     [section(block_id="a"), section(block_id="a")], "`block_id` a already exists"),
    ("action_id unique", [actions(button(action_id="a")), actions(button(action_id="a"))],
     [actions(button(action_id="a"), button(action_id="a"))], "`action_id` a already exists"),
    ("table rows", [table(100, 1)], [table(101, 1)], "no more than 100 items allowed"),
    ("table columns", [table(1, 20)], [table(1, 21)], "no more than 20 items allowed"),
    ("chart series", [chart(6)], [chart(7)], "no more than 6 items allowed"),
    ("series names", [plot({"s": {"a": 1}}, {"t": {"a": 2}})], [plot({"s": {"a": 1}}, {"s": {"a": 2}})],
     "series names must be unique [json-pointer:/blocks/0/chart/series]"),
    ("a label without a category", [plot({"s": {"a": 1}})], [plot({"s": {"b": 1}})],
     "labels must match the categories [json-pointer:/blocks/0/chart/series/0/data]"),
    ("a category without a value", [plot({"s": {"b": 1, "a": 1}}, categories=("a", "b"))],
     [plot({"s": {"a": 1}}, categories=("a", "b"))], "labels must match the categories"),
    ("categories", [plot({"s": {"a": 1}})], [plot({"s": {"a": 1}}, categories=("a", "a"))],
     "categories must be unique"),
    ("no number", [plot({"s": {"a": -1e308}})], [plot({"s": {"a": math.nan}})], "must be between -1e+308 and 1e+308"),
    ("an endless number", [plot({"s": {"a": 1e308}})], [plot({"s": {"a": math.inf}})], "must be between"),
    ("an empty slice", [pie(0.1)], [pie(0)], "must be between"),
    ("charts", [chart(1)] * 2, [chart(1)] * 3, "no more than 2 charts allowed"),
    ("alert", [{"type": "alert", "text": plain("x" * 200)}], [{"type": "alert", "text": plain("x" * 201)}],
     "must be less than 201 characters"),
    ("unknown type", [{"type": "divider"}], [{"type": "sparkline"}],
     "unsupported type: sparkline [json-pointer:/blocks/0/type]"),
    ("unknown field", [section()], [section(colour="red")], "invalid additional property: colour"),
    ("input in a message", [section()], [{"type": "input", "label": plain("x"), "element": {
        "type": "plain_text_input"}}], "unsupported type: input"),
]  # fmt: skip


@pytest.mark.parametrize(("largest", "over", "words"), [p[1:] for p in PAIRS], ids=[p[0] for p in PAIRS])
def test_block_limit(largest: list[Block], over: list[Block], words: str) -> None:
    check_blocks(largest)
    with pytest.raises(Refusal) as refusal:
        check_blocks(over)
    assert refusal.value.code == "invalid_blocks"
    assert any(words in message for message in refusal.value.messages)


@pytest.mark.parametrize("block", [None, 1, "x", [], {"type": None}, {"type": {}}, {}])
def test_what_is_no_block_at_all(block: Any) -> None:
    with pytest.raises(Refusal, match="invalid_blocks"):
        check_blocks([block])


def test_total_over_all_blocks() -> None:
    check_blocks([section("x" * 2640) for _ in range(5)])
    with pytest.raises(Refusal, match="msg_blocks_too_long"):
        check_blocks([section("x" * 2640) for _ in range(5)] + [section("x")])


def test_markdown_counts_over_all_markdown_blocks() -> None:
    check_blocks([{"type": "markdown", "text": "x" * 6000}] * 2)
    with pytest.raises(Refusal, match="msg_blocks_too_long"):
        check_blocks([{"type": "markdown", "text": "x" * 6001}, {"type": "markdown", "text": "x" * 6000}])


def test_one_table_a_message() -> None:
    with pytest.raises(Refusal, match="invalid_attachments"):
        check_blocks([table(1, 1), table(1, 1)])


def test_text_limit() -> None:
    check_content(Content("x" * limits.MESSAGE_TEXT))
    with pytest.raises(Refusal, match="msg_too_long"):
        check_content(Content("x" * (limits.MESSAGE_TEXT + 1)))
    with pytest.raises(Refusal, match="no_text"):
        check_content(Content())


def test_characters_counts_what_a_reader_sees() -> None:
    assert characters([section("abc", accessory=button())]) == len("abc") + len("Go")


def modal(**more: Any) -> Block:
    return {"type": "modal", "title": plain("Capture"), "blocks": [section()], **more}


VIEWS: list[tuple[str, Block, Block, str]] = [
    ("title", modal(title=plain("x" * 24)), modal(title=plain("x" * 25)), "must be less than 25 characters"),
    ("private_metadata", modal(private_metadata="x" * 3000), modal(private_metadata="x" * 3001), "less than 3001"),
    ("callback_id", modal(callback_id="x" * 255), modal(callback_id="x" * 256), "less than 256"),
    ("blocks", modal(blocks=[section()] * 100), modal(blocks=[section()] * 101), "no more than 100 items"),
    ("no table", modal(), modal(blocks=[table(1, 1)]), "unsupported type: table"),
    ("submit", modal(submit=plain("x" * 24)), modal(submit=plain("x" * 25)), "less than 25"),
    ("input needs submit", modal(), modal(blocks=[{"type": "input", "label": plain("x"), "element": {
        "type": "plain_text_input"}}]), "`submit` must be defined"),
]  # fmt: skip


@pytest.mark.parametrize(("largest", "over", "words"), [v[1:] for v in VIEWS], ids=[v[0] for v in VIEWS])
def test_view_limit(largest: Block, over: Block, words: str) -> None:
    check_view(largest, "modal")
    with pytest.raises(Refusal) as refusal:
        check_view(over, "modal")
    assert refusal.value.code == "invalid_arguments"
    assert any(words in message for message in refusal.value.messages)
