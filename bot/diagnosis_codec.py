"""A diagnosis to JSON and back, for the time between finding and saying it. By its types: nothing here names a field.

Records are written by position, so what an older or newer mapstorm wrote must not be read as today's: each text begins
with a digest of the types' shape. Apart from `codec.py`, because the shell has no use for it and pydantic takes a tenth
of a second.
"""

import json
from functools import cache
from hashlib import sha256

from pydantic import TypeAdapter, ValidationError

from analyzers.finding import Diagnosis
from bot.codec import Unreadable


def encode_diagnosis(diagnosis: Diagnosis) -> bytes:
    """Raises ValueError for names that are no text: a hostile profile may hold them."""
    return _shape() + _adapter().dump_json(diagnosis)


def decode_diagnosis(data: bytes) -> Diagnosis:
    """Raises Unreadable."""
    shape, body = data[: len(_shape())], data[len(_shape()) :]
    if shape != _shape():
        raise Unreadable("another schema version")
    try:
        return _adapter().validate_json(body)
    except ValidationError as error:
        raise Unreadable(f"{error.error_count()} errors in {error.title}") from error


@cache
def _adapter() -> TypeAdapter[Diagnosis]:
    return TypeAdapter(Diagnosis)


@cache
def _shape() -> bytes:
    schema = json.dumps(_adapter().json_schema(), sort_keys=True)
    return sha256(schema.encode()).hexdigest()[:16].encode()
