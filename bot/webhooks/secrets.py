"""What must be shown at one webhook's door, and whether it was. Knows bytes and headers, no HTTP library.

Everything that is configured must hold: Grafana can send an Authorization header and sign the body as well. Nothing
here says which part was wrong to anybody but the log, and every comparison of a secret takes the same time.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot import incoming

# As Slack's: longer than a clock is off, shorter than a recorded request is worth something.
MAX_AGE_S = 300

_TIMESTAMP = re.compile(rb"[0-9]{1,12}")
_SIGNATURE = re.compile(rb"[0-9a-f]{64}")

Headers = Iterable[tuple[bytes, bytes]]


class Refused(Exception):
    """Why a request is not let in. Said in the log, not to the sender."""


@dataclass(frozen=True, slots=True)
class Authorization:
    """The one Authorization header that is let in: its scheme in lower case, and what follows it."""

    scheme: bytes
    credentials: bytes = field(repr=False)

    @classmethod
    def bearer(cls, token: str) -> "Authorization":
        """`Bearer token`."""
        return cls(b"bearer", token.encode())

    @classmethod
    def basic(cls, user: str, password: str) -> "Authorization":
        """RFC 7617, in UTF-8."""
        return cls(b"basic", base64.b64encode(f"{user}:{password}".encode()))

    def check(self, headers: Headers) -> None:
        """Raises Refused."""
        scheme, _, credentials = _only(headers, b"authorization").partition(b" ")
        if scheme.lower() != self.scheme:
            raise Refused("another scheme of authorization")
        if not hmac.compare_digest(credentials.strip(b" "), self.credentials):
            raise Refused("wrong credentials")


@dataclass(frozen=True, slots=True)
class Signing:
    """HMAC-SHA256 in hex, as Grafana sends it: over the body, or over `{unix seconds}:{body}` where a header for the
    time is configured. Names of headers are in lower case."""

    key: bytes = field(repr=False)
    signature_header: bytes
    timestamp_header: bytes | None

    def shape(self, headers: Headers, now: float) -> None:
        """What can be refused without the body. Raises Refused."""
        self._told(headers, now)

    def check(self, headers: Headers, body: bytes, now: float) -> None:
        """Raises Refused. `now` is seconds since 1970."""
        signature, timestamp = self._told(headers, now)
        signed = hmac.new(self.key, b"" if timestamp is None else timestamp + b":", hashlib.sha256)
        signed.update(body)
        if not hmac.compare_digest(signed.hexdigest().encode(), signature):
            raise Refused("wrong signature")

    def _told(self, headers: Headers, now: float) -> tuple[bytes, bytes | None]:
        signature = _only(headers, self.signature_header)
        if not _SIGNATURE.fullmatch(signature):
            raise Refused("malformed signature")
        if self.timestamp_header is None:
            return signature, None
        timestamp = _only(headers, self.timestamp_header)
        if not _TIMESTAMP.fullmatch(timestamp):
            raise Refused("malformed timestamp")
        if abs(now - int(timestamp)) > MAX_AGE_S:
            raise Refused("too old")
        return signature, timestamp


@dataclass(frozen=True, slots=True)
class Webhook:
    """One configured endpoint: at least one of the two, and what is there must hold. Raises ValueError without any."""

    authorization: Authorization | None = None
    signing: Signing | None = None

    def __post_init__(self) -> None:
        if self.authorization is None and self.signing is None:
            raise ValueError("a webhook that is open to everybody")


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The endpoints there are; one that is None does not exist."""

    alertmanager: Webhook | None = None
    grafana: Webhook | None = None
    generic: Webhook | None = None


def _only(headers: Headers, name: bytes) -> bytes:
    value = incoming.header(headers, name)
    if value is None:
        raise Refused(f"{name.decode()} missing or there twice")
    return value
