"""The arithmetic without the world: recorded observations in, one statement out.

Never reads the clock: without `until` the month is complete, and what was seen after it serves as context.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from slawatch.model import HOUR, Exclusion, Instant, Micros
from slawatch.rules import records
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period, day, month, text
from slawatch.rules.document import Document, document, terms_document
from slawatch.rules.rows import ObservationRow, instant_of
from slawatch.rules.statement import Span, settle

#: How long after a month's end its figures are settled: late looks and mails are in by then.
SETTLING: Micros = HOUR


class DayDigest(NamedTuple):
    """SHA-256 (hex) over one check's observations of one calendar day, and when that day begins."""

    starts: Instant
    digest: str


class BadSpan(ValueError):
    """A month or `until` that leaves nothing to judge; the text is for a person."""


def span(written: str, zone: ZoneInfo, until: Instant | None) -> Span:
    """The month `YYYY-MM` in `zone`, as far as `until`; raises `BadSpan`."""
    try:
        whole = month(written, zone)
    except ValueError as error:
        raise BadSpan(str(error)) from None
    if until is None:
        return Span(written, whole, complete=True, as_of=whole.ends + SETTLING)
    if until <= whole.starts:
        raise BadSpan(f"{written} begins at {text(whole.starts)}: expected a later time than {text(until)}")
    return Span(written, Period(whole.starts, min(whole.ends, until)), complete=until >= whole.ends, as_of=until)


def replay(
    agreed: Agreed,
    which: Span,
    recorded: Mapping[str, Sequence[ObservationRow]],
    declared: Sequence[Exclusion],
    *,
    until: Instant | None = None,
    revision: int = 1,
) -> Document:
    """The statement as JSON-able values. `recorded`: by check, in order; from `until` on they are not read."""
    books = records.books(agreed)
    for name, rows in recorded.items():
        books[name].feed(_before(until, rows))
    statement = settle(agreed, which, records.records(books), declared)
    inputs = digest(agreed, which, recorded, declared, until)
    return document(statement, inputs_sha256=inputs, revision=revision)


def digest(
    agreed: Agreed,
    which: Span,
    recorded: Mapping[str, Sequence[ObservationRow]],
    declared: Iterable[Exclusion],
    until: Instant | None,
) -> str:
    """SHA-256 over all that the figures follow from, in an order of its own: terms, observations, exclusions."""
    zone = ZoneInfo(agreed.latest.timezone)
    days = {name: day_digests(_before(until, rows), zone) for name, rows in recorded.items()}
    return digest_of_days(agreed, which, days, declared)


def digest_of_days(
    agreed: Agreed, which: Span, days: Mapping[str, Sequence[DayDigest]], declared: Iterable[Exclusion]
) -> str:
    """The same, with the observations' digests by check and calendar day in place of the observations."""
    sha = hashlib.sha256()
    for stage in agreed.stages(which.period):
        since = stage.period.starts if stage.period.starts > which.period.starts else None
        sha.update(f"{since} {stage.watched} {json.dumps(terms_document(stage.terms), sort_keys=True)}\n".encode())
    for name in sorted(days):
        for starts, of_day in days[name]:
            sha.update(f"\n{name} {starts} {of_day}".encode())
    for one in sorted(map(_canonical, declared)):
        sha.update(f"\n{one}".encode())
    return sha.hexdigest()


def day_digests(rows: Sequence[ObservationRow], zone: ZoneInfo) -> list[DayDigest]:
    """One check's observations, in order, as a digest for each calendar day in `zone` that has any."""
    found, first = [], 0
    while first < len(rows):
        whole = day(instant_of(rows[first]), zone)
        past = bisect_left(rows, whole.ends, lo=first, key=instant_of)
        found.append(DayDigest(whole.starts, rows_digest(rows[first:past])))
        first = past
    return found


def rows_digest(rows: Iterable[ObservationRow]) -> str:
    """SHA-256 (hex) over these observations, in order."""
    lines = [
        f"\n{check} {at} {verdict} {cause} {holds} {milliseconds} {recheck}"
        for check, _, at, verdict, cause, milliseconds, recheck, holds in rows
    ]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _before(until: Instant | None, rows: Sequence[ObservationRow]) -> Sequence[ObservationRow]:
    """Those of `rows`, which are in order, that were seen before `until`."""
    return rows if until is None else rows[: bisect_left(rows, until, key=instant_of)]


#: Words about an exclusion that no figure follows from.
_WORDS = ("id", "text", "repeat")


def _canonical(declared: Exclusion) -> str:
    """One text an exclusion. What it does not say is left out: a field that is new some day changes no digest."""
    earlier = [_said(asdict(version)) for version in declared.earlier]
    said = _said({**asdict(declared), **dict.fromkeys(_WORDS), "earlier": earlier or None})
    return json.dumps(said, sort_keys=True)


def _said(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
