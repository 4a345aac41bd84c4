"""What others report: incidents and heartbeats."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _incidents()
    _heartbeats()


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("number", WHOLE, autoincrement=True, nullable=False),
        sa.Column("customer", NAME, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("priority", sa.Text, nullable=False),
        sa.Column("kind", sa.Text),
        sa.Column("opened", WHOLE, nullable=False),
        sa.Column("answered", WHOLE),
        sa.Column("solved", WHOLE),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_incidents"),
        sqlite_strict=True,
    )
    op.create_index("ix_incidents_customer_id_number", "incidents", ["customer", "id", "number"])
    op.create_index("ix_incidents_recorded", "incidents", ["recorded"])


def _heartbeats() -> None:
    op.create_table(
        "heartbeats",
        sa.Column("number", WHOLE, autoincrement=True, nullable=False),
        sa.Column("source", NAME, nullable=False),
        sa.Column("kind", NAME, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("lag", WHOLE),
        sa.Column("duration", WHOLE),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_heartbeats"),
        sa.UniqueConstraint("source", "kind", "at", name="uq_heartbeats_source_kind_at"),
        sqlite_strict=True,
    )
