"""The port Reports where mapstorm has no public address: whoever cannot be shown a page needs none kept."""

from analyzers.flame import Flame
from handlers.records import Capture, Service
from handlers.report import Raw, Report, Sizes


class NoReports:
    """Keeps nothing, and has no links."""

    async def put(self, service: Service, report: Report, raw: Raw) -> None:
        return

    async def get(self, capture_id: str) -> Report | None:
        return None

    async def capture(self, capture_id: str) -> Capture | None:
        return None

    async def raw(self, capture_id: str) -> Raw | None:
        return None

    async def sizes(self, capture_id: str) -> Sizes | None:
        return None

    async def before(self, service: str, instance: str, moment: float) -> str | None:
        return None

    async def draw(self, capture_id: str, flame: Flame) -> None:
        return

    async def flame(self, capture_id: str) -> Flame | None:
        return None

    async def forget(self, capture_id: str) -> bool:
        return False

    def link(self, capture: Capture) -> str | None:
        return None
