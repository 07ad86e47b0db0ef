"""The text of `heap?debug=1`, read as it streams, to records with raw PCs, and the MemStats block behind them.

The main source: it alone still has the runtime's own frames. Knows nothing of symbols or maps.

Why by hand and not by regular expressions: of a 5 KB record only its first line and the first `#` line matter, so
the reader jumps from `] @` to the blank line behind it and keys on raw byte slices, and what repeats in thousands of
records (counts, leaf lines) is read once. A regular expression per line costs ten times as much, and services send
up to 250 MB.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from analyzers.errors import EmptyProfile, MalformedProfile, NotAHeapProfile, ProfilingOff, TruncatedProfile
from analyzers.names import goversion, owner
from analyzers.names.goversion import GoVersion
from analyzers.profile import MemStats, Site
from analyzers.reading.memstats import parse_memstats
from analyzers.reading.textline import TextLine, counts_of, lines_in, number, parse_line, within

SCAN_BYTES = 64 * 1024  # from 128 KiB on malloc asks the kernel for every piece anew, which doubles the time
# A record has 128 frames (1,024 if so set) of a few hundred bytes; one that does not end within this is no record.
LONGEST_RECORD = 1024 * 1024
# Four numbers of 64 bits; a line full of `] @` would be a record at each of them, longer every time.
LONGEST_COUNTS = 128
# 25 fields and two rings of 256 numbers are some 10 KB.
LONGEST_MEMSTATS = 1024 * 1024
# Enough to tell two builds apart, and some kilobytes in a snapshot.
MOST_ANCHORS = 100
# Services have up to 50,000 distinct records of a few hundred lines; this many would take gigabytes to hold.
MOST_DISTINCT = 500_000
# Lines that tell the release stand at the root of nearly every stack; a search of 250 MB would be felt.
SEARCHED_BYTES = 256 * 1024
ROOTS = tuple(b"\t%s+0x" % function.encode() for function in sorted(goversion.TELLING))
MARK = b"] @"
MEMSTATS = b"\n# runtime.MemStats"
END_OF_MEMSTATS = b"# DebugGC ="


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


class HeapText(NamedTuple):
    """A whole text profile. `period` is R, the mean bytes between two samples; `anchors` as in HeapProfile."""

    period: int
    records: tuple[TextRecord, ...]
    memstats: MemStats
    go_version: GoVersion
    anchors: Mapping[str, int]

    def hidden_pcs(self) -> tuple[int, ...]:
        """Every PC whose name the text does not give, sorted: the ones to ask the symbol endpoint for."""
        return tuple(sorted({pc for record in self.records for pc in record.hidden}))


# Hidden stack as the text has it, and object size -> the four counts of a record, added up.
_Sums = dict[tuple[bytes, int], list[int]]


class _Place(NamedTuple):
    """Where records are booked. `pc` is the leaf line's between two spaces: what stands before it is hidden."""

    pc: bytes
    sums: _Sums


