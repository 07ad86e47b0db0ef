"""A capture kept whole: what the page about it, its downloads and its flame graph are made of. Records only."""

from typing import NamedTuple

from analyzers.finding import Diagnosis
from handlers.records import Capture


class Raw(NamedTuple):
    """What the visits of one capture brought back, byte for byte; empty where it was not asked for.

    `text` and `first_text` (of the first visit) are compressed by zstd, because a text may have 250 MB and repeats
    itself; `proto` and `first_proto` are gzipped, as the service sends them; `symbols` are the answers of the symbol
    endpoint, one after the other.
    """

    text: bytes = b""
    first_text: bytes = b""
    symbols: bytes = b""
    proto: bytes = b""
    first_proto: bytes = b""


class Report(NamedTuple):
    """One capture and what it found."""

    capture: Capture
    diagnosis: Diagnosis


class Sizes(NamedTuple):
    """How many bytes of each part of a Raw are kept, as they are kept: what a page tells without reading them."""

    text: int = 0
    symbols: int = 0
    proto: int = 0
