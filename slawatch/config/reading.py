"""From a file to a tree of nodes with places.

Built on PyYAML's events, so that nothing is guessed, lost or executed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml import events

from slawatch.config.tree import Entry, Listing, Node, Scalar, Section
from slawatch.config.wrong import ConfigErrors, Place, Problem

_LARGEST_FILE = 8 * 1024 * 1024
_DEEPEST = 40
#: Nodes that aliases may stand for, over the whole file: a dozen lines of aliases can stand for billions.
_MOST_ALIASED = 100_000

_HINTS = {
    "that cannot start any token": "put the text in quotes; indent with spaces, not tabs",
    "mapping values are not allowed here": "text that holds ': ' needs quotes; keep keys of one section in one column",
    "expected <block end>, but found": "keep keys of one section in one column",
    "expected ',' or '}'": "close the { } of this section; a text that holds # or , needs quotes",
    "expected ',' or ']'": "close the [ ] of this list; a text that holds # or , needs quotes",
    "could not find expected ':'": "a key is followed by a colon and a space",
}


def read(text: str, path: Path) -> tuple[Section, list[Problem]]:
    """The file's sections, and what is wrong with them as YAML (double keys, tags) that does not end the reading.

    `text`: what is in it. Raises ConfigErrors with one line when there is nothing to read on: not YAML, no sections.
    """
    try:
        return _tree(text, str(path))
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line, column = before.count("\n") + 1, error.position - (before.rfind("\n") + 1) + 1
        raise ConfigErrors((f"{path}:{line}:{column}: a control character, expected text",)) from None
    except yaml.MarkedYAMLError as error:
        raise ConfigErrors((_syntax(error, str(path)),)) from None


def text_of(path: Path) -> str:
    """What is in the file. Raises ConfigErrors with one line: no such file, not text."""
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        raise ConfigErrors(
            (f"{path}: no such file, expected a configuration such as the example slawatch.yaml",)
        ) from None
    except IsADirectoryError:
        raise ConfigErrors((f"{path}: a directory, expected a YAML file",)) from None
    except OSError as error:
        raise ConfigErrors((f"{path}: cannot be read: {error.strerror}",)) from None
    if len(content) > _LARGEST_FILE:
        raise ConfigErrors((f"{path}: larger than 8 MiB, expected a YAML file written by a person",))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigErrors((f"{path}: not text, expected YAML in UTF-8 (byte {error.start + 1} is none)",)) from None


def _tree(text: str, file: str) -> tuple[Section, list[Problem]]:
    composer = _Composer(_events(text))
    node = composer.document()
    if node is None or (isinstance(node, Scalar) and node.value is None):
        raise ConfigErrors((f"{file}: empty, expected at least customers:",))
    if not isinstance(node, Section):
        kind = "a list" if isinstance(node, Listing) else "a single value"
        where = f"{file}:{node.place.line}:{node.place.column}"
        raise ConfigErrors((f"{where}: {kind} at the top, expected sections such as customers:",))
    return node, composer.problems


def _events(text: str) -> Iterator[Any]:
    """The parser's events. libyaml is ten times as fast; the slow parser words the errors, and better."""
    try:
        fast = list(yaml.parse(text, Loader=yaml.CSafeLoader)) if yaml.__with_libyaml__ else None
    except yaml.YAMLError:
        fast = None
    yield from fast if fast is not None else yaml.parse(text, Loader=yaml.SafeLoader)


def _syntax(error: yaml.MarkedYAMLError, file: str) -> str:
    problem = error.problem or "cannot be read"
    hint = next((hint for words, hint in _HINTS.items() if words in problem), "")
    problem = re.sub(r"'([^']*)'", _harmless, problem)
    mark = error.problem_mark or error.context_mark
    where = f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file
    return f"{where}: not YAML: {problem}{'; ' + hint if hint else ''}"


def _harmless(quoted: re.Match[str]) -> str:
    """What the parser quotes, unless it may be a misplaced password: its own <words>, and single characters."""
    return quoted[0] if len(quoted[1]) == 1 or quoted[1].startswith(("<", "\\")) else "this"


class _Composer:
    """Builds the nodes of one document. An alias gives the very node of its anchor, place and all."""

    def __init__(self, stream: Iterator[Any]) -> None:
        self.problems: list[Problem] = []
        self._stream = stream
        self._anchors: dict[str, tuple[Node, int] | None] = {}
        self._built = 0
        self._aliased = 0

    def document(self) -> Node | None:
        node: Node | None = None
        for event in self._stream:
            if isinstance(event, events.DocumentStartEvent):
                if node is not None:
                    self._say(event, "", "a second document, expected one file to hold one")
                    break
                node = self._node(next(self._stream), "", 0)
        return node

    def _node(self, event: Any, path: str, depth: int) -> Node:
        if isinstance(event, events.AliasEvent):
            return self._alias(event, path)
        if depth > _DEEPEST:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {_DEEPEST} levels", problem_mark=event.start_mark)
        if event.tag is not None:
            self._say(event, path, "a tag (!), expected the value alone; text that starts with ! needs quotes")
        built = self._built
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._built += 1
        node = self._new(event, path, depth)
        if event.anchor is not None:
            self._anchors[event.anchor] = (node, self._built - built)
        return node

    def _new(self, event: Any, path: str, depth: int) -> Node:
        place = _place(event, path)
        if isinstance(event, events.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(item := next(self._stream), events.SequenceEndEvent):
                items.append(self._node(item, place.below(len(items)), depth + 1))
            return Listing(place, tuple(items))
        if isinstance(event, events.MappingStartEvent):
            return Section(place, self._entries(place, depth))
        return Scalar(place, event.value, plain=not event.style and event.tag is None)

    def _entries(self, place: Place, depth: int) -> dict[str, Entry]:
        entries: dict[str, Entry] = {}
        while not isinstance(event := next(self._stream), events.MappingEndEvent):
            if not isinstance(event, events.ScalarEvent):
                self._say(event, place.path, "a key that is no text, expected a name and a colon")
                self._node(event, place.path, depth + 1)
                self._node(next(self._stream), place.path, depth + 1)
                continue
            name = event.value
            key = _place(event, place.below(name))
            node = self._node(next(self._stream), key.path, depth + 1)
            if name == "<<":
                self.problems.append(
                    Problem(key, "merge keys are not read, expected an alias (*) as a value, or the keys")
                )
            elif name in entries:
                self.problems.append(
                    Problem(key, f"said twice, expected once (first in line {entries[name].key.line})")
                )
            else:
                entries[name] = Entry(key, node)
        return entries

    def _alias(self, event: Any, path: str) -> Node:
        known = self._anchors.get(event.anchor)
        if known is None:
            itself = event.anchor in self._anchors
            self._say(
                event, path, "an alias (*) " + ("of itself" if itself else "of an anchor (&) that is not above it")
            )
            return Scalar(_place(event, path), "", plain=True)
        node, size = known
        self._built += size
        self._aliased += size
        if self._aliased > _MOST_ALIASED:
            words = f"aliases that stand for more than {_MOST_ALIASED} values"
            raise yaml.MarkedYAMLError(problem=words, problem_mark=event.start_mark)
        return node

    def _say(self, event: Any, path: str, what: str) -> None:
        self.problems.append(Problem(_place(event, path), what))


def _place(event: Any, path: str) -> Place:
    return Place(event.start_mark.line + 1, event.start_mark.column + 1, path)
