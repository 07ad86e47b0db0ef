"""A note and its template to text: the one place that opens templates/, and the one that makes foreign names harmless.

Names from profiles, registry and people are untrusted. Every value a template prints passes `_finish`, so none can
mention anybody, forge a link, or leave its code span: that is decided here and nowhere else.

Knows two media, Slack's mrkdwn and the terminal, and no Slack limits: those are `render.py`'s.
"""

import os.path
import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from analyzers.finding import Finding, Remediation
from analyzers.profile import Site
from bot import clocks, numbers
from bot.template_cache import TemplateCache, cache_folder
from handlers.notes import Note

TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(os.path.realpath(__file__))), "templates")
LONGEST_NAME = 240
# What people write may be longer than a name: characters of a line, and lines.
LONGEST_LINE, LINES = 1_500, 20
_GROUP_ID = re.compile(r"S[A-Z0-9]{2,20}")
_SLACK_ID = re.compile(r"[UWC][A-Z0-9]{2,20}")
_ADDRESS = re.compile(r"https?://[a-zA-Z0-9\[][!-~]{0,1500}")
_IN_ADDRESSES = "%/:?#[]@!$&'()*+,;=~"  # all that an address may have and Slack's <address|label> does not use
_PLAIN = str.maketrans({"`": None, "<": "‹", ">": "›"})
_BLANK_LINES = re.compile(r"\n{3,}")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Medium(Enum):
    """Where the words will be read: a message, a terminal, an HTML page, an SVG picture."""

    SLACK = "slack"
    TERMINAL = "terminal"
    PAGE = "page"
    PICTURE = "picture"


def text_of(note: Note, medium: Medium) -> str:
    """The note in mrkdwn; for the terminal without Slack's entities."""
    text = _template(medium, template_name(type(note))).render(note=note)
    # What a template leaves out leaves its blank lines behind.
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


def remedy_text(remedy: Remediation, finding: Finding) -> str:
    """One remedy in plain words, for the JSON."""
    macros = _template(Medium.TERMINAL, "_remedies.j2").module
    words: Callable[[Remediation, Finding], str] = getattr(macros, f"do_{remedy.kind}")
    return str(words(remedy, finding)).replace("`", "")


def markup(template: str, medium: Medium, **facts: object) -> str:
    """A whole template of a page or a picture, every value in it escaped as text."""
    return _template(medium, template).render(**facts)


def phrase(template: str, macro: str, *facts: object) -> str:
    """What a macro says, for Block Kit's plain_text: no code spans, and no brackets that could be an entity's."""
    words: Callable[..., str] = getattr(_template(Medium.TERMINAL, template).module, macro)
    return str(words(*facts)).translate(_PLAIN).strip()


def passage(template: str, macro: str, *facts: object) -> str:
    """What a macro says, in mrkdwn: a paragraph of a view."""
    words: Callable[..., str] = getattr(_template(Medium.SLACK, template).module, macro)
    return str(words(*facts)).strip()


def template_name(note: type[Note]) -> str:
    """CaptureFailed -> capture_failed.j2."""
    return _CAMEL.sub("_", note.__name__).lower() + ".j2"


def clean(text: str, longest: int = LONGEST_NAME) -> str:
    """`text` on one line, without control, bidirectional and invisible characters, and not endlessly long."""
    kept = "".join(
        " " if char.isspace() else char for char in text if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


def escape(text: str) -> str:
    """Slack's three entities; there are no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def mention(identity: str) -> str | None:
    """Slack's mention of a user or a user group by the id in the registry, None where it is neither."""
    if identity[:1] in "UW" and _SLACK_ID.fullmatch(identity):
        return f"<@{identity}>"
    return f"<!subteam^{identity}>" if _GROUP_ID.fullmatch(identity) else None


@cache
def _environment(medium: Medium) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        # Markup means "already safe in this medium"; everything else passes through _finish.
        autoescape=True,
        finalize=lambda value: _finish(value, medium),
        # One folder a medium: what is constant in a template was escaped for this one when it was compiled.
        bytecode_cache=TemplateCache(os.path.join(cache_folder(), medium.value)),
    )
    environment.filters.update(
        {
            "about": numbers.about,
            "bytes": numbers.in_bytes,
            "capitalise": lambda text: text[:1].upper() + text[1:],
            "change": numbers.change,
            "channel": lambda name: _channel(name, medium),
            "clock": clocks.clock,
            "code": lambda value: _code(value, medium),
            "date": lambda seconds: _date(seconds, medium),
            "duration": numbers.duration,
            "exact": numbers.exact,
            "link": lambda address, label: _link(address, label, medium),
            "local": clocks.local,
            "location": _location,
            "person": lambda name: _person(name, medium),
            "roughly": numbers.roughly,
            "share": numbers.share,
            "short": short_function,
            "tail": _tail,
            "time_left": numbers.time_left,
            "written": lambda text: _written(text, medium),
        }
    )
    return environment


