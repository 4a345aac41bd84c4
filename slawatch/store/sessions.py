"""Sessions: a row each, by the digest of what the cookie says."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select, update

from slawatch.model import Instant
from slawatch.store.people_values import Session, User
from slawatch.store.schema_people import sessions as table
from slawatch.store.schema_people import users
from slawatch.store.users import from_row


def add(connection: Connection, session: Session) -> None:
    row = {
        "digest": session.digest,
        "user_name": session.user,
        "created": session.created,
        "seen": session.seen,
        "expires": session.expires,
    }
    connection.execute(insert(table), row)


def seen(connection: Connection, digest: str, at: Instant) -> None:
    connection.execute(update(table).where(table.c.digest == digest).values(seen=at))


def end(connection: Connection, digest: str) -> bool:
    return connection.execute(delete(table).where(table.c.digest == digest)).rowcount == 1


def end_all(connection: Connection, user: str) -> None:
    """Everywhere that this user is signed in."""
    connection.execute(delete(table).where(table.c.user_name == user))


def tidy(connection: Connection, now: Instant) -> None:
    """Forget those that have expired."""
    connection.execute(delete(table).where(table.c.expires <= now))


def find(connection: Connection, digest: str) -> tuple[Session, User] | None:
    query = select(table.c.created.label("began"), table.c.seen, table.c.expires, users).join(
        users, users.c.name == table.c.user_name
    )
    row = connection.execute(query.where(table.c.digest == digest)).one_or_none()
    if row is None:
        return None
    return Session(digest, row.name, row.began, row.seen, row.expires), from_row(row)
