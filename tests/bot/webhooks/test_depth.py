"""The scan before the parser sees at least what the parser would: checked against a plain loop over the text."""

import json

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.webhooks.depth import DEEPEST, MOST_CONTAINERS, refuse_bombs
from handlers.errors import BadAlert

Json = None | bool | int | str | list["Json"] | dict[str, "Json"]
TEXT = st.text(st.sampled_from('[]{}"\\a,:\n é'), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def deep(levels: int, inside: bytes = b"") -> bytes:
    return b"[" * levels + inside + b"]" * levels


def depth_of(value: Json) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


@given(VALUES, st.integers(0, DEEPEST + 2), st.booleans())
def test_brackets_in_texts_do_not_count_and_all_others_do(value: Json, around: int, spaced: bool) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=1 if spaced else None)
    body = deep(around, text.encode())
    assert orjson.loads(body) is not ...
    if around + depth_of(value) <= DEEPEST:
        refuse_bombs(body)
    else:
        with pytest.raises(BadAlert, match="nested deeper than 64"):
            refuse_bombs(body)


def reached(text: bytes) -> int:
    """How deep a parser may get before it must give up."""
    depth = deepest = 0
    inside = escaped = False
    for byte in text:
        if inside:
            inside, escaped = escaped or byte != ord('"'), not escaped and byte == ord("\\")
        elif byte == ord('"'):
            inside = True
        elif byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
        if depth < 0 or (byte == ord("\\") and not inside):
            break
    return deepest


@given(st.lists(st.sampled_from([b"[", b"]", b"{", b"}", b'"', b"\\", b'\\"', b"1", b",", b":"]), max_size=40))
@example([b'"', b"\\", b"\\", b'"'])
@example([b'"', b"\\", b'"', b'"'])
def test_of_garbage_it_sees_as_much_as_a_parser_gets_to(pieces: list[bytes]) -> None:
    text = b"".join(pieces) + deep(DEEPEST + 1)
    if reached(text) > DEEPEST:
        with pytest.raises(BadAlert):
            refuse_bombs(text)


def test_a_quote_that_is_escaped_ends_no_text() -> None:
    refuse_bombs(b'["' + b'\\"' + b"[" * 100 + b'"]')
    with pytest.raises(BadAlert):
        refuse_bombs(b'["\\\\"' + b"," + b"[" * 100)


def test_many_alerts_are_fine_and_a_flood_of_brackets_is_not() -> None:
    refuse_bombs(orjson.dumps({"alerts": [{"labels": {}, "annotations": {}}] * (MOST_CONTAINERS // 3 - 1)}))
    with pytest.raises(BadAlert, match="more than 50000 objects and lists"):
        refuse_bombs(b"[" + b",".join([b"{}"] * MOST_CONTAINERS) + b"]")
    refuse_bombs(orjson.dumps(["["] * 300_000))
    refuse_bombs(orjson.dumps([{"[": "]", "{": "}"}] * (MOST_CONTAINERS - 1)))
    with pytest.raises(BadAlert, match="more than 50000 objects and lists"):
        refuse_bombs(b'"["[]' * 150_000)
    with pytest.raises(BadAlert):
        refuse_bombs(b"[" * 2_000_000)
    refuse_bombs(b"]" * 2_000_000)  # closes what was never open: no parser goes on