class HeapTextReader:
    """Feed it chunks as they come, then `finish`. Memory grows with distinct places, not with bytes read."""

    def __init__(self) -> None:
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._carry = b""
        self._tail: list[bytes] = []
        self._tail_bytes = 0
        self._period: int | None = None
        self._deepest = b""
        self._searched = 0
        self._lines: dict[bytes, TextLine] = {}
        self._sums: dict[tuple[bytes, bytes, bytes], _Sums] = {}  # by the raw lines of leaf, site and culprit
        self._own: dict[bytes, _Place] = {}  # by leaf lines in the user's own code, which need no further look
        self._distinct = 0

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes. Raises ProfileError as soon as they cannot be a heap profile."""
        if self._tail:
            self._keep_tail(chunk)
            return
        self._pending.append(chunk)
        self._pending_bytes += len(chunk)
        if self._pending_bytes >= SCAN_BYTES:
            self._scan()

    def finish(self) -> HeapText:
        """The profile, once all bytes were fed. Raises TruncatedProfile, ProfilingOff, EmptyProfile and others."""
        self._scan()
        if self._period is None:
            self._read_header(self._carry, whole=True)
        tail = b"".join(self._tail)
        if END_OF_MEMSTATS not in tail:
            raise TruncatedProfile("the MemStats block at the end of the text is missing")
        if not self._period:
            raise ProfilingOff("the profile was written with MemProfileRate 0")
        records = tuple(self._records())
        if not records:
            raise EmptyProfile("the profile holds no sampled allocation")
        memstats = parse_memstats(tail)
        return HeapText(self._period, records, memstats, self._version(), self._anchors())

    def _anchors(self) -> dict[str, int]:
        """Where functions of the user's own begin, without those that were inlined into several others."""
        entries: dict[str, set[int]] = {}
        for line in self._lines.values():
            if line.own and line.entry:
                entries.setdefault(line.site.function, set()).add(line.entry)
        single = sorted(name for name, found in entries.items() if len(found) == 1)
        return {name: entries[name].pop() for name in single[:MOST_ANCHORS]}

    def _version(self) -> GoVersion:
        """What the lines say that were looked at, and the longest stack."""
        found = goversion.of_frames(line.site for line in self._lines.values() if line.standard)
        deep = self._deepest.count(b" 0x") > goversion.DEEPEST_122
        return found.narrowed(goversion.LATER_THAN_122) if deep else found

    def _search_roots(self, text: bytes) -> None:
        """Looks at the lines near the root of stacks that tell the release: records are read from their leaf."""
        end = min(len(text), SEARCHED_BYTES - self._searched)
        for root in ROOTS:
            at = text.find(root, 0, max(end, 0))
            while at >= 0 and (stop := text.find(b"\n", at, end)) >= 0:
                self._line(text[text.rfind(b"\n", 0, at) + 1 : stop])
                at = text.find(root, stop, end)

    def _scan(self) -> None:
        text = b"".join((self._carry, *self._pending))
        self._pending, self._pending_bytes = [], 0
        if self._period is None:
            start = self._read_header(text, whole=False)
            if start < 0:
                self._carry = text
                return
            text = text[start:]
        done = self._read_records(text)
        self._search_roots(text)
        self._searched += done
        # The block can only follow the last record: looking for it there alone spares a search of everything.
        stats = text.find(MEMSTATS, done)
        if stats >= 0:
            self._read_last_record(text, done, stats + 1)
            self._keep_tail(text[stats:])
            done = len(text)
        self._carry = text[done:]
        if len(self._carry) > LONGEST_RECORD:
            raise MalformedProfile("a record does not end")

    def _keep_tail(self, chunk: bytes) -> None:
        self._tail.append(chunk)
        self._tail_bytes += len(chunk)
        if self._tail_bytes > LONGEST_MEMSTATS:
            raise MalformedProfile("the MemStats block does not end")

    def _read_header(self, text: bytes, *, whole: bool) -> int:
        """Sets the period from the first line; where the records start, or -1 when the line is not all here."""
        end = text.find(b"\n")
        line = text if end < 0 else text[:end]
        if not b"heap profile: ".startswith(line[:14]) or (whole and len(line) < 14):
            raise NotAHeapProfile("the text does not start with 'heap profile:'")
        if end < 0:
            if whole:
                raise TruncatedProfile("the text ends within its first line")
            if len(line) > 4096:
                raise MalformedProfile("the first line does not end")
            return -1
        _, found, rate = line.partition(b"@ heap/")
        if not found:
            raise NotAHeapProfile("the first line names no heap sampling rate")
        # The header writes twice the rate (runtime/pprof: 2*MemProfileRate), for the sake of old tools.
        self._period = number(rate, "the sampling rate of the header") // 2
        return end

    def _read_records(self, text: bytes) -> int:
        """Adds up every record of `text` that another one follows; where the last one starts."""
        find, rfind = text.find, text.rfind
        start = mark = -1
        # A single byte is found ten times as fast as three; the others that hold it are paths of the module cache.
        at = find(b"@")
        while at >= 0:
            if text[at - 2 : at] == b"] ":
                if mark >= 0:
                    self._read_record(text, start, mark, at)
                mark = at - 2
                start = rfind(b"\n", 0, mark) + 1
            at = find(b"@", at + 1)
        return max(start, 0)

    def _read_last_record(self, text: bytes, start: int, end: int) -> None:
        mark = text.find(MARK, start, end)
        if mark >= 0:
            self._read_record(text, start, mark, end)

    def _read_record(self, text: bytes, start: int, mark: int, limit: int) -> None:
        """One record from `start`, its `] @` at `mark`; it ends with the first blank line before `limit`."""
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

    def _records(self) -> Iterator[TextRecord]:
        for (leaf_raw, site_raw, culprit_raw), booked in self._sums.items():
            site, culprit = self._lines[site_raw].site, self._lines[culprit_raw].site
            leaf = int(self._lines[leaf_raw].pc or b"1", 16) - 1
            for (stack, size), sums in booked.items():
                try:
                    hidden = tuple(within(int(pc, 16)) for pc in stack.split())
                except ValueError as error:
                    raise MalformedProfile("a stack holds something else than addresses") from error
                yield TextRecord(hidden, site, culprit, size, sums[0], sums[1], sums[2], sums[3], leaf)


def read_heap_text(chunks: Iterable[bytes]) -> HeapText:
    """The profile in `chunks`, which together are one answer of `heap?debug=1`."""
    reader = HeapTextReader()
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()
