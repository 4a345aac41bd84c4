"""Terms: what was agreed with each customer, from when on. Rows are added, never changed."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Select, select

from slawatch.model import Instant
from slawatch.store import chains
from slawatch.store.rows import AnyRow
from slawatch.store.schema import terms as table
from slawatch.store.values import StoredTerms


def save(
    connection: Connection, *, customer: str, digest: str, document: str, valid_from: Instant, recorded: Instant
) -> bool:
    """Whether they are new: terms that are in force at `valid_from` anyhow are not written again."""
    in_force = at(connection, customer, valid_from)
    if in_force is not None and in_force.digest == digest:
        return False
    row = {
        "customer": customer,
        "valid_from": valid_from,
        "digest": digest,
        "document": document,
        "recorded": recorded,
    }
    return chains.append(connection, chains.TERMS, [row]) == 1


def at(connection: Connection, customer: str, as_of: Instant | None) -> StoredTerms | None:
    """Those in force at `as_of`, or the latest of all with None; of two from the same instant, the later recorded."""
    query = _of(customer)
    if as_of is not None:
        query = query.where(table.c.valid_from <= as_of)
    latest_first = (table.c.valid_from.desc(), table.c.recorded.desc())
    row = connection.execute(query.order_by(*latest_first).limit(1)).first()
    return None if row is None else _terms(row)


def history(connection: Connection, customer: str) -> tuple[StoredTerms, ...]:
    """All, in the order in which they came into force."""
    rows = connection.execute(_of(customer).order_by(table.c.valid_from, table.c.recorded))
    return tuple(_terms(row) for row in rows)


def histories(connection: Connection) -> dict[str, tuple[StoredTerms, ...]]:
    """As `history`, of everyone, by customer."""
    rows = connection.execute(select(table).order_by(table.c.customer, table.c.valid_from, table.c.recorded))
    by_customer = groupby((_terms(row) for row in rows), key=lambda one: one.customer)
    return {customer: tuple(theirs) for customer, theirs in by_customer}


def customers(connection: Connection) -> tuple[str, ...]:
    """Everyone with whom something was ever agreed."""
    return tuple(connection.execute(select(table.c.customer).distinct().order_by(table.c.customer)).scalars())


def _of(customer: str) -> Select[*tuple[Any, ...]]:
    return select(table).where(table.c.customer == customer)


def _terms(row: AnyRow) -> StoredTerms:
    return StoredTerms(
        customer=row.customer,
        valid_from=row.valid_from,
        digest=row.digest,
        document=row.document,
        recorded=row.recorded,
    )
