"""A capture, both halves of one story: `request` opens the thread and queues, `run` captures, compares and answers.

Every step may be repeated: a worker can die at any line of this page, and another one begins it anew. What must not
be (a second visit because Slack was away, a second answer because Redis was) is tried again where it stands.
"""

import structlog

from analyzers.errors import MapstormError
from handlers import root
from handlers.errors import RequestError
from handlers.look import look
from handlers.notes import CaptureFailed, CaptureStarted, Slip, Summary
from handlers.patience import patiently, unbroken
from handlers.ports import StillOurs, Tools
from handlers.records import Capture, Outcome, Request, Service, Thread

BUG = "bug"

log = structlog.get_logger()


async def request(tools: Tools, asked: Request) -> None:
    """Opens the thread and puts one capture for each instance on the queue."""
    service = tools.registry.get(asked.service)
    async with tools.turns.alone(asked.id):
        thread = await tools.progress.thread(asked.id) or await _open(tools, service, asked)
    for name in asked.instances:
        await tools.queue.capture(Capture(f"{asked.id}.{name}", asked, name, thread))


async def request_gave_up(tools: Tools, asked: Request, error: MapstormError | None) -> None:
    """No thread could be opened, for good (the bot is not in the channel): the asker is told directly."""
    slip = Slip(error.reason, error.detail) if error else Slip(BUG, asked.id)
    await tools.chat.open(asked.asked_by, slip)


async def run(tools: Tools, capture: Capture, *, last_try: bool) -> None:
    """Captures, compares with the snapshot before, answers in the thread. Raises what is worth another try."""
    service = _service(tools, capture)
    async with tools.turns.alone(capture.id) as still_ours:
        if not await tools.progress.has_ended(capture):
            await _answer(tools, capture, await _found(tools, service, capture, last_try=last_try), still_ours)
        await _tell_root(tools, service, capture)


async def gave_up(tools: Tools, capture: Capture, error: MapstormError | None) -> None:
    """The end of a capture that failed for good, by mapstorm's own fault where there is no `error`."""
    service = _service(tools, capture)
    reason, detail = (error.reason, error.detail) if error else (BUG, "")
    async with tools.turns.alone(capture.id) as still_ours:
        if not await tools.progress.has_ended(capture):
            note = CaptureFailed(service, capture.instance, capture.id, reason, detail)
            await _answer(tools, capture, note, still_ours)
        await _tell_root(tools, service, capture)


async def _open(tools: Tools, service: Service, asked: Request) -> Thread:
    thread = await tools.chat.open(service.channel, CaptureStarted(service, asked.instances, asked.asked_by, asked.id))
    await unbroken(patiently(tools.pause, lambda: tools.progress.opened(asked.id, thread)))
    return thread


async def _found(tools: Tools, service: Service, capture: Capture, *, last_try: bool) -> Summary | CaptureFailed:
    """What there is to say. What an earlier try has found is not looked for again: a visit costs the service a GC."""
    try:
        known = await tools.progress.diagnosis(capture)
        if known is not None:
            return Summary(service, capture.instance, capture.id, known)
        async with tools.turns.take(capture):
            note = await look(
                tools.heaps, tools.snapshots, tools.leaves, service, capture, now=tools.now, pause=tools.pause
            )
        await tools.progress.diagnosed(capture, note.diagnosis)
        return note
    except MapstormError as error:
        if error.retryable and not last_try:
            raise
        return CaptureFailed(service, capture.instance, capture.id, error.reason, error.detail)


async def _answer(tools: Tools, capture: Capture, note: Summary | CaptureFailed, still_ours: StillOurs) -> None:
    """Says it, then remembers that it was said; silent where this capture's other copy has spoken or taken over."""

    async def speak() -> bool:
        if not await still_ours() or await tools.progress.has_ended(capture):
            return False
        await tools.chat.reply(capture.thread, note)
        return True

    if not await patiently(tools.pause, speak):
        log.warning("left to the other copy", job=capture.id)
        return
    try:
        await unbroken(patiently(tools.pause, lambda: tools.progress.ended(capture, _outcome(note))))
    except MapstormError as error:
        # Not raised: the job would be repeated, and say it again.
        log.error("answered, but not remembered", job=capture.id, reason=error.reason, detail=error.detail)


async def _tell_root(tools: Tools, service: Service, capture: Capture) -> None:
    """A root that cannot be edited fails no capture: its answer was given, below."""
    try:
        await root.tell(tools, service, capture)
    except MapstormError as error:
        log.warning("root left as it is", job=capture.id, reason=error.reason, detail=error.detail)


def _service(tools: Tools, capture: Capture) -> Service:
    """The service as the registry has it; without instances if somebody took it out after the capture was asked for."""
    try:
        return tools.registry.get(capture.request.service)
    except RequestError:
        return Service(capture.request.service, (), channel=capture.thread.channel)


def _outcome(note: Summary | CaptureFailed) -> Outcome:
    if isinstance(note, CaptureFailed):
        return Outcome(note.instance, None, "", note.reason)
    findings = note.diagnosis.findings
    culprit = f"{findings[0].culprit.filename}:{findings[0].culprit.line}" if findings else ""
    return Outcome(note.instance, note.diagnosis.verdict, culprit, None)
