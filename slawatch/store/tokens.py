"""Tokens: a row each, by its id. One that was revoked stays, as what the audit list speaks of."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, Row, select, update

from slawatch.model import Instant
from slawatch.rules.permissions import Permission
from slawatch.store.inserting import insert_new
from slawatch.store.people_values import Token
from slawatch.store.schema_people import tokens as table


def add(connection: Connection, token: Token) -> bool:
    """False where its id is taken."""
    row = {**asdict(token), "scopes": json.dumps(sorted(token.scopes))}
    return insert_new(connection, table, [row]) == 1


def revoke(connection: Connection, id_: str, at: Instant) -> bool:
    """False where it is revoked already, or not there."""
    one = update(table).where(table.c.id == id_, table.c.revoked.is_(None)).values(revoked=at)
    return connection.execute(one).rowcount == 1


def used(connection: Connection, id_: str, day: Instant) -> None:
    connection.execute(update(table).where(table.c.id == id_).values(used=day))


def find(connection: Connection, digest: str) -> Token | None:
    row = connection.execute(select(table).where(table.c.digest == digest)).one_or_none()
    return None if row is None else _from_row(row)


def find_all(connection: Connection) -> tuple[Token, ...]:
    return tuple(map(_from_row, connection.execute(select(table).order_by(table.c.created, table.c.id))))


def _from_row(row: Row[Any]) -> Token:
    scopes = frozenset(map(Permission, json.loads(row.scopes)))
    return Token(row.id, row.digest, row.name, scopes, row.created, row.expires, row.revoked, row.used)
