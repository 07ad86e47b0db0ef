"""At any instant exactly the members whose spans cover it are on call."""

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from handlers.oncall.shifts import after, at, flat, shifts
from handlers.rotation import Member, Shift, Span

ANA, BO, CY = Member("Ana", "ana@example.com"), Member("Bo"), Member("Cy")
people = st.lists(st.sampled_from([ANA, BO, CY]), max_size=2, unique=True).map(tuple)
spans = st.lists(
    st.builds(
        lambda begin, length, members, level: Span(begin, begin + length, members, level),
        st.integers(0, 60).map(float),
        st.integers(0, 30).map(float),
        people,
        st.integers(0, 2),
    ),
    max_size=12,
)


def covering(found: list[Span], moment: float) -> set[Member]:
    """Obvious: look at every span."""
    here = [span for span in found if span.starts_at <= moment < span.ends_at and span.members]
    highest = max((span.level for span in here), default=0)
    return {member for span in here if span.level == highest for member in span.members}


@given(found=spans, since=st.integers(-5, 60), length=st.integers(0, 60))
def test_exactly_those_whose_spans_cover_it(found: list[Span], since: int, length: int) -> None:
    told = shifts(found, since, since + length)
    for moment in range(since, since + length):
        for instant in (moment, moment + 0.5):
            shift = at(told, instant)
            assert shift
            assert set(shift.members) == covering(found, instant)
    assert at(told, since + length) is None


@given(found=spans, since=st.integers(-5, 60), length=st.integers(0, 60))
def test_flat_ones_say_the_same_and_never_overlap(found: list[Span], since: int, length: int) -> None:
    told = flat(found, -5, 120)
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(told))
    again, before = shifts(told, since, since + length), shifts(found, since, since + length)
    assert [(*shift[:2], set(shift.members)) for shift in again] == [
        (*shift[:2], set(shift.members)) for shift in before
    ]


@given(found=spans, seed=st.integers(0, 100))
def test_shifts_follow_each_other_and_differ(found: list[Span], seed: int) -> None:
    told = shifts(found, 0, 100)
    assert (told[0].starts_at, told[-1].ends_at) == (0, 100)
    for one, other in pairwise(told):
        assert one.starts_at < one.ends_at == other.starts_at
        assert set(one.members) != set(other.members)
    shuffled = random.Random(seed).sample(found, len(found))  # noqa: S311 - no secret
    assert shifts(shuffled, 0, 100) == told, "whoever reads them in whichever order"


def test_gaps_are_shifts_of_nobody() -> None:
    assert shifts([Span(10, 20, (ANA,)), Span(30, 40, (BO,))], 0, 50) == (
        Shift(0, 10, ()),
        Shift(10, 20, (ANA,)),
        Shift(20, 30, ()),
        Shift(30, 40, (BO,)),
        Shift(40, 50, ()),
    )


def test_what_is_not_marked_overrides_nobody() -> None:
    told = shifts([Span(0, 30, (ANA,)), Span(10, 20, (BO,))], 0, 30)
    assert [shift.members for shift in told] == [(ANA,), (ANA, BO), (ANA,)]


def test_an_override_that_is_marked_counts_alone() -> None:
    told = shifts([Span(0, 30, (ANA,)), Span(10, 20, (BO,), 1)], 0, 30)
    assert [shift.members for shift in told] == [(ANA,), (BO,), (ANA,)]


def test_an_event_that_names_nobody_takes_nobody_away() -> None:
    told = shifts([Span(0, 30, (ANA,)), Span(10, 20, (), 5)], 0, 30)
    assert told == (Shift(0, 30, (ANA,)),)


def test_the_same_person_is_there_once() -> None:
    again = ANA._replace(email="ANA@example.com", name="Ana Lima")
    (shift,) = shifts([Span(0, 30, (ANA,)), Span(0, 30, (again,))], 0, 30)
    assert len(shift.members) == 1


def test_what_comes_next() -> None:
    told = shifts([Span(0, 10, (ANA,)), Span(10, 20, (BO,))], 0, 20)
    assert after(told, 5) == Shift(10, 20, (BO,))
    assert after(told, 15) is None


def test_no_time_has_no_shifts() -> None:
    assert shifts([Span(0, 10, (ANA,))], 5, 5) == ()
