"""The root message of a request, edited while its captures end. Knows nothing of how a capture went but its outcome.

Why one editor at a time: sixty captures that each edit until nothing new has come say the same sixty times over, at
Slack's pace. The others leave their outcome to the one that is at it.
"""

from handlers.notes import CaptureFinished
from handlers.patience import patiently
from handlers.ports import Tools
from handlers.records import Capture, Outcome, Service

Outcomes = tuple[Outcome, ...]


async def tell(tools: Tools, service: Service, capture: Capture) -> None:
    """Edits the root until it tells every outcome there is, unless another capture is doing just that."""
    told: Outcomes | None = None
    while told is None or told != await patiently(tools.pause, lambda: tools.progress.outcomes(capture.request)):
        # Looked at again after letting go: who came in between has found the editor at work, and left.
        async with tools.turns.editor(capture.request.id) as ours:
            if not ours:
                return
            told = await _until_nothing_is_new(tools, service, capture, told)


async def _until_nothing_is_new(tools: Tools, service: Service, capture: Capture, told: Outcomes | None) -> Outcomes:
    asked = capture.request

    async def edit() -> Outcomes:
        # Read in each try: an edit that had to wait tells what has ended meanwhile.
        outcomes = await tools.progress.outcomes(asked)
        if outcomes != told:
            note = CaptureFinished(service, asked.instances, asked.asked_by, outcomes, asked.id)
            await tools.chat.edit(capture.thread, note)
        return outcomes

    while (newest := await patiently(tools.pause, edit)) != told:
        told = newest
    return newest
