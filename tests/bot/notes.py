"""A note of every kind, as plain, as hostile and as large as one likes."""

from dataclasses import replace

from analyzers.compare import Basis
from analyzers.cpu import Band, CPUFigures, LineOps
from analyzers.finding import (
    Comparison,
    Confidence,
    Diagnosis,
    Dominant,
    Evidence,
    Finding,
    Remediation,
    Remedy,
    Savings,
    Unit,
    Verdict,
)
from analyzers.gc import GCFigures
from analyzers.maps.estimate import MapEstimate
from analyzers.maps.tables import Entries
from analyzers.memory import MemoryForecast
from analyzers.names.frames import Implementation
from analyzers.names.goversion import exactly
from analyzers.profile import Site, Source
from handlers.alert import Group, Origin
from handlers.claims import CLAIMS
from handlers.incident import Act, Entry, Event, Incident, Known, Silence, State
from handlers.incident_notes import (
    Acted,
    Afterwards,
    CapturedElsewhere,
    CaptureRefused,
    Compared,
    CompareForm,
    Follows,
    IncidentList,
    IncidentRoot,
    InstanceDied,
    LimitAhead,
    SilenceForm,
    SnoozeForm,
    StandsSo,
    StateChange,
)
from handlers.incident_notes import Comparison as Peers
from handlers.notes import (
    Accepted,
    CaptureFailed,
    CaptureFinished,
    CapturePicture,
    CaptureStarted,
    ClaimList,
    Examining,
    Explanation,
    Forgotten,
    Form,
    Help,
    History,
    Note,
    ServiceList,
    Slip,
    Summary,
    TrendAsked,
    TrendPicture,
    Undelivered,
)
from handlers.records import Instance, Outcome, Remembered, Service, Trigger
from tests.bot.doctor_notes import reports
from tests.bot.handoff_notes import handoff_forms, handoff_notes
from tests.bot.oncall_notes import oncall_notes

EVIDENCE = {
    "growth_alloc_space": Unit.BYTES,
    "growth_inuse_space": Unit.BYTES,
    "table_alloc_space": Unit.BYTES,
    "table_inuse_space": Unit.BYTES,
    "value_inuse_space": Unit.BYTES,
    "alloc_share": Unit.SHARE,
    "inuse_share": Unit.SHARE,
    "recent_alloc_space": Unit.BYTES,
    "recent_alloc_share": Unit.SHARE,
    "recent_alloc_rate": Unit.BYTES_PER_SECOND,
    "trend_inuse_space": Unit.BYTES,
    "trend_growth_alloc_space": Unit.BYTES,
    "inuse_growth": Unit.BYTES,
    "inuse_growth_time": Unit.SECONDS,
    "inuse_growth_rate": Unit.BYTES_PER_SECOND,
    "growth_garbage": Unit.BYTES,
    "presize_alloc_space": Unit.BYTES,
    "clone_alloc_space": Unit.BYTES,
    "first_alloc_space": Unit.BYTES,
    "overflow_alloc_space": Unit.BYTES,
    "room_entries": Unit.COUNT,
    "objects_alive": Unit.COUNT,
    "population_most": Unit.COUNT,
    "turnover": Unit.COUNT,
    "room_made": Unit.COUNT,
    **{
        f"{when}_{what}_{end}": unit
        for when in ("hour", "six_hours", "day", "limit")
        for what, unit in (("entries", Unit.COUNT), ("space", Unit.BYTES))
        for end in ("low", "high")
    },
    "step_space": Unit.BYTES,
    "step_peak_space": Unit.BYTES,
    "step_old_space": Unit.BYTES,
    "step_entries": Unit.COUNT,
    "step_within": Unit.SECONDS,
    "maps_inuse": Unit.COUNT,
    "maps_alloc": Unit.COUNT,
    "slice_alloc_space": Unit.BYTES,
    "slice_inuse_space": Unit.BYTES,
}
ESTIMATE = MapEstimate(Implementation.SWISS, "faststr", 24, Entries(400_000, 600_000, 900_000), 800, 3.2, False)

