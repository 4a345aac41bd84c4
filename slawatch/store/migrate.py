"""Which version a store has, and how it becomes this one's: Alembic, driven from here, without an alembic.ini."""

from __future__ import annotations

import threading
from enum import Enum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from slawatch.store import schema
from slawatch.store.errors import StoreForeign, StoreNewer, StoreTorn

#: A table of our own, so that slawatch may share a PostgreSQL database with other users of Alembic.
VERSION_TABLE = "slawatch_version"

_MIGRATIONS = Path(__file__).parent / "migrations"
#: Alembic's environment is one per process, while tests and verbs may open two stores at once.
_one_at_a_time = threading.Lock()


class Standing(Enum):
    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"


def standing(connection: Connection, name: str) -> Standing:
    """How the store behind `connection` stands to this version; `name` is what people call it in errors.

    Raises StoreForeign, StoreNewer or StoreTorn.
    """
    tables = set(inspect(connection).get_table_names())
    if VERSION_TABLE not in tables:
        # A SQLite file belongs to one program. A PostgreSQL database may be shared, as long as our names are free.
        others = tables if connection.dialect.name == "sqlite" else tables & set(schema.metadata.tables)
        if others:
            raise StoreForeign(f"{name}: a database, but not one of slawatch (it has the table {min(others)!r})")
        return Standing.EMPTY
    revision = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
    if revision is None:
        raise StoreTorn(f"{name}: has slawatch's tables but no version; restore it from a backup")
    script = ScriptDirectory.from_config(_config())
    head = script.get_current_head()
    if revision == head:
        return Standing.CURRENT
    if revision not in {known.revision for known in script.walk_revisions()}:
        raise StoreNewer(
            f"{name}: written by a newer slawatch (version {revision} of the store; this one knows up to {head})"
        )
    return Standing.OLDER


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the store to this version, within the transaction that the caller has begun: all of it or nothing."""
    config = _config()
    config.attributes["connection"] = connection
    config.attributes["version_table"] = VERSION_TABLE
    with _one_at_a_time:
        command.upgrade(config, to)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config
