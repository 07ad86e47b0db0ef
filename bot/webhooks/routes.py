"""Which webhooks there are, and who reads what they say. Knows no secret and no HTTP beyond the paths."""

from collections.abc import Callable

from starlette.routing import Route

from bot.webhooks.door import Behind, Door
from bot.webhooks.secrets import Webhooks
from handlers.alert import Origin
from handlers.sources import alertmanager, generic, grafana


def routes(webhooks: Callable[[], Webhooks], behind: Behind) -> list[Route]:
    """One for each origin. `webhooks` is asked at every request: the registry may change meanwhile."""
    doors = (
        Door(Origin.ALERTMANAGER, ("POST",), lambda: webhooks().alertmanager, alertmanager.read, behind),
        Door(Origin.GRAFANA, ("POST", "PUT"), lambda: webhooks().grafana, grafana.read, behind),
        Door(Origin.GENERIC, ("POST",), lambda: webhooks().generic, generic.read, behind),
    )
    return [Route(f"/webhooks/{door.origin}", door) for door in doors]
