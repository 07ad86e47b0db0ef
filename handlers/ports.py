"""What the handlers need from the outside, as small protocols. `bot` has one adapter for each, in a file of that name.

Adapters fit by shape and inherit nothing; every exception they let out is a MapstormError.
"""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from analyzers.finding import Diagnosis
from analyzers.flame import Flame
from analyzers.leaves import Leaves
from analyzers.snapshot import Snapshot
from handlers.alert import Alert, Group, Part
from handlers.handoff import Handoff
from handlers.incident import Incident
from handlers.posts import Post
from handlers.records import Capture, Held, Instance, Outcome, Remembered, Request, Service, Thread
from handlers.report import Raw, Report, Sizes
from handlers.rotation import Member, Rota, Rotation
from handlers.step import HandoffStep, Step


class Registry(Protocol):
    """Which services there are."""

    def get(self, name: str) -> Service:
        """The service of that name. Raises UnknownService with the nearest names."""

    def all(self) -> tuple[Service, ...]:
        """Every service, in the order of the file."""

    def fallback(self) -> str | None:
        """The channel that hears of what cannot be delivered elsewhere: its id or #name, None where none is said."""


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

    async def history(self, service: str, most: int | None = None) -> tuple[Remembered, ...]:
        """The verdicts of a service's captures, newest first: all that is kept, or `most` of them."""


class KnownLeaves(Protocol):
    """What texts told of builds: for what their calls allocate."""

    async def of(self, build_id: str) -> Leaves | None:
        """What is known of a build, None where nothing is."""

    async def learned(self, leaves: Leaves) -> None:
        """Keeps it in place of what was known of that build."""


class Reports(Protocol):
    """Captures kept whole, with what is drawn from them: as many, as long and as large as the registry allows."""

    async def put(self, service: Service, report: Report, raw: Raw) -> None:
        """Keeps it under the capture's id and lets go of what `service.keep` has no room for, the oldest first. Of a
        capture that is too large by itself, the report stays without its bytes. With room for none it does nothing."""

    async def get(self, capture_id: str) -> Report | None:
        """None where it was never kept, has gone or was forgotten."""

    async def capture(self, capture_id: str) -> Capture | None:
        """Which capture it is, also where what was found is another release's and `get` cannot read it: whatever is
        kept can be forgotten."""

    async def raw(self, capture_id: str) -> Raw | None:
        """Its bytes; None where they were never kept, have gone or were forgotten."""

    async def sizes(self, capture_id: str) -> Sizes | None:
        """What there is of its bytes, without reading them; None where there are none."""

    async def before(self, service: str, instance: str, moment: float) -> str | None:
        """The id of the latest capture of an instance whose bytes are kept, strictly older than `moment`."""

    async def draw(self, capture_id: str, flame: Flame) -> None:
        """Keeps the flame graph of a report for as long as the report."""

    async def flame(self, capture_id: str) -> Flame | None:
        """None until it is drawn."""

    async def forget(self, capture_id: str) -> bool:
        """Takes away the report, its bytes and with them its link; False where there is none."""

    def link(self, capture: Capture) -> str | None:
        """The address of its page for whoever has it, for as long as it is kept; None where mapstorm has no public
        address, or nothing is kept of that service."""


class Easel(Protocol):
    """Where a process draws flame graphs: one at a time, because each takes a few hundred megabytes and a process runs
    many captures."""

    def taken(self) -> AbstractAsyncContextManager[None]:
        """Holds it; from the bytes on, which are as many as may be kept, and those of the base as many again."""

    async def flame(self, raw: Raw, base: Raw | None) -> Flame | None:
        """By whoever has taken it: of `raw`, beside what it is compared with; None where nothing can be read."""


class Progress(Protocol):
    """What captures found and how they ended, so that a repeated job neither visits nor tells twice."""

    async def diagnosis(self, capture: Capture) -> Diagnosis | None:
        """What an earlier try has found, None where it found nothing or has not come so far."""

    async def diagnosed(self, capture: Capture, diagnosis: Diagnosis) -> None:
        """Keeps what was found until it is told. Where that fails the diagnosis is told all the same."""

    async def ended(self, capture: Capture, outcome: Outcome) -> None:
        """Keeps how one capture ended; the first time counts."""

    async def outcomes(self, request: Request) -> tuple[Outcome, ...]:
        """How the captures of a request ended so far, in order of instance."""

    async def has_ended(self, capture: Capture) -> bool:
        """Whether this capture's answer was given already."""


class Turns(Protocol):
    """Who may go on where only one may, whatever the number of workers. A dead worker's turns end by themselves."""

    def take(self, capture: Capture) -> AbstractAsyncContextManager[None]:
        """Holds the instance. Raises Busy; UnderWay where another copy of the same capture holds it."""


