"""Heartbeats of backups: rows are added, never changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from slawatch.model import BeatKind, Heartbeat, Instant, Outcome
from slawatch.store.inserting import insert_new
from slawatch.store.schema_reported import heartbeats as table


def add(connection: Connection, beat: Heartbeat, recorded: Instant) -> bool:
    """Whether it was new: what was reported of that moment before stays."""
    row = {
        "source": beat.source,
        "kind": beat.kind.value,
        "at": beat.at,
        "outcome": beat.outcome.value,
        "lag": beat.lag,
        "duration": beat.duration,
        "who": beat.who,
        "recorded": recorded,
    }
    return insert_new(connection, table, [row]) == 1


def between(connection: Connection, since: Instant, until: Instant, as_of: Instant | None) -> tuple[Heartbeat, ...]:
    """Those whose `at` lies in [since, until), and each source's last of a kind before; by source, kind and time."""
    found: list[Heartbeat] = []
    for source, kind in _sources(connection):
        its = _of(source, kind, as_of)
        found += _read(connection, its.where(table.c.at < since).order_by(table.c.at.desc()).limit(1))
        found += _read(connection, its.where(table.c.at >= since, table.c.at < until).order_by(table.c.at))
    return tuple(found)


def latest(connection: Connection) -> tuple[Heartbeat, ...]:
    """Each source's last report of a kind, and the last good one before where that is another; in the same order."""
    found: list[Heartbeat] = []
    for source, kind in _sources(connection):
        its = _of(source, kind, None).order_by(table.c.at.desc()).limit(1)
        good = its.where(table.c.outcome == Outcome.GOOD.value)
        both = {one.at: one for one in (*_read(connection, good), *_read(connection, its))}
        found += (both[at] for at in sorted(both))
    return tuple(found)


def _sources(connection: Connection) -> Iterator[tuple[str, str]]:
    """Each source and kind, in order: a step of the index for each, however often it has reported."""
    columns = table.c.source, table.c.kind
    last = ("", "")
    while True:
        following = select(*columns).where(tuple_(*columns) > tuple_(*last)).order_by(*columns).limit(1)
        row = connection.execute(following).first()
        if row is None:
            return
        last = (row.source, row.kind)
        yield last


def _of(source: str, kind: str, as_of: Instant | None) -> Select[Any]:
    query = select(table).where(table.c.source == source, table.c.kind == kind)
    return query if as_of is None else query.where(table.c.recorded <= as_of)


def _read(connection: Connection, query: Select[Any]) -> Iterator[Heartbeat]:
    for row in connection.execute(query):
        yield Heartbeat(
            row.source, BeatKind(row.kind), row.at, Outcome(row.outcome), row.lag, row.duration, row.who, row.recorded
        )
