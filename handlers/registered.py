"""A service as the registry has it today. Knows that somebody may have taken it out meanwhile."""

from handlers.errors import UnknownService
from handlers.ports import Registry
from handlers.records import Service


def registered(registry: Registry, name: str) -> Service:
    """Without instances and channel where it is registered no more: what was captured of it stays."""
    try:
        return registry.get(name)
    except UnknownService:
        return Service(name, (), channel="")
