"""Draws every scene into a folder: `./mapstorm scenes [FOLDER]`, then open its index.html and look at all of it."""

import argparse
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests.scenes import album, draw
from tests.scenes.browser import SHOTS, browser, chromium, photograph
from tests.scenes.scenes import SCENES, TRENDS

FOLDER = Path(__file__).parents[2] / ".cache" / "scenes"
Photograph = Callable[[Path], list[str]]


def main() -> int:
    parser = argparse.ArgumentParser(prog="mapstorm scenes", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER, help=f"default: {FOLDER}")
    parser.add_argument("--only", metavar="WORD", default="", help="scenes with this in their name")
    parser.add_argument("--no-photographs", action="store_true", help="draw pages, but do not open them in a browser")
    options = parser.parse_args()
    options.folder = options.folder.resolve()  # a browser opens no relative path
    options.folder.mkdir(parents=True, exist_ok=True)
    path = None if options.no_photographs else chromium()
    if path is None and not options.no_photographs:
        print("mapstorm scenes: there is no chromium on PATH, so pages are drawn but not photographed", file=sys.stderr)
    with ExitStack() as stack:
        opened = stack.enter_context(browser(path)) if path else None
        complaints = _draw(
            options.folder,
            options.only,
            lambda page: photograph(opened, page, options.folder) if opened else [],
            photographed=opened is not None,
        )
    print(f"{options.folder / 'index.html'}")
    print("\n".join(complaints), file=sys.stderr, end="\n" if complaints else "")
    return 1 if complaints else 0


def _draw(folder: Path, only: str, take: Photograph, *, photographed: bool) -> list[str]:
    """All that pages complained about while they were looked at."""
    plates, complaints = [], []
    for scene in (each for each in SCENES if only in each.name):
        told = scene.of()
        files = draw.pictures(scene.name, draw.picture(told), folder)
        files.append(draw.terminal(scene.name, told, folder))
        if scene.page:
            page = draw.page(scene.name, told, folder)
            complaints += [f"{scene.name}: {said}" for said in take(page)]
            files.append(page)
            if photographed:
                files += [folder / f"{page.stem}-{shot.name}.png" for shot in SHOTS]
        plates.append(album.Plate(scene.name, scene.shows, files))
        print(scene.name, flush=True)
    for trend in (each for each in TRENDS if only in each.name):
        plates.append(album.Plate(trend.name, trend.shows, draw.pictures(trend.name, trend.of(), folder)))
        print(trend.name, flush=True)
    album.write(folder, plates)
    return complaints


if __name__ == "__main__":
    sys.exit(main())
