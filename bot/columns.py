"""What the codecs of the stores share: tables of values that repeat, columns rather than rows, and zstd with a limit.

Every name once and columns are what zstd makes the least of. Inflating is bounded, because whoever can write to the
store must not be able to fill the memory of a worker.
"""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson
import zstandard

from bot.codec import Unreadable

# 200,000 lines are about 20 MB inflated.
MAX_INFLATED = 128 * 1024 * 1024
MAX_WINDOW = 8 * 1024 * 1024
LEVEL = 6


class Table:
    """Each value once; `[value]` is its place."""

    def __init__(self) -> None:
        self._places: dict[Any, int] = {}

    def __getitem__(self, value: Any) -> int:
        return self._places.setdefault(value, len(self._places))

    def __iter__(self) -> Iterator[Any]:
        return iter(self._places)


def compressed(fields: list[Any]) -> bytes:
    """JSON in zstd."""
    return zstandard.ZstdCompressor(level=LEVEL).compress(orjson.dumps(fields))


def inflated(data: bytes, version: int, limit: int = MAX_INFLATED) -> list[Any]:
    """The fields behind the schema version. Raises Unreadable, ZstdError, ValueError."""
    # A frame may lie about its size, so only reading with a limit is a limit.
    decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW)
    with decompressor.stream_reader(data) as reader:
        text = reader.read(limit + 1)
    if len(text) > limit:
        raise Unreadable(f"more than {limit} bytes")
    fields = orjson.loads(text)
    if not isinstance(fields, list) or not fields or fields[0] != version:
        raise Unreadable("another schema version")
    return fields[1:]


def by_column(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Row by row to column by column."""
    return [list(column) for column in zip(*rows, strict=True)]


def by_row(columns: Iterable[Iterable[Any]]) -> Iterator[tuple[Any, ...]]:
    """And back."""
    return zip(*columns, strict=True)


def printable(name: str) -> str:
    """A hostile profile may hold lone surrogates, which are no UTF-8 and stop orjson."""
    return name.encode("utf-8", "replace").decode()
