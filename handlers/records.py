"""What crosses the queue and the store, and what the registry knows. Plain frozen records, no behaviour but lookup."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from analyzers.thresholds import DEFAULT, Thresholds


class Instance(NamedTuple):
    """One process of a service. `url` is the base of /debug/pprof and is shown to nobody."""

    name: str
    url: str


class Comparison(StrEnum):
    """How a matcher compares, as Alertmanager writes it. Regular expressions have to match the whole value."""

    EQUAL = "="
    UNEQUAL = "!="
    LIKE = "=~"
    UNLIKE = "!~"


class Matcher(NamedTuple):
    """One of Alertmanager's label matchers, as `sources/matchers.py` reads and applies it."""

    label: str
    comparison: Comparison
    value: str


class Allow(NamedTuple):
    """Who may act on a service's incidents: Slack's ids of users, and of user groups."""

    users: tuple[str, ...]
    user_groups: tuple[str, ...]


class Wanted(StrEnum):
    """Which of a heap's formats a capture asks for. `auto`: the text once a build, then the protobuf."""

    AUTO = "auto"
    TEXT = "text"
    PROTOBUF = "protobuf"


# In place of an id: whoever is on call then for the service's rotations.
ON_CALL = "oncall"


class Keep(NamedTuple):
    """How much of a service's raw captures stays, the newest first: whichever bound is met first counts."""

    captures: int = 20
    days: float = 7.0
    bytes: int = 67_108_864  # compressed, as they are stored


KEPT = Keep()


@dataclass(frozen=True, slots=True)
class Service:
    """One entry of the registry. Seconds and bytes; `auth_header` is the value, already read from where it is kept."""

    name: str
    instances: tuple[Instance, ...]
    channel: str
    owner: str = ""
    auth_header: str | None = field(default=None, repr=False)
    ca_file: str | None = None
    gc: bool = True
    capture: Wanted = Wanted.TEXT
    window_s: float = 8.0
    cpu_s: int = 0  # of a CPU profile between the visits; 0: none
    timeout_s: float = 60.0
    max_bytes: int = 268_435_456
    memory_limit: int | None = None  # what the process may use, its container's limit or its GOMEMLIMIT
    thresholds: Thresholds = DEFAULT
    match: tuple[Matcher, ...] = ()  # an alert means this service if all hold; none: no alert means it
    allow: Allow | None = None  # None: every member of the workspace
    mention: tuple[str, ...] = ()  # ids of users and user groups, or ON_CALL: mentioned once when an incident opens
    cooldown_s: float = 30.0  # between automatic captures of one instance
    reopen_within_s: float = 14_400.0  # an alert that fires again within it reopens the thread
    keep: Keep = KEPT  # of its captures' bytes, and of the pages made of them; none of them: no page
    recorded: bool = False  # answers come from a recording (the demo's), and messages must say so


class Thread(NamedTuple):
    """Where an answer goes: a channel's id and the ts of the thread's root message."""

    channel: str
    ts: str


class Person(NamedTuple):
    """Who asks or clicks: Slack's ids of the user, of the workspace the request names as theirs, and of the channel."""

    user: str
    team: str
    channel: str


class Trigger(StrEnum):
    """Why a capture is taken."""

    ASKED = "asked"  # by a slash command
    ALERT = "alert"  # an incident opened or opened again
    FOLLOW_UP = "follow_up"  # a minute into an incident
    LIMIT = "limit"  # at 90 % of the memory limit
    RESOLVED = "resolved"  # after an incident, to compare with
    AGAIN = "again"  # by a button of an incident


@dataclass(frozen=True, slots=True)
class Request:
    """Captures of one service that belong together. `id` is the same however often it is delivered.

    `asked_by` is a Slack user's id, empty where an alert asked; `incident` the id of the one it is for, if any.
    """

    id: str
    service: str
    instances: tuple[str, ...]
    requested_at: float
    asked_by: str
    incident: str | None = None
    trigger: Trigger = Trigger.ASKED

    @property
    def conversation(self) -> str:
        """Whose thread the answers belong into (posts.py)."""
        return self.incident or self.id


class Held(NamedTuple):
    """Why an instance is not captured now: a request, by its id, has had its turn. `wait_s`: until it is over."""

    request: str
    wait_s: float


@dataclass(frozen=True, slots=True)
class Capture:
    """One job: capture one instance of a request and say in its conversation what it means."""

    id: str
    request: Request
    instance: str


class Outcome(NamedTuple):
    """How one capture of a request ended. Bytes alive, and by how many a second they grew; both 0 where it failed."""

    instance: str
    verdict: str | None
    culprit: str
    failed: str | None
    live_heap: float = 0.0
    grows_by: float = 0.0
    captured_at: float = 0.0


class Remembered(NamedTuple):
    """One line of a service's history: when, which instance, what verdict, which line, how large the live heap.

    `tables` are the bytes of it that are tables of maps. `basis` is what the capture before was to this one: a new
    build or a restarted process shows there. All that follows is empty in lines of older releases.
    """

    captured_at: float
    instance: str
    verdict: str
    culprit: str
    live_heap: float
    tables: float = 0.0
    basis: str = ""
    capture_id: str = ""


class Claim(NamedTuple):
    """What people say of Go's maps: its macro, the template that has it, and its words, the one to show first."""

    name: str
    topic: str
    words: tuple[str, ...]
