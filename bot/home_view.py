"""The App Home as Slack's view, within its limits: what there is no room for is counted. The words are in
templates/_home.j2; what is shown and what may be pressed, handlers/home.py has decided."""

import json
from collections.abc import Iterable

from bot.blocks import Block, actions, context, section, shorten
from bot.pictures.text import sparkline
from bot.render import SECTION, act_button, message
from bot.words import passage
from handlers.handoff import HandoffAct
from handlers.home_notes import Home, HomeAct, HomeIncident, HomeRotation, HomeService
from handlers.notes import Note

View = dict[str, object]

WORDS = "_home.j2"
# Slack's are 100 blocks and 250 KB, of which its JSON makes up to twelve bytes a character.
BLOCKS, BYTES = 98, 200_000
# Of what is told on top: the answer to a press is short.
TOLD = 5
DIVIDER: Block = {"type": "divider"}


def view(home: Home, told: Note | None = None) -> View:
    """The whole view. `told` is the answer to what was pressed, on top of it."""
    blocks = [*_told(told), *_head(home), *_rotations(home.rotations)]
    left_out, room = home.left_out, BYTES - _size(blocks)
    for number, one in enumerate(home.services):
        group = _service(one)
        room -= _size(group)
        if len(blocks) + len(group) > BLOCKS or room < 0:
            left_out += len(home.services) - number
            break
        blocks += group
    if left_out:
        blocks.append(context(passage(WORDS, "more_services", left_out)))
    return {"type": "home", "blocks": blocks}


def _told(told: Note | None) -> list[Block]:
    return [*message(told).blocks[:TOLD], DIVIDER] if told else []


def _head(home: Home) -> list[Block]:
    refresh = act_button("home", HomeAct.REFRESH, "", WORDS, "")
    if home.trouble:
        return [section(passage(WORDS, "trouble", home), refresh), *message(home.trouble).blocks]
    blocks = [section(passage(WORDS, "head", home), refresh)]
    return blocks if home.services else [*blocks, section(passage(WORDS, "empty"))]


def _rotations(rotations: tuple[HomeRotation, ...]) -> Iterable[Block]:
    """Who comes next, one line each; a handoff that waits, with its button for whoever comes."""
    if rotations:
        yield DIVIDER
        lines = [passage(WORDS, "on_call"), *(passage(WORDS, "rotation", one) for one in rotations)]
        yield section(shorten("\n".join(lines), SECTION))
    for one in rotations:
        if one.open:
            take = act_button("handoff", HandoffAct.TAKE, one.open.id, "_handoff.j2", one.open.rotation)
            yield section(_fitting(passage(WORDS, "waiting", one)), take if one.may_take else None)


def _service(one: HomeService) -> list[Block]:
    """Its own buttons stand right below it, those of an incident below that."""
    name = one.service.name
    acts = (HomeAct.CAPTURE, HomeAct.HISTORY) if one.may_capture else (HomeAct.HISTORY,)
    blocks = [
        DIVIDER,
        section(_fitting(passage(WORDS, "service", one, sparkline(one.live_heaps)))),
        actions(f"home.{one.id}", [act_button("home", act, one.id, WORDS, name) for act in acts]),
    ]
    for incident in one.incidents:
        blocks += _incident(incident, name)
    return [*blocks, context(passage(WORDS, "more_incidents", one))] if one.more else blocks


def _incident(one: HomeIncident, service: str) -> list[Block]:
    incident = one.incident
    value = f"{incident.id}.{incident.version}"
    buttons = [act_button("incident", act, value, "_acts.j2", service) for act in one.acts]
    told = section(_fitting(passage(WORDS, "incident", one)))
    return [told, actions(f"incident.{value}", buttons)] if buttons else [told]


def _fitting(text: str) -> str:
    return shorten(text, SECTION)


def _size(blocks: list[Block]) -> int:
    """Bytes of the JSON at worst, with every letter that is not ASCII written out."""
    return len(json.dumps(blocks))
