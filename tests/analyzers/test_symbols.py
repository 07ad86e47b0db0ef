"""Questions to the symbol endpoint and its answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.reading import symbols
from analyzers.reading.heaptext import read_heap_text
from tests.analyzers.texts import GROWTH_NAMES, GROWTH_TABLE, record, text


@given(st.lists(st.integers(1, 2**64 - 1), max_size=2000, unique=True))
def test_every_address_is_asked_once_less_one_in_short_requests(pcs: list[int]) -> None:
    queries = list(symbols.queries(pcs))
    assert all(0 < len(query) <= 8192 - 100 for query in queries)
    asked = [int(word, 16) for query in queries for word in query.split("+")]
    assert asked == [pc - 1 for pc in pcs]


def test_many_addresses_are_several_requests() -> None:
    pcs = list(range(0x400001, 0x400001 + 5_000))
    queries = list(symbols.queries(pcs))
    assert len(queries) > 5
    assert max(map(len, queries)) < 8_000
    assert [int(word, 16) + 1 for query in queries for word in query.split("+")] == pcs


def test_no_address_is_no_question() -> None:
    assert list(symbols.queries([])) == []


def test_a_question_is_words_and_plus_signs() -> None:
    assert list(symbols.queries([0x41A002, 0x41B002])) == ["0x41a001+0x41b001"]


def test_answers_are_keyed_by_the_address_in_the_stack() -> None:
    answer = b"num_symbols: 1\n0x41a001 runtime.makeBucketArray\n0x41b001 runtime.hashGrow\n"
    assert symbols.names(answer) == {0x41A002: "runtime.makeBucketArray", 0x41B002: "runtime.hashGrow"}


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"num_symbols: 0\n",
        b"<html><body>Sign in</body></html>",
        b"0xzz runtime.hashGrow\n",
        b"0x41a001\n",
        b"0x41a001 \n",
        b"\xff\xfe\x00",
    ],
)
def test_an_answer_that_names_nothing_gives_no_names(answer: bytes) -> None:
    assert symbols.names(answer) == {}


def test_names_may_hold_spaces_and_escaped_dots() -> None:
    answer = b"0x1 example.com/lib%2ev2.Fill[go.shape.struct { X int }]\r\n"
    assert symbols.names(answer) == {2: "example.com/lib.v2.Fill[go.shape.struct { X int }]"}


@given(st.binary(max_size=300))
def test_any_answer_is_read(answer: bytes) -> None:
    symbols.names(answer)


def test_hidden_frames_get_their_names_leaf_first() -> None:
    (read,) = symbols.resolve(read_heap_text([text(GROWTH_TABLE)]), GROWTH_NAMES).records
    assert read.frames == tuple(GROWTH_NAMES.values())


def test_frames_without_a_name_stay_in_their_place() -> None:
    known = {0x41B001: "runtime.hashGrow"}
    profile = symbols.resolve(read_heap_text([text(GROWTH_TABLE)]), known)
    assert profile.records[0].frames == ("", "runtime.hashGrow", "")
    assert profile.named


def test_a_profile_is_unnamed_only_if_there_was_something_to_name() -> None:
    hidden = read_heap_text([text(GROWTH_TABLE)])
    plain = read_heap_text([text(record((1, 8, 1, 8)))])
    assert not symbols.resolve(hidden, {}).named
    assert not symbols.resolve(hidden, {0x999: "runtime.other"}).named
    assert symbols.resolve(plain, {}).named


@pytest.mark.parametrize(
    ("known", "share"),
    [({}, 0.0), (GROWTH_NAMES, 1.0), ({0x41A001: "a", 0x999: "b"}, 1 / 3)],
)
def test_coverage_is_the_share_of_hidden_addresses_with_a_name(known: dict[int, str], share: float) -> None:
    assert symbols.covered(read_heap_text([text(GROWTH_TABLE)]), known) == pytest.approx(share)


def test_nothing_hidden_is_covered_whole() -> None:
    assert symbols.covered(read_heap_text([text(record((1, 8, 1, 8)))]), {}) == 1.0
