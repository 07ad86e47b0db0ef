"""Who is let in: whatever is shown and is not exactly the secret is answered 401, alike, without a word in the log."""

import base64
import logging
from collections.abc import Mapping

import httpx
import orjson
import pytest
from structlog.testing import capture_logs

from bot.webhooks.door import Answer
from bot.webhooks.secrets import Webhook, Webhooks
from handlers.alert import Origin
from tests.bot.webhooks.street import (
    BASIC,
    BEARER,
    BOTH,
    HMAC,
    NOW,
    SIGNATURE,
    TIMED,
    TIMESTAMP,
    TOKEN,
    Inside,
    bearer,
    signature,
    street,
)

BODY = orjson.dumps({"service": "a", "status": "firing", "title": "memory-of-a", "fingerprint": "f"})


def basic(text: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(text.encode()).decode()}


WRONG: dict[str, tuple[Webhook, Mapping[str, str]]] = {
    "nothing": (BEARER, {}),
    "another token": (BEARER, bearer("another-token-altogether")),
    "half of it": (BEARER, bearer(TOKEN[:16])),
    "more than it": (BEARER, bearer(TOKEN + "0")),
    "no token": (BEARER, {"authorization": "Bearer"}),
    "empty token": (BEARER, {"authorization": "Bearer "}),
    "empty": (BEARER, {"authorization": ""}),
    "the token alone": (BEARER, {"authorization": TOKEN}),
    "another scheme": (BEARER, {"authorization": f"Basic {TOKEN}"}),
    "as a password": (BEARER, basic(f"prometheus:{TOKEN}")),
    "basic of a bearer": (BASIC, bearer()),
    "another user": (BASIC, basic(f"grafana:{TOKEN}")),
    "another password": (BASIC, basic("prometheus:0123456789abcdef")),
    "no colon": (BASIC, basic("prometheus")),
    "no base64": (BASIC, {"authorization": "Basic \u00e9=="}),
    "unsigned": (HMAC, {}),
    "bearer where signed": (HMAC, bearer()),
    "another key": (HMAC, signature(BODY, key="another-key-altogether")),
    "another body": (HMAC, signature(BODY + b" ")),
    "Slack's prefix": (HMAC, {SIGNATURE: "v0=" + signature(BODY)[SIGNATURE]}),
    "upper case": (HMAC, {SIGNATURE: signature(BODY)[SIGNATURE].upper()}),
    "63 digits": (HMAC, {SIGNATURE: signature(BODY)[SIGNATURE][1:]}),
    "time where none is": (HMAC, signature(BODY, at=NOW)),
    "no time": (TIMED, signature(BODY)),
    "too old": (TIMED, signature(BODY, at=NOW - 302)),
    "from the future": (TIMED, signature(BODY, at=NOW + 302)),
    "another time": (TIMED, {**signature(BODY, at=NOW), TIMESTAMP: str(int(NOW) + 1)}),
    "float time": (TIMED, {**signature(BODY, at=NOW), TIMESTAMP: str(NOW)}),
    "nan": (TIMED, {**signature(BODY, at=NOW), TIMESTAMP: "nan"}),
    "400 digits": (TIMED, {**signature(BODY, at=NOW), TIMESTAMP: "9" * 400}),
    "signed only": (BOTH, signature(BODY)),
    "authorized only": (BOTH, bearer()),
}
RIGHT: dict[str, tuple[Webhook, Mapping[str, str]]] = {
    "bearer": (BEARER, bearer()),
    "scheme in lower case": (BEARER, {"authorization": f"bearer {TOKEN}"}),
    "basic": (BASIC, basic(f"prometheus:{TOKEN}")),
    "signed": (HMAC, signature(BODY)),
    "signed with time": (TIMED, signature(BODY, at=NOW)),
    "299 s old": (TIMED, signature(BODY, at=NOW - 299)),
    "both": (BOTH, {**bearer(), **signature(BODY)}),
}


@pytest.mark.parametrize(("webhook", "headers"), WRONG.values(), ids=WRONG.keys())
async def test_a_wrong_secret_of_any_shape_is_401(
    webhook: Webhook, headers: Mapping[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    inside = Inside()
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    with capture_logs() as logs:
        async with street(inside, Webhooks(webhook, webhook, webhook)) as client:
            for origin in Origin:
                answer = await client.post(f"/webhooks/{origin}", content=BODY, headers=raw)
                assert (answer.status_code, answer.content) == (401, b"")
    assert inside.taken == []
    assert inside.answers == [(origin, Answer.REFUSED) for origin in Origin]
    said = caplog.text + str(logs)
    assert [line["event"] for line in logs] == ["webhook refused"] * 3
    for secret in (TOKEN, signature(BODY)[SIGNATURE], "memory-of-a", "Traceback", "altogether"):
        assert secret not in said


@pytest.mark.parametrize(("webhook", "headers"), RIGHT.values(), ids=RIGHT.keys())
async def test_the_right_secret_opens_the_door(webhook: Webhook, headers: Mapping[str, str]) -> None:
    inside = Inside()
    async with street(inside, Webhooks(generic=webhook)) as client:
        answer = await client.post("/webhooks/generic", content=BODY, headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"answer": "taken"})
    assert [said.alerts[0].title for said in inside.taken] == ["memory-of-a"]


@pytest.mark.parametrize(("webhook", "header"), [(BEARER, "authorization"), (HMAC, SIGNATURE), (TIMED, TIMESTAMP)])
async def test_of_two_secrets_none_is_believed(webhook: Webhook, header: str) -> None:
    right = {**bearer(), **(signature(BODY, at=NOW) if webhook is TIMED else signature(BODY))}
    inside = Inside()
    async with street(inside, Webhooks(generic=webhook)) as client:
        twice = httpx.Headers([*right.items(), (header, right[header])])
        assert (await client.post("/webhooks/generic", content=BODY, headers=twice)).status_code == 401
        assert (await client.post("/webhooks/generic", content=BODY, headers=right)).status_code == 200


async def test_each_origin_has_its_own_door() -> None:
    async with street(Inside(), Webhooks(alertmanager=BEARER, grafana=HMAC)) as client:
        assert (await client.post("/webhooks/grafana", content=BODY, headers=bearer())).status_code == 401
        assert (await client.post("/webhooks/alertmanager", content=BODY, headers=signature(BODY))).status_code == 401
        assert (await client.post("/webhooks/generic", content=BODY, headers=bearer())).status_code == 404


def test_no_door_is_open_to_everybody() -> None:
    with pytest.raises(ValueError, match="open to everybody"):
        Webhook()


def test_nobody_gets_to_see_a_secret() -> None:
    shown = repr(Webhooks(BASIC, BOTH, TIMED)) + str(BEARER)
    assert TOKEN not in shown
    assert base64.b64encode(f"prometheus:{TOKEN}".encode()).decode() not in shown
