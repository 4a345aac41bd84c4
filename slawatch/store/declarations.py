"""Declarations: what people declared, in the order in which they did. Rows are added, never changed."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, select

from slawatch.model import Declaration, DeclarationKind, Instant
from slawatch.store import chains
from slawatch.store.rows import declaration_from_row, declaration_to_row
from slawatch.store.schema import declarations as table


def add(connection: Connection, declarations: Sequence[Declaration]) -> int:
    """How many were new; one whose id is there stays as it is."""
    return chains.append(connection, chains.DECLARATIONS, [declaration_to_row(one) for one in declarations])


def find(
    connection: Connection,
    customer: str | None,
    as_of: Instant | None,
    subject: str | None = None,
    kind: DeclarationKind | None = None,
) -> tuple[Declaration, ...]:
    """In the order of the ledger; those recorded up to `as_of`."""
    query = select(table).order_by(table.c.number)
    if customer is not None:
        query = query.where(table.c.customer == customer)
    if as_of is not None:
        query = query.where(table.c.recorded <= as_of)
    if kind is not None:
        query = query.where(table.c.kind == kind.value)
    if subject is not None:
        query = query.where(table.c.subject == subject)
    return tuple(declaration_from_row(row) for row in connection.execute(query).all())


def customers(connection: Connection, kinds: Collection[DeclarationKind], since: str) -> tuple[str, ...]:
    """In order: about whom something of these kinds was declared, from this customer on."""
    query = select(table.c.customer).where(table.c.kind.in_([kind.value for kind in kinds]), table.c.customer >= since)
    return tuple(connection.execute(query.distinct().order_by(table.c.customer)).scalars())


def of(
    connection: Connection, customers: Collection[str], kinds: Collection[DeclarationKind]
) -> tuple[Declaration, ...]:
    """In the order of the ledger; those of these customers and kinds."""
    query = (
        select(table)
        .where(table.c.customer.in_(customers), table.c.kind.in_([kind.value for kind in kinds]))
        .order_by(table.c.number)
    )
    return tuple(declaration_from_row(row) for row in connection.execute(query).all())


def about(connection: Connection, subjects: Collection[str]) -> tuple[Declaration, ...]:
    """In the order of the ledger; those about any of these subjects."""
    query = select(table).where(table.c.subject.in_(subjects)).order_by(table.c.number)
    return tuple(declaration_from_row(row) for row in connection.execute(query).all())
