"""The bytes kept of a capture to whole stacks. Knows how they were squeezed, and which of them belong together.

Why a format may be asked for: a protobuf lacks the runtime's frames, so a graph of one and the other would compare
names that cannot be equal.
"""

from collections.abc import Iterator

import zstandard

from analyzers.errors import MalformedProfile, ProfileError
from analyzers.profile import Source
from analyzers.reading import symbols
from analyzers.reading.heapproto import binary
from analyzers.reading.wholeproto import read_whole as read_proto
from analyzers.reading.wholetext import read_whole as read_text
from analyzers.stacks import Stacks
from handlers.report import Raw

CHUNK_BYTES = 64 * 1024
MOST_TEXT_BYTES = 4 * 1024**3  # the largest max_bytes that the registry takes


def stacks(raw: Raw, source: Source | None = None, *, first: bool = False) -> Stacks | None:
    """The latest reading, or that of the first visit; as text where there is one, unless `source` says otherwise.

    None where there is nothing to read. Raises ProfileError. Takes a while: not for an event loop.
    """
    if source is None:
        source = Source.TEXT if raw.text else Source.PROTOBUF
    if source is Source.TEXT:
        text = raw.first_text if first else raw.text
        if not text:
            return None
        whole = read_text(chunks(text), symbols.names(raw.symbols))
        return whole._replace(build_id=_build_id(raw))
    proto = raw.first_proto if first else raw.proto
    return read_proto(proto) if proto else None


def _build_id(raw: Raw) -> str:
    """A text does not know it; the protobuf of the same visit does. What is wrong with that costs the id alone."""
    try:
        return binary(raw.proto).build_id if raw.proto else ""
    except ProfileError:
        return ""


def chunks(text: bytes) -> Iterator[bytes]:
    """A kept text piece by piece, as it came. Raises MalformedProfile."""
    left = MOST_TEXT_BYTES
    try:
        with zstandard.ZstdDecompressor().stream_reader(text) as reader:
            while piece := reader.read(CHUNK_BYTES):
                left -= len(piece)
                if left < 0:
                    raise MalformedProfile("the kept text does not end")
                yield piece
    except zstandard.ZstdError as error:
        raise MalformedProfile("the kept text cannot be unpacked") from error
