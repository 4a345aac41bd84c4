"""The file as it was written: nodes that remember where they stand, so that every message can point there.

Scalars follow YAML 1.2's core rules, without the traps of 1.1: only `true` and `false` are truth values, `23:00`, `no`
and `2026-12-01` are text, and `010` is no number. Numbers keep every digit that was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from slawatch.config.wrong import Place

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})?\.[0-9]{1,30}")

#: The way to a value: keys and indexes from the top.
Steps: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    place: Place
    text: str
    plain: bool  # without quotes, so that it may be a number, a truth value or nothing

    @property
    def value(self) -> str | int | Decimal | bool | None:
        if not self.plain:
            return self.text
        if self.text in _NULLS:
            return None
        if self.text in _TRUTHS:
            return _TRUTHS[self.text]
        if _WHOLE.fullmatch(self.text):
            return int(self.text)
        if _DECIMAL.fullmatch(self.text):
            return Decimal(self.text)
        return self.text


@dataclass(frozen=True, slots=True)
class Listing:
    place: Place
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    key: Place
    node: Node


@dataclass(frozen=True, slots=True)
class Section:
    place: Place
    entries: Mapping[str, Entry]

    def get(self, key: str) -> Node | None:
        """What stands under the key; None when the key is not there (a written null is a Scalar)."""
        entry = self.entries.get(key)
        return entry.node if entry else None

    def without(self, keys: Iterable[str]) -> Section:
        left_out = frozenset(keys)
        return Section(self.place, {key: entry for key, entry in self.entries.items() if key not in left_out})

    def only(self, keys: Iterable[str]) -> Section:
        return Section(self.place, {key: self.entries[key] for key in keys if key in self.entries})


Node: TypeAlias = Scalar | Listing | Section


def bare(node: Node) -> object:
    """The node's value without places: text, int, Decimal, bool, None, tuple, dict."""
    match node:
        case Scalar():
            return node.value
        case Listing():
            return tuple(bare(item) for item in node.items)
        case Section():
            return {key: bare(entry.node) for key, entry in node.entries.items()}


def find(node: Node | None, *steps: str | int) -> Node | None:
    """The node that the steps lead to; None when they lead nowhere."""
    for step in steps:
        match node, step:
            case Section(), str():
                node = node.get(step)
            case Listing(), int() if step < len(node.items):
                node = node.items[step]
            case _:
                return None
    return node


def section(node: Node | None, *steps: str | int) -> Section | None:
    """What the steps lead to, when it is a section."""
    found = find(node, *steps)
    return found if isinstance(found, Section) else None


def texts(node: Node | None) -> tuple[Scalar, ...]:
    """The items of a list that are text; nothing when it is no list."""
    items = node.items if isinstance(node, Listing) else ()
    return tuple(item for item in items if isinstance(item, Scalar) and isinstance(item.value, str))


def null(node: Node | None) -> bool:
    """Whether nothing was written where something could be."""
    return isinstance(node, Scalar) and node.value is None


def place_of(node: Node, steps: Steps, *, key: bool = False) -> Place:
    """Where the steps lead to: the value's place, or its key's; for what is not there, where it would be."""
    place = node.place
    for taken, step in enumerate(steps):
        if isinstance(node, Section) and isinstance(step, str):
            entry = node.entries.get(step)
            if entry is None:
                return _absent(place, steps[taken:])
            node, place = entry.node, entry.key if key else entry.node.place
        elif isinstance(node, Listing) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.place
        else:
            break  # a short form, such as a relay's text: its parts have no place of their own
    return place


def _absent(place: Place, steps: Steps) -> Place:
    for step in steps:
        place = Place(place.line, place.column, place.below(step))
    return place
