"""What the handlers need from the outside, as small protocols. `bot` has one adapter for each, in a file of that name.

Adapters fit by shape and inherit nothing; every exception they let out is a MapstormError.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from analyzers.finding import Diagnosis
from analyzers.leaves import Leaves
from analyzers.snapshot import Snapshot
from handlers.notes import Note
from handlers.records import Capture, Instance, Outcome, Remembered, Request, Service, Thread


class Registry(Protocol):
    """Which services there are."""

    def get(self, name: str) -> Service:
        """The service of that name. Raises UnknownService with the nearest names."""

    def all(self) -> tuple[Service, ...]:
        """Every service, in the order of the file."""


class Visit(Protocol):
    """One pinned process: every request of one visit reaches the same one."""

    async def text(self, sink: Callable[[bytes], None]) -> None:
        """`heap?debug=1`, streamed into `sink` as it comes. Raises CaptureError."""

    async def symbols(self, query: str) -> bytes:
        """The answer of the symbol endpoint to one query. Raises CaptureError."""

    async def proto(self, *, collect: bool = False) -> bytes:
        """The heap as gzipped protobuf; `collect` lets the service collect garbage first, if it may be asked to.

        Raises CaptureError.
        """

    async def cpu(self, seconds: int) -> bytes:
        """A CPU profile of the next `seconds`, as gzipped protobuf. Raises CaptureError."""


class Heaps(Protocol):
    """The services' pprof endpoints."""

    def visit(self, service: Service, instance: Instance) -> AbstractAsyncContextManager[Visit]:
        """Resolves the instance once and keeps to that address. Only addresses of the registry are ever asked."""


class Queue(Protocol):
    """Work for the workers; nothing on it is lost when one dies."""

    async def request(self, request: Request) -> None:
        """Puts a request on the queue, once for each id."""

    async def capture(self, capture: Capture) -> None:
        """Puts one instance's capture on the queue, once for each id."""


class Snapshots(Protocol):
    """What earlier captures saw."""

    async def before(self, service: str, instance: str, moment: float) -> Snapshot | None:
        """The latest snapshot strictly older than `moment` (seconds since 1970)."""

    async def put(self, capture: Capture, snapshot: Snapshot, diagnosis: Diagnosis) -> None:
        """Keeps a capture's snapshot under the capture's id, so that a repeated job writes the same key."""

    async def history(self, service: str) -> tuple[Remembered, ...]:
        """The verdicts of a service's captures, newest first."""


class KnownLeaves(Protocol):
    """What texts told of builds: for what their calls allocate."""

    async def of(self, build_id: str) -> Leaves | None:
        """What is known of a build, None where nothing is."""

    async def learned(self, leaves: Leaves) -> None:
        """Keeps it in place of what was known of that build."""


class Progress(Protocol):
    """How far a request has come, so that a repeated job neither opens a thread nor speaks twice."""

    async def thread(self, request_id: str) -> Thread | None:
        """The thread opened for a request, None as long as there is none."""

    async def opened(self, request_id: str, thread: Thread) -> None:
        """Keeps the thread of a request."""

    async def diagnosis(self, capture: Capture) -> Diagnosis | None:
        """What an earlier try has found, None where it found nothing or has not come so far."""

    async def diagnosed(self, capture: Capture, diagnosis: Diagnosis) -> None:
        """Keeps what was found until it is told. Where that fails the diagnosis is told all the same."""

    async def ended(self, capture: Capture, outcome: Outcome) -> None:
        """Keeps how one capture ended."""

    async def outcomes(self, request: Request) -> tuple[Outcome, ...]:
        """How the captures of a request ended so far, in order of instance."""

    async def has_ended(self, capture: Capture) -> bool:
        """Whether this capture's answer was given already."""


# Whether a turn that was taken is still this run's, and not somebody else's after a standstill.
StillOurs = Callable[[], Awaitable[bool]]


class Turns(Protocol):
    """Who may go on where only one may, whatever the number of workers. A dead worker's turns end by themselves."""

    def take(self, capture: Capture) -> AbstractAsyncContextManager[None]:
        """Holds the instance. Raises Busy."""

    def alone(self, identity: str) -> AbstractAsyncContextManager[StillOurs]:
        """Holds a job against its own copies, which a queue makes of a job whose worker stood still; waits for them."""

    def editor(self, request_id: str) -> AbstractAsyncContextManager[bool]:
        """Holds the root message of a request; False where another one does."""


class Chat(Protocol):
    """Where people read."""

    async def open(self, channel: str, note: Note) -> Thread:
        """Posts a root message."""

    async def edit(self, thread: Thread, note: Note) -> None:
        """Replaces the root message."""

    async def reply(self, thread: Thread, note: Note) -> None:
        """Posts into the thread."""


@dataclass(frozen=True, slots=True)
class Tools:
    """All ports together, with the clock. `now` is seconds since 1970, `pause` waits for seconds."""

    registry: Registry
    heaps: Heaps
    queue: Queue
    snapshots: Snapshots
    leaves: KnownLeaves
    progress: Progress
    turns: Turns
    chat: Chat
    now: Callable[[], float]
    pause: Callable[[float], Awaitable[None]]
