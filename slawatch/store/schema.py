"""The tables. What is here is what `migrations/` arrives at; a test compares the two.

Instants and lengths of time are whole microseconds, JSON is canonical text, so that both engines hold the same.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text, text

#: On PostgreSQL names sort by their bytes, as on SQLite: the same order and the same index on both.
NAME = Text().with_variant(Text(collation="C"), "postgresql")
WHOLE = BigInteger().with_variant(Integer(), "sqlite")
FLAG = Boolean().with_variant(Integer(), "sqlite")

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

#: Append-only. One customer's check in the order of time is one stretch of the key, which is the table itself on
#: SQLite: a month is read without a second index and without sorting.
observations = Table(
    "observations",
    metadata,
    Column("customer", NAME, primary_key=True),
    Column("check_name", NAME, primary_key=True),
    Column("at", WHOLE, primary_key=True),
    Column("node", NAME, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("cause", Text),
    Column("milliseconds", WHOLE),
    Column("recheck", FLAG, nullable=False),
    Column("holds", WHOLE, nullable=False),
    Column("phases", Text),
    Column("facts", Text),
    Column("recorded", WHOLE, nullable=False),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

#: Append-only, in the order of `number`: two events may have been judged in the same microsecond.
events = Table(
    "events",
    metadata,
    Column("number", WHOLE, primary_key=True, autoincrement=True),
    Column("id", NAME, nullable=False, unique=True),
    Column("customer", NAME, nullable=False),
    Column("kind", Text, nullable=False),
    Column("outage", NAME, nullable=False),
    Column("at", WHOLE, nullable=False),
    Column("recorded", WHOLE, nullable=False),
    Column("checks", Text, nullable=False),
    Column("cause", Text),
    Index(None, "outage", "number"),
    Index(None, "customer", "at"),
    sqlite_strict=True,
)

#: The outbox. What is owed never changes; how delivery goes (state and what follows it) is settled by update.
messages = Table(
    "messages",
    metadata,
    Column("id", NAME, primary_key=True),
    Column("customer", NAME, nullable=False),
    Column("contact", NAME, nullable=False),
    Column("language", Text, nullable=False),
    Column("kind", NAME, nullable=False),
    Column("outage", NAME, nullable=False),
    Column("sequence", WHOLE, nullable=False),
    Column("message_id", NAME, nullable=False, unique=True),
    Column("thread", Text, nullable=False),
    Column("created", WHOLE, nullable=False),
    Column("state", Text, nullable=False),
    Column("due", WHOLE, nullable=False),
    Column("leased_until", WHOLE),
    Column("attempts", WHOLE, nullable=False),
    Column("accepted", WHOLE),
    Column("relay", Text),
    Column("reply", Text),
    Column("error", Text),
    Index("uq_messages_owed", "outage", "contact", "kind", "sequence", unique=True),
    Index(
        "ix_messages_unsettled",
        "due",
        sqlite_where=text("state IN ('queued', 'sending')"),
        postgresql_where=text("state IN ('queued', 'sending')"),
    ),
    Index(None, "customer", "created"),
    sqlite_strict=True,
)

#: Append-only: what was agreed with a customer, from when on. A correction is a further row.
terms = Table(
    "terms",
    metadata,
    Column("customer", NAME, primary_key=True),
    Column("valid_from", WHOLE, primary_key=True),
    Column("digest", NAME, primary_key=True),
    Column("document", Text, nullable=False),
    Column("recorded", WHOLE, nullable=False),
    sqlite_strict=True,
)
