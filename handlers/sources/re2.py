"""Matches whole texts against regular expressions as RE2 does: in time linear in the text, whatever the text.

Knows the tree of `re2_syntax.py`, of which it makes a small automaton; not what the texts are.

Why an automaton: labels are foreign text, and Python's own engine takes exponential time for some of it. Why its moves
are remembered, as RE2 does: every service's matchers are asked for every alert while the sender waits, and to find out
anew at every character which states follow takes a hundred times as long.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from handlers.sources.re2_syntax import Choice, Look, Node, One, Repeat, Row, parse

MOST_STATES = 2000
# Of one pattern. Labels may be of any characters; what is forgotten is found out again.
MOST_MOVES = 1_000
_END = 0
_WORD = re.compile(r"[0-9A-Za-z_]")


class _Step(NamedTuple):
    chars: re.Pattern[str]
    to: int


class _Fork(NamedTuple):
    to: tuple[int, ...]


class _Gate(NamedTuple):
    place: str
    to: int


_State: TypeAlias = _Step | _Fork | _Gate


class Regex:
    """What a pattern became: its states, the first of which is the end, and where to start."""

    def __init__(self, states: tuple[_State, ...], start: int) -> None:
        self.states = states
        self.start = start
        self._has_gates = any(isinstance(state, _Gate) for state in states)
        self._moves: dict[tuple[frozenset[int], str], frozenset[int]] = {}

    def fullmatch(self, text: str) -> bool:
        """Whether all of `text` matches."""
        if self._has_gates:
            return self._looking_around(text)
        current = frozenset((self.start,))
        current = self._moves.get((current, "")) or self._moved(current, "")
        for char in text:
            following = self._moves.get((current, char))
            current = self._moved(current, char) if following is None else following
            if not current:
                return False
        return _END in current

    @property
    def remembered(self) -> int:
        """How many moves."""
        return len(self._moves)

    def _moved(self, current: frozenset[int], char: str) -> frozenset[int]:
        """The states after `char`, and with none those that are reached at once. No state looks at what is around."""
        if len(self._moves) >= MOST_MOVES:
            self._moves.clear()
        reached = self._steps(current, char) if char else set(current)
        following = self._moves[current, char] = frozenset(self._closure(reached, "", ""))
        return following

    def _steps(self, current: Iterable[int], char: str) -> set[int]:
        steps = (state for index in current if isinstance(state := self.states[index], _Step))
        return {step.to for step in steps if step.chars.match(char)}

    def _looking_around(self, text: str) -> bool:
        """The same where the characters on both sides count as well."""
        edges = ("", *text, "")
        current = self._closure({self.start}, "", edges[1])
        for here, char in enumerate(text, 1):
            current = self._closure(self._steps(current, char), char, edges[here + 1])
            if not current:
                return False
        return _END in current

    def _closure(self, reached: set[int], before: str, after: str) -> set[int]:
        """Every state that is reached from these without another character."""
        todo = list(reached)
        while todo:
            state = self.states[todo.pop()]
            if isinstance(state, _Step) or (isinstance(state, _Gate) and not _holds(state.place, before, after)):
                continue
            new = {state.to} - reached if isinstance(state, _Gate) else set(state.to) - reached
            reached |= new
            todo += new
        return reached


@lru_cache(maxsize=4096)
def fullmatch(pattern: str, text: str) -> bool:
    """Whether all of `text` matches. Remembered, because the labels of a fleet say the same few things."""
    return compiled(pattern).fullmatch(text)


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> Regex:
    """Raises ValueError with a short reason where Go's regexp would refuse it, or it is larger than is wanted here."""
    tree = parse(pattern)
    builder = _Builder()
    start = builder.add(tree, _END)
    return Regex(tuple(builder.states), start)


class _Builder:
    """Builds from the end: each node is told where its match goes on, and says where it begins."""

    def __init__(self) -> None:
        self.states: list[_State] = [_Fork(())]
        self.visits = 0

    def put(self, state: _State) -> int:
        self.states.append(state)
        return len(self.states) - 1

    def add(self, node: Node, then: int) -> int:
        self.visits += 1  # of nodes, for a thousand times nothing makes no state
        if self.visits > MOST_STATES:
            raise ValueError("regular expression too large")
        match node:
            case One(chars):
                return self.put(_Step(chars, then))
            case Look(place):
                return self.put(_Gate(place, then))
            case Row(nodes):
                for each in reversed(nodes):
                    then = self.add(each, then)
                return then
            case Choice(nodes):
                return self.put(_Fork(tuple([self.add(each, then) for each in nodes])))
            case Repeat():
                return self.repeat(node, then)

    def repeat(self, node: Repeat, then: int) -> int:
        if node.high is None:
            loop = self.put(_Fork(()))
            self.states[loop] = _Fork((self.add(node.node, loop), then))
            then = loop
        else:
            beyond = then
            for _ in range(node.high - node.low):
                then = self.put(_Fork((self.add(node.node, then), beyond)))
        for _ in range(node.low):
            then = self.add(node.node, then)
        return then


def _holds(place: str, before: str, after: str) -> bool:
    if place in "Az":
        return not (before if place == "A" else after)
    if place in "^$":
        return (before if place == "^" else after) in ("", "\n")
    edge = bool(_WORD.match(before)) != bool(_WORD.match(after))
    return edge == (place == "b")
