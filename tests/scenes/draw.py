"""A story as everything that is drawn of it: the thread's picture, the page, the words and bars of a terminal."""

from pathlib import Path

from analyzers.compare import Basis
from bot.pictures.picture import svg_of
from bot.pictures.png import png
from bot.reports.page import html
from bot.shell.sketch import sketch
from bot.terminal import show
from handlers.drawing import flame_of
from handlers.notes import CapturePicture, Summary, TrendPicture
from handlers.paging import Page, gathered
from handlers.records import Capture, Request
from handlers.report import Report
from handlers.trend import line_of
from tests.scenes.stage import Story

# As a phone shows it, and as it is uploaded.
ZOOMS = {"": 1.0, "-large": 3.0}
WIDTHS = (100, 40)


def picture(told: Story) -> CapturePicture:
    """The note of a story's picture."""
    return CapturePicture(told.service, told.instance, told.diagnosis, told.trend)


def pictures(name: str, note: CapturePicture | TrendPicture, folder: Path) -> list[Path]:
    """Light and dark, in both sizes."""
    paths = []
    for suffix, zoom in ZOOMS.items():
        for scheme, dark in (("", False), ("-dark", True)):
            path = folder / f"{name}{scheme}{suffix}.png"
            path.write_bytes(png(svg_of(note, dark=dark), zoom=zoom))
            paths.append(path)
    return paths


def page(name: str, told: Story, folder: Path) -> Path:
    """The report as one file."""
    path = folder / f"{name}.html"
    base = told.base if told.diagnosis.comparison.basis is Basis.SAME_PROCESS else None
    path.write_text(html(page_of(told), flame_of(told.raw, base)))
    return path


def page_of(told: Story) -> Page:
    """The facts of a story's page, its peers captured by the same command."""
    found = told.diagnosis
    names = (told.instance, *(name for name, _ in told.peers))
    asked = Request("r1", told.service.name, names, found.captured_at - 10, "U0ANA")

    def capture(instance: str) -> Capture:
        return Capture(f"r1.{instance}", asked, instance)

    peers = tuple(line_of(capture(name), diagnosis) for name, diagnosis in told.peers)
    # The made-up past ends with this capture, which the page knows by itself.
    past = tuple(line for line in reversed(told.trend) if line.captured_at < found.captured_at)
    report = Report(capture(told.instance), found)
    return gathered(told.service, report, (*peers, *past), None)


def terminal(name: str, told: Story, folder: Path) -> Path:
    """The shell's answer: wide, and as narrow as a phone's terminal, in ASCII."""
    note = Summary(told.service, told.instance, f"r1.{told.instance}", told.diagnosis)
    parts = [
        show(note, colour=False, width=width) + sketch(note, told.trend, width=width, plain=False) for width in WIDTHS
    ]
    parts.append(sketch(note, told.trend, width=WIDTHS[0], plain=True))
    path = folder / f"{name}.txt"
    path.write_text("\n----\n".join(parts))
    return path
