"""What a person in the workspace can do: type a message or a command, press a button, fill in a modal.

Each act becomes a delivery to the bot, and what the bot answers becomes something the person sees.
"""

from dataclasses import dataclass
from typing import Any

from bot.standin import choices, mentions, payloads, posting, responses
from bot.standin.args import Args
from bot.standin.check import check_view
from bot.standin.courier import Courier, Outcome
from bot.standin.errors import Refusal
from bot.standin.methods import views
from bot.standin.records import Channel, Content, Delivery, Ephemeral, Json, Message, Modal, User
from bot.standin.transport import COMMAND, INTERACTIVE
from bot.standin.triggers import Tickets
from bot.standin.workspace import Workspace


@dataclass
class People:
    ws: Workspace
    tickets: Tickets
    courier: Courier

    async def type(self, channel: str, user: str, text: str, thread_ts: str = "") -> Delivery | Message | None:
        """What was typed into the composer: a command if it starts with a slash, else a message."""
        if not text.strip():
            raise Refusal("no_text")
        if text.startswith("/"):
            return await self.command(channel, user, text, thread_ts)
        return await self.message(channel, user, text, thread_ts)

    async def message(self, channel: str, user: str, text: str, thread_ts: str = "") -> Message:
        place, person = self._present(channel, user)
        text = mentions.marked_up(text, {one.name: one.id for one in self.ws.users.values()})
        message = self.ws.post(place.id, person.id, Content(text), posting.parent(self.ws, place, thread_ts))
        for inner in payloads.heard(self.ws, place, message):
            await self.event(inner)
        return message

    async def command(self, channel: str, user: str, text: str, thread_ts: str = "") -> Delivery | None:
        place, person = self._present(channel, user)
        word, _, rest = text.strip().partition(" ")
        if thread_ts:
            self._tell(place, person, f"`{word}` is not supported in threads. Sorry!", thread_ts)
            return None
        if word not in self.ws.app.commands:
            self._tell(place, person, f"`{word}` is not a valid command.")
            return None
        key = self.tickets.response(place.id, person.id)
        tickets = payloads.Tickets(self.tickets.trigger(person.id), self._url("commands", key))
        payload = payloads.command(self.ws, place, person, word, rest.strip(), tickets)
        outcome = await self.courier.deliver(COMMAND, text.strip(), payload)
        if not outcome.acknowledged:
            self._tell(place, person, f"`{word}` failed with the error “{outcome.delivery.outcome}”")
        elif outcome.body:
            said = outcome.body if isinstance(outcome.body, dict) else {"text": str(outcome.body)}
            content = posting.accept(Args(said).content())
            responses.say(self.ws, self.tickets.responses[key], Args(said), content)
        return outcome.delivery

    async def click(
        self, channel: str, user: str, ts: str, action_id: str, block_id: str = "", value: Any = None
    ) -> Delivery:
        """Press a button of a message, or choose in one of its menus."""
        place, person = self._present(channel, user)
        source = self.ws.find(place.id, ts) or self._ephemeral(place, person, ts)
        block, element = choices.find(source.content.blocks, action_id, block_id)
        action = choices.action(block, element, value, self.ws.new_ts())
        key = self.tickets.response(place.id, person.id, source.thread_ts, source.ts)
        tickets = payloads.Tickets(self.tickets.trigger(person.id), self._url("actions", key))
        payload = payloads.message_action(self.ws, person, source, action, tickets)
        return (await self.courier.deliver(INTERACTIVE, f"click {action_id}", payload)).delivery

    async def come_home(self, user: str, tab: str = "home") -> Delivery | None:
        """Open a tab of the app; None where the app does not want to know of it."""
        person = self.ws.user(user)
        place = self.ws.direct(person.id)
        if "app_home_opened" not in self.ws.app.events:
            return None
        return await self.event(payloads.home_opened(self.ws, place, person, tab))

    async def click_in_view(
        self, user: str, view_id: str, action_id: str, values: Json, value: Any = None, block_id: str = ""
    ) -> Delivery:
        """Press a button of a modal or of the app's home."""
        person, modal = self.ws.user(user), self._modal(user, view_id)
        block, element = choices.find(modal.view["blocks"], action_id, block_id)
        action = choices.action(block, element, value, self.ws.new_ts())
        state = choices.state(modal.view["blocks"], values)
        trigger = self.tickets.trigger(person.id, modal.id)
        payload = payloads.view_action(self.ws, person, modal, state, action, trigger)
        return (await self.courier.deliver(INTERACTIVE, f"click {action_id}", payload)).delivery

    async def submit(self, user: str, view_id: str, values: Json) -> Delivery | None:
        """Submit a modal; None if Slack's own client stops it because a required field is empty."""
        person, modal = self.ws.user(user), self._modal(user, view_id)
        state = choices.state(modal.view["blocks"], values)
        modal.errors = choices.missing(modal.view["blocks"], state)
        if modal.errors:
            self.ws.changes.mark()
            return None
        trigger = self.tickets.trigger(person.id, modal.id)
        payload = payloads.submission(self.ws, person, modal, state, trigger)
        about = f"submit {modal.view.get('callback_id', '')}".strip()
        outcome = await self.courier.deliver(INTERACTIVE, about, payload)
        if outcome.acknowledged:
            self._after_submission(modal, outcome)
        return outcome.delivery

    async def close(self, user: str, view_id: str) -> Delivery | None:
        person, modal = self.ws.user(user), self._modal(user, view_id)
        self._shut([modal])
        if not modal.view.get("notify_on_close"):
            return None
        payload = payloads.closing(self.ws, person, modal, cleared=False)
        return (await self.courier.deliver(INTERACTIVE, "close", payload)).delivery

    async def event(self, inner: Json) -> Delivery:
        payload = payloads.event(self.ws, inner)
        return (await self.courier.event(f"event {inner.get('type', '')}", payload)).delivery

    def _after_submission(self, modal: Modal, outcome: Outcome) -> None:
        answer = outcome.body if isinstance(outcome.body, dict) else {}
        act = answer.get("response_action")
        if act == "errors":
            modal.errors = {str(block): str(error) for block, error in answer.get("errors", {}).items()}
            self.ws.changes.mark()
        elif act in ("update", "push"):
            check_view(answer["view"], "modal")
            if act == "update":
                views.replace(self.ws, modal, answer["view"])
            else:
                views.show(self.ws, modal.user, answer["view"], on_top_of=modal)
        elif act == "clear":
            self._shut([other for other in self.ws.modals if other.root == modal.root])
        else:
            self._shut([modal])

    def _shut(self, modals: list[Modal]) -> None:
        self.ws.modals = [modal for modal in self.ws.modals if modal not in modals]
        self.ws.changes.mark()

    def _tell(self, place: Channel, person: User, text: str, thread_ts: str | None = None) -> None:
        """Slackbot's words, seen by this person only."""
        self.ws.whisper(place.id, person.id, "USLACKBOT", Content(text), thread_ts)

    def _present(self, channel: str, user: str) -> tuple[Channel, User]:
        place, person = self.ws.channel(channel), self.ws.user(user)
        if person.id not in place.members:
            raise Refusal("not_in_channel")
        if place.is_archived:
            raise Refusal("is_archived")
        return place, person

    def _ephemeral(self, place: Channel, person: User, ts: str) -> Ephemeral:
        for ephemeral in self.ws.ephemerals:
            if (ephemeral.channel, ephemeral.user, ephemeral.ts) == (place.id, person.id, ts):
                return ephemeral
        raise Refusal("message_not_found")

    def _modal(self, user: str, view_id: str) -> Modal:
        person = self.ws.user(user)
        for modal in [*self.ws.modals, *self.ws.homes.values()]:
            if (modal.user, modal.id) == (person.id, view_id):
                return modal
        raise Refusal("not_found")

    def _url(self, kind: str, key: str) -> str:
        return f"{self.ws.address}/{kind}/{self.ws.seed.team_id}/{key}"
