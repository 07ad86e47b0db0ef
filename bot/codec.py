"""Records to bytes and back: what crosses the queue and what the stores keep. Never pickle.

Arrays rather than dicts, every name once, a schema version in front. Knows no store and no client.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import orjson

from handlers.records import Capture, Outcome, Remembered, Request, Trigger

VERSION = 2

T = TypeVar("T")


class Unreadable(ValueError):
    """Bytes of another schema version, or no record at all."""


def encode_request(request: Request) -> bytes:
    """A few hundred bytes, for the queue."""
    return _pack(_request(request))


def decode_request(data: bytes | str) -> Request:
    """Raises Unreadable."""
    return _unpack(data, _to_request)


def encode_capture(capture: Capture) -> bytes:
    """A few hundred bytes, for the queue."""
    return _pack([capture.id, _request(capture.request), capture.instance])


def decode_capture(data: bytes | str) -> Capture:
    """Raises Unreadable."""
    return _unpack(data, _to_capture)


def encode_outcome(outcome: Outcome) -> bytes:
    """For the progress of a request."""
    return _pack(list(outcome))


def decode_outcome(data: bytes | str) -> Outcome:
    """Raises Unreadable."""
    return _unpack(data, _to_outcome)


def encode_remembered(line: Remembered) -> bytes:
    """For a service's history."""
    return _pack(list(line))


def decode_remembered(data: bytes | str) -> Remembered:
    """Raises Unreadable."""
    return _unpack(data, _to_remembered)


def _request(request: Request) -> list[object]:
    why = [request.incident, request.trigger.value]
    return [request.id, request.service, request.instances, request.requested_at, request.asked_by, *why]


def _pack(fields: Sequence[object]) -> bytes:
    return orjson.dumps([VERSION, *fields])


def _unpack(data: bytes | str, build: Callable[[Any], T]) -> T:
    try:
        version, *fields = orjson.loads(data)
        if version != VERSION:
            raise Unreadable(f"schema version {version!r}")
        return build(fields)
    except Unreadable:
        raise
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        raise Unreadable(str(error)) from error


def _to_request(fields: Any) -> Request:
    identity, service, instances, requested_at, asked_by, incident, trigger = fields
    names = tuple(_text(name) for name in instances)
    return Request(
        _text(identity),
        _text(service),
        names,
        float(requested_at),
        _text(asked_by),
        None if incident is None else _text(incident),
        Trigger(trigger),
    )


def _to_capture(fields: Any) -> Capture:
    identity, request, instance = fields
    return Capture(_text(identity), _to_request(request), _text(instance))


def _to_outcome(fields: Any) -> Outcome:
    instance, verdict, culprit, failed, *figures = fields
    live_heap, grows_by, captured_at = map(float, figures)
    return Outcome(
        _text(instance),
        None if verdict is None else _text(verdict),
        _text(culprit),
        None if failed is None else _text(failed),
        live_heap,
        grows_by,
        captured_at,
    )


def _to_remembered(fields: Any) -> Remembered:
    captured_at, instance, verdict, culprit, live_heap, *later = fields
    tables, basis, capture_id = later or (0.0, "", "")
    figures = float(live_heap), float(tables)
    return Remembered(
        float(captured_at), _text(instance), _text(verdict), _text(culprit), *figures, _text(basis), _text(capture_id)
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no text")
    return value