@cache
def _template(medium: Medium, name: str) -> Template:
    return _environment(medium).get_template(name)


def _finish(value: object, medium: Medium) -> Markup:
    if isinstance(value, Markup):
        return value
    return _escaped(clean(str(value)), medium)


def _escaped(text: str, medium: Medium) -> Markup:
    if medium is Medium.TERMINAL:
        return Markup(text)  # noqa: S704 - a terminal reads no markup
    return Markup(escape(text)) if medium is Medium.SLACK else Markup.escape(text)  # noqa: S704 - this is the escape


def _code(value: object, medium: Medium, longest: int = LONGEST_NAME) -> Markup:
    """A code span: the only place where Slack reads no * _ ~. Backticks cannot be escaped and are replaced."""
    text = clean(str(value), longest).strip() or "?"
    if medium is Medium.PICTURE:
        return _escaped(text, medium)
    if medium is Medium.PAGE:
        return Markup("<code>{}</code>").format(text)
    return Markup("`{}`").format(_escaped(text.replace("`", "'"), medium))


def _written(text: str, medium: Medium) -> Markup:
    """What people wrote keeps its lines, each a code span of its own."""
    lines = [line for line in text.splitlines() if clean(line).strip()] or [""]
    spans = [_code(line, medium, LONGEST_LINE) for line in lines[:LINES]]
    return Markup("\n").join([*spans, Markup("…")] if len(lines) > LINES else spans)


def _person(name: str, medium: Medium) -> Markup:
    """A mention of a Slack user who wrote to the bot themselves; any other name is only a name."""
    if medium is Medium.SLACK and name[:1] in "UW" and _SLACK_ID.fullmatch(name):
        return Markup(f"<@{name}>")  # noqa: S704 - fully matched above
    return _code(name, medium)


def _channel(name: str, medium: Medium) -> Markup:
    if medium is Medium.SLACK and name[:1] == "C" and _SLACK_ID.fullmatch(name):
        return Markup(f"<#{name}>")  # noqa: S704 - fully matched above
    return _code(name, medium)


def _link(address: str, label: str, medium: Medium) -> Markup:
    """`label` is the template's own. What is no http address is not linked, and none can end the link early."""
    encoded = quote(address, safe=_IN_ADDRESSES, errors="replace")
    if medium in (Medium.TERMINAL, Medium.PICTURE) or not _ADDRESS.fullmatch(encoded):
        return Markup(label)  # noqa: S704 - a template's
    if medium is Medium.PAGE:
        return Markup('<a href="{}" rel="noreferrer noopener">{}</a>').format(encoded, label)
    return Markup(f"<{escape(encoded)}|{label}>")  # noqa: S704 - < > | are percent-encoded


def _date(seconds: float, medium: Medium) -> Markup:
    try:
        moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (ValueError, OverflowError, OSError):
        return Markup("an unknown time")  # what alerts call a time may be any number
    if medium is not Medium.SLACK:
        return Markup(moment)  # noqa: S704 - digits only
    return Markup(f"<!date^{int(seconds)}^{{date_short_pretty}} {{time}}|{moment}>")  # noqa: S704


def _location(site: Site) -> str:
    """`internal/catalog/catalog.go:64`: the end of the path, which is what tells files apart."""
    if not site.filename:
        return "an unknown line"
    return f"{_tail(site.filename)}:{site.line}"


def _tail(path: str) -> str:
    return "/".join(path.split("/")[-3:])


def short_function(function: str) -> str:
    """`example.com/svc/internal/catalog.(*Catalog).put` -> `catalog.(*Catalog).put`.

    A protobuf spells type arguments out, with all fields of a struct: `maps.Clone[...]` is what a text says.
    """
    head, bracket, rest = function.partition("[")
    _, closed, end = rest.rpartition("]")
    return head.rpartition("/")[2] + (f"[...]{end}" if closed else bracket + rest)
