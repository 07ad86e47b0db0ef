"""The files of one capture: what the service sent, byte for byte, and what is made of it when somebody asks.

Knows formats and names of files; who may have them was asked before.

Why all of it goes out piece by piece: a body that is handed over whole waits in the server's own memory for whoever
reads it slowly, and counts as sent. Why it is asked for again on the way: what somebody forgets meanwhile ends there.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import orjson
from starlette.responses import Response, StreamingResponse

from analyzers.errors import ProfileError
from analyzers.profile import Source
from analyzers.restored import restored
from bot.answer_json import answer
from bot.reports.answers import PRIVATE
from handlers.errors import OutageError
from handlers.notes import Summary
from handlers.paging import Download
from handlers.ports import Reports
from handlers.records import Service
from handlers.report import Raw, Report
from handlers.wholes import chunks, stacks

TEXT, BYTES, JSON = "text/plain; charset=utf-8", "application/gzip", "application/json"
_UNCLEAN = re.compile(r"[^A-Za-z0-9.-]+")
LONGEST_NAME = 100
PIECE_BYTES = 64 * 1024
# Pieces between two looks whether it is still there: 4 MB.
LOOK_EVERY = 64


class Ended(Exception):
    """In the middle of a file: the capture was forgotten, or what is kept of it cannot be read to its end."""


async def download(reports: Reports, report: Report, what: Download) -> Response | None:
    """One file; None where what it is, or is made of, is not kept. Raises OutageError."""
    headers = {**PRIVATE, "content-disposition": f'attachment; filename="{filename(report, what)}"'}
    if what is Download.DIAGNOSIS:
        return Response(_diagnosis(report), headers=headers, media_type=JSON)
    raw = await reports.raw(report.capture.id)
    if raw is None:
        return None
    if what is Download.TEXT:
        text = _sent(reports, report.capture.id, chunks(raw.text))
        return StreamingResponse(text, headers=headers, media_type=TEXT) if raw.text else None
    body = await _body(raw, what, report.diagnosis.captured_at)
    media_type = TEXT if what is Download.SYMBOLS else BYTES
    pieces = (body[start : start + PIECE_BYTES] for start in range(0, len(body), PIECE_BYTES))
    sent = _sent(reports, report.capture.id, pieces)
    headers["content-length"] = str(len(body))
    return StreamingResponse(sent, headers=headers, media_type=media_type) if body else None


def filename(report: Report, what: Download) -> str:
    """`orders-0-20260105T090000Z-heap.txt`: of letters that no file system and no header minds."""
    moment = datetime.fromtimestamp(report.diagnosis.captured_at, UTC).strftime("%Y%m%dT%H%M%SZ")
    instance = _UNCLEAN.sub("-", report.capture.instance).strip("-.")[:LONGEST_NAME] or "capture"
    return f"{instance}-{moment}-{what}"


async def _body(raw: Raw, what: Download, captured_at: float) -> bytes:
    if what is Download.RESTORED:
        return await asyncio.to_thread(_restored, raw, captured_at)
    return raw.symbols if what is Download.SYMBOLS else raw.proto


def _restored(raw: Raw, captured_at: float) -> bytes:
    whole = stacks(raw, Source.TEXT)
    return restored(whole, captured_at) if whole else b""


def _diagnosis(report: Report) -> bytes:
    """The same JSON as the shell's."""
    service = Service(report.capture.request.service, (), channel="")
    return orjson.dumps(answer(Summary(service, report.capture.instance, report.capture.id, report.diagnosis)))


async def _sent(reports: Reports, capture_id: str, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each made in a thread: a text may have 250 MB, and is never held as a whole. Raises Ended."""
    count = 0
    try:
        while piece := await asyncio.to_thread(next, pieces, b""):
            count += 1
            if count % LOOK_EVERY == 0 and await reports.sizes(capture_id) is None:
                raise Ended
            yield piece
    except (OutageError, ProfileError) as error:
        raise Ended from error
