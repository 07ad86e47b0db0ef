"""Takes fields out of foreign JSON, each as what it has to be; where it is not, BadAlert names the field.

Knows JSON's types and how long a text may be; not what any sender calls its fields.
"""

import hashlib
from collections.abc import Mapping
from urllib.parse import urlsplit

from handlers.errors import BadAlert
from handlers.sizes import in_bytes

LONGEST = 1000  # characters of a title, a link, a label's name or value
LONGEST_FINGERPRINT = 200
MOST = 1_000_000
LEAST_LIMIT, MOST_LIMIT = 1024**2, 1024**5  # as in the registry
LIMIT_NAMES = ("memory_limit", "memory_limit_bytes")


def mapping(value: object, name: str) -> Mapping[str, object]:
    """An object; a missing one is empty."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise BadAlert(f"{name}: an object")
    return value


def listed(value: object, name: str) -> list[object]:
    """A list of at least one."""
    if not isinstance(value, list) or not value:
        raise BadAlert(f"{name}: a list of at least one")
    return value


def text(value: object) -> str:
    """What is to be read by people, cut at LONGEST; empty where it is no text."""
    return _storable(value[:LONGEST]) if isinstance(value, str) else ""


def identity(value: object, name: str) -> str:
    """What tells things apart. Where it is too long, its hash does as well, which a cut would not."""
    if not isinstance(value, str) or not value.strip():
        raise BadAlert(f"{name}: a text that is not empty")
    known = _storable(value)
    return known if len(known) <= LONGEST else f"sha256:{hashlib.sha256(known.encode()).hexdigest()}"


def fingerprint(value: object, name: str) -> str:
    """Hex from Alertmanager and Grafana; from others any text of 1 to 200 characters."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_FINGERPRINT:
        raise BadAlert(f"{name}: a text of 1 to {LONGEST_FINGERPRINT} characters")
    return _storable(value)


def fingerprint_of(*parts: str) -> str:
    """The same for the same parts, where the sender has none."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def firing(value: object, name: str) -> bool:
    """A status."""
    if value not in ("firing", "resolved"):
        raise BadAlert(f"{name}: firing or resolved")
    return value == "firing"


def count(value: object, name: str) -> int:
    """A number of things, at most MOST. Missing is 0, and digits in a text are a number too."""
    number = int(value) if isinstance(value, str) and value.isdecimal() and len(value) < 20 else value
    if number is None:
        return 0
    if isinstance(number, bool) or not isinstance(number, int | float) or not number >= 0:  # NaN is not, either
        raise BadAlert(f"{name}: a count")
    return int(min(number, MOST))


def labels(value: object, name: str) -> dict[str, str]:
    """Names and values, each cut at LONGEST. A number is its digits; what is neither text nor number is left out."""
    said = {text(key): plain(each) for key, each in mapping(value, name).items()}
    return {key: each for key, each in said.items() if key and each is not None}


def plain(value: object) -> str | None:
    """A text, or a number's digits; None for anything else."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value) if abs(value) < 1e18 else None
    return text(value) if isinstance(value, str) else None


def title(*candidates: object) -> str:
    """The first of them that says something, in one line."""
    lines = (" ".join(text(each).split()) for each in candidates)
    return next(filter(None, lines), "")


def link(*candidates: object) -> str:
    """The first of them that leads to a web page; empty where none does."""
    return next((each for each in candidates if isinstance(each, str) and _leads_to_a_page(each)), "")


def _leads_to_a_page(value: str) -> bool:
    if len(value) > LONGEST or not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def memory_limit(*places: Mapping[str, object]) -> int | None:
    """In bytes, by the first place that has a sane one under one of LIMIT_NAMES."""
    sizes = (in_bytes(place.get(name)) for place in places for name in LIMIT_NAMES)
    return next((size for size in sizes if size is not None and LEAST_LIMIT <= size <= MOST_LIMIT), None)


def _storable(value: str) -> str:
    """JSON can say half a surrogate pair, which no store takes."""
    return value.encode("utf-8", "replace").decode()
