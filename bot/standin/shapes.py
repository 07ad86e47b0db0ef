"""How one rule of Block Kit is checked: strings, texts, lists, objects, objects told apart by `type`.

Knows Slack's wording of a complaint and its JSON pointers; the numbers are in `limits.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

Problems = list[str]


class Rule(Protocol):
    def check(self, value: object, path: str, problems: Problems) -> None: ...


def complain(problems: Problems, what: str, path: str) -> None:
    problems.append(f"{what} [json-pointer:{path or '/'}]")


@dataclass(frozen=True)
class Anything:
    def check(self, value: object, path: str, problems: Problems) -> None:
        return None


@dataclass(frozen=True)
class Flag:
    def check(self, value: object, path: str, problems: Problems) -> None:
        if not isinstance(value, bool):
            complain(problems, "must be a boolean", path)


@dataclass(frozen=True)
class Number:
    low: float
    high: float

    def check(self, value: object, path: str, problems: Problems) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            complain(problems, "must be a number", path)
        elif not self.low <= value <= self.high:
            complain(problems, f"must be between {self.low:g} and {self.high:g}", path)


@dataclass(frozen=True)
class String:
    most: int = 3000
    least: int = 1
    prefixes: tuple[str, ...] = ()

    def check(self, value: object, path: str, problems: Problems) -> None:
        if not isinstance(value, str):
            complain(problems, "must be a string", path)
        elif len(value) > self.most:
            complain(problems, f"must be less than {self.most + 1} characters", path)
        elif len(value) < self.least:
            complain(problems, f"must be more than {self.least - 1} characters", path)
        elif self.prefixes and not value.startswith(self.prefixes):
            complain(problems, "must be a valid URL", path)


@dataclass(frozen=True)
class OneOf:
    choices: tuple[str, ...]

    def check(self, value: object, path: str, problems: Problems) -> None:
        if value not in self.choices:
            complain(problems, f"must be one of: {', '.join(self.choices)}", path)


@dataclass(frozen=True)
class Many:
    of: Rule
    most: int
    least: int = 1

    def check(self, value: object, path: str, problems: Problems) -> None:
        if not isinstance(value, list):
            complain(problems, "must be an array", path)
            return
        if len(value) > self.most:
            complain(problems, f"no more than {self.most} items allowed", path)
        if len(value) < self.least:
            complain(problems, f"no less than {self.least} items allowed", path)
        for index, item in enumerate(value[: self.most]):
            self.of.check(item, f"{path}/{index}", problems)


@dataclass(frozen=True)
class Fields:
    """An object: fields it must have, may have, and none besides; at least one of `either`."""

    must: Mapping[str, Rule] = field(default_factory=dict)
    may: Mapping[str, Rule] = field(default_factory=dict)
    either: tuple[str, ...] = ()

    def check(self, value: object, path: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            complain(problems, "must be an object", path)
            return
        for name in self.must:
            if name not in value:
                complain(problems, f"missing required field: {name}", path)
        if self.either and not any(name in value for name in self.either):
            complain(problems, f"must have one of: {', '.join(self.either)}", path)
        for name, inner in value.items():
            rule = self.must.get(name) or self.may.get(name)
            if rule is not None:
                rule.check(inner, f"{path}/{name}", problems)
            elif name != "type":
                complain(problems, f"invalid additional property: {name}", path)


@dataclass(frozen=True)
class Typed:
    """An object whose `type` says which rule holds for it."""

    kinds: Mapping[str, Rule]
    only: tuple[str, ...] = ()

    def check(self, value: object, path: str, problems: Problems) -> None:
        if not isinstance(value, dict):
            complain(problems, "must be an object", path)
            return
        kind = value.get("type")
        rule = self.kinds.get(kind) if isinstance(kind, str) and (not self.only or kind in self.only) else None
        if rule is None:
            complain(problems, f"unsupported type: {kind}", f"{path}/type")
        else:
            rule.check(value, path, problems)


def text(most: int, *kinds: str, least: int = 1) -> Typed:
    """A text object; without kinds, plain_text or mrkdwn."""
    content = String(most, least)
    plain = Fields({"text": content}, {"emoji": Flag()})
    return Typed(
        {"plain_text": plain, "mrkdwn": Fields({"text": content}, {"verbatim": Flag()})},
        kinds or ("plain_text", "mrkdwn"),
    )


def plain(most: int) -> Typed:
    return text(most, "plain_text")
