"""The tables of who may do what. They are no part of the ledger: what they say changes; the audit list tells how."""

from __future__ import annotations

from sqlalchemy import Column, Index, Table, Text

from slawatch.store.schema import FLAG, NAME, WHOLE, metadata

users = Table(
    "users",
    metadata,
    Column("name", NAME, primary_key=True),
    Column("hash", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("disabled", FLAG, nullable=False),
    Column("created", WHOLE, nullable=False),
    sqlite_strict=True,
)

#: `digest`: SHA-256 (hex) of the secret, which is kept nowhere. `used`: the start of the UTC day of its last use.
tokens = Table(
    "tokens",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("digest", NAME, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created", WHOLE, nullable=False),
    Column("expires", WHOLE),
    Column("revoked", WHOLE),
    Column("used", WHOLE),
    sqlite_strict=True,
)

#: `digest`: SHA-256 (hex) of what the cookie says.
sessions = Table(
    "sessions",
    metadata,
    Column("digest", NAME, primary_key=True),
    Column("user_name", NAME, nullable=False),
    Column("created", WHOLE, nullable=False),
    Column("seen", WHOLE, nullable=False),
    Column("expires", WHOLE, nullable=False),
    Index(None, "user_name"),
    sqlite_strict=True,
)

#: Append-only: who did what, by which way and from where. `facts` hold no secret.
audit = Table(
    "audit",
    metadata,
    Column("number", WHOLE, primary_key=True, autoincrement=True),
    Column("at", WHOLE, nullable=False),
    Column("who", NAME, nullable=False),
    Column("way", Text, nullable=False),
    Column("what", NAME, nullable=False),
    Column("subject", NAME, nullable=False),
    Column("facts", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Index(None, "at"),
    sqlite_strict=True,
)
