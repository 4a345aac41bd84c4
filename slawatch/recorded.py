"""Observations and exclusions as lines of JSON: what `export-observations` writes and `replay` reads.

A line that says something unclear is refused with its place; nothing is guessed, since a figure hangs on it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from slawatch.model import (
    SECOND,
    VERDICTS,
    Cause,
    Exclusion,
    ExclusionKind,
    Instant,
    Observation,
    Terms,
    Verdict,
)
from slawatch.rules.calendar import parse, text
from slawatch.rules.timeline import Seen

MOST_FAULTS = 20


class BadRecording(Exception):
    """Lines that cannot be used: `faults` are complete lines for a person, `file:line: what is wrong`."""

    def __init__(self, faults: list[str]) -> None:
        shown = faults[:MOST_FAULTS]
        if len(faults) > MOST_FAULTS:
            shown.append(f"... and {len(faults) - MOST_FAULTS} more")
        super().__init__("\n".join(shown))
        self.faults = faults


class Recorded(NamedTuple):
    """One observation of one customer, as far as the figures need it. `milliseconds` are rounded up."""

    check: str
    seen: Seen
    milliseconds: int | None
    recheck: bool


@dataclass(frozen=True, slots=True)
class _Fault(Exception):
    what: str


def milliseconds(seconds: Decimal | int) -> int:
    """Whole milliseconds, rounded up from the decimal as written: 1.1 is 1100 and 3.0001 is 3001."""
    if 0 < seconds < Decimal("1e-9"):
        return 1
    numerator, denominator = seconds.as_integer_ratio()
    return -(-numerator * 1000 // denominator)


def observations(
    lines: Iterable[bytes], name: str, customer: str, all_terms: Mapping[str, Terms]
) -> dict[str, list[Recorded]]:
    """The observations of `customer`, by check and in order of `at`.

    `all_terms`: every configured customer's terms; lines of the others are checked and left out. Raises
    `BadRecording` with all faults found, each as `name:line: ...`.
    """
    found: dict[str, list[Recorded]] = {check: [] for check in all_terms[customer].checks}
    places: dict[tuple[str, str, Instant], int] = {}
    faults: list[str] = []

    def take(row: Mapping[str, Any], number: int) -> None:
        whose = _customer(row, customer, all_terms)
        one = _observation(row, all_terms[whose])
        first = places.setdefault((whose, one.check, one.seen.at), number)
        if first != number:
            raise _Fault(
                f"{one.check} at {text(one.seen.at)} stands on line {first} already; expected one look an instant"
            )
        if whose == customer:
            found[one.check].append(one)

    _each(lines, name, take, faults)
    if faults:
        raise BadRecording(faults)
    for rows in found.values():
        rows.sort(key=lambda one: one.seen.at)
    return found


def exclusions(lines: Iterable[bytes], name: str, customer: str, all_terms: Mapping[str, Terms]) -> list[Exclusion]:
    """The declared exclusions that concern `customer`; raises `BadRecording` as above."""
    found: list[Exclusion] = []
    faults: list[str] = []

    def take(row: Mapping[str, Any], _: int) -> None:
        whose = _customer(row, customer, all_terms)
        one = _exclusion(row)
        if whose == customer:
            found.append(one)

    _each(lines, name, take, faults)
    if faults:
        raise BadRecording(faults)
    return found


def _each(lines: Iterable[bytes], name: str, take: Callable[[Mapping[str, Any], int], None], faults: list[str]) -> None:
    for number, written in enumerate(lines, 1):
        row = written.removeprefix(b"\xef\xbb\xbf") if number == 1 else written
        try:
            if row.strip():
                take(_row(row), number)
        except _Fault as fault:
            faults.append(f"{name}:{number}: {fault.what}")


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=lambda word: _refuse(f"{word} is not a number"))


def _refuse(what: str) -> Any:
    raise _Fault(what)


def _row(line: bytes) -> Mapping[str, Any]:
    try:
        row = _DECODER.decode(line.decode())
    except UnicodeDecodeError:
        raise _Fault("expected UTF-8 text") from None
    except (json.JSONDecodeError, RecursionError, ValueError) as error:
        raise _Fault(f"expected one JSON object a line: {error}") from None
    if not isinstance(row, dict):
        raise _Fault(f"expected a JSON object, got {type(row).__name__}")
    return row


def _customer(row: Mapping[str, Any], customer: str, known: Container[str]) -> str:
    whose = row.get("customer", customer)
    if not isinstance(whose, str) or whose not in known:
        raise _Fault(f"customer: {whose!r} is not configured")
    return whose


def _observation(row: Mapping[str, Any], terms: Terms) -> Recorded:
    name = row.get("check")
    check = terms.checks.get(name) if isinstance(name, str) else None
    if check is None:
        known = ", ".join(terms.checks)
        raise _Fault(f"check: expected one of {known}, got {name!r}")
    verdict, cause = _verdict(row)
    took = _milliseconds(row)
    if verdict is Verdict.UP and check.id.kind == "page" and took is None:
        raise _Fault(f"seconds: expected how long {check.id.name} took, as its verdict is up")
    recheck = row.get("recheck", False)
    if not isinstance(recheck, bool):
        raise _Fault(f"recheck: expected true or false, got {recheck!r}")
    holds = row.get("stale_after_seconds")
    stale_after = check.stale_after if holds is None else int(_seconds("stale_after_seconds", holds) * SECOND)
    return Recorded(check.id.name, Seen(_at(row, "at"), verdict, cause, stale_after), took, recheck)


def _verdict(row: Mapping[str, Any]) -> tuple[Verdict, Cause | None]:
    try:
        verdict = Verdict(row["verdict"])
    except (KeyError, ValueError):
        raise _Fault(f"verdict: expected up, down or unknown, got {row.get('verdict')!r}") from None
    written = row.get("cause")
    if verdict is Verdict.UP:
        if written is not None:
            raise _Fault(f"cause: expected none, as the verdict is up, got {written!r}")
        return verdict, None
    if written is None and verdict is Verdict.UNKNOWN:
        return verdict, None
    fitting = [str(cause) for cause, meant in VERDICTS.items() if meant is verdict]
    if written not in fitting:
        raise _Fault(f"cause: expected one of {', '.join(fitting)}, as the verdict is {verdict}, got {written!r}")
    return verdict, Cause(written)


def _milliseconds(row: Mapping[str, Any]) -> int | None:
    written = row.get("seconds")
    return None if written is None else milliseconds(_seconds("seconds", written))


def _seconds(key: str, written: Any) -> Decimal | int:
    if isinstance(written, bool) or not isinstance(written, int | Decimal) or not 0 <= written < 1_000_000_000:
        shown = str(written) if isinstance(written, Decimal) else repr(written)
        raise _Fault(f"{key}: expected a number of seconds such as 0.84, got {shown}")
    return written


def _at(row: Mapping[str, Any], key: str) -> Instant:
    written = row.get(key)
    if not isinstance(written, str):
        raise _Fault(f"{key}: expected a time such as 2026-03-01T00:00:30Z, got {written!r}")
    try:
        return parse(written)
    except ValueError as error:
        raise _Fault(f"{key}: {error}") from None


def _exclusion(row: Mapping[str, Any]) -> Exclusion:
    try:
        kind = ExclusionKind(row["kind"])
    except (KeyError, ValueError):
        raise _Fault(f"kind: expected maintenance or force_majeure, got {row.get('kind')!r}") from None
    starts, ends = _at(row, "starts"), _at(row, "ends")
    if starts >= ends:
        raise _Fault(f"ends: expected a time after starts {text(starts)}, got {text(ends)}")
    reason = _words(row, "reason")
    if kind is ExclusionKind.FORCE_MAJEURE:
        approved_by = _words(row, "approved_by")
        if approved_by is None or reason is None:
            raise _Fault("a force majeure needs approved_by, who approved it, and reason, why")
        return Exclusion(kind, starts, ends, reason=reason, approved_by=approved_by)
    ended = None if row.get("ended") is None else _at(row, "ended")
    if ended is not None and ended < starts:
        raise _Fault(f"ended: expected a time from starts {text(starts)} on, got {text(ended)}")
    announced = None if row.get("announced") is None else _at(row, "announced")
    entered = None if row.get("entered") is None else _at(row, "entered")
    by = _words(row, "announced_by")
    return Exclusion(
        kind, starts, ends, announced=announced, announced_by=by, entered=entered, ended=ended, reason=reason
    )


def _words(row: Mapping[str, Any], key: str) -> str | None:
    written = row.get(key)
    if written is None:
        return None
    if not isinstance(written, str) or not written.strip():
        raise _Fault(f"{key}: expected words, got {written!r}")
    return written


def line(observation: Observation) -> str:
    """One observation as `replay` reads it, without the line's end."""
    look = observation.look
    row: dict[str, Any] = {
        "at": text(observation.at),
        "customer": observation.check.customer,
        "check": observation.check.name,
        "node": observation.node,
        "verdict": str(look.verdict),
    }
    if look.cause is not None:
        row["cause"] = str(look.cause)
    if look.milliseconds is not None:
        row["seconds"] = look.milliseconds / 1000
    if observation.recheck:
        row["recheck"] = True
    row["stale_after_seconds"] = observation.holds / SECOND
    return json.dumps(row)
