"""A real Bolt app over HTTP: commands, clicks, modals, events, response_url, and three seconds to answer in."""

import asyncio
from dataclasses import replace
from typing import Any

import httpx
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.respond.async_respond import AsyncRespond
from slack_bolt.context.say.async_say import AsyncSay
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import Response

from bot.standin.app import Standin
from bot.standin.clock import ManualClock
from bot.standin.errors import Refusal
from bot.standin.faults import NoFaults
from bot.standin.workspace import Workspace

from .conftest import Bolt, Refused, until

PAYMENTS = "C0PAYMENTS"
Body = dict[str, Any]


def whispers(slack: Standin) -> list[str]:
    return [whisper.content.text for whisper in slack.ws.ephemerals]


async def test_a_signed_command_is_acknowledged(slack: Standin, app: AsyncApp, serve_bot: Bolt) -> None:
    heard: list[Body] = []

    @app.command("/mapstorm")
    async def run(ack: AsyncAck, command: Body, client: AsyncWebClient) -> None:
        heard.append(command)
        await ack()
        await client.chat_postMessage(channel=command["channel_id"], text=f"capturing {command['text']}")

    await serve_bot(app)
    delivery = await slack.people.command("#payments", "ana", "/mapstorm capture  svc-orders ")
    assert delivery is not None
    assert (delivery.outcome, delivery.via, delivery.kind) == ("acknowledged", "http", "slash_commands")
    assert delivery.ack_seconds is not None
    assert heard[0]["text"] == "capture  svc-orders"
    assert (heard[0]["user_id"], heard[0]["channel_name"]) == ("U0ANA", "payments")
    await until(slack, lambda: slack.ws.messages[PAYMENTS])
    assert slack.ws.messages[PAYMENTS][0].content.text == "capturing capture  svc-orders"


async def test_the_acknowledgement_may_carry_an_answer(slack: Standin, app: AsyncApp, serve_bot: Bolt) -> None:
    @app.command("/mapstorm")
    async def run(ack: AsyncAck, command: Body) -> None:
        if command["text"] == "loud":
            await ack(text="for all", response_type="in_channel")
        else:
            await ack("for you")

    await serve_bot(app)
    await slack.people.command(PAYMENTS, "U0ANA", "/mapstorm")
    await slack.people.command(PAYMENTS, "U0ANA", "/mapstorm loud")
    assert whispers(slack) == ["for you"]
    assert [m.content.text for m in slack.ws.messages[PAYMENTS]] == ["for all"]


async def test_three_seconds_to_acknowledge(slack: Standin, clock: ManualClock, app: AsyncApp, serve_bot: Bolt) -> None:
    arrived, finish = asyncio.Event(), asyncio.Event()

    @app.command("/mapstorm")
    async def dawdle(ack: AsyncAck) -> None:
        arrived.set()
        await finish.wait()
        await ack()

    await serve_bot(app)
    typing = asyncio.create_task(slack.people.command(PAYMENTS, "U0ANA", "/mapstorm"))
    await arrived.wait()
    clock.advance(3)
    delivery = await typing
    finish.set()
    assert delivery is not None
    assert (delivery.outcome, delivery.ack_seconds) == ("operation_timeout", None)
    assert whispers(slack) == ["`/mapstorm` failed with the error “operation_timeout”"]


async def test_a_bot_that_fails_or_is_away(slack: Standin, app: AsyncApp, serve_bot: Bolt) -> None:
    await serve_bot(app)  # no listener: Bolt answers 404
    failed = await slack.people.command(PAYMENTS, "U0ANA", "/mapstorm")
    slack.transport.bot_url = "http://127.0.0.1:1/slack/events"
    away = await slack.people.command(PAYMENTS, "U0ANA", "/mapstorm")
    assert failed is not None
    assert away is not None
    assert failed.outcome == away.outcome == "dispatch_failed"
    assert whispers(slack) == ["`/mapstorm` failed with the error “dispatch_failed”"] * 2


