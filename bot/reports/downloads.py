"""The files of one capture: what the service sent, byte for byte, and what is made of it when somebody asks.

Knows formats and names of files; who may have them was asked before.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import orjson
from starlette.responses import Response, StreamingResponse

from analyzers.profile import Source
from analyzers.restored import restored
from bot.answer_json import answer
from bot.reports.answers import PRIVATE
from handlers.notes import Summary
from handlers.paging import Download
from handlers.ports import Reports
from handlers.records import Service
from handlers.report import Raw, Report
from handlers.wholes import chunks, stacks

TEXT, BYTES, JSON = "text/plain; charset=utf-8", "application/gzip", "application/json"
_UNCLEAN = re.compile(r"[^A-Za-z0-9.-]+")
LONGEST_NAME = 100


async def download(reports: Reports, report: Report, what: Download) -> Response | None:
    """One file; None where what it is, or is made of, is not kept. Raises OutageError."""
    headers = {**PRIVATE, "content-disposition": f'attachment; filename="{filename(report, what)}"'}
    if what is Download.DIAGNOSIS:
        return Response(_diagnosis(report), headers=headers, media_type=JSON)
    raw = await reports.raw(report.capture.id)
    if raw is None:
        return None
    if what is Download.TEXT:
        return StreamingResponse(_inflated(raw.text), headers=headers, media_type=TEXT) if raw.text else None
    body = await _body(raw, what, report.diagnosis.captured_at)
    media_type = TEXT if what is Download.SYMBOLS else BYTES
    return Response(body, headers=headers, media_type=media_type) if body else None


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


async def _inflated(data: bytes) -> AsyncIterator[bytes]:
    """In a thread piece by piece: a text may have 250 MB, and is never held as a whole."""
    pieces = chunks(data)
    while piece := await asyncio.to_thread(next, pieces, b""):
        yield piece
