"""A capture, both halves of one story: `request` opens the thread and queues, `run` captures, compares and answers."""

from analyzers.errors import MapstormError
from handlers.look import look
from handlers.notes import CaptureFailed, CaptureFinished, CaptureStarted, Summary
from handlers.ports import Tools
from handlers.records import Capture, Outcome, Request, Service

BUG = "bug"


async def request(tools: Tools, asked: Request) -> None:
    """Opens the thread and puts one capture for each instance on the queue. May be repeated: nothing doubles."""
    service = tools.registry.get(asked.service)
    thread = await tools.progress.thread(asked.id)
    if thread is None:
        thread = await tools.chat.open(service.channel, CaptureStarted(service, asked.instances, asked.asked_by))
        await tools.progress.opened(asked.id, thread)
    for name in asked.instances:
        await tools.queue.capture(Capture(f"{asked.id}.{name}", asked, name, thread))


async def run(tools: Tools, capture: Capture, *, last_try: bool) -> None:
    """Captures, compares with the snapshot before, answers in the thread. Raises what is worth another try."""
    if await tools.progress.has_ended(capture):
        return
    service = tools.registry.get(capture.request.service)
    try:
        async with tools.turns.take(capture):
            note = await look(tools.heaps, tools.snapshots, service, capture, now=tools.now, pause=tools.pause)
        outcome = Outcome(capture.instance, note.diagnosis.verdict, _culprit(note), None)
        await tools.chat.reply(capture.thread, note)
    except MapstormError as error:
        if error.retryable and not last_try:
            raise
        outcome = await _failed(tools, service, capture, error.reason, error.detail)
    await _tell_root(tools, service, capture, outcome)


async def gave_up(tools: Tools, capture: Capture) -> None:
    """The end of a capture that failed by a fault of mapstorm's own: the thread must not wait for ever."""
    service = tools.registry.get(capture.request.service)
    outcome = await _failed(tools, service, capture, BUG, "")
    await _tell_root(tools, service, capture, outcome)


async def _failed(tools: Tools, service: Service, capture: Capture, reason: str, detail: str) -> Outcome:
    await tools.chat.reply(capture.thread, CaptureFailed(service, capture.instance, capture.id, reason, detail))
    return Outcome(capture.instance, None, "", reason)


async def _tell_root(tools: Tools, service: Service, capture: Capture, outcome: Outcome) -> None:
    outcomes = await tools.progress.ended(capture, outcome)
    asked = capture.request
    await tools.chat.edit(capture.thread, CaptureFinished(service, asked.instances, asked.asked_by, outcomes))


def _culprit(note: Summary) -> str:
    findings = note.diagnosis.findings
    return f"{findings[0].culprit.filename}:{findings[0].culprit.line}" if findings else ""
