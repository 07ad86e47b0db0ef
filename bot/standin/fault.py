"""What may go wrong on purpose: plain records that tests make or that come as JSON. What makes it happen: `trouble.py`.

Slack checks first and stores then, so a refusal by a check never comes after storing; an outage, a broken connection
or a slow answer may come on either side, and only a look at the channel tells which.
"""

from dataclasses import dataclass, fields
from enum import StrEnum

from bot.standin.errors import Refusal
from bot.standin.records import Json

# Of Slack's errors only these admit that "some aspect of the operation succeeded before the error was raised".
DOUBTFUL = ("internal_error", "fatal_error")


class Kind(StrEnum):
    """What the caller meets."""

    RATE_LIMITED = "rate_limited"  # HTTP 429 with Retry-After
    REFUSED = "refused"  # HTTP 200 with `code`: ratelimited without a header, is_archived, token_revoked...
    UNKNOWN_BLOCKS = "unknown_blocks"  # invalid_blocks for messages that have one of `blocks`
    OUTAGE = "outage"  # HTTP `status` and no JSON
    SLOW = "slow"  # the true answer, `seconds` later; stored even if the client has hung up by then
    CUT = "cut"  # the connection is closed without an answer


@dataclass(frozen=True)
class Fault:
    """One kind of trouble for calls of `method` (all if empty), and only for those about `channel` if it is given.

    It happens to the next `times` calls it fits (None: until cleared), to each with a probability of `chance`.
    `after`: once the effect is stored. `seconds` are the Retry-After or the slowness. Raises ValueError for what
    Slack never does.
    """

    kind: Kind
    method: str = ""
    channel: str = ""
    after: bool = False
    times: int | None = 1
    chance: float = 1.0
    seconds: float = 1.0
    code: str = ""
    status: int = 503
    blocks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind is Kind.REFUSED and not self.code:
            raise ValueError("a refusal needs its code")
        checked = self.kind in (Kind.RATE_LIMITED, Kind.UNKNOWN_BLOCKS)
        if self.after and (checked or (self.kind is Kind.REFUSED and self.code not in DOUBTFUL)):
            raise ValueError("Slack checks this before it stores anything")


@dataclass(frozen=True)
class Detour:
    """What happens to the next `times` requests of a kind to the bot (slash_commands, interactive, events_api; empty:
    all): sent `copies` times, each `late` seconds after the act and up to `spread` more, which puts them out of order.
    """

    kind: str = ""
    copies: int = 1
    late: float = 0.0
    spread: float = 0.0
    times: int | None = 1
    chance: float = 1.0


def read_fault(given: Json) -> Fault:
    """A fault as JSON says it. Raises Refusal."""
    try:
        named = {**given, "kind": Kind(given.get("kind", "")), "blocks": tuple(given.get("blocks", ()))}
        return Fault(**named)
    except (TypeError, ValueError) as error:
        raise Refusal("invalid_arguments", f"not a fault: {error}") from None


def read_detour(given: Json) -> Detour:
    """A detour as JSON says it. Raises Refusal."""
    unknown = set(given) - {one.name for one in fields(Detour)}
    if unknown:
        raise Refusal("invalid_arguments", f"not a detour: {', '.join(sorted(unknown))}")
    return Detour(**given)
