"""A diagnosis to JSON and back, for the time between finding and saying it. By its types: nothing here names a field.

Apart from `codec.py`, because the shell has no use for it and pydantic takes a tenth of a second.
"""

from functools import cache

from pydantic import TypeAdapter, ValidationError

from analyzers.finding import Diagnosis
from bot.codec import Unreadable


def encode_diagnosis(diagnosis: Diagnosis) -> bytes:
    """Raises ValueError for names that are no text: a hostile profile may hold them."""
    return _adapter().dump_json(diagnosis)


def decode_diagnosis(data: bytes) -> Diagnosis:
    """Raises Unreadable."""
    try:
        return _adapter().validate_json(data)
    except ValidationError as error:
        raise Unreadable(f"{error.error_count()} errors in {error.title}") from error


@cache
def _adapter() -> TypeAdapter[Diagnosis]:
    return TypeAdapter(Diagnosis)
