"""What a frame of a CPU profile does with a map: tables of names, data rather than branches. Knows names only.

Source of every row: CPU profiles and the runtime's sources of Go 1.19 to 1.27.
"""

from enum import StrEnum
from functools import lru_cache

from analyzers.names.frames import SWISS_MAPS


class Access(StrEnum):
    """What a sample was caught at. Growth inside of a write or a delete is growth alone."""

    READ = "read"
    WRITE = "write"
    DELETE = "delete"
    ITERATE = "iterate"
    GROWTH = "growth"


# runtime.evacuated is not growth: plain look-ups and iteration call it.
_PREFIXES = (
    ("runtime.mapaccess1", Access.READ),
    ("runtime.mapaccess2", Access.READ),
    ("runtime.mapassign", Access.WRITE),
    ("runtime.mapdelete", Access.DELETE),
    ("runtime.growWork", Access.GROWTH),
    ("runtime.evacuate_fast", Access.GROWTH),
)
_NAMES = {
    "runtime.mapiterinit": Access.ITERATE,
    "runtime.mapiternext": Access.ITERATE,
    "runtime.mapIterStart": Access.ITERATE,
    "runtime.mapIterNext": Access.ITERATE,
    SWISS_MAPS + "(*Iter).Next": Access.ITERATE,
    "runtime.hashGrow": Access.GROWTH,
    "runtime.evacuate": Access.GROWTH,
    SWISS_MAPS + "(*table).rehash": Access.GROWTH,
    SWISS_MAPS + "(*table).grow": Access.GROWTH,
    SWISS_MAPS + "(*table).split": Access.GROWTH,
    SWISS_MAPS + "(*Map).growToTable": Access.GROWTH,
}
_GC = (
    "runtime.gcBgMarkWorker",
    "runtime.gcDrain",
    "runtime.gcAssistAlloc",
    "runtime.bgsweep",
    "runtime.bgscavenge",
)
_KEYED = (Access.READ, Access.WRITE, Access.DELETE)


@lru_cache(maxsize=65536)
def access_of(function: str) -> Access | None:
    """The class of one runtime frame's name, None for most."""
    found = _NAMES.get(function)
    return found or next((access for prefix, access in _PREFIXES if function.startswith(prefix)), None)


@lru_cache(maxsize=65536)
def is_gc(function: str) -> bool:
    """Whether the frame collects garbage: marking, assisting, sweeping, giving memory back."""
    return function.startswith(_GC)


def keys_of(function: str) -> str:
    """`faststr`, `fast64`, `fast32` or `generic` of a look-up, assignment or deletion; "" of any other frame.

    Look-ups have no variant for pointer keys, so those of the others are the same as the plain one here.
    """
    if access_of(function) not in _KEYED:
        return ""
    variant = function.partition("_")[2]
    return variant.removesuffix("ptr") if variant.startswith("fast") else "generic"
