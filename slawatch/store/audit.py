"""The audit list: rows are added, never changed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from slawatch.model import Instant
from slawatch.store.people_values import Actor, Audited, Deed, Way
from slawatch.store.schema_people import audit as table


@dataclass(frozen=True, slots=True)
class Asked:
    """Which lines are asked for: the latest `limit` that are all of this, and came before the one with this number."""

    who: str | None
    what: str | None
    subject: str | None
    since: Instant | None
    until: Instant | None
    before: int | None
    limit: int


def add(connection: Connection, line: Audited) -> None:
    row = {
        "at": line.at,
        "who": line.actor.who,
        "way": line.actor.way,
        "what": line.what,
        "subject": line.subject,
        "facts": json.dumps(dict(line.facts), sort_keys=True, ensure_ascii=False),
        "origin": line.actor.origin,
    }
    connection.execute(insert(table), row)


def find(connection: Connection, asked: Asked) -> tuple[Audited, ...]:
    """The latest first."""
    query = select(table).order_by(table.c.number.desc()).limit(asked.limit)
    for column, value in ((table.c.who, asked.who), (table.c.what, asked.what), (table.c.subject, asked.subject)):
        if value is not None:
            query = query.where(column == value)
    if asked.since is not None:
        query = query.where(table.c.at >= asked.since)
    if asked.until is not None:
        query = query.where(table.c.at < asked.until)
    if asked.before is not None:
        query = query.where(table.c.number < asked.before)
    return tuple(map(_from_row, connection.execute(query)))


def _from_row(row: Row[Any]) -> Audited:
    actor = Actor(row.who, Way(row.way), row.origin)
    return Audited(row.at, actor, Deed(row.what), row.subject, json.loads(row.facts), row.number)
