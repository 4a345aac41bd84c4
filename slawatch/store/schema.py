"""The tables. What is here is what `migrations/` arrives at; a test compares the two.

Instants and lengths of time are whole microseconds, JSON is canonical text, so that both engines hold the same.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, LargeBinary, MetaData, Table, Text, text

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
    Column("link", WHOLE),
    Column("mark", WHOLE),
    sqlite_with_rowid=False,
    sqlite_strict=True,
)

#: The hash chains of the append-only rows, by customer, node and UTC day (`store.chains`). `head`: of the last link.
chains = Table(
    "chains",
    metadata,
    Column("customer", NAME, primary_key=True),
    Column("node", NAME, primary_key=True),
    Column("day", WHOLE, primary_key=True),
    Column("seed", Text, nullable=False),
    Column("links", WHOLE, nullable=False),
    Column("head", Text, nullable=False),
    sqlite_strict=True,
)

#: A check's days, each once it is over: its looks in few bytes, what followed from them, and their digest. Never
#: changed, but for `pruned`: the rows of `observations` are gone, and what stands here speaks for them.
days = Table(
    "days",
    metadata,
    Column("customer", NAME, primary_key=True),
    Column("check_name", NAME, primary_key=True),
    Column("starts", WHOLE, primary_key=True),
    Column("ends", WHOLE, nullable=False),
    Column("looks", WHOLE, nullable=False),
    Column("last_up", WHOLE),
    Column("digest", Text, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    Column("spans", LargeBinary, nullable=False),
    Column("pruned", FLAG, nullable=False),
    Column("recorded", WHOLE, nullable=False),
    sqlite_strict=True,
)

#: Where a customer's running month stood: made anew now and then, so that a restart reads little. Proves nothing.
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("customer", NAME, primary_key=True),
    Column("at", WHOLE, nullable=False),
    Column("document", LargeBinary, nullable=False),
    sqlite_strict=True,
)

#: Append-only: what people declared.
declarations = Table(
    "declarations",
    metadata,
    Column("number", WHOLE, primary_key=True, autoincrement=True),
    Column("id", NAME, nullable=False, unique=True),
    Column("customer", NAME, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", NAME, nullable=False),
    Column("recorded", WHOLE, nullable=False),
    Column("who", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("link", WHOLE),
    Column("mark", WHOLE),
    Index(None, "customer", "number"),
    Index(None, "subject", "number"),
    sqlite_strict=True,
)

#: Append-only: a closed month as it was told, and each correction of it.
statements = Table(
    "statements",
    metadata,
    Column("customer", NAME, primary_key=True),
    Column("month", NAME, primary_key=True),
    Column("revision", WHOLE, primary_key=True),
    Column("as_of", WHOLE, nullable=False),
    Column("document", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("recorded", WHOLE, nullable=False),
    Column("who", Text, nullable=False),
    Column("why", Text, nullable=False),
    sqlite_strict=True,
)

#: Append-only: the holidays of a year, frozen when they were first used.
holidays = Table(
    "holidays",
    metadata,
    Column("calendar", NAME, primary_key=True),
    Column("year", WHOLE, primary_key=True),
    Column("dates", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("recorded", WHOLE, nullable=False),
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
    Column("link", WHOLE),
    Column("mark", WHOLE),
    Index(None, "outage", "number"),
    Index(None, "customer", "at"),
    sqlite_strict=True,
)

#: Which rows wait to be sent, in three queues: of outages, of maintenance, of summaries. Written as the indexes have
#: it, so that an engine finds a queue's next rows without sorting what else waits.
URGENT = "state = 'queued' AND kind IN ('outage', 'update', 'recovery')"
PATIENT = "state = 'queued' AND kind IN ('maintenance', 'maintenance_cancelled', 'maintenance_reminder')"
UNHURRIED = "state = 'queued' AND kind = 'summary'"


def _some(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


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
    Column("settled", WHOLE),
    Column("expires", WHOLE),
    Column("known", WHOLE),
    Column("says", Text),
    Column("into", NAME),
    Column("handed_over", WHOLE, nullable=False, server_default=text("0")),
    Column("refused", WHOLE),
    Index("uq_messages_owed", "outage", "customer", "contact", "kind", "sequence", unique=True),
    _some("ix_messages_urgent", "due", "created", "id", where=URGENT),
    _some("ix_messages_patient", "due", "created", "id", where=PATIENT),
    _some("ix_messages_unhurried", "due", "created", "id", where=UNHURRIED),
    _some("ix_messages_sending", "leased_until", where="state = 'sending'"),
    _some("ix_messages_into", "into", where='"into" IS NOT NULL'),
    Index(None, "thread", "contact"),
    Index(None, "contact", "accepted"),
    Index(None, "customer", "created"),
    sqlite_strict=True,
)

#: Keys that slawatch makes for itself, each once and never changed: what its links are signed with.
keys = Table(
    "keys",
    metadata,
    Column("name", NAME, primary_key=True),
    Column("key", LargeBinary, nullable=False),
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
    Column("link", WHOLE),
    Column("mark", WHOLE),
    sqlite_strict=True,
)