OPS = LineOps(
    Site("maps.Copy[...]", "maps/maps.go", 60),
    Site("example.com/svc/catalog.put", "example.com/svc/catalog.go", 64),
    Band.READ_DOMINATED,
    *(0.2, 0.1, 0.0, 0.03, 0.15),
)


def service(name: str = "svc-orders", instance: str = "orders-0") -> Service:
    return Service(name, (Instance(instance, "http://10.0.0.1/debug/pprof"),), "C0123ABCD", "@ana")


def finding(
    rule: Verdict, name: str = "example.com/svc/catalog.put", file: str = "example.com/svc/catalog.go"
) -> Finding:
    slices = rule is Verdict.SLICE_GROWTH
    return Finding(
        rule=rule,
        confidence=Confidence.HIGH,
        site=Site("maps.Copy[...]", "maps/maps.go", 60),
        culprit=Site(name, file, 64),
        map=None if slices else ESTIMATE,
        evidence=tuple(Evidence(key, 0.3 if unit is Unit.SHARE else 5e7, unit) for key, unit in EVIDENCE.items()),
        remediation=tuple(
            Remediation(kind, 900_000 if kind is Remedy.PRESIZE else None, 1e7, Savings(3.6e9, 120.0))
            for kind in ([Remedy.PRESIZE_SLICE] if slices else Remedy)
        ),
        weight=0.5,
        ops=None if slices else OPS,
    )


def summary(
    *findings: Finding,
    basis: Basis = Basis.SAME_PROCESS,
    named: bool = True,
    of: Service | None = None,
    text: str = "orders-0",
) -> Summary:
    verdict = findings[0].rule if findings else Verdict.NO_MAP_PROBLEM
    age = None if basis is Basis.FIRST else 600.0
    diagnosis = Diagnosis(
        captured_at=1_700_000_000.0,
        verdict=verdict,
        confidence=Confidence.HIGH,
        findings=findings,
        gc=GCFigures(12.0, 0.001, 5e6, 1e6, 8.0),
        source=Source.TEXT if named else Source.PROTOBUF,
        named=named,
        implementation=Implementation.SWISS,
        go_version=exactly("go1.27.3"),
        comparison=Comparison(basis, age, 8.0, None if age is None else 3e6),
        live_heap=9e7,
        dominant=(Dominant(Site("main.load", f"{text}.go", 3), 6e7, 0.7),),
        gc_before=None if basis is Basis.FIRST else GCFigures(3.1, 0.001, 2e6, 1e6, 8.0),
        cpu=CPUFigures(5.0, 412, 0.12, (OPS,)),
        memory=MemoryForecast(2**31, 2400.0, 700.0, 600.0) if findings else None,
    )
    return Summary(of or service(), text, "r1.orders-0", diagnosis)


def advised(told: Finding) -> Finding:
    """With three remedies, as most rules give: `finding` has one of each, and four of the longest would be cut."""
    return told._replace(remediation=told.remediation[:3])


def past(text: str) -> Remembered:
    """A line of history that is of a new build."""
    return Remembered(1.7e9, text, "growth_storm", text, 9e8, 4e8, "new_build", text)


