"""Slack's limits, as one table: every block, every element, every view. Nothing here runs; `check.py` does.

Sources: docs.slack.dev (blocks, elements, views), the models of slack_sdk 3.47 and @slack/types,
and, for the undocumented total over a message's blocks, slackapi/bolt-js#2509.
"""

from bot.standin.plot import Plot
from bot.standin.shapes import (
    Anything,
    Fields,
    Flag,
    Many,
    Number,
    OneOf,
    Rule,
    String,
    Typed,
    plain,
    text,
)

MESSAGE_TEXT = 40_000
# An edit is held shorter: 4,000 bytes, counted when &, < and > are escaped (gitlab-org/gitlab!258898).
UPDATE_TEXT_BYTES = 4_000
MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
# Undocumented: 13,172 to 13,297 characters were measured, depending on the blocks around them (bolt-js#2509).
MESSAGE_BLOCKS_CHARACTERS = 13_200
MARKDOWN_CHARACTERS = 12_000  # over all markdown blocks of a message
TABLES_PER_MESSAGE = 1
CHARTS_PER_MESSAGE = 2
ATTACHMENTS = 100
METADATA_BYTES = 16_000
FILE_BYTES = 1_000_000_000
VIEW_BYTES = 250_000
VIEWS_DEEP = 3

FLAG, ANYTHING, ID = Flag(), Anything(), String(255)
URL = String(3000, prefixes=("http://", "https://"))
CONFIRM = Fields(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": OneOf(("primary", "danger"))},
)
SLACK_FILE = Fields(may={"id": String(255), "url": URL}, either=("id", "url"))
OPTION = Fields(
    {"text": text(75), "value": String(150)},
    {"description": text(75), "url": URL},
)
PLACEHOLDER = plain(150)
ACTION: dict[str, Rule] = {"action_id": ID, "confirm": CONFIRM, "focus_on_load": FLAG}
SELECT: dict[str, Rule] = {**ACTION, "placeholder": PLACEHOLDER, "response_url_enabled": FLAG}
SEVERAL: dict[str, Rule] = {**SELECT, "max_selected_items": Number(1, 1000)}
OPTIONS: dict[str, Rule] = {"options": Many(OPTION, 100), "option_groups": Many(
    Fields({"label": plain(75), "options": Many(OPTION, 100)}), 100
)}  # fmt: skip
TYPING: dict[str, Rule] = {
    "action_id": ID,
    "placeholder": PLACEHOLDER,
    "focus_on_load": FLAG,
    "dispatch_action_config": ANYTHING,
    "initial_value": String(3000, 0),
}
IMAGE = Fields(
    {"alt_text": String(2000)},
    {"image_url": URL, "slack_file": SLACK_FILE},
    either=("image_url", "slack_file"),
)
BUTTON = Fields(
    {"text": plain(75)},
    {
        "action_id": ID,
        "confirm": CONFIRM,
        "value": String(2000),
        "url": String(3000),
        "style": OneOf(("primary", "danger")),
        "accessibility_label": String(75),
    },
)
FEEDBACK = Fields({"text": plain(75), "value": String(2000)}, {"accessibility_label": String(75)})

