"""Whatever is sent: no 500 ever, 401 without the secret, and 200 only for what was taken."""

import string

import httpx
import orjson
from hypothesis import given
from hypothesis import strategies as st

from bot.webhooks.secrets import Webhooks
from handlers.alert import Origin
from tests.bot.webhooks.street import BASIC, BEARER, HMAC, SIGNATURE, TIMED, TIMESTAMP, Inside, bearer, street
from tests.bot.webhooks.test_door import BODIES

NAMES = st.sampled_from(["authorization", SIGNATURE, TIMESTAMP, "content-type", "content-length", "x"])
# What a server lets through in a header's value.
VALUES = st.binary(max_size=80).map(lambda value: bytes(byte for byte in value if byte >= 32 and byte != 127))
LIKELY = st.sampled_from([b"Bearer ", b"Basic ", b"Basic ====", b"0" * 64, b"1795375567", b"-1", b"bearer \xff"])
WORDS = st.sampled_from(
    [*orjson.loads(BODIES[Origin.ALERTMANAGER]), "labels", "status", "fingerprint", "title", "state"]
)
LEAVES = st.none() | st.booleans() | st.floats(allow_nan=False) | st.sampled_from(["firing", "resolved", "f0"])
JSON = st.recursive(
    LEAVES | st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.integers(-(2**53), 2**53),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(string.ascii_letters), inner, max_size=6)
    ),
    max_leaves=25,
)


async def sent(inside: Inside, webhooks: Webhooks, origin: Origin, body: bytes, headers: object) -> httpx.Response:
    async with street(inside, webhooks) as client:
        return await client.post(f"/webhooks/{origin}", content=body, headers=headers)  # type: ignore[arg-type]


@given(
    st.sampled_from([BEARER, BASIC, HMAC, TIMED]),
    st.lists(st.tuples(NAMES, VALUES | LIKELY), max_size=4),
    st.binary(max_size=60) | st.sampled_from([*BODIES.values()]),
)
async def test_random_headers_and_bytes_are_401(webhook: object, headers: object, body: bytes) -> None:
    inside = Inside()
    answer = await sent(inside, Webhooks(generic=webhook), Origin.GENERIC, body, headers)  # type: ignore[arg-type]
    assert (answer.status_code, answer.content, inside.taken) == (401, b"", [])


@given(st.sampled_from(Origin), st.binary(max_size=100))
async def test_random_bytes_with_the_secret_are_400(origin: Origin, body: bytes) -> None:
    inside = Inside()
    answer = await sent(inside, Webhooks(BEARER, BEARER, BEARER), origin, body, bearer())
    assert (answer.status_code, inside.taken) == (400, [])


@given(st.sampled_from(Origin), JSON, st.dictionaries(WORDS, JSON, max_size=3), st.booleans())
async def test_random_json_is_taken_or_told_why_not(
    origin: Origin, anything: object, changes: dict[str, object], changed: bool
) -> None:
    """Anything at all, or a good body with some of its fields replaced by anything."""
    inside = Inside()
    body = orjson.dumps({**orjson.loads(BODIES[origin]), **changes} if changed else anything)
    answer = await sent(inside, Webhooks(BEARER, BEARER, BEARER), origin, body, bearer())
    assert answer.status_code in (200, 400)
    assert len(inside.taken) == (answer.status_code == 200)
    assert answer.status_code == 200 or answer.json()["detail"]
