"""A YAML file to plain data that still knows its lines. Knows nothing of services.

Why compose and construct apart: the node tree has a mark for every field, plain data has none, and duplicate keys,
which YAML forbids and PyYAML swallows, are only visible in the tree.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

MAX_BYTES = 1024 * 1024
# Aliases are counted as often as they are used: nine lines of them can stand for a billion values.
MAX_NODES = 100_000
MAX_DEPTH = 20

Where = tuple[str | int, ...]
# The same safe subset either way; libyaml's parser is ten times as fast, and not every wheel has it.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class YamlError(Exception):
    """The file is no YAML we take. `line` and `column` count from 1; 0 where it has none."""

    def __init__(self, text: str, line: int = 0, column: int = 0) -> None:
        super().__init__(text)
        self.text = text
        self.line = line
        self.column = column


class Document(NamedTuple):
    """Data and the tree it came from."""

    data: object
    root: yaml.Node

    def line(self, where: Where) -> int:
        """The line of a field, or of the innermost thing around it that exists."""
        return _place(self.found(where)[1])[0]

    def found(self, where: Where) -> tuple[Where, yaml.Node]:
        """How much of `where` the file really has, and the node there (for a mapping's field, its key)."""
        node = shown = self.root
        for depth, step in enumerate(where):
            inner = _inner(node, step)
            if inner is None:
                return where[:depth], shown
            shown, node = inner
        return where, shown


def read(path: Path) -> Document:
    """Reads and parses. Raises YamlError."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise YamlError(f"cannot be read: {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise YamlError(f"is larger than {MAX_BYTES} bytes")
    return parse(content)


def parse(content: bytes) -> Document:
    """One YAML document. Raises YamlError."""
    try:
        _too_deep(content)
        loader = Loader(content)
        try:
            root = loader.get_single_node()
            if root is None:
                raise YamlError("is empty")
            _weigh(root, {}, 0)
            return Document(loader.construct_document(root), root)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise YamlError(f"is not valid YAML: {error.problem or error.context}", *place) from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # ValueError: what looks like a date or number and is none, 2026-13-45; the text may quote the file.
        raise YamlError(f"is not valid YAML ({type(error).__name__})") from error


def _too_deep(content: bytes) -> None:
    """Before a tree is built: both parsers call themselves for each level, libyaml's on the C stack."""
    depth = 0
    for event in yaml.parse(content, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise YamlError("is nested too deeply", *_place(event))


def _weigh(node: yaml.Node, known: dict[int, int], depth: int) -> int:
    """How many nodes this one stands for. Raises YamlError for bombs, circles and duplicate keys."""
    if id(node) in known:
        return known[id(node)]
    if depth > MAX_DEPTH * 2:  # only a chain of aliases gets here, and a circle of them always does
        raise YamlError("holds an alias of itself", *_place(node))
    _no_duplicates(node)
    weight = 1 + sum(_weigh(child, known, depth + 1) for child in _children(node))
    if weight > MAX_NODES:
        raise YamlError("holds too many values", *_place(node))
    known[id(node)] = weight
    return weight


def _no_duplicates(node: yaml.Node) -> None:
    seen: dict[str, int] = {}
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
        if not isinstance(key, yaml.ScalarNode):
            continue
        line, column = _place(key)
        if key.value in seen:
            raise YamlError(f"{key.value}: is there twice, first in line {seen[key.value]}", line, column)
        seen[key.value] = line


def _place(marked: yaml.Node | yaml.Event) -> tuple[int, int]:
    """Line and column, from 1."""
    mark = marked.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (0, 0)


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from pair
    elif isinstance(node, yaml.SequenceNode):
        yield from node.value


def _inner(node: yaml.Node, step: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """What to show and where to go on: a mapping's key and value, a sequence's item twice."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return key, value
    return None
