"""How deep a JSON text is nested and how much is in it, before anybody parses it. Of JSON it knows only the brackets.

Why not a loop over the bytes: 2 MiB would stop the process for a fifth of a second. All but the brackets is dropped by
bytes' own methods, a few milliseconds each, and of what is left no more is looked at than an honest sender has.
"""

from itertools import accumulate

from handlers.errors import BadAlert

DEEPEST = 64
# Parsed, 2 MiB of brackets would be 40 MB of lists. An alert has three or four and some hundred bytes.
MOST_CONTAINERS = 50_000
TOO_MANY = f"body has more than {MOST_CONTAINERS} objects and lists"

_KEPT = b'[]{}"'
_DROPPED = bytes(byte for byte in range(256) if byte not in _KEPT)
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_STEPS = {ord("["): 1, ord("]"): -1}


def refuse_bombs(body: bytes) -> None:
    """Raises BadAlert for a text nested deeper than DEEPEST, or with too many containers.

    Of what is no JSON it sees at least as much as a parser does before it gives up.
    """
    brackets = _outside_of_strings(body)
    if brackets.count(b"[") > MOST_CONTAINERS:
        raise BadAlert(TOO_MANY)
    # A parser stops at the bracket that closes too much, and so the depth before it is what counts.
    if max(accumulate(map(_STEPS.__getitem__, brackets[: 2 * MOST_CONTAINERS])), default=0) > DEEPEST:
        raise BadAlert(f"body is nested deeper than {DEEPEST}")


def _outside_of_strings(body: bytes) -> bytes:
    """The brackets that are structure, all as `[` and `]`. Raises BadAlert."""
    unescaped = body.replace(b"\\\\", b"").replace(b'\\"', b"") if b"\\" in body else body
    # Two quotes side by side end and begin the same string, or hold none: without them, the rest is inside or outside
    # as before.
    reduced = unescaped.translate(_ONE_KIND, _DROPPED).replace(b'""', b"")
    if reduced.count(b'"') > 4 * MOST_CONTAINERS + 2:  # between any two texts that are left there is a bracket
        raise BadAlert(TOO_MANY)
    return b"".join(reduced.split(b'"')[::2])
