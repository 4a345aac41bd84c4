"""The store's address, as it stands in slawatch.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from slawatch.store.errors import StoreUnsupported

#: A SQLite file, or the URL of a PostgreSQL database.
Address: TypeAlias = Path | URL

_RIGHT = "expected sqlite:///FILE or postgresql://USER@HOST/DATABASE"


def read_address(text: str) -> Address:
    """A path for `sqlite:///relative.db` and `sqlite:////absolute.db`, an URL for `postgresql://...`.

    Raises StoreUnsupported for anything else, naming the scheme only: the rest may hold a password.
    """
    scheme = text.partition(":")[0] if ":" in text else text
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise StoreUnsupported(f"store: {_RIGHT}, got something that is no such address ({scheme!r})") from error
    if url.drivername == "sqlite":
        return _file(url)
    if url.drivername in {"postgresql", "postgres", "postgresql+psycopg"}:
        if not url.database:
            raise StoreUnsupported(f"store: {_RIGHT}, got no database name")
        return url.set(drivername="postgresql+psycopg")
    raise StoreUnsupported(f"store: {_RIGHT}, got {url.drivername!r}")


def _file(url: URL) -> Path:
    if url.query or url.host:
        raise StoreUnsupported(f"store: {_RIGHT}, without host or options, got {url.render_as_string()!r}")
    if not url.database or url.database == ":memory:":
        raise StoreUnsupported(f"store: {_RIGHT}: the ledger must outlive the process, so it needs a file")
    return Path(url.database)
