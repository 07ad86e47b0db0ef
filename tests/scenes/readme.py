"""The two pictures of the README, of recordings: `python -m tests.scenes.readme` draws them again."""

import sys
import tempfile
from pathlib import Path

from bot.pictures.picture import svg_of
from bot.pictures.png import png
from tests.scenes import draw
from tests.scenes.browser import browser, chromium, part
from tests.scenes.scenes import SCENES

PICTURES = Path(__file__).parent / "pictures"
THREAD, REPORT = PICTURES / "thread.png", PICTURES / "report.png"
IN_THREAD, ON_PAGE = "readme", "readme"


def thread() -> bytes:
    """The picture of a map that doubles while it is looked at; twice its logical width is enough for a README."""
    return png(svg_of(draw.picture(_story(IN_THREAD))), zoom=2.0)


def _story(name: str) -> draw.Story:
    return next(scene for scene in SCENES if scene.name == name).of()


def main() -> int:
    PICTURES.mkdir(exist_ok=True)
    THREAD.write_bytes(thread())
    path = chromium()
    if path is None:
        print("tests.scenes.readme: there is no chromium on PATH: report.png stays as it is", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as scratch, browser(path) as opened:
        part(opened, draw.page(ON_PAGE, _story(ON_PAGE), Path(scratch)), "#flame", REPORT)
    return 0


if __name__ == "__main__":
    sys.exit(main())
