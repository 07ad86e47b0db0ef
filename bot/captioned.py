"""A picture with all that goes with it where it is uploaded: its words for those who do not see it, a title, a name.

Knows Slack's limits for them; what is drawn is `pictures/`'s, and the words are the note's own template.
"""

import re
from typing import NamedTuple

from bot.blocks import shorten
from bot.words import Medium, phrase, text_of
from handlers.notes import CapturePicture, Picture

# Slack takes 2,000 characters, and counts some of them twice.
ALT, TITLE, NAME = 1_900, 150, 60
# What is bold, fine print or in the text alone; in a code span a star is a pointer's.
_MARKS = re.compile(r"`([^`\n]*)`|^[%^] |\*", re.MULTILINE)
_ODD = re.compile(r"[^A-Za-z0-9._]+")


class Captioned(NamedTuple):
    """One picture: markup, alternative text, title and file name."""

    svg: str
    alt: str
    title: str
    name: str


def captioned(note: Picture) -> Captioned:
    """The picture of `note`, as it can be uploaded. As SVG it has 7 to 17 KB, as PNG some ten times that."""
    from bot.pictures.picture import svg_of  # here, because the shell speaks of none and is to start at once

    said = _MARKS.sub(lambda mark: mark[1] or "", text_of(note, Medium.TERMINAL)).strip()
    title = phrase("_charts.j2", "title", note.instance if isinstance(note, CapturePicture) else note.service.name)
    return Captioned(svg_of(note), _within(said, ALT), _within(title, TITLE), file_name(note))


def file_name(note: Picture) -> str:
    """`svc-orders-orders-0.png`: nothing in it that any system could read as more than a name."""
    parts = (note.service.name, note.instance) if isinstance(note, CapturePicture) else (note.service.name,)
    clean = "-".join(filter(None, (_ODD.sub("-", part).strip("-.") for part in parts)))
    return f"{clean[:NAME].strip('-.') or 'mapstorm'}.png"


def _within(text: str, limit: int) -> str:
    """As Slack counts, in UTF-16."""
    kept, room = shorten(text, limit), limit
    while len(kept.encode("utf-16-le")) > 2 * limit:
        room -= 50
        kept = shorten(text, room)
    return kept
