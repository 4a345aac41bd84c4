"""Summaries by mail: a queue of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("state = 'queued' AND kind = 'summary'")
    columns = ["due", "created", "id"]
    op.create_index("ix_messages_unhurried", "messages", columns, sqlite_where=where, postgresql_where=where)
