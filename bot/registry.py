"""The port Registry: the services file, read at start and again whenever it or a file it names changes.

Knows when to read; not what the file may say. A broken file never replaces a good one: an operator's slip must not
take the bot away in the middle of an incident.
"""

import os
import time
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path

import structlog

from bot.registry_services import Environ, RegistryError, load
from bot.registry_webhooks import Alertmanager
from bot.webhooks.secrets import Webhooks
from handlers.errors import UnknownService
from handlers.records import Service
from handlers.rotation import Rotation

CHECK_EVERY_S = 1.0

log = structlog.get_logger()
Signature = tuple[tuple[int, int, int] | None, ...]


class RegistryFile:
    """The port Registry. Raises RegistryError if the file is broken at start; later the log tells.

    `environ` holds the services' secrets; None in a process that asks no service. So do `webhooks`, `alertmanager` and
    `calendars` for theirs.
    """

    def __init__(
        self,
        path: str | Path,
        environ: Environ,
        clock: Callable[[], float] = time.monotonic,
        *,
        webhooks: Environ = None,
        alertmanager: Environ = None,
        calendars: Environ = None,
    ) -> None:
        self._path = Path(path)
        self._environs = environ, webhooks, alertmanager, calendars
        self._clock = clock
        self._checked = clock()
        before = _signature((self._path,))
        self._loaded = load(self._path, *self._environs)
        self._watch(self._loaded.files, before)

    def get(self, name: str) -> Service:
        """The service of that name. Raises UnknownService with the nearest names."""
        self._refresh()
        services = self._loaded.services
        found = services.get(name.lower())
        if found is None:
            near = get_close_matches(name.lower(), services, n=3, cutoff=0.5)
            raise UnknownService(name, tuple(near))
        return found

    def all(self) -> tuple[Service, ...]:
        """Every service, in the order of the file."""
        self._refresh()
        return tuple(self._loaded.services.values())

    def fallback(self) -> str | None:
        """The channel that hears of what cannot be delivered elsewhere."""
        self._refresh()
        return self._loaded.fallback_channel

    def webhooks(self) -> Webhooks:
        """Which webhooks there are and what they must show; none in a process that was given no secrets for them."""
        self._refresh()
        return self._loaded.webhooks

    def alertmanager(self) -> Alertmanager | None:
        """Where silences are made; None where none is registered, or this process was given no secrets for it."""
        self._refresh()
        return self._loaded.alertmanager

    def rotations(self) -> tuple[Rotation, ...]:
        """Who takes turns, in the order of the file; no addresses of calendars in a process that was given none."""
        self._refresh()
        return self._loaded.rotations

    def _refresh(self) -> None:
        """At most one look a second. stat follows links, so a swapped ..data of Kubernetes is a new inode."""
        now = self._clock()
        if now - self._checked < CHECK_EVERY_S:
            return
        self._checked = now
        signature = _signature(self._files)
        if signature == self._signature:
            return
        try:
            loaded = load(self._path, *self._environs)
        except RegistryError as error:
            self._watch(error.files, signature)
            log.error("registry_refused", problems=error.problems)
            return
        self._loaded = loaded
        self._watch(loaded.files, signature)
        log.info("registry_read", services=len(loaded.services))

    def _watch(self, files: tuple[Path, ...], before: Signature) -> None:
        """The file's own look is the one from before reading: what came in between differs at the next look."""
        self._files = files
        self._signature = before[:1] + _signature(files[1:])


def _signature(files: tuple[Path, ...]) -> Signature:
    return tuple(_look(path) for path in files)


def _look(path: Path) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):  # ValueError: a name that no file can have
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
