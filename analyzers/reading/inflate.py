"""Gzipped bytes to plain ones, never more than a limit: a few kilobytes can inflate to gigabytes."""

import zlib

from analyzers.errors import MalformedProfile, TruncatedProfile

# A text, the largest of what is saved: 50,000 records take 260 MB.
MAX_INFLATED = 512 * 1024 * 1024
GZIP = b"\x1f\x8b"


def inflate(data: bytes, limit: int = MAX_INFLATED) -> bytes:
    """`data` without its gzip shell, never more than `limit` bytes of it."""
    if not data.startswith(GZIP):
        if len(data) > limit:
            raise MalformedProfile(f"the profile has more than {limit} bytes")
        return data
    shell = zlib.decompressobj(wbits=31)
    try:
        inflated = shell.decompress(data, limit)
    except zlib.error as error:
        raise MalformedProfile("the gzip stream is damaged") from error
    if shell.unconsumed_tail:
        raise MalformedProfile(f"the profile inflates to more than {limit} bytes")
    if not shell.eof:
        raise TruncatedProfile("the gzip stream ends before its trailer")
    return inflated
