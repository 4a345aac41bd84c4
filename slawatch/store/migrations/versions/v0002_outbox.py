"""The outbox: messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "messages",
        sa.Column("id", NAME, nullable=False),
        sa.Column("customer", NAME, nullable=False),
        sa.Column("contact", NAME, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("outage", NAME, nullable=False),
        sa.Column("sequence", WHOLE, nullable=False),
        sa.Column("message_id", NAME, nullable=False),
        sa.Column("thread", sa.Text, nullable=False),
        sa.Column("created", WHOLE, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due", WHOLE, nullable=False),
        sa.Column("leased_until", WHOLE),
        sa.Column("attempts", WHOLE, nullable=False),
        sa.Column("accepted", WHOLE),
        sa.Column("relay", sa.Text),
        sa.Column("reply", sa.Text),
        sa.Column("error", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("message_id", name="uq_messages_message_id"),
        sqlite_strict=True,
    )
    unsettled = sa.text("state IN ('queued', 'sending')")
    op.create_index("uq_messages_owed", "messages", ["outage", "contact", "kind", "sequence"], unique=True)
    op.create_index("ix_messages_unsettled", "messages", ["due"], sqlite_where=unsettled, postgresql_where=unsettled)
    op.create_index("ix_messages_customer_created", "messages", ["customer", "created"])
