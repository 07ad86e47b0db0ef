"""The text of `heap?debug=1` as it streams: its first line, where records begin, and the MemStats block at its end.

Why by hand and not by regular expressions: the stream jumps from one `] @` to the next, and who reads the records keys
on raw byte slices. A regular expression per line costs ten times as much, and services send up to 250 MB.
"""

from typing import Protocol

from analyzers.errors import MalformedProfile, NotAHeapProfile, ProfilingOff, TruncatedProfile
from analyzers.reading.textline import number

SCAN_BYTES = 64 * 1024  # from 128 KiB on malloc asks the kernel for every piece anew, which doubles the time
# A record has 128 frames (1,024 if so set) of a few hundred bytes; one that does not end within this is no record.
LONGEST_RECORD = 1024 * 1024
# 25 fields and two rings of 256 numbers are some 10 KB.
LONGEST_MEMSTATS = 1024 * 1024
MARK = b"] @"
MEMSTATS = b"\n# runtime.MemStats"
END_OF_MEMSTATS = b"# DebugGC ="


class Records(Protocol):
    """Who reads the records."""

    def add(self, text: bytes, start: int, mark: int, limit: int) -> None:
        """One record from `start`, its `] @` at `mark`; it ends with the first blank line before `limit`."""

    def search_roots(self, text: bytes, done: int) -> None:
        """A piece of the stream, in whole records but for its end: of `text`, `done` bytes will not come again."""


class TextStream:
    """Feed it chunks as they come, then `finish`; each record goes to `records`. Holds one piece at a time."""

    def __init__(self, records: Records) -> None:
        self._pending: list[bytes] = []
        self._pending_bytes = 0
        self._carry = b""
        self._tail: list[bytes] = []
        self._tail_bytes = 0
        self._period: int | None = None
        self._records = records

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes. Raises ProfileError as soon as they cannot be a heap profile."""
        if self._tail:
            self._keep_tail(chunk)
            return
        self._pending.append(chunk)
        self._pending_bytes += len(chunk)
        if self._pending_bytes >= SCAN_BYTES:
            self._scan()

    def finish(self) -> tuple[int, bytes]:
        """The mean bytes between two samples, and the MemStats block. Raises TruncatedProfile, ProfilingOff, others."""
        self._scan()
        if self._period is None:
            self._read_header(self._carry, whole=True)
        tail = b"".join(self._tail)
        if END_OF_MEMSTATS not in tail:
            raise TruncatedProfile("the MemStats block at the end of the text is missing")
        if not self._period:
            raise ProfilingOff("the profile was written with MemProfileRate 0")
        return self._period, tail

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
        self._records.search_roots(text, done)
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
        find, rfind, add = text.find, text.rfind, self._records.add
        start = mark = -1
        # A single byte is found ten times as fast as three; the others that hold it are paths of the module cache.
        at = find(b"@")
        while at >= 0:
            if text[at - 2 : at] == b"] ":
                if mark >= 0:
                    add(text, start, mark, at)
                mark = at - 2
                start = rfind(b"\n", 0, mark) + 1
            at = find(b"@", at + 1)
        return max(start, 0)

    def _read_last_record(self, text: bytes, start: int, end: int) -> None:
        mark = text.find(MARK, start, end)
        if mark >= 0:
            self._records.add(text, start, mark, end)
