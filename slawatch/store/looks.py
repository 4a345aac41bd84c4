"""Looks as they are read, wherever they are kept: as rows, and of pruned days in the day's packed looks.

This is the one place where the two meet. Of a pruned day only the packed looks are read, also while some of its rows
are still there. A check's last row is never pruned, so its latest look and its kind, and the checks' names, are in
`store.observations` alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from operator import itemgetter

from sqlalchemy import Connection

from slawatch.model import CheckId, Instant, Look, Observation, Verdict
from slawatch.rules import calendar
from slawatch.rules.rows import CAUSES, VERDICTS, ObservationRow
from slawatch.store import days, observations
from slawatch.store.days import PrunedDay
from slawatch.store.errors import StoreTorn
from slawatch.store.observations import Stretch
from slawatch.store.packing import columns, unpack


def between(connection: Connection, stretch: Stretch) -> tuple[Observation, ...]:
    """By (check, at, node). Those of pruned days have no phases and no facts."""
    found: list[Observation] = []
    for piece, check, day in _pieces(connection, stretch):
        if day is None:
            found += observations.between(connection, piece)
        else:
            id_ = CheckId(stretch.customer, observations.kind(connection, stretch.customer, check), check)
            found += (_observation(id_, row) for row in _packed(connection, piece, check, day))
    return tuple(found)


def rows_between(connection: Connection, stretch: Stretch) -> list[ObservationRow]:
    """As `between`, without phases, facts and kind."""
    found: list[ObservationRow] = []
    for piece, check, day in _pieces(connection, stretch):
        if day is None:
            found += observations.rows_between(connection, piece)
        else:
            found += _packed(connection, piece, check, day)
    return found


def last_up(connection: Connection, customer: str, check: str, before: Instant) -> Instant | None:
    """The latest `at` < `before` at which the check was up, on whatever node."""
    of_rows = observations.last_up(connection, customer, check, before)
    since = 0 if of_rows is None else of_rows
    for day in reversed([*days.pruned(connection, customer, check, since, before)]):
        ups = _ups(connection, Stretch(customer, since, before), check, day)
        if ups:
            return ups[-1]
    return of_rows


def first_up(connection: Connection, customer: str, check: str, since: Instant, until: Instant) -> Instant | None:
    """The first `at` in [since, until) at which the check was up, on whatever node."""
    of_rows = observations.first_up(connection, customer, check, since, until)
    until = until if of_rows is None else of_rows
    for day in days.pruned(connection, customer, check, since, until):
        ups = _ups(connection, Stretch(customer, since, until), check, day)
        if ups:
            return ups[0]
    return of_rows


def first_look(connection: Connection, customer: str, check: str, since: Instant) -> Instant | None:
    """The `at` of the check's first observation from `since` on."""
    of_rows = observations.first_look(connection, customer, check, since)
    if of_rows is None:
        return None
    for day in days.pruned(connection, customer, check, since, of_rows):
        with _readable(customer, check, day):
            times = columns(days.packed(connection, customer, check, day.starts)).at
        number = bisect_left(times, since)
        if number < len(times) and times[number] < of_rows:
            return times[number]
    return of_rows


def first_at(connection: Connection, customer: str) -> Instant | None:
    """The `at` of the customer's first observation."""
    firsts = (first_look(connection, customer, check, 0) for check in observations.checks_of(connection, customer))
    return min((at for at in firsts if at is not None), default=None)


def _pieces(connection: Connection, stretch: Stretch) -> Iterator[tuple[Stretch, str, PrunedDay | None]]:
    """The stretch check by check, each in order and cut at its pruned days: with the day where it is pruned."""
    checks = observations.checks_of(connection, stretch.customer) if stretch.check is None else (stretch.check,)
    for check in checks:
        piece = replace(stretch, check=check)
        for day in days.pruned(connection, stretch.customer, check, stretch.since, stretch.until):
            if piece.since < day.starts:
                yield replace(piece, until=day.starts), check, None
            yield piece, check, day
            piece = replace(piece, since=day.ends)
        if piece.since < piece.until:
            yield piece, check, None


def _packed(connection: Connection, stretch: Stretch, check: str, day: PrunedDay) -> list[ObservationRow]:
    """The day's looks in the stretch. Raises StoreTorn where they cannot be read."""
    with _readable(stretch.customer, check, day):
        rows = unpack(check, days.packed(connection, stretch.customer, check, day.starts))
    first, beyond = (bisect_left(rows, at, key=itemgetter(2)) for at in (stretch.since, stretch.until))
    return [row for row in rows[first:beyond] if stretch.node in {None, row[1]}]


def _ups(connection: Connection, stretch: Stretch, check: str, day: PrunedDay) -> list[Instant]:
    """When the check was up on the day, in the stretch."""
    if day.last_up is None:
        return []
    with _readable(stretch.customer, check, day):
        looks = columns(days.packed(connection, stretch.customer, check, day.starts))
        up = [verdict == Verdict.UP for verdict, _ in looks.named_findings]
        seen = zip(looks.at, looks.findings, strict=True)
        return [at for at, finding in seen if stretch.since <= at < stretch.until and up[finding]]


@contextmanager
def _readable(customer: str, check: str, day: PrunedDay) -> Iterator[None]:
    """Raises StoreTorn, naming the day, where packed looks turn out to be none."""
    try:
        yield
    except (ValueError, LookupError) as error:
        starts = calendar.text(day.starts)
        raise StoreTorn(
            f"{customer}: {check}: the packed looks of the day from {starts} on cannot be read; restore a backup"
        ) from error


def _observation(check: CheckId, row: ObservationRow) -> Observation:
    _, node, at, verdict, cause, milliseconds, recheck, holds = row
    return Observation(check, node, at, Look(VERDICTS[verdict], CAUSES[cause], milliseconds), recheck, holds)
