"""Sizes in bytes as people, Go and Prometheus write them. Knows units; not what has the size."""

import math
import re

UNITS = {"B": 1, **{f"{prefix}iB": 1024**n for n, prefix in enumerate("KMGT", 1)}}
UNITS |= {f"{prefix}B": 1000**n for n, prefix in enumerate("kMGT", 1)}
_LOOSE = UNITS | {f"{prefix}i": 1024**n for n, prefix in enumerate("KMGT", 1)}  # Kubernetes', and humanize1024's
_SIZE = re.compile(r"([0-9]{1,20}(?:\.[0-9]{1,20})?(?:e[+-]?[0-9]{1,2})?) ?([A-Za-z]*)", re.ASCII)


def in_bytes(value: object) -> int | None:
    """`2GiB`, `1.5 GB`, `512Mi`, `2.147483648e+09` or a number of bytes as whole bytes; None for anything else.

    Looser than the registry is with a person, who can be asked: this is what alert templates make of numbers.
    """
    if isinstance(value, str):
        parts = _SIZE.fullmatch(value.strip())
        if parts is None or (parts[2] or "B") not in _LOOSE:
            return None
        exact = int(parts[1]) if parts[1].isdigit() else float(parts[1])
        return int(exact * _LOOSE[parts[2] or "B"])
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:  # NaN is not, either
        return None
    return int(value)
