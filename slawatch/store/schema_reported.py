"""The tables of what others report: the service desk its incidents, those who make backups their heartbeats."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text, UniqueConstraint

from slawatch.store.schema import NAME, WHOLE, metadata

#: Append-only: each version of an incident, the last one being how it stands.
incidents = Table(
    "incidents",
    metadata,
    Column("number", WHOLE, primary_key=True, autoincrement=True),
    Column("customer", NAME, nullable=False),
    Column("id", NAME, nullable=False),
    Column("priority", Text, nullable=False),
    Column("kind", Text),
    Column("opened", WHOLE, nullable=False),
    Column("answered", WHOLE),
    Column("solved", WHOLE),
    Column("subject", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded", WHOLE, nullable=False),
    Index(None, "customer", "id", "number"),
    Index(None, "recorded"),
    sqlite_strict=True,
)

#: Append-only. What a source reports twice of one moment stays as it was reported first.
heartbeats = Table(
    "heartbeats",
    metadata,
    Column("number", WHOLE, primary_key=True, autoincrement=True),
    Column("source", NAME, nullable=False),
    Column("kind", NAME, nullable=False),
    Column("at", WHOLE, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("lag", WHOLE),
    Column("duration", WHOLE),
    Column("who", Text, nullable=False),
    Column("recorded", WHOLE, nullable=False),
    UniqueConstraint("source", "kind", "at"),
    sqlite_strict=True,
)
