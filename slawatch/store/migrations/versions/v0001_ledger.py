"""The ledger: observations, events and terms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FLAG = sa.Boolean().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _observations()
    _events()
    _terms()


def _observations() -> None:
    op.create_table(
        "observations",
        sa.Column("customer", NAME, nullable=False),
        sa.Column("check_name", NAME, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("node", NAME, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("cause", sa.Text),
        sa.Column("milliseconds", WHOLE),
        sa.Column("recheck", FLAG, nullable=False),
        sa.Column("holds", WHOLE, nullable=False),
        sa.Column("phases", sa.Text),
        sa.Column("facts", sa.Text),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("customer", "check_name", "at", "node", name="pk_observations"),
        sqlite_with_rowid=False,
        sqlite_strict=True,
    )


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("number", WHOLE, autoincrement=True, nullable=False),
        sa.Column("id", NAME, nullable=False),
        sa.Column("customer", NAME, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("outage", NAME, nullable=False),
        sa.Column("at", WHOLE, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.Column("checks", sa.Text, nullable=False),
        sa.Column("cause", sa.Text),
        sa.PrimaryKeyConstraint("number", name="pk_events"),
        sa.UniqueConstraint("id", name="uq_events_id"),
        sqlite_strict=True,
    )
    op.create_index("ix_events_outage_number", "events", ["outage", "number"])
    op.create_index("ix_events_customer_at", "events", ["customer", "at"])


def _terms() -> None:
    op.create_table(
        "terms",
        sa.Column("customer", NAME, nullable=False),
        sa.Column("valid_from", WHOLE, nullable=False),
        sa.Column("digest", NAME, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("recorded", WHOLE, nullable=False),
        sa.PrimaryKeyConstraint("customer", "valid_from", "digest", name="pk_terms"),
        sqlite_strict=True,
    )
