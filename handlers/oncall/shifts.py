"""Spans of time to shifts: at any instant exactly those are on call whose spans cover it. Pure; knows no calendar.

Why levels: a calendar in which an override is an event beside the one it overrides would else have both on call. Only
what says its level has one (`[L2] Ana`, as Grafana OnCall reads calendars). What PagerDuty, Opsgenie and Grafana OnCall
export is final already: in it, two at the same time are two on call.
"""

from collections.abc import Iterable

from handlers.oncall.naming import key
from handlers.rotation import Member, Shift, Span


def shifts(spans: Iterable[Span], since: float, until: float) -> tuple[Shift, ...]:
    """All of `since` to `until` in order, neighbours never the same; nobody's where no span is.

    A shift that began before `since` begins at `since` here. Empty where `until` is not later.
    """
    if until <= since:
        return ()
    marks = _marks(spans, since, until)
    found: list[Shift] = []
    standing: dict[int, Span] = {}
    for index, (moment, begins, ends) in enumerate(marks):
        standing.update(begins)
        for number in ends:
            standing.pop(number, None)
        after = marks[index + 1][0] if index + 1 < len(marks) else until
        members = _on_call(standing)
        if found and _same(found[-1].members, members):
            found[-1] = found[-1]._replace(ends_at=after)
        else:
            found.append(Shift(moment, after, members))
    return tuple(found)


def flat(spans: Iterable[Span], since: float, until: float) -> tuple[Span, ...]:
    """The same as spans of which no two cover the same moment: from these, shifts cost next to nothing."""
    found = shifts(spans, since, until)
    return tuple(Span(shift.starts_at, shift.ends_at, shift.members) for shift in found if shift.members)


def at(found: tuple[Shift, ...], moment: float) -> Shift | None:
    """The shift of a moment."""
    return next((shift for shift in found if shift.starts_at <= moment < shift.ends_at), None)


def after(found: tuple[Shift, ...], moment: float) -> Shift | None:
    """The first shift that begins later."""
    return next((shift for shift in found if shift.starts_at > moment), None)


def identity(member: Member) -> str:
    """What makes two mentions of a person the same: the e-mail address, or else the name."""
    return key(member.email or member.name)


Mark = tuple[float, dict[int, Span], list[int]]


def _marks(spans: Iterable[Span], since: float, until: float) -> list[Mark]:
    """Every moment at which something changes, with the spans that begin and the numbers of those that end."""
    marks: dict[float, Mark] = {since: (since, {}, [])}
    # In an order of their own: two processes that read the same events differently sorted say the same names first.
    ordered = sorted(spans, key=lambda span: (span.starts_at, span.ends_at, span.level, span.members))
    for number, span in enumerate(ordered):
        begin, end = max(span.starts_at, since), min(span.ends_at, until)
        if begin >= end:
            continue
        marks.setdefault(begin, (begin, {}, []))[1][number] = span
        if end < until:
            marks.setdefault(end, (end, {}, []))[2].append(number)
    return [marks[moment] for moment in sorted(marks)]


def _on_call(standing: dict[int, Span]) -> tuple[Member, ...]:
    """Of the highest level, each person once."""
    named = [span for span in standing.values() if span.members]
    level = max((span.level for span in named), default=0)
    found: dict[str, Member] = {}
    for span in named:
        if span.level == level:
            for member in span.members:
                found.setdefault(identity(member), member)
    return tuple(found.values())


def _same(one: tuple[Member, ...], other: tuple[Member, ...]) -> bool:
    """Whoever is listed first: two events of one moment may follow each other in any order."""
    return {identity(member) for member in one} == {identity(member) for member in other}