def notes(text: str = "orders-0") -> list[Note]:
    """One of every kind, and of every verdict; wherever a foreign name can stand, it is `text`."""
    known = replace(service(text, text), channel=text, owner=text)
    outcomes = (Outcome(text, "growth_storm", text, None), Outcome(text, None, "", "refused"))
    return [
        CaptureStarted(known, (text,), text, "r1"),
        CaptureStarted(known, (text, text), text, "r1"),
        CaptureFinished(known, (text,), text, (), "r1"),
        CaptureFinished(known, (text,), text, outcomes[:1], "r1"),
        CaptureFinished(known, (text,), text, outcomes[1:], "r1"),
        CaptureFinished(known, (text, text), text, outcomes, "r1"),
        *(
            summary(advised(finding(rule, text, text)), of=known, text=text)
            for rule in Verdict
            if rule is not Verdict.NO_MAP_PROBLEM
        ),
        *(summary(basis=basis, of=known, text=text) for basis in Basis),
        summary(named=False, of=known, text=text),
        summary(of=known, text=text)._replace(report=f"https://mapstorm.example.com/reports/{text}"),
        CaptureFailed(known, text, text, "refused", text),
        CapturePicture(known, text, summary(of=known, text=text).diagnosis, (past(text),)),
        CapturePicture(known, text, summary(advised(finding(Verdict.GROWTH_STORM, text, text))).diagnosis, ()),
        TrendAsked(known, (past(text), past(text)), text),
        TrendPicture(known, (past(text), past(text))),
        TrendPicture(known, ()),
        Accepted(known, (text,)),
        Accepted(known, (text, text)),
        Slip("unknown_service", text, (text, text)),
        Slip("outage", ""),
        Help(),
        ServiceList((known, known)),
        ServiceList(()),
        History(known, (Remembered(1_700_000_000.0, text, "growth_storm", text, 9e7),)),
        History(known, (past(text),), is_drawn=True),
        History(known, ()),
        Forgotten(known, text, text),
        Explanation(CLAIMS[0]),
        ClaimList(CLAIMS),
        *incident_notes(known, text),
        Examining(),
        *reports(text),
        *handoff_notes(tuple(incident(state, text, text) for state in State), text),
        *oncall_notes(text),
    ]


def incident(state: State = State.OPEN, text: str = "High memory", name: str = "svc-orders") -> Incident:
    """In `state`, with one alert still firing and one that is over; resolved, both are."""
    over = 1_700_000_600.0
    resolved = state is State.RESOLVED
    alerts = (
        Known("f1", text, "orders-0", 1_700_000_000.0, over if resolved else None, "https://alerts.example.com/a?b&c"),
        Known("f2", text, None, 1_700_000_060.0, over, text),
    )
    happened = {
        State.OPEN: (),
        State.ACKNOWLEDGED: (Entry(1_700_000_100.0, Event.ACKNOWLEDGED, "U024BE7LH"),),
        State.SNOOZED: (Entry(1_700_000_200.0, Event.SNOOZED, "U024BE7LH", "1800"),),
        State.RESOLVED: (Entry(over, Event.RESOLVED),),
    }
    return Incident(
        id="k3m9x2ab",
        group=Group(Origin.ALERTMANAGER, "mapstorm", "{}:{alertname='HighMemory'}", name),
        channel="C0123ABCD",
        group_labels={"alertname": text},
        state=state,
        opened_at=1_700_000_000.0,
        alerts=alerts,
        timeline=(Entry(1_700_000_000.0, Event.OPENED), *happened[state]),
        resolved_at=over if resolved else None,
        snoozed_until=1_700_002_000.0 if state is State.SNOOZED else None,
        owner="U024BE7LH" if state is State.ACKNOWLEDGED else "",
        outcomes=(Outcome("orders-0", "growth_storm", "internal/catalog/catalog.go:64", None, 1.6e9, 3e6),),
        version=7,
    )


