"""The alert that the demo lets fire, as any monitoring could send it: the small JSON of /webhooks/generic.

Knows its fields and where it is sent; not what mapstorm makes of it. What is alerted about is what the recording shows.
"""

import json
import shlex
from typing import NamedTuple

import httpx

from bot.demo.process import DemoError

TOKEN_ENV = "MAPSTORM_GENERIC_TOKEN"  # noqa: S105 - a name, no token
SERVICE, INSTANCE = "svc-intake", "intake-0"
TITLE = "Memory of svc-intake grows by more than 50 MB a minute"
FIRING, RESOLVED = "firing", "resolved"


class Alarm(NamedTuple):
    """Where the alert goes, and what has to be shown there."""

    address: str
    token: str

    def send(self, client: httpx.Client, status: str) -> None:
        """Raises DemoError where it is not taken, httpx.HTTPError where nobody answers."""
        headers = {"authorization": f"Bearer {self.token}"}
        answer = client.post(self.address, json=_body(status), headers=headers)
        if not answer.is_success:
            raise DemoError(f"mapstorm did not take the alert: it answered {answer.status_code}")

    def curl(self, status: str) -> str:
        """The same as a line to paste into a shell."""
        header, body = shlex.quote(f"Authorization: Bearer {self.token}"), shlex.quote(json.dumps(_body(status)))
        return f"curl -H {header} -d {body} {self.address}"


def _body(status: str) -> dict[str, str]:
    return {"service": SERVICE, "instance": INSTANCE, "status": status, "title": TITLE}
