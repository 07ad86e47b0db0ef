"""Gzipped bytes to plain ones, never more than a limit: a few kilobytes can inflate to gigabytes."""

import zlib

from analyzers.errors import MalformedProfile, TruncatedProfile

# 200,000 records inflate to some 100 MB; anything beyond this is no profile of a Go service.
MAX_INFLATED = 512 * 1024 * 1024
GZIP = b"\x1f\x8b"


def inflate(data: bytes, limit: int = MAX_INFLATED) -> bytes:
    """`data` without its gzip shell, never more than `limit` bytes of it."""
    if not data.startswith(GZIP):
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
