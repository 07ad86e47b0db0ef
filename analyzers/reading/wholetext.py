"""The text of `heap?debug=1`, read as it streams, to whole stacks: of them flame graphs and restored profiles are made.

Counts what `textrecords` counts, so that the sums are the same, and leaves out what it leaves out. Knows one record's
lines, not the stream.

Why stacks are looked up by PC: 50,000 records of fifty frames have 250 MB, of a few thousand different lines. Each line
is read once, for the PC that it explains; after that a record is its first line, split.
"""

from collections.abc import Iterable, Iterator, Mapping

from analyzers.errors import EmptyProfile, MalformedProfile
from analyzers.names import owner
from analyzers.profile import Site, Usage, sampling_probability
from analyzers.reading.textline import TextLine, counts_of, lines_in, parse_line, within
from analyzers.reading.textrecords import LONGEST_COUNTS, MOST_DISTINCT
from analyzers.reading.textstream import TextStream
from analyzers.stacks import MOST_FRAMES, Frame, Stack, Stacks

# Every goroutine's root. Neither the text nor a protobuf shows it, but where a stack has nothing else outside the
# runtime; shown in some stacks only, it would part them at the root.
ROOT = "runtime.goexit"

_Key = tuple[tuple[int, ...], int, int]  # frames, how many of them are hidden, object size


