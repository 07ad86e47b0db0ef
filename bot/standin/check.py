"""Holds a message's or a view's blocks against the table of limits and says Slack's error code.

Knows what counts over a whole message (totals, uniqueness, one table); single fields are in `limits.py`.
"""

import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from bot.standin import limits
from bot.standin.errors import Refusal
from bot.standin.records import Content, Json
from bot.standin.shapes import Many, Problems, complain

# Entities and <...> are taken as they are; any other &, < or > is escaped by Slack before it counts.
MARKUP = re.compile(r"&(?:amp|lt|gt);|<[^<>\n]+>")


def check_content(content: Content) -> None:
    """What chat.postMessage, chat.update, chat.postEphemeral and a response_url all refuse."""
    if not content.text and not content.blocks and not content.attachments:
        raise Refusal("no_text")
    if len(content.text) > limits.MESSAGE_TEXT:
        raise Refusal("msg_too_long")
    if len(content.attachments) > limits.ATTACHMENTS:
        raise Refusal("too_many_attachments")
    check_blocks(content.blocks)
    for attachment in content.attachments:
        check_blocks(attachment.get("blocks") or [])
    if content.metadata is not None:
        _check_metadata(content.metadata)


def check_edit(content: Content) -> None:
    """What chat.update refuses besides: a text that chat.postMessage would have taken."""
    bare = MARKUP.sub(lambda found: "x" * len(found[0].encode()), content.text)
    if len(html.escape(bare, quote=False).encode()) > limits.UPDATE_TEXT_BYTES:
        raise Refusal("msg_too_long")


def check_blocks(blocks: list[Json]) -> None:
    problems: Problems = []
    Many(limits.IN_MESSAGES, limits.MESSAGE_BLOCKS, 0).check(blocks, "/blocks", problems)
    _check_ids(blocks, problems)
    kinds = Counter(str(block.get("type")) for block in blocks if isinstance(block, dict))
    if kinds["table"] > limits.TABLES_PER_MESSAGE:
        raise Refusal("invalid_attachments", "only_one_table_allowed")
    if kinds["data_visualization"] > limits.CHARTS_PER_MESSAGE:
        complain(problems, f"no more than {limits.CHARTS_PER_MESSAGE} charts allowed", "/blocks")
    if problems:
        raise Refusal("invalid_blocks", *problems)
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > limits.MARKDOWN_CHARACTERS or characters(blocks) > limits.MESSAGE_BLOCKS_CHARACTERS:
        raise Refusal("msg_blocks_too_long")


def check_view(view: Json, kind: str) -> None:
    problems: Problems = []
    limits.VIEWS.check(view, "/view", problems)
    if view.get("type") != kind:
        complain(problems, f"must be {kind}", "/view/type")
    blocks = view.get("blocks")
    if isinstance(blocks, list):
        _check_ids(blocks, problems, "/view/blocks")
        asks = any(isinstance(block, dict) and block.get("type") == "input" for block in blocks)
        if kind == "modal" and asks and "submit" not in view:
            complain(problems, "`submit` must be defined when an input block is used", "/view")
    if problems:
        raise Refusal("invalid_arguments", *problems)
    if len(json.dumps(view)) > limits.VIEW_BYTES:
        raise Refusal("view_too_large")


def kinds(blocks: object) -> list[str]:
    """The types of a message's blocks as a caller sent them, a list or its JSON; empty for anything else."""
    if isinstance(blocks, str):
        try:
            blocks = json.loads(blocks)
        except ValueError:
            return []
    return (
        [str(block.get("type")) if isinstance(block, dict) else "" for block in blocks]
        if isinstance(blocks, list)
        else []
    )


def characters(value: object) -> int:
    """All text a reader could see: the sum Slack limits, as far as it can be measured from outside."""
    if isinstance(value, list):
        return sum(characters(item) for item in value)
    if not isinstance(value, dict):
        return 0
    own = sum(len(value[name]) for name in ("text", "alt_text", "title") if isinstance(value.get(name), str))
    return own + sum(characters(inner) for inner in value.values())


def elements(block: Json) -> Iterator[Json]:
    """The interactive parts of one block."""
    parts = [
        block.get("accessory"),
        block.get("element"),
        *_list(block, "elements"),
        *_list(block, "actions"),
    ]
    for part in parts:
        if isinstance(part, dict) and part.get("type") in {*limits.ELEMENTS, "card"}:
            yield part
            yield from _list(part, "actions")
    for child in _list(block, "child_blocks"):
        yield from elements(child)


def _list(block: Json, name: str) -> list[Json]:
    found = block.get(name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _check_ids(blocks: list[Any], problems: Problems, root: str = "/blocks") -> None:
    seen: set[str] = set()
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id in seen:
            complain(problems, f"`block_id` {block_id} already exists", f"{root}/{index}/block_id")
        if isinstance(block_id, str):
            seen.add(block_id)
        actions = Counter(part["action_id"] for part in elements(block) if part.get("action_id"))
        for action_id, times in actions.items():
            if times > 1:
                complain(problems, f"`action_id` {action_id} already exists", f"{root}/{index}")


def _check_metadata(metadata: Json) -> None:
    if not isinstance(metadata.get("event_type"), str) or not isinstance(metadata.get("event_payload"), dict):
        raise Refusal("invalid_metadata_format")
    if len(json.dumps(metadata)) > limits.METADATA_BYTES:
        raise Refusal("metadata_too_large")
