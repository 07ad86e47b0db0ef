"""A capture, both halves of one story: `request` opens the thread and queues, `run` captures, compares and answers.

Every step may be repeated: a worker can die at any line of this page, and another one begins it anew. What is said has
an id, and the outbox says it once. What must not be repeated (a visit, because Redis was away after it) is tried again
where it stands.

The bytes are kept before what was found is remembered: whoever repeats the job knows the one only if there is the
other, or it could not be kept. The answer comes first, then the root, which tells the channel, then the picture; the
flame graph, for which nobody waits, is drawn last.
"""

from contextlib import suppress

from analyzers.errors import MapstormError
from analyzers.finding import Diagnosis
from handlers.drawing import draw
from handlers.errors import UnderWay
from handlers.incidents import captures
from handlers.look import look
from handlers.notes import CaptureFailed, CaptureFinished, CapturePicture, CaptureStarted, Slip, Summary
from handlers.patience import MINUTES, SECONDS, patiently
from handlers.ports import Tools
from handlers.posts import Reply, Root, Urgency
from handlers.records import Capture, Outcome, Request, Service, Trigger
from handlers.registered import registered
from handlers.report import Raw, Report
from handlers.taped import Tape
from handlers.trend import trend

BUG = "bug"
# As many captures as can be told apart in a picture on a phone.
SHOWN = 40


async def request(tools: Tools, asked: Request) -> None:
    """Opens the thread, or joins the incident's, and puts one capture for each instance on the queue."""
    service = tools.registry.get(asked.service)
    if asked.incident:
        instances = await captures.allowed(tools, service, asked)
    else:
        instances = asked.instances
        started = CaptureStarted(service, asked.instances, asked.asked_by, asked.id)
        await tools.outbox.put(Root(asked.id, service.channel, started, version=0, asker=asked.asked_by))
    for name in instances:
        await tools.queue.capture(Capture(f"{asked.id}.{name}", asked, name))


async def request_gave_up(tools: Tools, asked: Request, error: MapstormError | None) -> None:
    """No thread could be opened, for good: the asker is told directly. An incident's thread will tell of the gap."""
    slip = Slip.of(error) if error else Slip(BUG, asked.id)
    if asked.incident:
        await tools.outbox.put(Reply(asked.incident, asked.id, slip))
    else:
        await tools.outbox.put(Root(f"{asked.id}.slip", asked.asked_by, slip, version=1))


async def run(tools: Tools, capture: Capture, *, last_try: bool) -> None:
    """Captures, compares with the snapshot before, answers in the thread. Raises what is worth another try."""
    service = registered(tools.registry, capture.request.service)
    if await tools.progress.has_ended(capture):
        found = await tools.progress.diagnosis(capture)
    else:
        note = await _found(tools, service, capture, last_try=last_try)
        await _answer(tools, capture, note)
        found = note.diagnosis if isinstance(note, Summary) else None
    outcomes = await _conclude(tools, service, capture)
    told = any(outcome.instance == capture.instance and outcome.failed is None for outcome in outcomes)
    if found is not None and told:
        await _show(tools, service, capture, found)


async def gave_up(tools: Tools, capture: Capture, error: MapstormError | None) -> None:
    """The end of a capture that failed for good, by mapstorm's own fault where there is no `error`."""
    service = registered(tools.registry, capture.request.service)
    reason, detail = (error.reason, error.detail) if error else (BUG, "")
    if not await tools.progress.has_ended(capture):
        await _answer(tools, capture, CaptureFailed(service, capture.instance, capture.id, reason, detail))
    await _conclude(tools, service, capture)


async def _found(tools: Tools, service: Service, capture: Capture, *, last_try: bool) -> Summary | CaptureFailed:
    """What there is to say. What an earlier try has found is not looked for again: a visit costs the service a GC."""
    try:
        found = await tools.progress.diagnosis(capture)
        if found is None:
            async with tools.turns.take(capture):
                found = await _look(tools, service, capture)
        return Summary(service, capture.instance, capture.id, found, await _link(tools, capture))
    except MapstormError as error:
        if error.retryable and (not last_try or isinstance(error, UnderWay)):
            raise
        return CaptureFailed(service, capture.instance, capture.id, error.reason, error.detail)


