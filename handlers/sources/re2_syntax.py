"""Reads regular expressions as Go's regexp package does, into a small tree.

Knows RE2's syntax with Perl's flags, as Alertmanager compiles it; not how text is matched. What RE2 refuses is refused:
backreferences, lookarounds, possessive repeats.

Why not Python's own: it reads `(?i)` in the middle, `\\Z`, `\\v`, `[[:alpha:]]` and `$` otherwise, and it backtracks.
"""

import re
from typing import NamedTuple, TypeAlias

from handlers.sources.re2_chars import ANY, ANY_BUT_LF, PERL, Cursor, bracket, escaped, one_of, ranges

LONGEST = 1000
DEEPEST = 50
MOST_REPEATS = 1000


class One(NamedTuple):
    """One character, one of those that `chars` matches."""

    chars: re.Pattern[str]


class Look(NamedTuple):
    """A place between characters: A and z the text's ends, ^ and $ a line's, b a word's edge, B none."""

    place: str


class Row(NamedTuple):
    """One after the other."""

    nodes: tuple["Node", ...]


class Choice(NamedTuple):
    """One of them."""

    nodes: tuple["Node", ...]


class Repeat(NamedTuple):
    """At least `low` times; at most `high`, None: without end."""

    node: "Node"
    low: int
    high: int | None


Node: TypeAlias = One | Look | Row | Choice | Repeat


_COUNT = re.compile(r"\{(0|[1-9][0-9]*)(?:(,)(0|[1-9][0-9]*)?)?\}")
_FLAGS = re.compile(r"\?([imsU]*)(?:-([imsU]+))?([:)])")
_NAME = re.compile(r"\?P?<([A-Za-z0-9_]+)>")


def parse(pattern: str) -> Node:
    """The tree of a pattern of at most LONGEST characters. Raises ValueError with a short reason."""
    if len(pattern) > LONGEST:
        raise ValueError("regular expression too long")
    reader = _Reader(pattern)
    tree = reader.choice(0)
    if reader.left:
        raise ValueError("unexpected )")
    return tree


class _Reader(Cursor):
    """Also knows the flags that hold where it is."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.flags: frozenset[str] = frozenset()

    def choice(self, depth: int) -> Node:
        """Everything up to the group's end, whose flags end with it."""
        if depth > DEEPEST:
            raise ValueError("nested too deep")
        branches = [self.row(depth)]
        while self.take("|"):
            branches.append(self.row(depth))
        return branches[0] if len(branches) == 1 else Choice(tuple(branches))

    def row(self, depth: int) -> Node:
        nodes: list[Node] = []
        repeated = False
        while self.left and self.peek() not in "|)":
            counts = self.counts()
            if counts is None:
                nodes += self.atoms(depth)
            elif repeated or not nodes:
                raise ValueError("nothing to repeat")
            else:
                self.take("?")  # prefer fewer: the same texts match
                nodes[-1] = Repeat(nodes[-1], *counts)
            repeated = counts is not None
        return Row(tuple(nodes))

    def counts(self) -> tuple[int, int | None] | None:
        simple: dict[str, tuple[int, int | None]] = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        if self.peek() in simple:
            self.at += 1
            return simple[self.text[self.at - 1]]
        found = self.match(_COUNT)  # a brace that counts nothing is a brace
        if found is None:
            return None
        if any(len(number or "") > len(str(MOST_REPEATS)) for number in found.group(1, 3)):
            raise ValueError("repeat count too large")
        low = int(found[1])
        high = int(found[3]) if found[3] else None if found[2] else low
        if max(low, high or 0) > MOST_REPEATS or (high is not None and high < low):
            raise ValueError("repeat count too large")
        return low, high

    def atoms(self, depth: int) -> tuple[Node, ...]:
        """The next thing; nothing where only flags change, several for a quoted run."""
        fold = "i" in self.flags
        char = self.peek()
        self.at += 1
        if char == "(":
            return self.group(depth)
        if char == "[":
            return (One(bracket(self, fold)),)
        if char == "\\":
            return self.escape(fold)
        if char == ".":
            return (One(one_of(ANY if "s" in self.flags else ANY_BUT_LF, False)),)
        if char in "^$":
            return (Look(char if "m" in self.flags else {"^": "A", "$": "z"}[char]),)
        return (One(one_of(ranges(char * 2), fold)),)

    def group(self, depth: int) -> tuple[Node, ...]:
        before = self.flags
        if self.peek() == "?":
            named, said = self.match(_NAME), None
            if named is None and (said := self.match(_FLAGS)) is None:
                raise ValueError("unknown group (?")
            if said:
                self.flags = (self.flags | set(said[1])) - set(said[2] or "")
                if said[3] == ")":
                    return ()
        inside = self.choice(depth + 1)
        if not self.take(")"):
            raise ValueError("missing )")
        self.flags = before
        return (inside,)

    def escape(self, fold: bool) -> tuple[Node, ...]:
        char = self.peek()
        if char in ("A", "z", "b", "B"):
            self.at += 1
            return (Look(char),)
        if self.take("Q"):
            quoted, end, _ = self.text[self.at :].partition("\\E")
            if not end:
                raise ValueError("missing \\E")
            self.at += len(quoted) + 2
            return tuple(One(one_of(ranges(each * 2), fold)) for each in quoted)
        if char in PERL:
            self.at += 1
            return (One(one_of(PERL[char], fold)),)
        code = escaped(self)
        return (One(one_of(((code, code),), fold)),)
