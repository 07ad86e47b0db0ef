"""The bytes of captures to one piece and back, for a pipe: a line with their lengths, then one after the other."""

import orjson

from handlers.report import Raw


def encode_raws(*raws: Raw) -> bytes:
    """All of them."""
    parts = [part for raw in raws for part in raw]
    return b"".join((orjson.dumps(list(map(len, parts))), b"\n", *parts))


def decode_raws(data: bytes) -> tuple[Raw, ...]:
    """As they were given. Raises ValueError."""
    lengths, _, rest = data.partition(b"\n")
    parts, at = [], 0
    for length in _lengths(lengths):
        parts.append(rest[at : at + length])
        at += length
    of = len(Raw._fields)
    if at != len(rest) or len(parts) % of:
        raise ValueError("bytes are missing")
    return tuple(Raw(*parts[start : start + of]) for start in range(0, len(parts), of))


def _lengths(line: bytes) -> list[int]:
    try:
        return [int(length) for length in orjson.loads(line)]
    except (ValueError, TypeError) as error:
        raise ValueError("bytes are missing") from error
