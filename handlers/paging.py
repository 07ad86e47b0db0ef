"""The page of one capture: what was found, what it is compared with, its peers, what may be downloaded. Facts only.

Knows neither HTML nor the address under which the page is served, and reads none of the capture's bytes.
"""

from enum import StrEnum
from statistics import median
from typing import NamedTuple

from analyzers.compare import Basis
from analyzers.finding import Diagnosis, Verdict
from handlers.notes import Summary
from handlers.ports import Tools
from handlers.records import Capture, Remembered, Request, Service
from handlers.registered import registered
from handlers.report import Report, Sizes
from handlers.trend import trend

# A heap half as large again as that of the one in the middle is no chance of the moment; of two, neither is the middle.
OUTLIER_RATIO = 1.5
FEWEST_FOR_A_MEDIAN = 3


class Outlier(StrEnum):
    """Why one instance is marked among its peers."""

    HEAP = "heap"  # its live heap is far above the median
    VERDICT = "verdict"  # it is the only one with a problem


class Peer(NamedTuple):
    """One instance that the same request captured. `ratio` is its live heap over the median, None without one."""

    entry: Remembered
    is_this: bool
    outlier: Outlier | None
    ratio: float | None


class Download(StrEnum):
    """What may be had of a capture, by the name of the file."""

    TEXT = "heap.txt"
    SYMBOLS = "symbols.txt"
    PROTO = "heap.pb.gz"
    RESTORED = "restored.pb.gz"
    DIAGNOSIS = "diagnosis.json"


class Offer(NamedTuple):
    """One download. `size` is bytes as they are kept (a text's: compressed), None for what is made on demand."""

    what: Download
    size: int | None


class Page(NamedTuple):
    """All that the page of one capture tells.

    `trend` is the instance's captures, oldest first and this one last. `base` is the one it was compared with, None
    without one or where the history has let go of it. `peers` are empty where one instance was captured alone.
    """

    summary: Summary
    request: Request
    trend: tuple[Remembered, ...]
    base: Remembered | None = None
    peers: tuple[Peer, ...] = ()
    offers: tuple[Offer, ...] = ()

    @property
    def diagnosis(self) -> Diagnosis:
        """What was found."""
        return self.summary.diagnosis


async def page(tools: Tools, capture_id: str) -> Page | None:
    """The page of a capture, None where its report is not kept. Raises OutageError.

    One look-up decides whether there is a page; nothing else is asked for where there is none.
    """
    report = await tools.reports.get(capture_id)
    if report is None:
        return None
    history = await tools.snapshots.history(report.capture.request.service)
    sizes = await tools.reports.sizes(capture_id)
    return gathered(registered(tools.registry, report.capture.request.service), report, history, sizes)


def gathered(service: Service, report: Report, history: tuple[Remembered, ...], sizes: Sizes | None) -> Page:
    """The page of a report. `history` is the service's, newest first, as the port Snapshots gives it."""
    capture, diagnosis = report.capture, report.diagnosis
    leading = trend(capture, diagnosis, history)
    earlier = [entry for entry in leading if entry.captured_at < capture.request.requested_at]
    return Page(
        Summary(service, capture.instance, capture.id, diagnosis),
        capture.request,
        leading,
        earlier[-1] if earlier and diagnosis.comparison.basis is not Basis.FIRST else None,
        peers(capture, (*history, leading[-1])),
        offers(sizes),
    )


def peers(capture: Capture, history: tuple[Remembered, ...]) -> tuple[Peer, ...]:
    """The captures of the same request, in its order of instances.

    One is marked if its live heap is more than 1.5 times the median of at least three; else if it alone has a verdict
    other than no_map_problem, of at least two.
    """
    asked = capture.request
    found = {entry.instance: entry for entry in history if entry.capture_id.startswith(f"{asked.id}.")}
    entries = [found[name] for name in asked.instances if name in found]
    if len(entries) < 2:
        return ()
    middle = median(entry.live_heap for entry in entries) if len(entries) >= FEWEST_FOR_A_MEDIAN else 0.0
    ill = [entry for entry in entries if entry.verdict != Verdict.NO_MAP_PROBLEM]
    return tuple(
        Peer(
            entry,
            entry.instance == capture.instance,
            _outlier(entry, middle, ill),
            entry.live_heap / middle if middle else None,
        )
        for entry in entries
    )


def _outlier(entry: Remembered, middle: float, ill: list[Remembered]) -> Outlier | None:
    if middle and entry.live_heap > OUTLIER_RATIO * middle:
        return Outlier.HEAP
    return Outlier.VERDICT if ill == [entry] else None


def offers(sizes: Sizes | None) -> tuple[Offer, ...]:
    """What may be downloaded: what is kept, what can be made of it, and always the diagnosis."""
    kept = sizes or Sizes()
    offered = [
        (Download.TEXT, kept.text),
        (Download.SYMBOLS, kept.symbols),
        (Download.PROTO, kept.proto),
        (Download.RESTORED, None if kept.text and kept.symbols else 0),
        (Download.DIAGNOSIS, None),
    ]
    return tuple(Offer(what, size) for what, size in offered if size != 0)
