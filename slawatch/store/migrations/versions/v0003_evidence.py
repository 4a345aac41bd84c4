"""Evidence: hash chains, sealed days, declarations, statements; holidays, checkpoints; more of messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    for table in ("observations", "events", "terms"):
        op.add_column(table, sa.Column("link", WHOLE))
        op.add_column(table, sa.Column("mark", WHOLE))
    _messages()
    _chains()
    _days()
    _declarations()
    _statements()


def _messages() -> None:
    for column in ("settled", "expires", "known"):
        op.add_column("messages", sa.Column(column, WHOLE))
    # A window has one id for all customers whom it concerns, and two of them may have the same contact.
    op.drop_index("uq_messages_owed", "messages")
    op.create_index("uq_messages_owed", "messages", ["outage", "customer", "contact", "kind", "sequence"], unique=True)
    op.add_column("messages", sa.Column("says", sa.Text))
    op.add_column("messages", sa.Column("into", NAME))
    op.add_column("messages", sa.Column("handed_over", WHOLE, nullable=False, server_default=sa.text("0")))
    op.drop_index("ix_messages_unsettled", "messages")
    of_outages = "state = 'queued' AND kind IN ('outage', 'update', 'recovery')"
    of_windows = "state = 'queued' AND kind IN ('maintenance', 'maintenance_cancelled', 'maintenance_reminder')"
    _index_some("ix_messages_urgent", ["due", "created", "id"], of_outages)
    _index_some("ix_messages_patient", ["due", "created", "id"], of_windows)
    _index_some("ix_messages_sending", ["leased_until"], "state = 'sending'")
    _index_some("ix_messages_into", ["into"], '"into" IS NOT NULL')
    op.create_index("ix_messages_thread_contact", "messages", ["thread", "contact"])
    op.create_index("ix_messages_contact_accepted", "messages", ["contact", "accepted"])
    op.create_table(
        "keys",
        sa.Column("name", NAME, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_keys"),
        sqlite_strict=True,
    )


def _index_some(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "messages", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _chains() -> None:
    op.create_table(
        "chains",
        sa.Column("customer", NAME, nullable=False),
        sa.Column("node", NAME, nullable=False),
        sa.Column("day", WHOLE, nullable=False),
        sa.Column("seed", sa.Text, nullable=False),
        sa.Column("links", WHOLE, nullable=False),
        sa.Column("head", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("customer", "node", "day", name="pk_chains"),
        sqlite_strict=True,
    )


def _days() -> None:
    op.create_table(
        "days",
        sa.Column("customer", NAME, nullable=False),
        sa.Column("check_name", NAME, nullable=False),
        sa.Column("starts", WHOLE, nullable=False),
        sa.Column("ends", WHOLE, nullable=False),
        sa.Column("looks", WHOLE, nullable=False),
        sa.Column("last_up", WHOLE),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("packed", sa.LargeBinary, nullable=False),
        sa.Column("spans", sa.LargeBinary, nullable=False),
        sa.Column("pruned", FLAG, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("customer", "check_name", "starts", name="pk_days"),
        sqlite_strict=True,
    )
    op.create_table(
        "checkpoints",
        sa.Column("customer", NAME, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("document", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("customer", name="pk_checkpoints"),
        sqlite_strict=True,
    )


def _declarations() -> None:
    op.create_table(
        "declarations",
        sa.Column("number", WHOLE, autoincrement=True, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("customer", NAME, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("subject", NAME, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("link", WHOLE),
        sa.Column("mark", WHOLE),
        sa.PrimaryKeyConstraint("number", name="pk_declarations"),
        sa.UniqueConstraint("id", name="uq_declarations_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_declarations_customer_number", "declarations", ["customer", "number"])
    op.create_index("ix_declarations_subject_number", "declarations", ["subject", "number"])


def _statements() -> None:
    op.create_table(
        "statements",
        sa.Column("customer", NAME, nullable=False),
        sa.Column("month", NAME, nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        sa.Column("as_of", WHOLE, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("customer", "month", "revision", name="pk_statements"),
        sqlite_strict=True,
    )
    op.create_table(
        "holidays",
        sa.Column("calendar", NAME, nullable=False),
        sa.Column("year", WHOLE, nullable=False),
        sa.Column("dates", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("calendar", "year", name="pk_holidays"),
        sqlite_strict=True,
    )
