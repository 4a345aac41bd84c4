"""When each message was first refused for good: a retry does not take that back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("messages", sa.Column("refused", WHOLE))
    # When it was refused was not always kept; it counted for nobody since it came to be owed.
    op.execute("UPDATE messages SET refused = COALESCE(settled, created) WHERE state = 'failed'")
