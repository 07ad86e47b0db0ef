"""What goes into a thread as a file: the whole of a message that was cut, and a picture where Slack takes no charts.

Uploaded once, whatever Slack answers: a file has no metadata by which it could be found before it is sent again. Knows
one claim; when it is tried again is the poster's to say.
"""

import asyncio

import structlog

from bot.chat import SlackChat, Upload
from bot.chat_errors import Fate, SlackRefused
from bot.pictures.apart import NotDrawn, png_apart
from bot.posting.entries import Claim, Entry
from handlers.records import Thread

# What is heard of again: later, or in a new thread.
WAITED_FOR = (Fate.UNSENT, Fate.HELD, Fate.GONE)
KEPT = 32

log = structlog.get_logger()


class Instead(Exception):
    """Slack has surely not taken the entry, and `entry` is to be said in its place. `is_chartless`: it was refused for
    its charts."""

    def __init__(self, entry: Entry, *, is_chartless: bool = False) -> None:
        super().__init__(entry.id)
        self.entry = entry
        self.is_chartless = is_chartless


class Uploads:
    """What one worker uploads. A drawing goes on while its claim is given back, and is there at the next: otherwise a
    slow machine would begin it for ever."""

    def __init__(self, chat: SlackChat) -> None:
        self._chat = chat
        self._drawings: dict[str, asyncio.Task[bytes]] = {}
        self._turn = asyncio.Semaphore(1)

    async def upload(self, claim: Claim, there: Thread, last: float) -> None:
        """Nothing is sent after `last`, by the event loop's clock. Raises SlackRefused where it is worth another try;
        Instead where a picture has to be told in words."""
        if claim.attempted:
            return
        entry = claim.entry
        try:
            file = await self._file(entry, last)
            _in_time(last)
            await self._chat.upload(there, file)
        except NotDrawn as error:
            log.error("picture not drawn", entry=entry.id, why=str(error))
            raise Instead(entry.in_words) from error
        except SlackRefused as refused:
            if refused.fate in WAITED_FOR:
                raise
            log.warning("file not uploaded", entry=entry.id, code=refused.code)
            # Of a text the most is in the message already; and what may have been taken is not said twice.
            if entry.message.picture and refused.fate is not Fate.UNKNOWN:
                raise Instead(entry.in_words) from refused
        self._drawings.pop(entry.id, None)

    async def _file(self, entry: Entry, last: float) -> Upload:
        picture = entry.message.picture
        if picture is None:
            name = f"{entry.event_type}.txt"
            return Upload(name, name, entry.file.encode())
        drawing = self._drawings.get(entry.id)
        if drawing is None:
            drawing = self._drawings[entry.id] = asyncio.create_task(self._drawn(picture.svg))
            self._forget_beyond_cap()
        await asyncio.wait({drawing}, timeout=max(0.0, last - asyncio.get_running_loop().time()))
        if not drawing.done() or drawing.cancelled():  # another one's turn, beyond the cap
            raise SlackRefused("no_time_left", Fate.UNSENT)
        return Upload(picture.name, picture.title, drawing.result(), picture.alt)

    async def _drawn(self, svg: str) -> bytes:
        async with self._turn:  # a storm of pictures would take the cores from what they are of
            return await png_apart(svg)

    def _forget_beyond_cap(self) -> None:
        """Those of entries that another worker has said meanwhile."""
        for oldest in list(self._drawings)[:-KEPT]:
            self._drawings.pop(oldest).cancel()


def _in_time(last: float) -> None:
    if asyncio.get_running_loop().time() > last:
        raise SlackRefused("no_time_left", Fate.UNSENT)
