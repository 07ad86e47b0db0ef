"""What the tests of pictures share: what is to be drawn, and a picture read back as numbers."""

import re
import xml.parsers.expat
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

from analyzers.examine import examine
from analyzers.finding import Diagnosis
from bot.pictures.measure import width
from handlers.notes import CapturePicture
from handlers.records import Instance, Remembered, Service
from tests.analyzers.recordings import Recording

SVG = "{http://www.w3.org/2000/svg}"
SERVICE = Service("svc-orders", (Instance("orders-7d9f8b6c5-xk2lp", ""),), "C0123ABCD")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Box(NamedTuple):
    """Where a text is: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float
    text: str


def diagnosis_of(recording: Recording) -> Diagnosis:
    """Of its last two visits, with the one before as base."""
    visits = [recording.snapshot(visit) for visit in range(recording.visits)]
    return examine(visits[-2], visits[-1], visits[-3] if len(visits) > 2 else None)[1]


def past(known: Diagnosis, captures: int = 7) -> tuple[Remembered, ...]:
    """A history that led to `known`, with a new build and a restart."""
    bases = {2: "new_build", 4: "restarted"}
    return tuple(
        Remembered(
            known.captured_at - 1_270.0 * (captures - 1 - at),
            SERVICE.instances[0].name,
            known.verdict if 2 * at >= captures else "no_map_problem",
            "catalog.go:64",
            known.live_heap * (at + 1) / captures,
            known.live_tables * (at + 1) / captures,
            bases.get(at, "same_process"),
            f"r{at}",
        )
        for at in range(captures)
    )


def capture_of(recording: Recording, captures: int = 7) -> CapturePicture:
    """The picture of a recorded service's capture."""
    known = diagnosis_of(recording)
    return CapturePicture(SERVICE, SERVICE.instances[0].name, known, past(known, captures))


def parsed(svg: str) -> ElementTree.Element:
    """As XML, by a parser that takes no document type, and so no entities."""
    builder = ElementTree.TreeBuilder()
    parser = xml.parsers.expat.ParserCreate(namespace_separator="}")

    def no_doctype(*_: object) -> None:
        raise AssertionError("a document type")

    parser.StartDoctypeDeclHandler = no_doctype
    parser.StartElementHandler = lambda tag, attributes: builder.start("{" + tag, attributes)
    parser.EndElementHandler = lambda tag: builder.end("{" + tag)
    parser.CharacterDataHandler = builder.data
    parser.Parse(svg, True)
    return builder.close()


def texts(element: ElementTree.Element, x: float = 0.0, y: float = 0.0) -> Iterator[Box]:
    """Every text with its extent, from its baseline up by what capitals need."""
    for child in element:
        if child.tag == SVG + "g":
            over, down = (float(number) for number in NUMBER.findall(child.get("transform", "")))
            yield from texts(child, x + over, y + down)
        elif child.tag == SVG + "text":
            size, text = float(child.get("font-size", "0")), child.text or ""
            wide = width(text, size, child.get("font-weight") == "bold")
            part = {"middle": 0.5, "end": 1.0}.get(child.get("text-anchor", ""), 0.0)
            left, base = x + float(child.get("x", "")) - part * wide, y + float(child.get("y", ""))
            yield Box(left, base - 0.73 * size, left + wide, base + 0.1 * size, text)
        else:
            yield from texts(child, x, y)


def points(element: ElementTree.Element) -> Iterator[tuple[float, float]]:
    """Every corner of every outline in a panel."""
    for path in element.iter(SVG + "path"):
        for command, numbers in re.findall(r"([MLA])([^MLAZ]*)", path.get("d", "")):
            *_, x, y = (float(number) for number in NUMBER.findall(numbers))
            assert command in "MLA"
            yield x, y
