"""The pieces of Block Kit that messages, modals and the home are put together from, each within Slack's limits.

Knows blocks; no note, no template.
"""

Block = dict[str, object]

# Slack's: characters on a button, and for a screen reader.
LABEL = 75


def section(text: str, accessory: Block | None = None) -> Block:
    """A paragraph of mrkdwn, with a button beside it if one is given."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    return block | ({"accessory": accessory} if accessory else {})


def context(text: str) -> Block:
    """Fine print."""
    return {"type": "context", "elements": [mrkdwn(text)]}


def mrkdwn(text: str) -> Block:
    """`text` is Slack's own markup already."""
    # verbatim: an address or a name in the text does not become a link by itself.
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def button(action_id: str, value: str, label: str, spoken: str, *, is_first: bool = False) -> Block:
    """`spoken` is for screen readers; `is_first` colours what is to be done first."""
    made: Block = {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": shorten(label, LABEL), "emoji": True},
        "accessibility_label": shorten(spoken, LABEL),
    }
    return made | ({"value": value} if value else {}) | ({"style": "primary"} if is_first else {})


def actions(block_id: str, elements: list[Block]) -> Block:
    """A row of buttons."""
    # A block that changes needs a new id, or clients may keep what they had drawn.
    return {"type": "actions", "block_id": block_id, "elements": elements}


def shorten(text: str, limit: int) -> str:
    """Cut at a word, never inside a code span, an entity or a link."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 2]
    for opening, closing in (("<", ">"), ("&", ";")):
        start = kept.rfind(opening)
        if start > kept.rfind(closing) and len(kept) - start < 200:
            kept = kept[:start]
    if kept.count("`") % 2:
        kept = kept[: kept.rfind("`")]
    return kept.rstrip() + " …"
