"""A capture, both halves of one story: `request` opens the thread and queues, `run` captures, compares and answers.

Every step may be repeated: a worker can die at any line of this page, and another one begins it anew.
"""

from analyzers.errors import MapstormError
from handlers.errors import RequestError
from handlers.look import look
from handlers.notes import CaptureFailed, CaptureFinished, CaptureStarted, Slip, Summary
from handlers.ports import Tools
from handlers.records import Capture, Outcome, Request, Service

BUG = "bug"


async def request(tools: Tools, asked: Request) -> None:
    """Opens the thread and puts one capture for each instance on the queue."""
    service = tools.registry.get(asked.service)
    thread = await tools.progress.thread(asked.id)
    if thread is None:
        thread = await tools.chat.open(service.channel, CaptureStarted(service, asked.instances, asked.asked_by))
        await tools.progress.opened(asked.id, thread)
    for name in asked.instances:
        await tools.queue.capture(Capture(f"{asked.id}.{name}", asked, name, thread))


async def request_gave_up(tools: Tools, asked: Request, error: MapstormError | None) -> None:
    """No thread could be opened, for good (the bot is not in the channel): the asker is told directly."""
    slip = Slip(error.reason, error.detail) if error else Slip(BUG, asked.id)
    await tools.chat.open(asked.asked_by, slip)


async def run(tools: Tools, capture: Capture, *, last_try: bool) -> None:
    """Captures, compares with the snapshot before, answers in the thread. Raises what is worth another try."""
    service = _service(tools, capture)
    if await tools.progress.has_ended(capture):
        # Only the root may be behind: the answer is remembered once it was given.
        await _tell_root(tools, service, capture, await tools.progress.outcomes(capture.request))
        return
    try:
        async with tools.turns.take(capture):
            note = await look(tools.heaps, tools.snapshots, service, capture, now=tools.now, pause=tools.pause)
        outcome = Outcome(capture.instance, note.diagnosis.verdict, _culprit(note), None)
        await tools.chat.reply(capture.thread, note)
    except MapstormError as error:
        if error.retryable and not last_try:
            raise
        outcome = await _failed(tools, service, capture, error.reason, error.detail)
    await _end(tools, service, capture, outcome)


async def gave_up(tools: Tools, capture: Capture) -> None:
    """The end of a capture that failed by a fault of mapstorm's own: the thread must not wait for ever."""
    service = _service(tools, capture)
    await _end(tools, service, capture, await _failed(tools, service, capture, BUG, ""))


async def _failed(tools: Tools, service: Service, capture: Capture, reason: str, detail: str) -> Outcome:
    await tools.chat.reply(capture.thread, CaptureFailed(service, capture.instance, capture.id, reason, detail))
    return Outcome(capture.instance, None, "", reason)


async def _end(tools: Tools, service: Service, capture: Capture, outcome: Outcome) -> None:
    await _tell_root(tools, service, capture, await tools.progress.ended(capture, outcome))


async def _tell_root(tools: Tools, service: Service, capture: Capture, outcomes: tuple[Outcome, ...]) -> None:
    """Edits the root until nothing new has come meanwhile: of two edits under way the older may land last."""
    asked, told = capture.request, None
    while told != outcomes:
        told = outcomes
        await tools.chat.edit(capture.thread, CaptureFinished(service, asked.instances, asked.asked_by, outcomes))
        outcomes = await tools.progress.outcomes(asked)


def _service(tools: Tools, capture: Capture) -> Service:
    """The service as the registry has it; without instances if somebody took it out after the capture was asked for."""
    try:
        return tools.registry.get(capture.request.service)
    except RequestError:
        return Service(capture.request.service, (), channel=capture.thread.channel)


def _culprit(note: Summary) -> str:
    findings = note.diagnosis.findings
    return f"{findings[0].culprit.filename}:{findings[0].culprit.line}" if findings else ""
