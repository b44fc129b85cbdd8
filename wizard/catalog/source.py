"""A YAML file as data together with where each part of it stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Where = tuple[int, int]
"""Line and column, both from 1."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a knowledge file, at a place in it."""

    file: str
    line: int
    column: int
    says: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.says}"


@dataclass(frozen=True, slots=True)
class Source:
    """A parsed file: its data, its node tree for positions, and what YAML itself shows wrong."""

    name: str
    data: Any
    node: yaml.Node | None
    problems: tuple[Problem, ...]

    def at(self, path: tuple[Any, ...], *, key: bool = False) -> Where:
        """Return where the value at `path` stands (or its key), or the nearest part around it."""
        node = self.node
        where = _where(node)
        for step in path:
            found = _child(node, step)
            if found is None:
                return where
            label, node = found
            where = _where(label) if key else _where(node)
        return where

    def problem(self, path: tuple[Any, ...], says: str, *, key: bool = False) -> Problem:
        """Return the problem `says` at `path`."""
        return Problem(self.name, *self.at(path, key=key), says)


def read(path: Path, name: str) -> Source:
    """Return the file at `path`, called `name` in messages. Never raises for bad content."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        return Source(name, None, None, (Problem(name, 1, 1, f"cannot be read: {reason}"),))
    return parse(text, name)


def parse(text: str, name: str) -> Source:
    """Return `text` parsed; what is wrong with the YAML itself is in `problems`."""
    try:
        problems: list[Problem] = [*_aliases(text, name)]
        node = None if problems else yaml.compose(text, Loader=_Loader)
        _walk(node, name, problems)
        data = None if problems else yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        return Source(name, None, None, (Problem(name, line, column, f"{error.problem}"),))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        first = str(error).splitlines()[0] if str(error) else "cannot be read as YAML"
        return Source(name, None, None, (Problem(name, 1, 1, first),))
    return Source(name, data, node, tuple(problems))


def _aliases(text: str, name: str) -> Iterator[Problem]:
    """Refuse aliases: knowledge needs none, and nested ones blow a small file up to any size."""
    if "*" not in text:
        return
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            mark = event.start_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            yield Problem(name, line, column, "aliases (*name) are not allowed")


def _walk(node: yaml.Node | None, name: str, problems: list[Problem]) -> None:
    """Note duplicate keys, keys that YAML does not read as text, aliases that hold themselves."""
    if isinstance(node, yaml.MappingNode):
        seen: dict[str, int] = {}
        for key, value in node.value:
            line, column = _where(key)
            if key.tag != "tag:yaml.org,2002:str":
                kind = key.tag.rpartition(":")[2]
                says = f"key {key.value!r} is read by YAML as {kind}, not text; quote it"
                problems.append(Problem(name, line, column, says))
            elif key.value in seen:
                says = f"key {key.value!r} is written twice (first on line {seen[key.value]})"
                problems.append(Problem(name, line, column, says))
            seen.setdefault(str(key.value), line)
            _walk(value, name, problems)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _walk(value, name, problems)


def _child(node: yaml.Node | None, step: Any) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step]
    return None


def _where(node: yaml.Node | None) -> Where:
    mark = node.start_mark if node else None
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
