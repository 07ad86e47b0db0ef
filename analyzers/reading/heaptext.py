"""The text of `heap?debug=1`, read as it streams, to records with raw PCs, and the MemStats block behind them.

The main source: it alone still has the runtime's own frames. Where a record begins `textstream` knows, and what is in
one `textrecords`.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from analyzers.errors import EmptyProfile
from analyzers.names.goversion import GoVersion
from analyzers.profile import MemStats
from analyzers.reading.memstats import parse_memstats
from analyzers.reading.textrecords import TextRecord, TextRecords
from analyzers.reading.textstream import TextStream


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


class HeapTextReader:
    """Feed it chunks as they come, then `finish`. Memory grows with distinct places, not with bytes read."""

    def __init__(self) -> None:
        self._records = TextRecords()
        self._stream = TextStream(self._records)

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes. Raises ProfileError as soon as they cannot be a heap profile."""
        self._stream.feed(chunk)

    def finish(self) -> HeapText:
        """The profile, once all bytes were fed. Raises TruncatedProfile, ProfilingOff, EmptyProfile and others."""
        period, tail = self._stream.finish()
        records = tuple(self._records.summed())
        if not records:
            raise EmptyProfile("the profile holds no sampled allocation")
        memstats = parse_memstats(tail)
        return HeapText(period, records, memstats, self._records.version(), self._records.anchors())


def read_heap_text(chunks: Iterable[bytes]) -> HeapText:
    """The profile in `chunks`, which together are one answer of `heap?debug=1`."""
    reader = HeapTextReader()
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()