class WholeRecords:
    """Records as `add` was given them, each with its whole stack. Memory grows with distinct stacks.

    Those have `most` frames together, or are refused.
    """

    def __init__(self, most: int = MOST_FRAMES) -> None:
        self._most = most
        self._frames: list[Frame] = []
        self._profilers: set[int] = set()
        self._lines: dict[bytes, int] = {}  # PC, as the text writes it, to the frame that its `#` line tells
        self._silent: set[bytes] = set()  # PCs that have none
        self._leaves: dict[bytes, TextLine] = {}
        self._hidden: dict[bytes, tuple[int, ...]] = {}  # the PCs before the first `#` line's, as one raw text
        self._hidden_pcs: dict[bytes, int] = {}
        self._sums: dict[_Key, list[int]] = {}
        self._distinct = 0
        self._kept = 0

    def add(self, text: bytes, start: int, mark: int, limit: int) -> None:
        """One record from `start`, its `] @` at `mark`; it ends with the first blank line before `limit`.

        Raises MalformedProfile.
        """
        find = text.find
        if mark - start > LONGEST_COUNTS:
            raise MalformedProfile("a record's first line has more than four counts")
        *counts, size = counts_of(text[start:mark])
        if not counts[0]:
            return
        stack_end = find(b"\n", mark, limit)
        if stack_end < 0:
            stack_end = limit
        leaf_end = find(b"\n", stack_end + 1, limit)
        leaf = self._leaf(text[stack_end + 1 : limit if leaf_end < 0 else leaf_end])
        block_end = find(b"\n\n", stack_end, limit)
        block = text[stack_end + 1 : limit if block_end < 0 else block_end]
        cut = find(leaf.pc + b" ", mark, stack_end)
        if cut < 0:  # the leaf is the last of its stack, or has no line
            cut = find(leaf.pc + b"\n", mark, stack_end + 1)
        hidden: tuple[int, ...] = ()
        if cut >= mark + 3:
            hidden = self._hidden_frames(text[mark + 3 : cut])
            pcs = text[cut:stack_end].split()
        else:  # what the lines say is all there is
            pcs = [line.pc[1:] for line in map(parse_line, lines_in(block)) if line.pc]
        frames = self._visible(pcs, block)
        # The profiler's own: writing the text allocates in the service itself.
        if leaf.own or self._profilers.isdisjoint(frames):
            self._book((hidden + frames, len(hidden), size), counts)

    def search_roots(self, text: bytes, done: int) -> None:
        """Nothing: whole stacks are read as they are."""

    def frames(self, names: Mapping[int, str]) -> tuple[Frame, ...]:
        """All of them; `names` tells those that no line does."""
        frames = list(self._frames)
        for pc, at in self._hidden_pcs.items():
            line = self._lines.get(pc)
            site = Site(names.get(int(pc, 16), ""), "", 0) if line is None else frames[line].site
            frames[at] = frames[at]._replace(site=site)
        return tuple(frames)

    def stacks(self, period: int) -> Iterator[Stack]:
        """All of them, scaled to the whole heap."""
        for (frames, hidden, size), counts in self._sums.items():
            scale = 1.0 / sampling_probability(counts[1] / counts[0], period)
            yield Stack(frames, hidden, size, Usage(*(count * scale for count in counts)))

    def _book(self, key: _Key, counts: list[int]) -> None:
        sums = self._sums.get(key)
        if sums is not None:
            for column, count in enumerate(counts):
                sums[column] += count
            return
        self._one_more()
        self._kept += len(key[0])
        if self._kept > self._most:
            raise MalformedProfile(f"stacks of more than {self._most} frames")
        self._sums[key] = counts

    def _leaf(self, raw: bytes) -> TextLine:
        line = self._leaves.get(raw)
        if line is None:
            self._one_more()
            line = self._leaves[raw] = parse_line(raw)
        return line

    def _hidden_frames(self, raw: bytes) -> tuple[int, ...]:
        frames = self._hidden.get(raw)
        if frames is None:
            self._one_more()
            frames = self._hidden[raw] = tuple([self._hidden_frame(pc) for pc in raw.split()])
        return frames

    def _hidden_frame(self, pc: bytes) -> int:
        at = self._hidden_pcs.get(pc)
        if at is None:
            try:
                address = within(int(pc, 16)) - 1
            except ValueError as error:
                raise MalformedProfile("a stack holds something else than addresses") from error
            at = self._hidden_pcs[pc] = self._frame(Frame(Site("", "", 0), max(0, address)))
        return at

    def _visible(self, pcs: list[bytes], block: bytes) -> tuple[int, ...]:
        """The frames of the stack `pcs`, whose lines are `block`."""
        known, silent = self._lines, self._silent
        if pcs and pcs[-1] in silent:
            pcs.pop()
        found = tuple(map(known.get, pcs))
        if None not in found:
            return found  # type: ignore[return-value] # mypy does not see it
        if any(pc not in known and pc not in silent for pc in pcs):
            self._learn(pcs, block)
        return tuple(known[pc] for pc in pcs if pc in known)

    def _learn(self, pcs: list[bytes], block: bytes) -> None:
        """Reads the lines of `block`; a PC of `pcs` that none of them explains is silent from now on."""
        for line in map(parse_line, lines_in(block)):
            pc = line.pc[1:]
            if not pc or pc in self._lines or line.site.function == ROOT:
                continue
            at = self._lines[pc] = self._frame(Frame(line.site, int(pc, 16) - 1))
            if owner.is_profiler(line.site.function):
                self._profilers.add(at)
        for pc in pcs:
            if pc not in self._lines and pc not in self._silent:
                self._one_more()
                self._silent.add(pc)

    def _frame(self, frame: Frame) -> int:
        self._one_more()
        self._frames.append(frame)
        return len(self._frames) - 1

    def _one_more(self) -> None:
        self._distinct += 1
        if self._distinct > MOST_DISTINCT:
            raise MalformedProfile(f"more than {MOST_DISTINCT} distinct lines and stacks")


def read_whole(chunks: Iterable[bytes], names: Mapping[int, str]) -> Stacks:
    """Every stack in `chunks`, which together are one answer of `heap?debug=1`; `names` as `symbols.names` gives them.

    Without what the profiler itself allocates. Raises ProfileError: TruncatedProfile, EmptyProfile and others.
    """
    records = WholeRecords()
    stream = TextStream(records)
    for chunk in chunks:
        stream.feed(chunk)
    period, _ = stream.finish()
    stacks = tuple(records.stacks(period))
    if not stacks:
        raise EmptyProfile("the profile holds no sampled allocation")
    return Stacks(records.frames(names), stacks, period)
