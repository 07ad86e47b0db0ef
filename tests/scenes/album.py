"""The pictures of a folder on one page, to look through. Knows their names, nothing of what they show."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import NamedTuple

STYLE = """
body { font: 15px/1.4 system-ui, sans-serif; margin: 24px; background: #f4f4f2; color: #1d1c1d }
section { border-top: 1px solid #bbb; padding: 12px 0 24px } h2 { font-size: 18px; margin: 0 } p { margin: 4px 0 12px }
div { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start } figure { margin: 0; max-width: 100% }
img { max-width: 100%; max-height: 900px; border: 1px solid #ccc; display: block } .dark { background: #1a1d21 }
figcaption { font-size: 12px; color: #555 } pre { background: #fff; padding: 12px; overflow-x: auto; max-width: 100% }
"""


class Plate(NamedTuple):
    """One scene of the album: what it shows, and the files that do, of its folder."""

    name: str
    shows: str
    files: Sequence[Path]


def write(folder: Path, plates: Iterable[Plate]) -> Path:
    """`index.html` of a folder."""
    body = "".join(_section(plate) for plate in plates)
    page = folder / "index.html"
    head = f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>mapstorm: scenes</title><style>{STYLE}</style>'
    page.write_text(f"{head}<h1>Scenes</h1>{body}</html>\n")
    return page


def _section(plate: Plate) -> str:
    figures = "".join(_figure(path) for path in plate.files)
    return f"<section><h2>{escape(plate.name)}</h2><p>{escape(plate.shows)}</p><div>{figures}</div></section>\n"


def _figure(path: Path) -> str:
    name = escape(path.name)
    if path.suffix == ".png":
        kind = ' class="dark"' if "-dark" in path.stem else ""
        width = "" if path.stem.endswith("-large") else ' width="380"'
        inner = f'<a href="{name}"><img{kind}{width} loading="lazy" src="{name}" alt="{name}"></a>'
    elif path.suffix == ".txt":
        inner = f"<pre>{escape(path.read_text())}</pre>"
    else:
        inner = f'<a href="{name}">{name}</a>'
    return f"<figure>{inner}<figcaption>{name}</figcaption></figure>"
