"""What is known of a build to compressed bytes and back: some 10 bytes a call. Knows no store."""

from typing import Any

import structlog
import zstandard

from analyzers.leaves import Leaves, Shares
from bot.codec import Unreadable
from bot.columns import Table, by_column, by_row, compressed, inflated, printable
from bot.snapshot_codec import to_go_version

VERSION = 1

# 50,000 calls of several sizes are about 3 MB inflated.
MAX_INFLATED = 32 * 1024 * 1024

log = structlog.get_logger()


def encode_leaves(leaves: Leaves) -> bytes:
    """All calls, compressed; equal leaves give equal bytes."""
    names, stacks = Table(), Table()
    rows = [
        (offset, size, stacks[frames], share)
        for offset, call in sorted(leaves.calls.items())
        for size, shares in sorted(call.items())
        for frames, share in sorted(shares.items())
    ]
    chains = [[names[name] for name in frames] for frames in stacks]
    fields = [VERSION, leaves.build_id, list(leaves.go_version), list(map(printable, names)), chains, by_column(rows)]
    return compressed(fields)


def decode_leaves(data: bytes) -> Leaves:
    """Raises Unreadable."""
    try:
        return _leaves(*inflated(data, VERSION, MAX_INFLATED))
    except Unreadable:
        raise
    except (zstandard.ZstdError, ValueError, TypeError, AttributeError, LookupError) as error:
        raise Unreadable(str(error)) from error


def recalled(data: bytes, build_id: str) -> Leaves | None:
    """What another version of mapstorm wrote counts as forgotten: a text tells it again."""
    try:
        leaves = decode_leaves(data)
    except Unreadable as error:
        log.warning("leaves unreadable", build_id=build_id, why=str(error))
        return None
    return leaves if leaves.build_id == build_id else None


def _leaves(build_id: str, go_version: list[Any], names: list[str], chains: list[list[int]], rows: Any) -> Leaves:
    stacks = [tuple(str(names[place]) for place in chain) for chain in chains]
    calls: dict[int, dict[int, dict[tuple[str, ...], float]]] = {}
    for offset, size, stack, share in by_row(rows):
        shares = calls.setdefault(int(offset), {}).setdefault(int(size), {})
        shares[stacks[stack]] = _fraction(share)
    kept: dict[int, dict[int, Shares]] = {offset: dict(call) for offset, call in calls.items()}
    return Leaves(str(build_id), to_go_version(*go_version), kept)


def _fraction(share: Any) -> float:
    if not 0 <= (number := float(share)) <= 1:
        raise Unreadable("a share is none")
    return number
