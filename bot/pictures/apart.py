"""An SVG to a PNG in a process of its own: resvg holds on to the interpreter for half a second, and longer on a busy
machine, while captures and acknowledgements wait."""

from bot.apart import run_apart

DEADLINE_S = 20.0


class NotDrawn(Exception):
    """resvg would not, or not in time."""


async def png_apart(svg: str) -> bytes:
    """Raises NotDrawn."""
    try:
        code, data = await run_apart("bot.pictures.child", content=svg.encode(), deadline_s=DEADLINE_S)
    except OSError as error:  # in time, or at all: no memory for a process, no descriptor for its pipes
        raise NotDrawn(type(error).__name__) from error
    if code or not data:
        raise NotDrawn(f"exit {code}")
    return data
