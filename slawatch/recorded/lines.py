"""Lines of JSON, one object each, and the fields that all of them share; what is wrong is named with its place."""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from slawatch.model import Instant
from slawatch.rules.calendar import parse

MOST_FAULTS = 20


class BadRecording(Exception):
    """Lines that cannot be used: `faults` are complete lines for a person, `file:line: what is wrong`."""

    def __init__(self, faults: list[str]) -> None:
        shown = faults[:MOST_FAULTS]
        if len(faults) > MOST_FAULTS:
            shown.append(f"... and {len(faults) - MOST_FAULTS} more")
        super().__init__("\n".join(shown))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Fault(Exception):
    """What is wrong with one line, without its place."""

    what: str


def each(lines: Iterable[bytes], name: str, take: Callable[[Mapping[str, Any], int], None], faults: list[str]) -> None:
    """`take` each line's object and number; a `Fault` that it raises is added to `faults`, with its place."""
    for number, written in enumerate(lines, 1):
        row = written.removeprefix(b"\xef\xbb\xbf") if number == 1 else written
        try:
            if row.strip():
                take(parsed(row), number)
        except Fault as fault:
            faults.append(f"{name}:{number}: {fault.what}")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=lambda word: _refuse(f"{word} is not a number"))


def _refuse(what: str) -> Any:
    raise Fault(what)


def parsed(line: bytes) -> Mapping[str, Any]:
    """The object of a line; raises `Fault`."""
    try:
        row = _DECODER.decode(line.decode())
    except UnicodeDecodeError:
        raise Fault("expected UTF-8 text") from None
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        raise Fault(f"expected one JSON object a line: {error}") from None
    if not isinstance(row, dict):
        raise Fault(f"expected a JSON object, got {type(row).__name__}")
    return row


def customer_of(row: Mapping[str, Any], customer: str, known: Container[str]) -> str:
    """Whose line it is, `customer`'s where it does not say; raises `Fault` for one that is not known."""
    whose = row.get("customer", customer)
    if not isinstance(whose, str) or whose not in known:
        raise Fault(f"customer: {whose!r} is not configured")
    return whose


def instant_at(row: Mapping[str, Any], key: str) -> Instant:
    """The time that must stand under the key; raises `Fault`."""
    written = row.get(key)
    if not isinstance(written, str):
        raise Fault(f"{key}: expected a time such as 2026-03-01T00:00:30Z, got {written!r}")
    try:
        return parse(written)
    except ValueError as error:
        raise Fault(f"{key}: {error}") from None


def words(row: Mapping[str, Any], key: str) -> str | None:
    """The text that may stand under the key; raises `Fault` for one that says nothing."""
    written = row.get(key)
    if written is None:
        return None
    if not isinstance(written, str) or not written.strip():
        raise Fault(f"{key}: expected words, got {written!r}")
    return written
