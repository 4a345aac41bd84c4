"""Observations as lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from slawatch.model import SECOND, VERDICTS, Cause, Instant, Micros, Observation, Terms, Verdict
from slawatch.recorded.lines import BadRecording, Fault, customer_of, each, instant_at, parsed
from slawatch.rules.calendar import text
from slawatch.rules.rows import ObservationRow


class Recorded(NamedTuple):
    """One observation of one customer, as far as the figures need it: an `ObservationRow` of the rules.

    `node`: empty where the line does not say. `milliseconds` are rounded up.
    """

    check: str
    node: str
    at: Instant
    verdict: Verdict
    cause: Cause | None
    milliseconds: int | None
    recheck: bool
    holds: Micros


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
        whose = customer_of(row, customer, all_terms)
        one = _observation(row, all_terms[whose])
        first = places.setdefault((whose, one.check, one.at), number)
        if first != number:
            raise Fault(f"{one.check} at {text(one.at)} stands on line {first} already; expected one look an instant")
        if whose == customer:
            found[one.check].append(one)

    each(lines, name, take, faults)
    if faults:
        raise BadRecording(faults)
    for rows in found.values():
        rows.sort(key=lambda one: one.at)
    return found


def in_order(lines: Iterable[bytes], name: str, terms: Terms) -> Iterator[Recorded]:
    """The observations of one customer as they are exported, check by check and each later than the one before.

    One at a time, however many there are. Raises `BadRecording` at the first fault, as `name:line: ...`.
    """
    before: Recorded | None = None
    seen: set[str] = set()
    for number, written in enumerate(lines, 1):
        try:
            row = parsed(written)
            customer_of(row, terms.customer, (terms.customer,))
            one = _observation(row, terms)
            _in_turn(one, before, seen)
        except Fault as fault:
            raise BadRecording([f"{name}:{number}: {fault.what}"]) from None
        seen.add(one.check)
        before = one
        yield one


def _in_turn(one: Recorded, before: Recorded | None, seen: Container[str]) -> None:
    """Raises `Fault` where it is not the check's next look, or the first of one that was not `seen` yet."""
    again = before is not None and one.check == before.check
    if one.at <= before.at if before is not None and again else one.check in seen:
        raise Fault(f"{one.check} at {text(one.at)} is out of order; expected check by check, each in time")


def _observation(row: Mapping[str, Any], terms: Terms) -> Recorded:
    name = row.get("check")
    check = terms.checks.get(name) if isinstance(name, str) else None
    if check is None:
        known = ", ".join(terms.checks)
        raise Fault(f"check: expected one of {known}, got {name!r}")
    verdict, cause = _verdict(row)
    took = _milliseconds(row)
    if verdict is Verdict.UP and check.id.kind == "page" and took is None:
        raise Fault(f"seconds: expected how long {check.id.name} took, as its verdict is up")
    recheck = row.get("recheck", False)
    if not isinstance(recheck, bool):
        raise Fault(f"recheck: expected true or false, got {recheck!r}")
    holds = row.get("stale_after_seconds")
    stale_after = check.stale_after if holds is None else int(_seconds("stale_after_seconds", holds) * SECOND)
    node, at = str(row.get("node", "")), instant_at(row, "at")
    return Recorded(check.id.name, node, at, verdict, cause, took, recheck, stale_after)


def _verdict(row: Mapping[str, Any]) -> tuple[Verdict, Cause | None]:
    try:
        verdict = Verdict(row["verdict"])
    except (KeyError, ValueError):
        raise Fault(f"verdict: expected up, down or unknown, got {row.get('verdict')!r}") from None
    written = row.get("cause")
    if verdict is Verdict.UP:
        if written is not None:
            raise Fault(f"cause: expected none, as the verdict is up, got {written!r}")
        return verdict, None
    if written is None and verdict is Verdict.UNKNOWN:
        return verdict, None
    fitting = [str(cause) for cause, meant in VERDICTS.items() if meant is verdict]
    if written not in fitting:
        raise Fault(f"cause: expected one of {', '.join(fitting)}, as the verdict is {verdict}, got {written!r}")
    return verdict, Cause(written)


def _milliseconds(row: Mapping[str, Any]) -> int | None:
    written = row.get("seconds")
    return None if written is None else milliseconds(_seconds("seconds", written))


def _seconds(key: str, written: Any) -> Decimal | int:
    if isinstance(written, bool) or not isinstance(written, int | Decimal) or not 0 <= written < 1_000_000_000:
        shown = str(written) if isinstance(written, Decimal) else repr(written)
        raise Fault(f"{key}: expected a number of seconds such as 0.84, got {shown}")
    return written


def line(observation: Observation) -> str:
    """One observation as `replay` reads it, without the line's end."""
    look, id_ = observation.look, observation.check
    seen = (look.verdict, look.cause, look.milliseconds, observation.recheck, observation.holds)
    return row_line(id_.customer, (id_.name, observation.node, observation.at, *seen))


def row_line(customer: str, row: ObservationRow) -> str:
    """The same of a row of this customer's."""
    check, node, at, verdict, cause, took, recheck, holds = row
    told: dict[str, Any] = {"at": text(at), "customer": customer, "check": check, "node": node, "verdict": str(verdict)}
    if cause is not None:
        told["cause"] = str(cause)
    if took is not None:
        told["seconds"] = took / 1000
    if recheck:
        told["recheck"] = True
    told["stale_after_seconds"] = holds / SECOND
    return json.dumps(told)
