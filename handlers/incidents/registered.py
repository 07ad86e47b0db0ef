"""The service of an incident as the registry has it today. Knows that somebody may have taken it out meanwhile."""

from handlers.errors import UnknownService
from handlers.incident import Incident
from handlers.ports import Tools
from handlers.records import Service


def service_of(tools: Tools, incident: Incident) -> Service:
    """Without instances where it is registered no more: its incident goes on, its captures do not."""
    try:
        return tools.registry.get(incident.service)
    except UnknownService:
        return Service(incident.service, (), incident.channel)