async def _look(tools: Tools, service: Service, capture: Capture) -> Diagnosis:
    """Looks, keeps what the visits brought, and remembers what was found. Without a page to show nothing is copied."""
    tape = Tape(service.keep.bytes) if tools.reports.link(capture) else None
    where = (tools.heaps, tools.snapshots, tools.leaves, service, capture)
    found = (await look(*where, now=tools.now, pause=tools.pause, tape=tape)).diagnosis
    report, raw = Report(capture, found), tape.raw() if tape else Raw()
    with suppress(MapstormError):  # an answer without a page is better than none
        await patiently(tools.pause, lambda: tools.reports.put(service, report, raw), SECONDS)
    await tools.progress.diagnosed(capture, found)
    return found


async def _link(tools: Tools, capture: Capture) -> str | None:
    """The address of the page, if there is one: it may not have been kept, or be forgotten already."""
    with suppress(MapstormError):
        return tools.reports.link(capture) if await tools.reports.get(capture.id) else None
    return None


async def _answer(tools: Tools, capture: Capture, note: Summary | CaptureFailed) -> None:
    """Says it, then remembers that it was said."""

    async def say() -> None:
        await tools.outbox.put(Reply(capture.request.conversation, capture.id, note, _urgency(capture)))
        await tools.progress.ended(capture, _outcome(note, capture.request.trigger, tools.now()))

    await patiently(tools.pause, say, MINUTES)


def _urgency(capture: Capture) -> Urgency:
    """An incident asks for its ill instances first; what healthy peers show waits until those are told."""
    asked = capture.request
    is_peer = asked.incident is not None and capture.instance != asked.instances[0]
    return Urgency.PROGRESS if is_peer else Urgency.DIAGNOSIS


async def _conclude(tools: Tools, service: Service, capture: Capture) -> tuple[Outcome, ...]:
    """The root tells every outcome there is."""
    asked = capture.request
    outcomes = await tools.progress.outcomes(asked)
    if asked.incident:
        await captures.ended(tools, service, capture, outcomes)
        return outcomes
    note = CaptureFinished(service, asked.instances, asked.asked_by, outcomes, asked.id)
    await tools.outbox.put(Root(asked.id, service.channel, note, version=len(outcomes), asker=asked.asked_by))
    return outcomes


async def _show(tools: Tools, service: Service, capture: Capture, found: Diagnosis) -> None:
    """The picture of what was found; then the flame graph, from what is kept."""
    history = await tools.snapshots.history(capture.request.service)
    picture = CapturePicture(service, capture.instance, found, trend(capture, found, history)[-SHOWN:])
    conversation, event = capture.request.conversation, f"{capture.id}.picture"
    await tools.outbox.put(Reply(conversation, event, picture, Urgency.PROGRESS))
    await draw(tools, capture)


def _outcome(note: Summary | CaptureFailed, trigger: Trigger, now: float) -> Outcome:
    if isinstance(note, CaptureFailed):
        return Outcome(note.instance, None, "", note.reason, captured_at=now)
    found = note.diagnosis
    culprit = f"{found.findings[0].culprit.filename}:{found.findings[0].culprit.line}" if found.findings else ""
    grows_by = _growth(found, trigger)
    return Outcome(note.instance, found.verdict, culprit, None, found.live_heap, grows_by, found.captured_at)


def _growth(found: Diagnosis, trigger: Trigger) -> float:
    """Bytes a second: what the forecast in the same answer goes by, where there is one; else what the window saw. After
    an incident no more than that: a forecast goes by the trend since earlier captures, which is the incident's."""
    memory = found.memory
    seen = found.gc.live_heap_growth_bytes_per_second or 0.0
    if memory is None or memory.seconds <= 0:
        return seen
    trend = (memory.limit - found.live_heap) / memory.seconds
    return min(seen, trend) if trigger is Trigger.RESOLVED else trend