class Budget(Protocol):
    """How often an instance may be captured without anybody having typed a command for it."""

    async def spend(self, service: Service, instance: str, request: str, moment: float) -> Held | None:
        """None where `request` may capture the instance now, which counts; else who had its turn.

        The same request asked again gets the same answer.
        """


class Outbox(Protocol):
    """What is to be said, kept until Slack has taken it."""

    async def put(self, *posts: Post) -> None:
        """Once for each event of a reply; of a root the highest version stands."""

    async def conversation(self, thread: Thread) -> str | None:
        """The conversation of a thread, None where it is not mapstorm's."""

    async def link(self, conversation: str) -> str | None:
        """An https address of the root message, None where there is none."""


class Inbox(Protocol):
    """What alerts said and nobody has worked on yet: in order within a group, kept until it is done."""

    async def put(self, parts: tuple[Part, ...]) -> None:
        """All of them in one step, with a job for each group."""

    async def head(self, group: Group) -> tuple[str, Part] | None:
        """The oldest part of a group and its token."""

    async def drop(self, group: Group, token: str) -> None:
        """Takes the head away, if it is still that one."""

    async def unmatched(self, alerts: tuple[Alert, ...], moment: float) -> None:
        """Counts alerts that mean no service, and keeps an example for the doctor."""


class Incidents(Protocol):
    """What incidents there are. A change is one step with all that follows from it (step.py)."""

    async def get(self, identity: str) -> Incident | None:
        """The incident of that id."""

    async def latest(self, group: Group) -> Incident | None:
        """The newest incident of a group."""

    async def open(self, service: str | None = None) -> tuple[Incident, ...]:
        """Those that are not resolved, newest first."""

    async def since(self, moment: float) -> tuple[Incident, ...]:
        """Those to which something has happened since `moment`, the latest first; no more than 500."""

    async def commit(self, step: Step) -> bool:
        """False where the incident, or the head of its inbox, was changed by somebody else: read again, decide anew."""


class Standing(StrEnum):
    """What somebody is in this workspace."""

    MEMBER = "member"
    GUEST = "guest"
    STRANGER = "stranger"  # from another workspace, through Slack Connect


class People(Protocol):
    """Who somebody is, as Slack has it. Raises OutageError where Slack does not say so in time."""

    async def standing(self, user: str, team: str) -> Standing:
        """`team` is the workspace that the request names as theirs."""

    async def in_groups(self, user: str, groups: tuple[str, ...]) -> bool:
        """Whether somebody is in any of these user groups."""


class Silences(Protocol):
    """Alertmanager's silences."""

    async def create(
        self, matchers: tuple[tuple[str, str], ...], until: float, comment: str, by: str, now: float
    ) -> str:
        """Its id. `matchers` are labels and their values; with the same comment they are one silence, however often it
        is asked for. Raises OutageError, SilenceRefused."""

    async def end(self, identity: str) -> None:
        """Ends it now; one that is over already is no error. Raises OutageError, SilenceRefused."""


class Rotas(Protocol):
    """Who is on call."""

    def all(self) -> tuple[Rotation, ...]:
        """Every rotation of the registry, in its order."""

    async def read(self, rotation: Rotation, since: float, until: float, *, anew: bool = False) -> Rota:
        """Who is on call from `since` to `until`, the same whoever asks; calendars say no more than 40 days back and
        100 ahead. They are read again every five minutes; `anew` does not wait for that, because somebody knows that
        it has changed. Raises CalendarError where no copy of the last day is left, and OutageError."""

    async def known(self, rotation: Rotation, members: tuple[Member, ...]) -> tuple[Member, ...]:
        """The same members, those with `slack` whom the registry names or whose e-mail address Slack knows. Raises
        OutageError."""


class Handoffs(Protocol):
    """What handoffs there are. A change is one step with what is said of it."""

    async def get(self, identity: str) -> Handoff | None:
        """The handoff of that id."""

    async def recent(self, rotation: str) -> tuple[Handoff, ...]:
        """A rotation's, by the moment of their change, the latest first; no more than 50."""

    async def commit(self, step: HandoffStep) -> bool:
        """False where the handoff was changed by somebody else: read again, decide anew."""

    async def export(self, handoff: Handoff, rotation: Rotation) -> None:
        """Uploads its thread as Markdown into the thread. Raises NotPosted, OutageError, MissingScope."""


@dataclass(frozen=True, slots=True)
class Tools:
    """All ports together, with the clock. `now` is seconds since 1970, `pause` waits for seconds."""

    registry: Registry
    heaps: Heaps
    queue: Queue
    snapshots: Snapshots
    leaves: KnownLeaves
    reports: Reports
    easel: Easel
    progress: Progress
    turns: Turns
    budget: Budget
    outbox: Outbox
    inbox: Inbox
    incidents: Incidents
    people: People
    silences: Silences | None
    rotas: Rotas
    handoffs: Handoffs
    now: Callable[[], float]
    pause: Callable[[float], Awaitable[None]]
