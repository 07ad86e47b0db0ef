"""Which service an alert that means none comes nearest to, and its first matcher that does not hold. For people."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from handlers.records import Matcher, Service
from handlers.sources.matchers import matches


class Near(NamedTuple):
    """`failing` is the first matcher of `service` that does not hold, None where the alert means it. Absent: the alert
    has no such label."""

    service: str
    failing: Matcher | None
    absent: bool = False


def nearest(services: Iterable[Service], labels: Mapping[str, str]) -> Near | None:
    """Of the services with matchers the one of which the fewest fail, and of these the one of which the most hold."""
    found: tuple[tuple[int, int], Service, list[Matcher]] | None = None
    for service in services:
        failing = [matcher for matcher in service.match if not matches((matcher,), labels)]
        distance = len(failing), len(failing) - len(service.match)
        if service.match and (found is None or distance < found[0]):
            found = distance, service, failing
    if found is None:
        return None
    _, service, failing = found
    first = failing[0] if failing else None
    return Near(service.name, first, first is not None and not labels.get(first.label))


def written(matcher: Matcher) -> str:
    """As it may stand in the registry."""
    value = matcher.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'{matcher.label}{matcher.comparison}"{value}"'