ELEMENTS: dict[str, Rule] = {
    "button": BUTTON,
    "workflow_button": Fields({"text": plain(75), "workflow": ANYTHING}, {
        "action_id": ID, "style": OneOf(("primary", "danger")), "accessibility_label": String(75),
    }),
    "image": IMAGE,
    "overflow": Fields({"options": Many(OPTION, 5)}, {"action_id": ID, "confirm": CONFIRM}),
    "checkboxes": Fields({"options": Many(OPTION, 10)}, {**ACTION, "initial_options": Many(OPTION, 10)}),
    "radio_buttons": Fields({"options": Many(OPTION, 10)}, {**ACTION, "initial_option": OPTION}),
    "static_select": Fields(
        may={**SELECT, **OPTIONS, "initial_option": OPTION}, either=("options", "option_groups")
    ),
    "multi_static_select": Fields(
        may={**SEVERAL, **OPTIONS, "initial_options": Many(OPTION, 100)}, either=("options", "option_groups")
    ),
    "external_select": Fields(may={**SELECT, "min_query_length": Number(0, 100), "initial_option": OPTION}),
    "multi_external_select": Fields(may={
        **SEVERAL, "min_query_length": Number(0, 100), "initial_options": Many(OPTION, 100),
    }),
    "users_select": Fields(may={**SELECT, "initial_user": ID}),
    "multi_users_select": Fields(may={**SEVERAL, "initial_users": Many(ID, 1000, 0)}),
    "channels_select": Fields(may={**SELECT, "initial_channel": ID}),
    "multi_channels_select": Fields(may={**SEVERAL, "initial_channels": Many(ID, 1000, 0)}),
    "conversations_select": Fields(may={
        **SELECT, "initial_conversation": ID, "default_to_current_conversation": FLAG, "filter": ANYTHING,
    }),
    "multi_conversations_select": Fields(may={
        **SEVERAL, "initial_conversations": Many(ID, 1000, 0), "default_to_current_conversation": FLAG,
        "filter": ANYTHING,
    }),
    "datepicker": Fields(may={**ACTION, "placeholder": PLACEHOLDER, "initial_date": String(10)}),
    "timepicker": Fields(may={
        **ACTION, "placeholder": PLACEHOLDER, "initial_time": String(5), "timezone": String(255),
    }),
    "datetimepicker": Fields(may={**ACTION, "initial_date_time": Number(1_000_000_000, 9_999_999_999)}),
    "plain_text_input": Fields(may={
        **TYPING, "multiline": FLAG, "min_length": Number(0, 3000), "max_length": Number(1, 3000),
    }),
    "email_text_input": Fields(may=TYPING),
    "url_text_input": Fields(may=TYPING),
    "number_input": Fields({"is_decimal_allowed": FLAG}, {
        **TYPING, "min_value": String(255), "max_value": String(255),
    }),
    "rich_text_input": Fields(may={**TYPING, "initial_value": ANYTHING}),
    "file_input": Fields(may={
        "action_id": ID, "filetypes": Many(String(20), 100), "max_files": Number(1, 10),
    }),
    "feedback_buttons": Fields({"positive_button": FEEDBACK, "negative_button": FEEDBACK}, {"action_id": ID}),
    "icon_button": Fields({"icon": String(100), "text": plain(75)}, {
        "action_id": ID, "confirm": CONFIRM, "value": String(2000), "accessibility_label": String(75),
        "visible_to_user_ids": Many(ID, 1000),
    }),
    "url": Fields({"url": URL, "text": String(3000)}),
}  # fmt: skip
PICKERS = tuple(kind for kind in ELEMENTS if kind.endswith(("_select", "picker")))
PRESSABLE = ("button", "workflow_button", "overflow", "checkboxes", "radio_buttons", *PICKERS)
INPUTS = tuple(kind for kind in ELEMENTS if kind.endswith("_input"))
FILLABLE = (*INPUTS, *PICKERS, "checkboxes", "radio_buttons")

RICH_SECTION = Fields({"elements": Many(ANYTHING, 1000, 0)}, {"border": Number(0, 1), "language": String(50)})
RICH = Typed({
    "rich_text_section": RICH_SECTION,
    "rich_text_preformatted": RICH_SECTION,
    "rich_text_quote": RICH_SECTION,
    "rich_text_list": Fields({"elements": Many(ANYTHING, 1000), "style": OneOf(("bullet", "ordered"))}, {
        "indent": Number(0, 8), "offset": Number(0, 1000), "border": Number(0, 1),
    }),
})  # fmt: skip
# Every block may carry a block_id; `check.py` adds that it is unique.
BLOCK: dict[str, Rule] = {"block_id": ID}
RICH_TEXT = Fields({"elements": Many(RICH, 100)}, BLOCK)
CELL = Typed({
    "raw_text": Fields({"text": String(3000)}),
    "raw_number": Fields({"value": Number(-1e308, 1e308)}, {"text": String(3000)}),
    "rich_text": RICH_TEXT,
})  # fmt: skip
TASK = Fields({"task_id": ID, "title": String(3000)}, {
    **BLOCK, "details": RICH_TEXT, "output": RICH_TEXT, "sources": Many(Typed(ELEMENTS, ("url",)), 100, 0),
    "status": OneOf(("pending", "in_progress", "complete", "error")),
})  # fmt: skip
CARD = Fields(may={
    **BLOCK, "title": text(150), "subtitle": text(150), "body": text(200), "hero_image": IMAGE, "icon": IMAGE,
    "slack_icon": ANYTHING, "subtext": text(200), "actions": Many(Typed(ELEMENTS, ("button",)), 25),
}, either=("hero_image", "title", "actions", "body"))  # fmt: skip

POINT = Fields({"label": String(20), "value": Number(-1e308, 1e308)})
SLICE = Fields({"label": String(20), "value": Number(5e-324, 1e308)})  # more than nothing
SERIES = Fields({"name": String(20), "data": Many(POINT, 20)})
AXES = Fields({"categories": Many(String(20), 20)}, {"x_label": String(50), "y_label": String(50)})
PLOT = Plot(Many(SERIES, 6), AXES)
CHART = Typed({"pie": Fields({"segments": Many(SLICE, 6)}), "bar": PLOT, "line": PLOT, "area": PLOT})

