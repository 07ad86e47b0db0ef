"""Alertmanager's label matchers, such as `severity=~"page|ticket"`, read and applied as its classic parser does.

Knows their syntax (pkg/labels/parse.go of prometheus/alertmanager); not whose they are.
"""

import re
from collections.abc import Iterable, Mapping

from handlers.records import Comparison, Matcher
from handlers.sources import re2

# Go's \s has no \v, and its TrimSpace takes Unicode's white space.
_MATCHER = re.compile(
    r"[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)[\t\n\f\r ]*(.*?)[\t\n\f\r ]*", re.S
)
_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))


def parse(text: str) -> Matcher:
    """The one matcher that `text` has. Raises ValueError with a short reason, also where there are several or none."""
    found = parse_all(text)
    if len(found) != 1:
        raise ValueError("not one matcher")
    return found[0]


def parse_all(text: str) -> tuple[Matcher, ...]:
    """A list of matchers, with or without braces and a comma at its end. Raises ValueError with a short reason."""
    tokens = _split(text.removeprefix("{").removesuffix("}"))
    last = tokens.pop().strip(_SPACE)
    return tuple(_matcher(token) for token in (*tokens, *([last] if last else [])))


def matches(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    """Whether all hold. A label that is missing is an empty one."""
    for label, comparison, value in matchers:  # plain, because it is asked of every service for every alert
        said = labels.get(label, "")
        regex = comparison is Comparison.LIKE or comparison is Comparison.UNLIKE
        same = re2.fullmatch(value, said) if regex else said == value
        if same is (comparison is Comparison.UNEQUAL or comparison is Comparison.UNLIKE):
            return False
    return True


def _split(text: str) -> list[str]:
    """At the commas outside of quotes. As in Alertmanager, a comma does not end an escape."""
    tokens = [""]
    quoted = escaped = False
    for char in text:
        if char == "," and not quoted:
            tokens.append("")
            continue
        if char == '"':
            quoted, escaped = quoted != (not escaped), False
        elif char == "\\":
            escaped = not escaped
        elif char != ",":
            escaped = False
        tokens[-1] += char
    return tokens


def _matcher(text: str) -> Matcher:
    parts = _MATCHER.fullmatch(text)
    if parts is None:
        raise ValueError("not a matcher")
    comparison = Comparison(parts[2])
    value = _value(parts[3])
    if comparison in (Comparison.LIKE, Comparison.UNLIKE):
        re2.compiled(value)
    return Matcher(parts[1], comparison, value)


def _value(raw: str) -> str:
    """The value without its quotes and escapes. Only a line feed, a quote and a backslash can be escaped."""
    inner = raw[1:-1] if len(raw) > 1 and raw[0] == raw[-1] == '"' else raw
    value = ""
    escaped = False
    for char in inner:
        if escaped:
            value += {"n": "\n", '"': '"', "\\": "\\"}.get(char, "\\" + char)
            escaped = False
        elif char == '"':
            raise ValueError("unescaped quote")
        elif char == "\\":
            escaped = True
        else:
            value += char
    if escaped and inner is not raw:
        raise ValueError("unescaped quote")  # the backslash took the last one
    return value + "\\" * escaped
