"""The port Reports in Redis: one hash for each capture, so that all of it goes together, and an index of each service.

Owns its key names; the steps that must not be torn apart are in `scripts.py`. Not what is inside a profile.

Why bytes are written in pieces: one command of 64 MB would hold up everybody else's Redis, and miss its own deadline
on a slow network. They are put together under a name of their own, which becomes the report's in one step.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar
from uuid import uuid4

import orjson
import structlog
import zstandard
from redis.asyncio import Redis

from analyzers.errors import MalformedProfile
from analyzers.flame import Flame
from bot.codec import Unreadable
from bot.redis_client import key, names, redis_errors, text
from bot.reports import flame_codec, scripts
from bot.reports.codec import decode_report, decode_whose, encode_report
from bot.reports.links import Links
from handlers.errors import RequestError
from handlers.ports import Registry
from handlers.records import KEPT, Capture, Keep, Service
from handlers.report import Raw, Report, Sizes

PREFIX = key("report", "")
PIECE_BYTES = 1024 * 1024
UNFINISHED_S = 600
DAY_S = 86_400.0
# A flame graph on a page has a bound of its own, far below this one.
MOST_FLAME_BYTES = 64 * 1024 * 1024

T = TypeVar("T")

log = structlog.get_logger()


class RedisReports:
    """Reports that every process sees."""

    def __init__(
        self, redis: Redis, registry: Registry, links: Links, now: Callable[[], float], *, piece: int = PIECE_BYTES
    ) -> None:
        self._redis = redis
        self._registry = registry
        self._links = links
        self._now = now
        self._piece = piece
        self._scripts = {name: redis.register_script(lua) for name, lua in scripts.ALL.items()}

    async def put(self, service: Service, report: Report, raw: Raw) -> None:
        """Raises MalformedProfile for names that are no text, and OutageError."""
        keep = service.keep
        at = report.diagnosis.captured_at
        life_ms = round((at + keep.days * DAY_S - self._now()) * 1000)
        if keep.captures < 1 or life_ms < 1:
            await self._run("TRIM", service.name, keep)
            return
        try:
            record = await asyncio.to_thread(encode_report, report)
        except ValueError as error:
            raise MalformedProfile("a name is no text") from error
        if len(record) + sum(map(len, raw)) > keep.bytes:
            raw = Raw()
        held = f"{len(record) + sum(map(len, raw))} {sum(map(len, raw))} {report.capture.instance}"
        new = key("report-new", uuid4().hex)
        with redis_errors():
            await self._write(new, service.name, record, raw)
        arguments: list[str | int | bytes] = [
            report.capture.id,
            repr(at),
            life_ms,
            held,
            round(keep.days * DAY_S * 1000),
        ]
        await self._run("PUT", service.name, keep, *arguments, keys=[new])

    async def get(self, capture_id: str) -> Report | None:
        """None also for what another release wrote."""
        return await self._record(capture_id, decode_report)

    async def capture(self, capture_id: str) -> Capture | None:
        return await self._record(capture_id, decode_whose)

    async def exists(self, capture_id: str) -> bool:
        """One look-up, whatever there is of it."""
        with redis_errors():
            return bool(await self._redis.exists(PREFIX + capture_id))

    async def raw(self, capture_id: str) -> Raw | None:
        parts = _parts(await self._field(capture_id, "raw"))
        found: dict[str, bytes] = {}
        for part in parts.keys() & Raw._fields:  # a newer release may keep more
            read: list[bytes] = []
            for number in range(parts[part][0]):
                piece = await self._field(capture_id, f"{part}.{number}")
                if not piece:
                    return None  # it went while it was read
                read.append(piece)
            found[part] = b"".join(read)
        return Raw(**found) if found else None

    async def sizes(self, capture_id: str) -> Sizes | None:
        parts = _parts(await self._field(capture_id, "raw"))
        of = {part: size for part, (_, size) in parts.items() if part in Sizes._fields}
        return Sizes(**of) if of else None

    async def before(self, service: str, instance: str, moment: float) -> str | None:
        index, held = _keys(service)
        with redis_errors():
            older = names(await self._redis.zrevrangebyscore(index, f"({moment!r}", "-inf"))
            facts = await self._redis.hmget(held, older) if older else []
            for capture_id, fact in zip(older, facts, strict=True):
                kept, _, of = text(fact).partition(" ")[2].partition(" ")
                if of == instance and kept != "0" and await self._redis.exists(PREFIX + capture_id):
                    return capture_id
        return None

    async def draw(self, capture_id: str, flame: Flame) -> None:
        service = text(await self._field(capture_id, "service"))
        data = await asyncio.to_thread(lambda: zstandard.compress(flame_codec.encode(flame)))
        if service:
            await self._run("DRAW", service, self._keep(service) or KEPT, capture_id, data)

    async def flame(self, capture_id: str) -> Flame | None:
        data = await self.flame_json(capture_id)
        try:
            return await asyncio.to_thread(flame_codec.decode, data) if data else None
        except Unreadable as error:
            log.warning("flame graph unreadable", capture=capture_id, why=str(error))
            return None

    async def flame_json(self, capture_id: str) -> bytes | None:
        """As the page reads it."""
        data = await self._field(capture_id, "flame")
        try:
            return await asyncio.to_thread(_inflated, data) if data else None
        except zstandard.ZstdError as error:
            log.warning("flame graph unreadable", capture=capture_id, why=str(error))
            return None

    async def forget(self, capture_id: str) -> bool:
        service = text(await self._field(capture_id, "service"))
        index, held = _keys(service)
        with redis_errors():
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.unlink(PREFIX + capture_id)
                pipe.zrem(index, capture_id)
                pipe.hdel(held, capture_id)
                gone, *_ = await pipe.execute()
        return bool(gone)

    def link(self, capture: Capture) -> str | None:
        keep = self._keep(capture.request.service)
        if keep is None or keep.captures < 1:
            return None
        return self._links.address(capture.id, capture.request.requested_at + keep.days * DAY_S)

    def _keep(self, service: str) -> Keep | None:
        try:
            return self._registry.get(service).keep
        except RequestError:
            return None

    async def _write(self, new: str, service: str, record: bytes, raw: Raw) -> None:
        parts = {part: data for part, data in raw._asdict().items() if data}
        counts = {part: [-(-len(data) // self._piece), len(data)] for part, data in parts.items()}
        await self._add(new, {"service": service, "report": record, "raw": orjson.dumps(counts)})
        for part, data in parts.items():
            for number, piece in enumerate(_pieces(data, self._piece)):
                await self._add(new, {f"{part}.{number}": piece})

    async def _add(self, new: str, fields: Mapping[Any, str | bytes]) -> None:
        """Each time with its end: whoever dies in between leaves nothing for ever."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(new, mapping=fields)
            pipe.expire(new, UNFINISHED_S)
            await pipe.execute()

    async def _run(
        self, name: str, service: str, keep: Keep, *arguments: str | int | bytes, keys: list[str] | None = None
    ) -> None:
        bounds: list[str | int | bytes] = [PREFIX, repr(self._now() - keep.days * DAY_S), keep.captures, keep.bytes]
        with redis_errors():
            await self._scripts[name](keys=[*_keys(service), *(keys or [])], args=[*bounds, *arguments])

    async def _record(self, capture_id: str, decode: Callable[[bytes], T]) -> T | None:
        data = await self._field(capture_id, "report")
        try:
            return decode(data) if data else None
        except Unreadable as error:
            log.warning("report unreadable", capture=capture_id, why=str(error))
            return None

    async def _field(self, capture_id: str, field: str) -> bytes:
        with redis_errors():
            data = await self._redis.hget(PREFIX + capture_id, field)
        return data if isinstance(data, bytes) else b""


def _keys(service: str) -> list[str]:
    return [key("reports", service), key("reports-held", service)]


def _parts(data: bytes) -> dict[str, tuple[int, int]]:
    """How many pieces and bytes there are of each part; none where another release, or nobody, wrote that."""
    try:
        return {str(part): (int(pieces), int(size)) for part, (pieces, size) in orjson.loads(data or b"{}").items()}
    except (ValueError, TypeError, AttributeError) as error:
        log.warning("parts unreadable", why=str(error)[:100])
        return {}


def _pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def _inflated(data: bytes) -> bytes:
    # A frame may lie about its size, so only reading with a limit is a limit.
    with zstandard.ZstdDecompressor().stream_reader(data) as reader:
        return reader.read(MOST_FLAME_BYTES)