BLOCKS: dict[str, Rule] = {
    "section": Fields(may={
        **BLOCK, "text": text(3000), "fields": Many(text(2000), 10), "expand": FLAG,
        "accessory": Typed(ELEMENTS, ("image", *PRESSABLE)),
    }, either=("text", "fields")),
    "header": Fields({"text": plain(150)}, {**BLOCK, "level": Number(1, 4)}),
    "divider": Fields(may=BLOCK),
    "image": Fields({"alt_text": String(2000)}, {
        **BLOCK, "image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000),
    }, either=("image_url", "slack_file")),
    "actions": Fields({"elements": Many(Typed(ELEMENTS, PRESSABLE), 25)}, BLOCK),
    "context": Fields({"elements": Many(
        Typed({**text(3000).kinds, "image": IMAGE}), 10
    )}, BLOCK),
    "context_actions": Fields({"elements": Many(
        Typed(ELEMENTS, ("feedback_buttons", "icon_button")), 5
    )}, BLOCK),
    "input": Fields({"label": plain(2000), "element": Typed(ELEMENTS, FILLABLE)}, {
        **BLOCK, "hint": plain(2000), "optional": FLAG, "dispatch_action": FLAG,
    }),
    "rich_text": RICH_TEXT,
    "markdown": Fields({"text": String(MARKDOWN_CHARACTERS)}, BLOCK),
    "table": Fields({"rows": Many(Many(CELL, 20), 100)}, {
        **BLOCK, "column_settings": Many(ANYTHING, 20, 0),
    }),
    "data_table": Fields({"rows": Many(Many(CELL, 20), 101, 2), "caption": String(3000)}, {
        **BLOCK, "page_size": Number(1, 100), "row_header_column_index": Number(0, 19),
    }),
    "data_visualization": Fields({"title": String(50), "chart": CHART}, BLOCK),
    "alert": Fields({"text": text(200)}, {
        **BLOCK, "level": OneOf(("default", "info", "warning", "error", "success")),
    }),
    "card": CARD,
    "carousel": Fields({"elements": Many(Typed({"card": CARD}), 10)}, BLOCK),
    "task_card": TASK,
    "plan": Fields({"title": String(3000)}, {**BLOCK, "tasks": Many(Typed({"task_card": TASK}), 50, 0)}),
    "file": Fields({"external_id": String(255), "source": OneOf(("remote",))}, BLOCK),
    "video": Fields({"alt_text": String(2000), "title": plain(199), "video_url": URL, "thumbnail_url": URL}, {
        **BLOCK, "author_name": String(49), "description": plain(200), "provider_icon_url": URL,
        "provider_name": String(49), "title_url": URL,
    }),
}  # fmt: skip
CHILDREN = (
    "actions", "context", "divider", "file", "header", "image", "input", "rich_text", "section", "table",
    "video",
)  # fmt: skip
BLOCKS["container"] = Fields({"child_blocks": Many(Typed(BLOCKS, CHILDREN), 10)}, {
    **BLOCK, "title": plain(150), "rich_text_title": RICH_TEXT, "subtitle": text(150), "icon": IMAGE,
    "width": OneOf(("narrow", "standard", "wide", "full")), "is_collapsible": FLAG, "default_collapsed": FLAG,
    "has_header_divider": FLAG,
}, either=("title", "rich_text_title"))  # fmt: skip

# An input block has no place in a message, nor a chart or a table in a modal.
ONLY_IN_VIEWS: tuple[str, ...] = ("input",)
ONLY_IN_MESSAGES = ("table", "data_table", "data_visualization", "plan", "task_card", "file")
IN_MESSAGES = Typed(BLOCKS, tuple(kind for kind in BLOCKS if kind not in ONLY_IN_VIEWS))
IN_VIEWS = Typed(BLOCKS, tuple(kind for kind in BLOCKS if kind not in ONLY_IN_MESSAGES))

VIEW_COMMON: dict[str, Rule] = {
    "blocks": Many(IN_VIEWS, VIEW_BLOCKS, 0),
    "private_metadata": String(3000, 0),
    "callback_id": String(255, 0),
    "external_id": String(255, 0),
}
VIEWS = Typed({
    "modal": Fields({"title": plain(24), "blocks": VIEW_COMMON["blocks"]}, {
        **VIEW_COMMON, "submit": plain(24), "close": plain(24), "clear_on_close": FLAG,
        "notify_on_close": FLAG, "submit_disabled": FLAG,
    }),
    "home": Fields({"blocks": VIEW_COMMON["blocks"]}, VIEW_COMMON),
})  # fmt: skip
