"""Bolt's listeners for buttons and modals: what was pressed to what the handlers do, and the answer.

Slack does not repeat clicks, so the change comes before the acknowledgement; where it takes too long, the answer comes
later. Modals are opened empty at once, because a trigger lives for three seconds. What is pressed in the home has no
channel to be answered in: the home is shown anew, with the answer on top. Knows payloads, no permission; what can be
pressed is a Subject.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple

import aiohttp
import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackClientError

from bot import forms
from bot.desk import Desk, Payload, clicker, identity_of
from bot.once import Underway
from handlers.errors import OutageError
from handlers.handoff import HandoffAct
from handlers.handoff_notes import HandoffActed
from handlers.home_notes import HomeAct
from handlers.incident import Act
from handlers.incident_notes import Acted
from handlers.notes import Form, Note, Slip
from handlers.ports import Tools
from handlers.records import Person

# As bot/render.py writes it. A value of another shape is that of nothing.
VALUE = re.compile(r"([0-9a-z]{1,32})(?:\.([0-9]{1,9}))?")
# At the end of a modal's private_metadata where the home opened it.
FROM_HOME = "@home"

log = structlog.get_logger()


class Click(NamedTuple):
    """What was pressed or submitted: which act, on what, at which version of its message if the button names one; and
    `id`, which is the same for every copy of it."""

    act: forms.Deed
    identity: str
    version: int | None
    who: Person
    id: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What has buttons. Their action ids, and the callback ids of its modals, are `name` and one of `acts`; those of
    `by_form` open a modal first. `form` says what that has to offer, or why it does not open; `done` does it, with
    the state of a submitted modal."""

    name: str
    acts: type[Act] | type[HandoffAct] | type[HomeAct]
    by_form: tuple[forms.Deed, ...]
    form: Callable[[Tools, Click], Awaitable[Form | Note]]
    done: Callable[[Tools, Click, object], Awaitable[Note | None]]

    def ids(self, *, with_form: bool) -> re.Pattern[str]:
        """What the ids of its buttons look like."""
        acts = "|".join(act for act in self.acts if (act in self.by_form) is with_form)
        return re.compile(rf"{self.name}\.({acts})")

    def click(self, action_id: str, value: object, body: Payload) -> Click:
        found = VALUE.fullmatch(value.removesuffix(FROM_HOME)) if isinstance(value, str) else None
        identity, version = (found[1], found[2]) if found else ("", None)
        act = self.acts(action_id.removeprefix(f"{self.name}."))
        return Click(act, identity, int(version) if version else None, clicker(body), identity_of(body))


def listen(app: AsyncApp, desk: Desk, subject: Subject) -> None:
    """Adds the listeners."""

    async def pressed(ack: AsyncAck, body: Payload, action: Payload) -> None:
        await _press(desk, subject, ack, body, subject.click(action["action_id"], action.get("value"), body))

    async def asked(ack: AsyncAck, body: Payload, action: Payload) -> None:
        await ack()
        await _open(desk, subject, body, subject.click(action["action_id"], action.get("value"), body))

    async def submitted(ack: AsyncAck, body: Payload, view: Payload) -> None:
        click = subject.click(view["callback_id"], view.get("private_metadata"), body)
        # Without the version: whoever fills in a form has seen more than its button.
        await _submit(desk, subject, ack, body, click._replace(version=None))

    app.action(subject.ids(with_form=False))(pressed)
    app.action(subject.ids(with_form=True))(asked)
    app.view({"type": "view_submission", "callback_id": subject.ids(with_form=True)})(submitted)


async def _press(desk: Desk, subject: Subject, ack: AsyncAck, body: Payload, click: Click) -> None:
    note, _ = await _in_time(desk, ack, _once(desk, subject, body, click, None))
    await ack()
    if _at_home(body):
        # A copy has nothing to tell, and must not take away what the first one told.
        if note is not None or click.act is HomeAct.REFRESH:
            await desk.home.show(click.who, note)
    # What was done stands in the root and in the thread.
    elif note is not None and not isinstance(note, Acted | HandoffActed):
        await desk.whisper(click.who, note, _thread(body))


async def _open(desk: Desk, subject: Subject, body: Payload, click: Click) -> None:
    empty = _marked(forms.loading(click.act, click.identity), body)
    opened = await _view(desk, "views.open", {"trigger_id": body["trigger_id"]}, empty)
    if opened is None:  # too late, or a copy of a click whose trigger is spent
        return
    try:
        found = await subject.form(desk.tools, click)
    except Exception:  # the modal must not stand there empty for ever; Bolt logs what it was
        await _view(desk, "views.update", {"view_id": opened}, _notice(desk, click, Slip("bug", "")))
        raise
    view = _marked(forms.view(found), body) if isinstance(found, Form) else _notice(desk, click, found)
    await _view(desk, "views.update", {"view_id": opened}, view)


async def _submit(desk: Desk, subject: Subject, ack: AsyncAck, body: Payload, click: Click) -> None:
    view: Payload = body["view"]

    async def wait() -> None:
        await ack(response_action="update", view=forms.loading(click.act, click.identity))

    state = (view.get("state") or {}).get("values")
    note, late = await _in_time(desk, wait, _once(desk, subject, body, click, state))
    if late and note is not None:
        await _view(desk, "views.update", {"view_id": view["id"]}, _notice(desk, click, note))
    elif note is None or isinstance(note, Acted | HandoffActed):
        await ack()
    else:
        await ack(response_action="update", view=_notice(desk, click, note))
    if _at_home(body) and isinstance(note, Acted | HandoffActed):
        await desk.home.show(click.who, note)


async def _once(desk: Desk, subject: Subject, body: Payload, click: Click, state: object) -> Note | None:
    """The answer to a click; None to a copy of it."""
    try:
        note = await desk.once.run("click", body["trigger_id"], lambda: subject.done(desk.tools, click, state))
    except Underway:
        return None
    except OutageError as error:
        return Slip.of(error)
    if note is not None:
        desk.counted(click.act.value, note)
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


def _notice(desk: Desk, click: Click, note: Note) -> forms.View:
    return forms.notice(click.act, click.identity, desk.render(note))


def _at_home(body: Payload) -> bool:
    """Whether it was pressed in the home, or in a modal that the home has opened."""
    view: Payload = body.get("view") or {}
    return view.get("type") == "home" or str(view.get("private_metadata") or "").endswith(FROM_HOME)


def _marked(view: forms.View, body: Payload) -> forms.View:
    """A modal that knows where it was opened: its submission does not say."""
    return view | {"private_metadata": f"{view['private_metadata']}{FROM_HOME}"} if _at_home(body) else view


def _thread(body: Payload) -> str:
    """The thread that was clicked in, empty for a root: its channel is where people look."""
    container = body.get("container") or {}
    thread = str(container.get("thread_ts") or "")
    return thread if thread != container.get("message_ts") else ""
