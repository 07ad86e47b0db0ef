"""What no figure may fall below (no error rise above), as it was when the floors were last written."""

import json
from pathlib import Path

from tests import corpus
from tests.accuracy.figures import COLUMNS, Row

FLOORS = corpus.HERE / "floors.json"
_RISING = {column.name: column.higher_is_better for column in COLUMNS}


def read(path: Path = FLOORS) -> dict[str, dict[str, float]]:
    """Row -> column -> figure; empty where nothing was written yet."""
    floors: dict[str, dict[str, float]] = json.loads(path.read_text()) if path.exists() else {}
    return floors


def write(rows: list[Row], path: Path = FLOORS) -> None:
    """Today's figures become the floors."""
    floors = {row.label: {name: value for name, value in row.figures().items() if value is not None} for row in rows}
    path.write_text(json.dumps(floors, indent=2) + "\n")


def fallen(rows: list[Row], floors: dict[str, dict[str, float]]) -> list[str]:
    """One line for each figure worse than its floor; a figure that is gone is worse than any."""
    figures = {row.label: row.figures() for row in rows}
    told = []
    for label, columns in floors.items():
        for name, floor in columns.items():
            now = figures.get(label, {}).get(name)
            if now is None or (now < floor if _RISING[name] else now > floor):
                told.append(f"{label}: {name} is {'gone' if now is None else now}, its floor is {floor}")
    return told
