"""The records of a text profile, added up by place and size as they come. Knows one record's lines, not the stream.

Of a 5 KB record only its first line and the first `#` line matter, and what repeats in thousands of records (counts,
leaf lines) is read once.
"""

from collections.abc import Iterator
from typing import NamedTuple

from analyzers.errors import MalformedProfile
from analyzers.names import goversion, owner
from analyzers.names.goversion import GoVersion
from analyzers.profile import Site
from analyzers.reading.textline import TextLine, counts_of, lines_in, parse_line, within

# Four numbers of 64 bits; a line full of `] @` would be a record at each of them, longer every time.
LONGEST_COUNTS = 128
# Enough to tell two builds apart, and some kilobytes in a snapshot.
MOST_ANCHORS = 100
# Services have up to 50,000 distinct records of a few hundred lines; this many would take gigabytes to hold.
MOST_DISTINCT = 500_000
# Lines that tell the release stand at the root of nearly every stack; a search of 250 MB would be felt.
SEARCHED_BYTES = 256 * 1024
ROOTS = tuple(b"\t%s+0x" % function.encode() for function in sorted(goversion.TELLING))


class TextRecord(NamedTuple):
    """Records of one place and size, added up. Counts are as sampled, not scaled. `hidden` is leaf first."""

    hidden: tuple[int, ...]
    site: Site
    culprit: Site
    object_size: int
    alloc_objects: int
    alloc_space: int
    inuse_objects: int
    inuse_space: int
    leaf: int = 0


# Hidden stack as the text has it, and object size -> the four counts of a record, added up.
_Sums = dict[tuple[bytes, int], list[int]]


class _Place(NamedTuple):
    """Where records are booked. `pc` is the leaf line's between two spaces: what stands before it is hidden."""

    pc: bytes
    sums: _Sums


