"""Matches whole texts against regular expressions as RE2 does: in time linear in the text, whatever the text.

Knows the tree of `re2_syntax.py`, of which it makes a small automaton; not what the texts are.

Why an automaton: labels are foreign text, and Python's own engine takes exponential time for some of it.
"""

import re
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from handlers.sources.re2_syntax import Choice, Look, Node, One, Repeat, Row, parse

MOST_STATES = 2000
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


class Regex(NamedTuple):
    """What a pattern became: its states, the first of which is the end, and where to start."""

    states: tuple[_State, ...]
    start: int

    def fullmatch(self, text: str) -> bool:
        """Whether all of `text` matches."""
        edges = ("", *text, "")
        current = self._closure({self.start}, "", edges[1])
        for here, char in enumerate(text, 1):
            steps = (state for index in current if isinstance(state := self.states[index], _Step))
            current = self._closure({step.to for step in steps if step.chars.match(char)}, char, edges[here + 1])
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
