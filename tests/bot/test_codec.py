"""Records to bytes and back."""

import subprocess
import sys
from dataclasses import Field, fields

import orjson
import pytest
import zstandard
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from analyzers.leaves import Leaves
from analyzers.names.goversion import UNKNOWN
from analyzers.profile import Site
from analyzers.snapshot import Snapshot
from bot import codec, columns, leaves_codec, snapshot_codec
from bot.codec import Unreadable
from handlers.records import Capture, Outcome, Remembered, Request
from tests.bot import records


@given(records.snapshots)
def test_a_snapshot_comes_back_as_it_was(snapshot: Snapshot) -> None:
    assert snapshot_codec.decode_snapshot(snapshot_codec.encode_snapshot(snapshot)) == snapshot


@given(records.leaves)
def test_what_is_known_of_a_build_comes_back_as_it_was(leaves: Leaves) -> None:
    assert leaves_codec.decode_leaves(leaves_codec.encode_leaves(leaves)) == leaves


without_shrinking = settings(database=None, phases=[Phase.generate])


@pytest.mark.parametrize("field", fields(Snapshot), ids=lambda field: field.name)
def test_the_strategy_leaves_no_field_of_a_snapshot_out(field: Field[object]) -> None:
    """A field that is always its default would come back as it was even if nobody wrote it down."""

    def differ(pair: tuple[Snapshot, Snapshot]) -> bool:
        one, other = (getattr(each, field.name) for each in pair)
        return bool(one != other)

    find(st.tuples(records.snapshots, records.snapshots), differ, settings=without_shrinking)


@given(records.captures, records.requests, records.outcomes, records.remembered)
def test_records_come_back_as_they_were(capture: Capture, request: Request, outcome: Outcome, line: Remembered) -> None:
    assert codec.decode_capture(codec.encode_capture(capture)) == capture
    assert codec.decode_request(codec.encode_request(request)) == request
    assert codec.decode_outcome(codec.encode_outcome(outcome)) == outcome
    assert codec.decode_remembered(codec.encode_remembered(line)) == line


def test_300_lines_are_some_kilobytes() -> None:
    assert len(snapshot_codec.encode_snapshot(records.snapshot(lines=300))) < 8_000


def test_a_capture_is_a_few_hundred_bytes() -> None:
    assert len(codec.encode_capture(records.capture())) < 300


def test_a_name_that_is_no_utf8_does_not_stop_a_snapshot() -> None:
    row = records.snapshot(lines=1).usage[0]._replace(site=Site("main.\udcff", "/a.go", 1))
    kept = Snapshot(1.0, records.snapshot().source, 1, (row,))
    assert snapshot_codec.decode_snapshot(snapshot_codec.encode_snapshot(kept)).usage[0].site.function == "main.?"


@given(st.binary(max_size=200))
def test_garbage_is_unreadable(data: bytes) -> None:
    decoders = (snapshot_codec.decode_snapshot, leaves_codec.decode_leaves)
    for decode in (*decoders, codec.decode_capture, codec.decode_request, codec.decode_outcome):
        with pytest.raises(Unreadable):
            decode(data)


json = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=13) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=30,
)


@given(st.lists(json, max_size=13))
def test_another_shape_is_unreadable(fields: list[object]) -> None:
    data = zstandard.compress(orjson.dumps([snapshot_codec.VERSION, *fields, "one field too many"]))
    with pytest.raises(Unreadable):
        snapshot_codec.decode_snapshot(data)
    with pytest.raises(Unreadable):
        codec.decode_capture(orjson.dumps([codec.VERSION, *fields, 1]))


@given(st.lists(json, max_size=6))
def test_another_shape_of_a_build_is_unreadable(fields: list[object]) -> None:
    with pytest.raises(Unreadable):
        leaves_codec.decode_leaves(zstandard.compress(orjson.dumps([leaves_codec.VERSION, *fields, "one", "more"])))


def test_10_000_calls_are_some_10_bytes_each() -> None:
    stacks = [(f"runtime.mallocgc{n}", "runtime.hashGrow", "runtime.mapassign_faststr") for n in range(20)]
    calls = {n * 4337 % 3_000_000: {48 << n % 9: {stacks[n % 20]: 1.0}} for n in range(10_000)}
    assert len(leaves_codec.encode_leaves(Leaves("b1", UNKNOWN, calls))) < 120_000


def test_another_version_is_unreadable() -> None:
    kept = orjson.loads(zstandard.decompress(snapshot_codec.encode_snapshot(records.snapshot())))
    later = zstandard.compress(orjson.dumps([snapshot_codec.VERSION + 1, *kept[1:]]))
    with pytest.raises(Unreadable):
        snapshot_codec.decode_snapshot(later)
    assert leaves_codec.recalled(later, "b1") is None
    with pytest.raises(Unreadable):
        codec.decode_outcome(b'[99,"orders-0",null,"",null]')


def test_truncated_and_flipped_bytes_are_unreadable_or_another_snapshot() -> None:
    whole = snapshot_codec.encode_snapshot(records.snapshot(lines=40))
    for cut in range(len(whole)):
        with pytest.raises(Unreadable):
            snapshot_codec.decode_snapshot(whole[:cut])


def test_inflating_stops_at_the_limit() -> None:
    bomb = zstandard.ZstdCompressor(write_content_size=False).compress(b"[" * (columns.MAX_INFLATED + 10))
    assert len(bomb) < 100_000
    with pytest.raises(Unreadable, match="more than"):
        snapshot_codec.decode_snapshot(bomb)


def test_the_shell_may_import_it_without_redis_slack_or_web() -> None:
    heavy = "{'redis', 'slack_sdk', 'slack_bolt', 'httpx', 'starlette', 'aiohttp', 'dramatiq'}"
    code = f"import sys, bot.local_snapshots; assert not {heavy} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own words