class TextRecords:
    """Records as `add` was given them. Memory grows with distinct places, not with bytes read."""

    def __init__(self) -> None:
        self._deepest = b""
        self._searched = 0
        self._lines: dict[bytes, TextLine] = {}
        self._sums: dict[tuple[bytes, bytes, bytes], _Sums] = {}  # by the raw lines of leaf, site and culprit
        self._own: dict[bytes, _Place] = {}  # by leaf lines in the user's own code, which need no further look
        self._distinct = 0

    def add(self, text: bytes, start: int, mark: int, limit: int) -> None:
        """One record from `start`, its `] @` at `mark`; it ends with the first blank line before `limit`.

        Raises MalformedProfile.
        """
        find = text.find
        if mark - start > LONGEST_COUNTS:
            raise MalformedProfile("a record's first line has more than four counts")
        alloc_objects, alloc_space, inuse_objects, inuse_space, size = counts_of(text[start:mark])
        if not alloc_objects:
            return
        stack_end = find(b"\n", mark, limit)
        if stack_end < 0:
            stack_end = limit
        leaf_end = find(b"\n", stack_end + 1, limit)
        leaf_raw = text[stack_end + 1 : limit if leaf_end < 0 else leaf_end]
        place = self._own.get(leaf_raw) or self._place(leaf_raw, text, stack_end, limit)
        if place is None:
            return
        pc, booked = place
        cut = find(pc, mark, stack_end)
        if cut < 0:  # the leaf is the last of its stack, or has no line
            cut = max(find(pc[:-1] + b"\n", mark, stack_end + 1), mark + 3)
        key = (text[mark + 3 : cut], size)
        sums = booked.get(key)
        if sums is None:
            self._one_more()
            booked[key] = [alloc_objects, alloc_space, inuse_objects, inuse_space]
            if stack_end - mark > len(self._deepest):
                self._deepest = text[mark:stack_end]
        else:
            sums[0] += alloc_objects
            sums[1] += alloc_space
            sums[2] += inuse_objects
            sums[3] += inuse_space

    def search_roots(self, text: bytes, done: int) -> None:
        """Looks at the lines near the root of stacks that tell the release: records are read from their leaf.

        Of `text`, `done` bytes will not come again.
        """
        end = min(len(text), SEARCHED_BYTES - self._searched)
        for root in ROOTS:
            at = text.find(root, 0, max(end, 0))
            while at >= 0 and (stop := text.find(b"\n", at, end)) >= 0:
                self._line(text[text.rfind(b"\n", 0, at) + 1 : stop])
                at = text.find(root, stop, end)
        self._searched += done

    def summed(self) -> Iterator[TextRecord]:
        """All of them. Raises MalformedProfile."""
        for (leaf_raw, site_raw, culprit_raw), booked in self._sums.items():
            site, culprit = self._lines[site_raw].site, self._lines[culprit_raw].site
            leaf = int(self._lines[leaf_raw].pc or b"1", 16) - 1
            for (stack, size), sums in booked.items():
                try:
                    hidden = tuple(within(int(pc, 16)) for pc in stack.split())
                except ValueError as error:
                    raise MalformedProfile("a stack holds something else than addresses") from error
                yield TextRecord(hidden, site, culprit, size, sums[0], sums[1], sums[2], sums[3], leaf)

    def anchors(self) -> dict[str, int]:
        """Where functions of the user's own begin, without those that were inlined into several others."""
        entries: dict[str, set[int]] = {}
        for line in self._lines.values():
            if line.own and line.entry:
                entries.setdefault(line.site.function, set()).add(line.entry)
        single = sorted(name for name, found in entries.items() if len(found) == 1)
        return {name: entries[name].pop() for name in single[:MOST_ANCHORS]}

    def version(self) -> GoVersion:
        """What the lines say that were looked at, and the longest stack."""
        found = goversion.of_frames(line.site for line in self._lines.values() if line.standard)
        deep = self._deepest.count(b" 0x") > goversion.DEEPEST_122
        return found.narrowed(goversion.LATER_THAN_122) if deep else found

    def _place(self, leaf_raw: bytes, text: bytes, stack_end: int, limit: int) -> _Place | None:
        """Where a record with this leaf line belongs; None for the profiler's own allocations."""
        leaf = self._line(leaf_raw)
        pc = leaf.pc + b" "
        if leaf.own:
            place = self._own[leaf_raw] = _Place(pc, self._sums.setdefault((leaf_raw, leaf_raw, leaf_raw), {}))
            return place
        end = text.find(b"\n\n", stack_end, limit)
        block = text[stack_end + 1 : limit if end < 0 else end]
        if b"/pprof." in block and self._passes_profiler(block):
            return None
        return _Place(pc, self._sums.setdefault((leaf_raw, *self._named(block, leaf_raw)), {}))

    def _named(self, block: bytes, leaf_raw: bytes) -> tuple[bytes, bytes]:
        """The raw `#` lines of the first frame outside the runtime and of the first in the user's own code."""
        site_raw = leaf_raw if not self._line(leaf_raw).runtime else None
        for raw in lines_in(block):
            line = self._line(raw)
            if line.own:
                return site_raw or raw, raw
            if site_raw is None and not line.runtime:
                site_raw = raw
        return site_raw or leaf_raw, site_raw or leaf_raw

    def _passes_profiler(self, block: bytes) -> bool:
        """Writing the text allocates in the service itself; such stacks would show up in the next capture."""
        return any(owner.is_profiler(self._line(raw).site.function) for raw in lines_in(block))

    def _line(self, raw: bytes) -> TextLine:
        line = self._lines.get(raw)
        if line is None:
            self._one_more()
            line = self._lines[raw] = parse_line(raw)
        return line

    def _one_more(self) -> None:
        self._distinct += 1
        if self._distinct > MOST_DISTINCT:
            raise MalformedProfile(f"more than {MOST_DISTINCT} distinct lines and records")