def incident_notes(known: Service, text: str) -> list[Note]:
    """What is said of incidents, in every state and after every event."""
    ill, well = (Outcome(text, "growth_storm", text, None, 9e8, 2e6, 1.7e9), Outcome(text, "no_map_problem", "", None))
    failed = Outcome(text, None, "", "timed_out")
    told = [replace(incident(state, text, known.name), outcomes=(ill, well)) for state in State]
    worst = replace(
        told[0],
        alerts=tuple(Known(f"f{at}", text, text, 1_700_000_000.0 + at, None, text) for at in range(12)),
        outcomes=(failed,),
        owner=text,
        truncated=2,
        silence=Silence("s1", 1_700_009_000.0, text),
    )
    entries = [Entry(1_700_000_100.0, event, who, text) for event in Event for who in ("", text)]
    return [
        *(IncidentRoot(known, each, tuple(Act)) for each in (*told, worst)),
        IncidentRoot(known, replace(told[0], outcomes=(), alerts=()), ()),
        *(StateChange(known, worst, entry) for entry in entries),
        Follows(known, told[-1], "https://standin.slack.example/archives/C0/p1"),
        Follows(known, worst, None),
        Peers(known, (ill,), (well, well)),
        Peers(known, (ill,), (ill, well)),
        Peers(known, (ill,), (ill,)),
        Peers(known, (well,), (well,)),
        Peers(known, (ill,), (failed,)),
        Afterwards(known, ill, well._replace(live_heap=1e8)),
        Afterwards(known, ill, ill),
        Afterwards(known, ill, well._replace(live_heap=9e8)),
        Afterwards(known, ill, failed),
        InstanceDied(known, text, "unreachable", Remembered(1.7e9, text, "growth_storm", text, 9e8)),
        InstanceDied(known, text, "timed_out", None),
        *(CaptureRefused(known, text, trigger, 20.0, 10.0) for trigger in Trigger),
        CaptureRefused(known, text, Trigger.ALERT, 20.0, 12.0, elsewhere=True),
        CaptureRefused(known, text, Trigger.ALERT, 20.0, 12.0, elsewhere=True, is_awaited=True),
        CapturedElsewhere(known, ill, text, "https://standin.slack.example/archives/C0/p1"),
        CapturedElsewhere(known, well, text, None),
        CapturedElsewhere(known, failed, text, None),
        LimitAhead(known, text, 2**31, 1.7e9, 720.0, 1_700_000_300.0),
        LimitAhead(known, text, 2**31, 2.1e9, 20.0, None),
        LimitAhead(known, text, 2**31, 1.7e9, 20.0, None),
        Compared(known, text, 1.69e9, text, summary(advised(finding(Verdict.GROWTH_STORM, text, text))).diagnosis),
        Compared(known, text, 1.69e9, text, summary(basis=Basis.RESTARTED, text=text).diagnosis),
        Undelivered(text, "not_in_channel"),
        Undelivered("C0123ABCD", text),
        Undelivered("#orders", "is_inactive", text, text),
        IncidentList(None, ((told[0], "https://standin.slack.example/archives/C0/p1"), (worst, None))),
        IncidentList(known, ()),
        *(Acted(worst, entry) for entry in entries),
        *(StandsSo(each, act) for each in told for act in (Act.ACKNOWLEDGE, Act.SNOOZE)),
    ]


def forms(text: str = "orders-0") -> list[Form]:
    """One modal of every kind."""
    choices = tuple(Remembered(1.7e9 + at, text, "growth_storm", text, 9e8) for at in range(200))
    return [
        SnoozeForm(incident(), (1800, 7200, 28_800)),
        SilenceForm(incident(), (1800, 7200, 28_800)),
        CompareForm(incident(), (text,), choices),
        CompareForm(incident(), (text, "orders-1"), ()),
        *handoff_forms((incident(State.OPEN, text, text), replace(incident(State.SNOOZED, text, text), id="b2"))),
    ]


def many_findings() -> Summary:
    """Fifty findings with names of ten thousand characters, each of which Slack counts fivefold when escaped."""
    rules = [rule for rule in Verdict if rule is not Verdict.NO_MAP_PROBLEM]
    long = "&" * 10_000
    found = [finding(rules[at % len(rules)], f"example.com/{long}.F{at}", f"{long}/{at}.go") for at in range(50)]
    return summary(*found, of=service(long, long), text=long)
