"""Bodies of webhooks, written down from the vendors' documentation, and changes to them."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

PAYLOADS = Path(__file__).parent / "payloads"


def payload(name: str) -> dict[str, Any]:
    """The body of that name, as a JSON decoder gives it."""
    body: dict[str, Any] = json.loads((PAYLOADS / f"{name}.json").read_text())
    return body


def without(body: dict[str, Any], path: str) -> dict[str, Any]:
    """The body less one field: `alerts.0.status`."""
    return changed(body, path, ...)


def changed(body: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The body with another value in one field."""
    body = copy.deepcopy(body)
    *way, last = path.split(".")
    place: Any = body
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    if value is ...:
        del place[last]
    return body
