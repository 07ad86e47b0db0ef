"""A note to a Slack message: text and blocks within Slack's limits. What has to be cut says so.

Templates write paragraphs; one that starts with `^ ` is fine print, and one with `% ` says in words what charts show:
it is in the text alone. Knows blocks and limits, and of notes only that the roots of incidents and handoffs have
buttons, and that some are pictures.
"""

from collections.abc import Iterable
from typing import NamedTuple

from bot.blocks import Block, actions, button, context, section, shorten
from bot.captioned import Captioned, captioned
from bot.charts import charts
from bot.words import Medium, mention, phrase, text_of
from handlers.handoff import OFFERED, HandoffAct
from handlers.handoff_notes import HandoffRoot
from handlers.home_notes import HomeAct
from handlers.incident import Act
from handlers.incident_notes import IncidentRoot
from handlers.notes import CapturePicture, Note, TrendPicture

# Slack's limits, with room to spare: 3,000 characters a section, 50 blocks, about 13,200 characters over all blocks
# (undocumented: bolt-js#2509), 4,000 recommended for the text.
SECTION = 2_900
CONTEXT = 1_900
BLOCKS = 45
TOTAL = 12_000
TEXT = 3_900
BUTTONS = 25
MENTIONS = 25
FINE_PRINT = "^ "
CHARTED = "% "
# Room for the line that says how much is missing; its words are in templates/_macros.j2.
CUT_ROOM = 120


class Message(NamedTuple):
    """What chat.postMessage takes. `text` is what notifications and screen readers use; `whole` is all there was to
    say, in plain words, where the blocks do not hold it; `picture` what is uploaded where Slack takes no charts."""

    text: str
    blocks: list[Block]
    whole: str = ""
    picture: Captioned | None = None


def message(note: Note) -> Message:
    """The note as a Slack message."""
    body = text_of(note, Medium.SLACK)
    paragraphs = [part.strip("\n") for part in body.split("\n\n") if part.strip()]
    blocks, left = _blocks([part for part in paragraphs if not part.startswith(CHARTED)])
    if isinstance(note, CapturePicture | TrendPicture) and (drawn := charts(note)):
        return Message(_notice(_plain(body)), [*blocks, *drawn], picture=captioned(note))
    if left:
        blocks.append(context(phrase("_macros.j2", "left_out", left)))
    if buttons := _buttons(note):
        blocks.append(buttons)
    return Message(_notice(_plain(body)), blocks, text_of(note, Medium.TERMINAL) if left else "")


def mentioning(said: Message, ids: Iterable[str]) -> Message:
    """`said` as it is posted first: with mentions below its first block. Left out is what is no id of Slack's, and who
    is mentioned by the message itself."""
    wanted = [told for each in ids if (told := mention(each)) and told not in said.text]
    mentions = " ".join(wanted[:MENTIONS])
    if not mentions:
        return said
    return said._replace(
        text=f"{said.text}\n{mentions}", blocks=[*said.blocks[:1], section(mentions), *said.blocks[1:]]
    )


def _blocks(paragraphs: list[str]) -> tuple[list[Block], int]:
    """As many as fit, and how many lines did not."""
    blocks: list[Block] = []
    room = TOTAL - CUT_ROOM
    pieces = [piece for paragraph in paragraphs for piece in _pieces(paragraph)]
    for number, piece in enumerate(pieces):
        if len(piece) > room or len(blocks) == BLOCKS:
            return blocks, sum(rest.count("\n") + 1 for rest in pieces[number:])
        fine = piece.startswith(FINE_PRINT)
        blocks.append(context(piece.removeprefix(FINE_PRINT)) if fine else section(piece))
        room -= len(piece)
    return blocks, 0


def _buttons(note: Note) -> Block | None:
    """The ids of an incident's buttons name the state they were drawn for: what is pressed later is checked against it.
    A handoff's need not, because each of them means the same in whatever state it is still to be had."""
    drawn, elements = "", list[Block]()
    match note:
        case IncidentRoot(service, incident, acts):
            drawn = f"incident.{incident.id}.{incident.version}"
            value = f"{incident.id}.{incident.version}"
            elements = [act_button("incident", act, value, "_acts.j2", service.name) for act in acts[:BUTTONS]]
        case HandoffRoot(handoff):
            drawn = f"handoff.{handoff.id}.{handoff.version}"
            offered = OFFERED[handoff.state]
            elements = [act_button("handoff", act, handoff.id, "_handoff.j2", handoff.rotation) for act in offered]
    return actions(drawn, elements) if elements else None


def act_button(about: str, act: Act | HandoffAct | HomeAct, value: str, words: str, of: str) -> Block:
    """The button of one act, by `about`'s and the act's name; `words` is the template that has its label, `of` what it
    is about, for a screen reader."""
    # One colour in a list of messages: that of what is to be done first.
    is_first = act in (Act.ACKNOWLEDGE, HandoffAct.TAKE)
    return button(
        f"{about}.{act}", value, phrase(words, "label", act), phrase(words, "spoken", act, of), is_first=is_first
    )


def _pieces(paragraph: str) -> list[str]:
    """The paragraph in parts that fit a block, broken between lines, a longer line at its end."""
    fine = paragraph.startswith(FINE_PRINT)
    limit = CONTEXT if fine else SECTION
    pieces = [""]
    for line in paragraph.split("\n"):
        fitting = shorten(line, limit)
        if pieces[-1] and len(pieces[-1]) + len(fitting) + 1 > limit:
            pieces.append(FINE_PRINT + fitting if fine else fitting)
        else:
            pieces[-1] = f"{pieces[-1]}\n{fitting}" if pieces[-1] else fitting
    return pieces


def _notice(text: str) -> str:
    """chat.update takes 4,000 bytes, not characters."""
    limit = TEXT
    while len((kept := shorten(text, limit)).encode()) > TEXT:
        limit -= 100
    return kept


def _plain(body: str) -> str:
    return body.replace("\n" + FINE_PRINT, "\n").replace("\n" + CHARTED, "\n").strip()
