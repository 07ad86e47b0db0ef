"""A form to Slack's modal, and what was filled in back to plain values. Knows the blocks of modals; the words are in
templates/_forms.j2, and what an act does with the values is the handlers'."""

import re

from bot.blocks import Block
from bot.render import Message
from bot.words import phrase
from handlers.command import SNOOZE_S
from handlers.handoff import FilledIn, HandoffAct
from handlers.handoff_notes import AddForm, NotMeForm
from handlers.home_notes import HomeAct
from handlers.incident import HOUR_AGO, PREVIOUS, WEEK_AGO, Act, Filled, Incident
from handlers.incident_notes import CompareForm, SilenceForm, SnoozeForm
from handlers.notes import Form
from handlers.records import Remembered

View = dict[str, object]
# Whatever has a button.
Deed = Act | HandoffAct | HomeAct

ACTS: dict[type[Form], Act | HandoffAct] = {
    SnoozeForm: Act.SNOOZE,
    SilenceForm: Act.SILENCE,
    CompareForm: Act.COMPARE,
    AddForm: HandoffAct.ADD,
    NotMeForm: HandoffAct.NOT_ME,
}
WORDS = "_forms.j2"
# Slack's: options of one menu, characters of an option, of a value, of what somebody types here.
OPTIONS, OPTION, VALUE, COMMENT = 100, 75, 150, 300
# Incidents that a form asks about, and characters for each: 20 lines of a message's section.
FIELDS, KNOWLEDGE = 20, 1_500
ABOUT = "about."  # and an incident's id, or nothing


def view(form: Form) -> View:
    """The modal. Its submission names the act (callback_id) and what it is about (private_metadata)."""
    act = ACTS[type(form)]
    match form:
        case SnoozeForm(_, seconds):
            blocks = [_how_long(seconds)]
        case SilenceForm(_, seconds):
            blocks = [_how_long(seconds), _why()]
        case CompareForm(_, instances, choices):
            blocks = [_which(instances), _against(choices)]
        case AddForm(_, incidents):
            blocks = [*(_knows(incident) for incident in incidents[:FIELDS]), _knows(None)]
        case NotMeForm():
            blocks = [_who()]
    identity = form.handoff.id if isinstance(form, AddForm | NotMeForm) else form.incident.id
    submit = _plain(phrase(WORDS, "submit", act.value))
    return _modal(act, identity, blocks) | {"submit": submit, "close": _plain(phrase(WORDS, "close"))}


def loading(act: Deed, identity: str) -> View:
    """What stands there until the form is known: Slack's trigger does not wait for Redis."""
    return _modal(act, identity, [{"type": "section", "text": _plain(phrase(WORDS, "loading"))}])


def notice(act: Deed, identity: str, said: Message) -> View:
    """A message in place of the form."""
    return _modal(act, identity, said.blocks)


def filled(values: object) -> Filled:
    """The state of a submitted view. Foreign shapes give an empty field, which the handlers refuse."""
    state = values if isinstance(values, dict) else {}
    seconds = _chosen(state, "seconds")
    return Filled(
        float(seconds) if re.fullmatch(r"[0-9]{1,9}", seconds) else None,
        _typed(state, "comment")[:COMMENT],
        _chosen(state, "instance"),
        _chosen(state, "against"),
    )


def filled_in(values: object) -> FilledIn:
    """The same of a handoff's form; fields that were left empty are left out."""
    state = values if isinstance(values, dict) else {}
    fields = [name for name in state if isinstance(name, str) and name.startswith(ABOUT)]
    texts = ((name.removeprefix(ABOUT), _typed(state, name)[:KNOWLEDGE].strip()) for name in fields)
    user = _field(state, "who").get("selected_user")
    return FilledIn(tuple(each for each in texts if each[1]), user if isinstance(user, str) else "")


def _modal(act: Deed, identity: str, blocks: list[Block]) -> View:
    about = {Act: "incident", HandoffAct: "handoff", HomeAct: "home"}[type(act)]
    return {
        "type": "modal",
        "callback_id": f"{about}.{act}",
        "private_metadata": identity,
        "title": _plain(phrase(WORDS, "title", act.value)),
        "close": _plain(phrase(WORDS, "shut")),
        "blocks": blocks,
    }


def _how_long(seconds: tuple[int, ...]) -> Block:
    usual = int(SNOOZE_S)  # what the command takes where nothing is said
    options = [(phrase(WORDS, "seconds", each), str(each)) for each in seconds]
    return _menu("seconds", "how_long", options, seconds.index(usual) if usual in seconds else 0)


def _which(instances: tuple[str, ...]) -> Block:
    # A longer name comes back cut, and is then the name of no instance.
    return _menu("instance", "which", [(name, name[:VALUE]) for name in instances])


def _against(choices: tuple[Remembered, ...]) -> Block:
    words = [(phrase(WORDS, each), each) for each in (PREVIOUS, HOUR_AGO, WEEK_AGO)]
    moments = {repr(entry.captured_at): phrase(WORDS, "choice", entry) for entry in choices}
    return _menu("against", "against", [*words, *((label, moment) for moment, label in moments.items())])


def _why() -> Block:
    element: Block = {"type": "plain_text_input", "action_id": "comment", "max_length": COMMENT}
    return _input("comment", "why", element) | {"optional": True}


def _knows(incident: Incident | None) -> Block:
    """A field for what only one person knows: of an incident, or besides."""
    name = f"{ABOUT}{incident.id if incident else ''}"
    element: Block = {
        "type": "plain_text_input",
        "action_id": name,
        "multiline": True,
        "max_length": KNOWLEDGE,
    }
    label = phrase(WORDS, "about", incident) if incident else phrase(WORDS, "besides")
    hint = {"hint": _plain(phrase(WORDS, "worth_knowing"))} if incident else {}
    return _labelled(name, label, element) | {"optional": True} | hint


def _who() -> Block:
    element: Block = {"type": "users_select", "action_id": "who"}
    return _input("who", "who", element) | {"optional": True, "hint": _plain(phrase(WORDS, "read_again"))}


def _menu(name: str, label: str, options: list[tuple[str, str]], chosen: int = 0) -> Block:
    listed = [{"text": _plain(phrase(WORDS, "option", text), OPTION), "value": value} for text, value in options]
    listed = listed[:OPTIONS]
    element: Block = {"type": "static_select", "action_id": name, "options": listed, "initial_option": listed[chosen]}
    return _input(name, label, element)


def _input(name: str, label: str, element: Block) -> Block:
    return _labelled(name, phrase(WORDS, label), element)


def _labelled(name: str, label: str, element: Block) -> Block:
    return {"type": "input", "block_id": name, "label": _plain(label), "element": element}


def _plain(text: str, limit: int = 2_000) -> Block:
    fitting = text if len(text) <= limit else text[: limit - 1] + "…"
    return {"type": "plain_text", "text": fitting or "?", "emoji": True}


def _field(state: dict[object, object], name: str) -> dict[object, object]:
    block = state.get(name)
    field = block.get(name) if isinstance(block, dict) else None
    return field if isinstance(field, dict) else {}


def _chosen(state: dict[object, object], name: str) -> str:
    option = _field(state, name).get("selected_option")
    value = option.get("value") if isinstance(option, dict) else None
    return value if isinstance(value, str) else ""


def _typed(state: dict[object, object], name: str) -> str:
    value = _field(state, name).get("value")
    return value if isinstance(value, str) else ""
