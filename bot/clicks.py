"""Bolt's listeners for the buttons and modals of incidents: what was pressed to what the handlers do, and the answer.

Slack does not repeat clicks, so the change comes before the acknowledgement; where it takes too long, the answer comes
later. Modals are opened empty at once, because a trigger lives for three seconds. Knows payloads, no permission.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable

import aiohttp
import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackClientError

from bot import forms
from bot.desk import Desk, Payload, clicker
from bot.once import Underway
from handlers.errors import OutageError
from handlers.incident import Act, Filled
from handlers.incidents import acts
from handlers.notes import Acted, CompareForm, Note, SilenceForm, Slip, SnoozeForm

AT_ONCE = re.compile(r"incident\.(acknowledge|capture|resolve|unsilence)")
BY_FORM = re.compile(r"incident\.(compare|snooze|silence)")
# As bot/render.py writes it. A value of another shape is that of no incident.
VALUE = re.compile(r"([0-9a-z]{1,32})(?:\.([0-9]{1,9}))?")

log = structlog.get_logger()


def listen(app: AsyncApp, desk: Desk) -> None:
    """Adds the listeners."""

    async def pressed(ack: AsyncAck, body: Payload, action: Payload) -> None:
        await _press(desk, ack, body, action)

    async def asked(ack: AsyncAck, body: Payload, action: Payload) -> None:
        await ack()
        await _open(desk, body, action)

    async def submitted(ack: AsyncAck, body: Payload, view: Payload) -> None:
        await _submit(desk, ack, body, view)

    app.action(AT_ONCE)(pressed)
    app.action(BY_FORM)(asked)
    app.view({"type": "view_submission", "callback_id": BY_FORM})(submitted)


async def _press(desk: Desk, ack: AsyncAck, body: Payload, action: Payload) -> None:
    act, (incident, version) = _act(action["action_id"]), _value(action.get("value"))
    who = clicker(body)
    note, _ = await _in_time(desk, ack, _once(desk, body, act, incident, version, Filled()))
    await ack()
    # What was done stands in the root and in the thread.
    if note is not None and not isinstance(note, Acted):
        await desk.whisper(who, note, _thread(body))


async def _open(desk: Desk, body: Payload, action: Payload) -> None:
    act, (incident, version) = _act(action["action_id"]), _value(action.get("value"))
    opened = await _view(desk, "views.open", {"trigger_id": body["trigger_id"]}, forms.loading(act, incident))
    if opened is None:  # too late, or a copy of a click whose trigger is spent
        return
    try:
        found = await acts.form(desk.tools, incident, act, clicker(body), version)
    except Exception:  # the modal must not stand there empty for ever; Bolt logs what it was
        await _view(desk, "views.update", {"view_id": opened}, _notice(desk, act, incident, Slip("bug", "")))
        raise
    match found:
        case SnoozeForm() | SilenceForm() | CompareForm():
            view = forms.view(found)
        case _:
            view = _notice(desk, act, incident, found)
    await _view(desk, "views.update", {"view_id": opened}, view)


async def _submit(desk: Desk, ack: AsyncAck, body: Payload, view: Payload) -> None:
    act, (incident, _) = _act(view["callback_id"]), _value(view.get("private_metadata"))
    filled = forms.filled((view.get("state") or {}).get("values"))

    async def wait() -> None:
        await ack(response_action="update", view=forms.loading(act, incident))

    # Without the version: whoever fills in a form has seen more of the incident than its button.
    note, late = await _in_time(desk, wait, _once(desk, body, act, incident, None, filled))
    if late and note is not None:
        await _view(desk, "views.update", {"view_id": view["id"]}, _notice(desk, act, incident, note))
    elif note is None or isinstance(note, Acted):
        await ack()
    else:
        await ack(response_action="update", view=_notice(desk, act, incident, note))


async def _once(desk: Desk, body: Payload, act: Act, incident: str, version: int | None, filled: Filled) -> Note | None:
    """The answer to a click; None to a copy of it."""
    try:
        note = await desk.once.run(
            "click", body["trigger_id"], lambda: acts.act(desk.tools, incident, act, clicker(body), version, filled)
        )
    except Underway:
        return None
    except OutageError as error:
        return Slip(error.reason, error.detail)
    if note is not None:
        desk.counted(act.value, note)
    return note


async def _in_time(
    desk: Desk, late: Callable[[], Awaitable[object]], work: Awaitable[Note | None]
) -> tuple[Note | None, bool]:
    """The answer, and whether it came so late that `late` was called before it."""
    task = asyncio.ensure_future(work)
    await asyncio.wait({task}, timeout=desk.patience_s)
    too_late = not task.done()
    if too_late:
        await late()
    return await task, too_late


async def _view(desk: Desk, method: str, which: Payload, view: forms.View) -> str | None:
    """Opens or updates a modal: its id, None where Slack does not take it."""
    try:
        answer = await desk.slack.api_call(method, json={**which, "view": view})
    except (SlackClientError, aiohttp.ClientError, OSError) as error:
        log.warning("modal not shown", method=method, why=str(getattr(error, "response", error))[:200])
        return None
    return str((answer.get("view") or {}).get("id", ""))


def _notice(desk: Desk, act: Act, incident: str, note: Note) -> forms.View:
    return forms.notice(act, incident, desk.render(note))


def _act(action_id: str) -> Act:
    return Act(action_id.removeprefix("incident."))


def _value(value: object) -> tuple[str, int | None]:
    """An incident's id, and the version of what was clicked."""
    found = VALUE.fullmatch(value) if isinstance(value, str) else None
    return (found[1], int(found[2]) if found[2] else None) if found else ("", None)


def _thread(body: Payload) -> str:
    """The thread that was clicked in, empty for a root: its channel is where people look."""
    container = body.get("container") or {}
    thread = str(container.get("thread_ts") or "")
    return thread if thread != container.get("message_ts") else ""
