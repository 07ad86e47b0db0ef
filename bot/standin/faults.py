"""The seam for trouble: what a test may do to a call before or after it took effect, and to a delivery.

Why a Protocol: the stand-in itself never fails on purpose. What most tests and every other process want is in
`trouble.py`; a test with a fault of its own passes that instead. A fault that wants Slack to be slow sleeps in these
methods; one that wants an error returns a response in place of Slack's own.
"""

from typing import Protocol

from starlette.responses import Response

from bot.standin.records import Json


class Faults(Protocol):
    async def before(self, method: str, given: Json) -> Response | None:
        """Called before anything is stored; a response ends the call there."""
        ...

    async def after(self, method: str, given: Json, answer: Json) -> Response | None:
        """Called when the effect is stored; a response is sent instead of the true answer."""
        ...

    def copies(self, kind: str) -> int:
        """How often one delivery of this kind is sent to the bot."""
        ...


class NoFaults:
    async def before(self, method: str, given: Json) -> Response | None:
        return None

    async def after(self, method: str, given: Json, answer: Json) -> Response | None:
        return None

    def copies(self, kind: str) -> int:
        return 1
