"""What a person chose or typed, in Slack's shape: the `actions` of a click and the `state` of a modal.

Knows each element's own field for a value; not where the element stands or who is told.
"""

from typing import Any

from bot.standin.check import elements
from bot.standin.errors import Refusal
from bot.standin.records import Json

# Which field holds the choice; the rest of the elements use `value`.
FIELDS = {
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}
REQUIRED = "Please complete this required field."


def find(blocks: list[Json], action_id: str, block_id: str = "") -> tuple[Json, Json]:
    """The block and the element with this action_id, which may be told apart by its block_id."""
    for block in blocks:
        for element in elements(block):
            if element.get("action_id") == action_id and block_id in ("", block.get("block_id")):
                return block, element
    raise Refusal("action_not_found")


def choice(element: Json, given: Any) -> Json:
    field = FIELDS.get(element["type"], "value")
    if field == "selected_option":
        return {field: _option(element, given)}
    if field == "selected_options":
        return {field: [_option(element, value) for value in given or []]}
    return {field: given}


def action(block: Json, element: Json, given: Any, ts: str) -> Json:
    made: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": ts,
    }
    if element["type"] == "feedback_buttons":
        button = element["negative_button" if given == "negative" else "positive_button"]
        return made | {"text": button["text"], "value": button["value"]}
    if element["type"] in ("button", "icon_button", "workflow_button"):
        return made | {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    return made | choice(element, given)


def state(blocks: list[Json], given: Json) -> Json:
    """`given` is {block_id: {action_id: plain value}}; what was not touched keeps its initial value."""
    values: Json = {}
    for block in blocks:
        for element in elements(block):
            if element["type"] in ("button", "image", "overflow", "url", "card"):
                continue
            typed = given.get(block["block_id"], {}).get(element["action_id"], _initial(element))
            filled = {"type": element["type"], **choice(element, typed)}
            values.setdefault(block["block_id"], {})[element["action_id"]] = filled
    return values


def missing(blocks: list[Json], values: Json) -> dict[str, str]:
    """Required inputs left empty: Slack's client stops a submission there, the app never hears of it."""
    errors: dict[str, str] = {}
    for block in blocks:
        if block["type"] != "input" or block.get("optional"):
            continue
        filled = values[block["block_id"]][block["element"]["action_id"]]
        if not filled.get(FIELDS.get(filled["type"], "value")):
            errors[block["block_id"]] = REQUIRED
    return errors


def _initial(element: Json) -> Any:
    for name, value in element.items():
        if name.startswith("initial_"):
            if isinstance(value, dict) and "value" in value:
                return value["value"]
            if isinstance(value, list) and value and isinstance(value[0], dict):
                return [option["value"] for option in value]
            return value
    return None


def _option(element: Json, value: Any) -> Json | None:
    if value is None:
        return None
    groups = [element.get("options", []), *(g["options"] for g in element.get("option_groups", []))]
    for options in groups:
        for option in options:
            if option["value"] == value:
                found: Json = option
                return found
    raise Refusal("option_not_found")
