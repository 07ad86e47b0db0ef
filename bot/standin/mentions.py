"""Whom a message calls, and how a call is typed: people, user groups, a whole channel. An edit calls nobody."""

import re

from bot.standin.records import Content, Message

# <@U1>, <@U1|ana>, <!subteam^S1|@oncall>, <!channel>, <!here>, <!everyone>
MARKED = re.compile(r"<(?:@([UW]\w+)|!subteam\^(S\w+)|!(channel|here|everyone))(?:\|[^<>]*)?>")
TYPED = re.compile(r"(?<![\w<@])@([a-z0-9][a-z0-9._-]*[a-z0-9]|[a-z0-9])")
FIELDS = {"user": "user_id", "usergroup": "usergroup_id", "broadcast": "range"}


def marked_up(text: str, names: dict[str, str]) -> str:
    """What Slack's composer makes of `@ana`: a mention, if somebody has that name."""
    return TYPED.sub(lambda found: f"<@{names[found[1]]}>" if found[1] in names else found[0], text)


def mentioned(message: Message) -> list[str]:
    """Ids of people and groups, and `channel`, `here`, `everyone`, as the message called them when it was posted."""
    return sorted(asked(message.history[0] if message.history else message.content))


def calling(messages: list[Message]) -> list[tuple[str, list[str]]]:
    """The ts of each message that called somebody, and whom; deleted ones too, for the phone has rung."""
    return [(message.ts, who) for message in messages if (who := mentioned(message))]


def asked(content: Content) -> set[str]:
    """Whom this content would call if it were posted."""
    return _marked(content.text) | _within([content.blocks, content.attachments])


def _marked(text: str) -> set[str]:
    return {next(part for part in found.groups() if part) for found in MARKED.finditer(text)}


def _within(value: object) -> set[str]:
    """In blocks: mrkdwn and markdown, and the elements of rich text. Plain text calls nobody."""
    if isinstance(value, list):
        return set().union(*(_within(item) for item in value))
    if not isinstance(value, dict) or value.get("type") == "plain_text":
        return set()
    field = FIELDS.get(str(value.get("type")), "")
    own = {str(value[field])} if field in value else set()
    texts = [text for name in ("text", "fallback", "pretext") if isinstance(text := value.get(name), str)]
    if value.get("type") == "text":  # an element of rich text: as it is, never parsed
        texts = []
    return own.union(*(_marked(text) for text in texts), *(_within(inner) for inner in value.values()))
