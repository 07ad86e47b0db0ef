"""What a flame graph becomes for the page, and that nothing else is read back."""

import gzip

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analyzers.flame import PURPOSES, Flame, Purposes, Reading
from bot.codec import Unreadable
from bot.reports.flame_codec import decode, encode
from tests.reports.flames import hostile, large, story

BYTES = st.integers(-(2**50), 2**50)


@st.composite
def flames(draw: st.DrawFn) -> Flame:
    count = draw(st.integers(1, 12))
    names = tuple(draw(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=5)))

    def column(values: st.SearchStrategy[int], of: int = count) -> tuple[int, ...]:
        return tuple(draw(st.lists(values, min_size=of, max_size=of)))

    def reading() -> Reading:
        return Reading(column(BYTES), column(BYTES))

    def purposes(values: st.SearchStrategy[int], of: int) -> Purposes:
        window = column(values, of) if draw(st.booleans()) else None
        return Purposes(column(values, of), column(values, of), window)

    return Flame(
        names,
        column(st.integers(0, len(names) - 1)),
        (-1, *(draw(st.integers(0, node - 1)) for node in range(1, count))),
        purposes(st.integers(0, len(PURPOSES) - 1), count),
        tuple(draw(st.lists(st.booleans(), min_size=count, max_size=count))),
        reading(),
        reading() if draw(st.booleans()) else None,
        reading() if draw(st.booleans()) else None,
        purposes(BYTES, len(PURPOSES)),
        draw(st.integers(0, 2**20)),
    )


@given(flames())
def test_what_is_written_is_read_back(flame: Flame) -> None:
    assert decode(encode(flame)) == flame


@pytest.mark.parametrize("flame", [story(), story(first=False, base=False), hostile(), large(3_000)])
def test_graphs_of_the_tests_are_read_back(flame: Flame) -> None:
    assert decode(encode(flame)) == flame


def test_twenty_thousand_frames_leave_room_for_the_page() -> None:
    data = encode(large(20_000))
    assert len(data) < 1_500_000
    assert len(gzip.compress(data)) < 700_000


def test_a_name_that_is_no_unicode_is_shown_as_such() -> None:
    flame = hostile()._replace(names=("\ud800", *hostile().names[1:]))
    assert decode(encode(flame)).names[0] == "?"


FIELDS = orjson.loads(encode(story()))
WRONG = {
    "another version": FIELDS | {"version": 0},
    "no version": {key: value for key, value in FIELDS.items() if key != "version"},
    "no nodes": FIELDS | {"up": []},
    "a child before its parent": FIELDS | {"up": [1, -1, *FIELDS["up"][2:]]},
    "a parent below the root": FIELDS | {"up": [1, 3, *FIELDS["up"][2:]]},
    "a name that is not there": FIELDS | {"name": [99, *FIELDS["name"][1:]]},
    "a purpose that is not there": FIELDS | {"purpose": [[4, *FIELDS["purpose"][0][1:]], *FIELDS["purpose"][1:]]},
    "a hidden node that is not there": FIELDS | {"hidden": [-1]},
    "columns of different lengths": FIELDS | {"now": [[1], [1]]},
    "one column of two": FIELDS | {"now": FIELDS["now"][:1]},
    "words for numbers": FIELDS | {"name": ["a"] * len(FIELDS["name"])},
    "a column for all": [],
}


@pytest.mark.parametrize("fields", WRONG.values(), ids=WRONG.keys())
def test_what_is_no_graph_is_unreadable(fields: object) -> None:
    with pytest.raises(Unreadable):
        decode(orjson.dumps(fields))


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"null", b"12"])
def test_what_is_no_json_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        decode(data)
