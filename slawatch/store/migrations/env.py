"""Alembic's environment: runs the versions inside the transaction that `store.migrate` opened and hands over."""

from __future__ import annotations

from alembic import context

from slawatch.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    version_table=context.config.attributes["version_table"],
    transactional_ddl=True,
)
context.run_migrations()