async def test_slackbot_answers_what_is_no_command(slack: Standin) -> None:
    root = await slack.people.message(PAYMENTS, "U0ANA", "hello")
    assert await slack.people.type(PAYMENTS, "U0ANA", "/nonsense") is None
    assert await slack.people.type(PAYMENTS, "U0ANA", "/mapstorm help", root.ts) is None
    assert whispers(slack) == [
        "`/nonsense` is not a valid command.",
        "`/mapstorm` is not supported in threads. Sorry!",
    ]
    with pytest.raises(Refusal, match="no_text"):
        await slack.people.type(PAYMENTS, "U0ANA", "  ")


async def test_another_secret_is_refused_by_bolt(slack: Standin, client: AsyncWebClient, serve_bot: Bolt) -> None:
    await serve_bot(AsyncApp(client=client, signing_secret="not-the-same"))  # noqa: S106
    delivery = await slack.people.command(PAYMENTS, "U0ANA", "/mapstorm")
    assert delivery is not None
    assert delivery.outcome == "dispatch_failed"


def with_button(**more: Any) -> list[Body]:
    button = {"type": "button", "text": {"type": "plain_text", "text": "Again"}, "action_id": "again", **more}
    return [{"type": "actions", "block_id": "row", "elements": [button]}]


async def test_a_click_edits_the_message_it_was_on(
    slack: Standin, app: AsyncApp, client: AsyncWebClient, serve_bot: Bolt
) -> None:
    heard: list[Body] = []

    @app.action("again")
    async def again(ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        heard.append(body)
        await ack()
        await respond(text="running again", replace_original=True)

    await serve_bot(app)
    root = await client.chat_postMessage(channel=PAYMENTS, text="root")
    sent = await client.chat_postMessage(
        channel=PAYMENTS, text="done", blocks=with_button(value="7"), thread_ts=root["ts"]
    )
    delivery = await slack.people.click(PAYMENTS, "U0BO", sent["ts"], "again")
    assert delivery.outcome == "acknowledged"
    await until(slack, lambda: slack.ws.thread(PAYMENTS, root["ts"])[1].edited_at)
    assert slack.ws.thread(PAYMENTS, root["ts"])[1].content.text == "running again"
    assert heard[0]["actions"][0]["value"] == "7"
    assert heard[0]["container"]["thread_ts"] == root["ts"]
    assert heard[0]["message"]["ts"] == sent["ts"]
    with pytest.raises(Refusal, match="action_not_found"):
        await slack.people.click(PAYMENTS, "U0BO", sent["ts"], "again")


async def test_a_choice_from_a_menu(slack: Standin, app: AsyncApp, client: AsyncWebClient, serve_bot: Bolt) -> None:
    heard: list[Body] = []

    @app.action("pick")
    async def pick(ack: AsyncAck, action: Body) -> None:
        heard.append(action)
        await ack()

    await serve_bot(app)
    option = {"text": {"type": "plain_text", "text": "One"}, "value": "1"}
    menu = {"type": "static_select", "action_id": "pick", "options": [option]}
    sent = await client.chat_postMessage(channel=PAYMENTS, text="x", blocks=[{"type": "actions", "elements": [menu]}])
    await slack.people.click(PAYMENTS, "U0BO", sent["ts"], "pick", value="1")
    assert heard[0]["selected_option"] == option
    with pytest.raises(Refusal, match="option_not_found"):
        await slack.people.click(PAYMENTS, "U0BO", sent["ts"], "pick", value="2")


async def respond(slack: Standin, key: str, **said: Any) -> tuple[int, str]:
    url = f"{slack.url}/commands/T0STANDIN/{key}"
    answer: httpx.Response = await slack.transport.http.post(url, json=said)
    return answer.status_code, answer.text if answer.is_success else answer.json()["error"]


async def test_response_url_works_five_times(slack: Standin) -> None:
    key = slack.tickets.response(PAYMENTS, "U0ANA")
    assert await respond(slack, key, text="one") == (200, "ok")
    assert await respond(slack, key, text="two", replace_original=True) == (200, "ok")
    assert whispers(slack) == ["two"]
    assert await respond(slack, key, text="three", response_type="in_channel") == (200, "ok")
    assert await respond(slack, key, delete_original=True) == (200, "ok")
    assert whispers(slack) == []
    assert await respond(slack, key) == (400, "no_text")
    assert await respond(slack, key, text="six") == (404, "used_url")
    assert await respond(slack, "unknown", text="x") == (404, "invalid_url")


async def test_response_url_ends_after_half_an_hour(slack: Standin, clock: ManualClock) -> None:
    key = slack.tickets.response(PAYMENTS, "U0ANA")
    clock.advance(30 * 60 - 1)
    assert await respond(slack, key, text="just in time") == (200, "ok")
    clock.advance(2)
    assert await respond(slack, key, text="late") == (404, "expired_url")
    assert await respond(slack, key, blocks=[{"type": "x"}]) == (404, "expired_url")


MODAL: Body = {
    "type": "modal",
    "callback_id": "capture",
    "title": {"type": "plain_text", "text": "Capture"},
    "submit": {"type": "plain_text", "text": "Go"},
    "blocks": [
        {
            "type": "input",
            "block_id": "service",
            "label": {"type": "plain_text", "text": "Service"},
            "element": {"type": "plain_text_input", "action_id": "name"},
        }
    ],
}


async def test_a_modal_from_command_to_submission(slack: Standin, app: AsyncApp, serve_bot: Bolt) -> None:
    heard: list[Body] = []

    @app.command("/mapstorm")
    async def run(ack: AsyncAck, command: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=command["trigger_id"], view=MODAL)

    @app.view("capture")
    async def submitted(ack: AsyncAck, view: Body) -> None:
        heard.append(view["state"]["values"])
        if view["state"]["values"]["service"]["name"]["value"] == "svc-nope":
            await ack(response_action="errors", errors={"service": "No such service"})
        else:
            await ack()

    await serve_bot(app)
    await slack.people.command(PAYMENTS, "U0ANA", "/mapstorm")
    await until(slack, lambda: slack.ws.modals)
    view_id = slack.ws.modals[0].id
    assert await slack.people.submit("U0ANA", view_id, {}) is None
    assert slack.ws.modals[0].errors == {"service": "Please complete this required field."}
    await slack.people.submit("U0ANA", view_id, {"service": {"name": "svc-nope"}})
    assert slack.ws.modals[0].errors == {"service": "No such service"}
    await slack.people.submit("U0ANA", view_id, {"service": {"name": "svc-orders"}})
    assert slack.ws.modals == []
    assert heard[-1] == {"service": {"name": {"type": "plain_text_input", "value": "svc-orders"}}}


async def test_what_a_submission_may_lead_to(slack: Standin, app: AsyncApp, serve_bot: Bolt) -> None:
    answers = iter(["update", "push", "clear"])

    @app.view("capture")
    async def submitted(ack: AsyncAck) -> None:
        act = next(answers)
        if act == "clear":
            await ack(response_action="clear")
        else:
            await ack(response_action=act, view=MODAL)

    await serve_bot(app)
    client = app.client
    opened = await client.views_open(trigger_id=slack.tickets.trigger("U0ANA"), view=MODAL)
    first = opened["view"]["id"]
    values = {"service": {"name": "x"}}
    await slack.people.submit("U0ANA", first, values)
    assert slack.ws.modals[0].hash != opened["view"]["hash"]
    await slack.people.submit("U0ANA", first, values)
    assert [modal.previous for modal in slack.ws.modals] == [None, first]
    await slack.people.submit("U0ANA", slack.ws.modals[1].id, values)
    assert slack.ws.modals == []


async def test_views_and_their_triggers(
    slack: Standin, clock: ManualClock, client: AsyncWebClient, refused: Refused
) -> None:
    trigger = slack.tickets.trigger
    used = trigger("U0ANA")
    opened = await client.views_open(trigger_id=used, view=MODAL)
    assert await refused(client.views_open(trigger_id=used, view=MODAL)) == "exchanged_trigger_id"
    assert await refused(client.views_open(trigger_id="1.2.x", view=MODAL)) == "invalid_trigger_id"
    late = trigger("U0ANA")
    clock.advance(3.1)
    assert await refused(client.views_open(trigger_id=late, view=MODAL)) == "expired_trigger_id"
    view_id = opened["view"]["id"]
    stale = client.views_update(view_id=view_id, view=MODAL, hash="old")
    assert await refused(stale) == "hash_conflict"
    await client.views_update(view_id=view_id, view=MODAL, hash=opened["view"]["hash"])
    assert await refused(client.views_update(view_id="V0", view=MODAL)) == "not_found"
    for _ in range(2):
        await client.views_push(trigger_id=trigger("U0ANA"), view=MODAL)
    over = client.views_push(trigger_id=trigger("U0ANA"), view=MODAL)
    assert await refused(over) == "push_limit_reached"
    home = await client.views_publish(user_id="U0ANA", view={"type": "home", "blocks": []})
    assert home["view"]["type"] == "home"
    button = {"type": "button", "text": {"type": "plain_text", "text": "Go"}, "action_id": "go"}
    with_button = {"type": "home", "blocks": [{"type": "actions", "elements": [button]}]}
    await client.views_update(view_id=home["view"]["id"], view=with_button)
    pressed = await slack.people.click_in_view("U0ANA", home["view"]["id"], "go", {})
    assert pressed.outcome == "dispatch_failed"  # nobody listens here
    wrong = client.views_publish(user_id="U0ANA", view=MODAL)
    assert await refused(wrong) == "invalid_arguments"


EVENT = {"type": "app_mention", "user": "U0ANA", "text": "x", "ts": "1.000000", "channel": PAYMENTS}


async def test_an_event_reaches_bolt(slack: Standin, app: AsyncApp, serve_bot: Bolt) -> None:
    @app.event("app_mention")
    async def mention(event: Body, say: AsyncSay) -> None:
        await say(f"you said {event['text']}")

    await serve_bot(app)
    slack.ws.app = replace(slack.ws.app, events=("app_mention",))
    await slack.people.message(PAYMENTS, "U0ANA", "<@U0MAPSTORM> hello")
    await until(slack, lambda: len(slack.ws.messages[PAYMENTS]) == 2)
    assert slack.ws.messages[PAYMENTS][1].content.text == "you said <@U0MAPSTORM> hello"


async def test_events_are_repeated_until_acknowledged(slack: Standin, clock: ManualClock, serve_bot: Bolt) -> None:
    seen: list[tuple[str, str | None]] = []

    async def third_time_lucky(request: Request) -> Response:
        seen.append(((await request.json())["event_id"], request.headers.get("x-slack-retry-num")))
        return Response(status_code=200 if len(seen) == 3 else 500)

    await serve_bot(third_time_lucky)
    first = await slack.people.event(EVENT)
    assert first.outcome == "dispatch_failed"

    await clock.asleep(60)
    assert len(seen) == 2
    clock.advance(60)
    await until(slack, lambda: slack.ws.deliveries[-1].outcome == "acknowledged")
    assert len({event_id for event_id, _ in seen}) == 1
    assert [number for _, number in seen] == [None, "1", "2"]


async def test_no_retry_is_heeded(slack: Standin, clock: ManualClock, serve_bot: Bolt) -> None:
    async def never_again(request: Request) -> Response:
        return Response(status_code=500, headers={"x-slack-no-retry": "1"})

    await serve_bot(never_again)
    await slack.people.event(EVENT)
    assert len(slack.ws.deliveries) == 1
    assert 60 not in clock.alarms


class Doubled(NoFaults):
    """A fault through the seam: everything twice, and posting answers 503 though it happened."""

    def copies(self, kind: str) -> int:
        return 2

    async def after(self, method: str, given: Body, answer: Body) -> Response | None:
        return Response(status_code=503) if method == "chat.postMessage" else None


async def test_the_seam_for_faults(clock: ManualClock) -> None:
    async with Standin(Workspace(clock=clock), faults=Doubled()) as slack:
        client = AsyncWebClient(token=slack.credentials.token, base_url=slack.api_url)
        with pytest.raises(SlackApiError):
            await client.chat_postMessage(channel=PAYMENTS, text="x")
        assert len(slack.ws.messages[PAYMENTS]) == 1
        await slack.people.command(PAYMENTS, "U0ANA", "/mapstorm")
        assert len(slack.ws.deliveries) == 2
