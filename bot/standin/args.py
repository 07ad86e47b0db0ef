"""What a caller of the Web API sent, whatever its encoding: form, JSON or query.

Knows encodings and the error for a missing argument; not what any argument means.
"""

import json
from typing import Any

from starlette.requests import Request

from bot.standin.errors import Refusal
from bot.standin.records import Content, Json


class Args:
    def __init__(self, given: Json) -> None:
        self.given = given

    def text(self, name: str, default: str = "") -> str:
        value = self.given.get(name)
        return default if value is None else str(value)

    def required(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise Refusal("invalid_arguments", f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        return str(self.given.get(name, "")).lower() in ("true", "1")

    def whole(self, name: str, default: int, most: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit():
            raise Refusal("invalid_arguments", f"must be an integer: {name}")
        return min(int(value), most)

    def structure(self, name: str) -> Any:
        """A value that is JSON in JSON bodies and a JSON string in forms; None if it was not sent."""
        value = self.given.get(name)
        if isinstance(value, str):
            try:
                return json.loads(value) if value else None
            except ValueError:
                raise Refusal(f"invalid_{name}_format" if name != "view" else "invalid_arguments") from None
        return value

    def items(self, name: str) -> list[Json]:
        value = self.structure(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise Refusal(f"invalid_{name}_format")
        return value

    def content(self) -> Content:
        metadata = self.structure("metadata")
        if metadata is not None and not isinstance(metadata, dict):
            raise Refusal("invalid_metadata_format")
        text, blocks, markdown = self.text("text"), self.items("blocks"), self.text("markdown_text")
        if markdown and (text or blocks):
            raise Refusal("markdown_text_conflict")
        if markdown:
            text, blocks = markdown, [{"type": "markdown", "text": markdown}]
        return Content(text, blocks, self.items("attachments"), metadata)


async def read_args(request: Request) -> Args:
    given: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method != "POST":
        return Args(given)
    if kind == "application/json":
        try:
            body = json.loads(await request.body() or b"{}")
        except ValueError:
            raise Refusal("invalid_json") from None
        if not isinstance(body, dict):
            raise Refusal("json_not_object")
        given.update(body)
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        async with request.form() as form:
            given.update(form)
    elif await request.body():
        raise Refusal("invalid_form_data")
    return Args(given)
