"""The address of a report's page: whoever has it may read the page, and nobody can make one up.

Knows signing and its end, no store: whether the report is still there is asked of that one.

Why the end stands in the token and not only in the store: a link must not come alive again when somebody raises
`days` in the registry.
"""

import hashlib
import re

from itsdangerous import BadData, URLSafeSerializer

SALT = "mapstorm.report"
# Ids have some 120 characters at most.
_TOKEN = re.compile(r"[A-Za-z0-9_.-]{1,1000}")


class Links:
    """Addresses below `url`, which has no slash at its end."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        how = {"digest_method": hashlib.sha256, "key_derivation": "hmac"}
        self._serializer = URLSafeSerializer(secret, salt=SALT, signer_kwargs=how)

    def address(self, capture_id: str, expires: float) -> str:
        """The page's, until `expires` (seconds since 1970)."""
        return f"{self.url}/reports/{self.token(capture_id, expires)}"

    def token(self, capture_id: str, expires: float) -> str:
        """The same one whenever it is asked for."""
        return str(self._serializer.dumps([capture_id, int(expires)]))

    def capture_of(self, token: str, now: float) -> str | None:
        """The id of the capture; None for whatever is not a token that mapstorm has made, or one that has expired."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            capture_id, expires = self._serializer.loads(token)
        except (BadData, ValueError, TypeError):
            return None
        if not isinstance(capture_id, str) or not isinstance(expires, int) or now >= expires:
            return None
        return capture_id
