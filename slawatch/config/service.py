"""slawatch itself: where it looks from, its browser, what it remembers in and for how long."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from pydantic import Field, PlainValidator, WithJsonSchema

from slawatch.config.addresses import Name, Text, Witness, shown, text
from slawatch.config.scalars import Months, MonthsKept
from slawatch.config.shape import Shape
from slawatch.config.wrong import Wrong

_SQLITE, _POSTGRES = "sqlite:///", ("postgresql://", "postgresql+psycopg://")


def _read_store(value: object) -> str:
    expected = "a store such as sqlite:///slawatch.db or postgresql://slawatch@db.example.org/slawatch"
    url = text(value, expected)
    if url.startswith(_SQLITE):
        if not sqlite_file(url) or sqlite_file(url) == ":memory:":
            raise Wrong(f"expected {expected}, got {shown(url)}")
        return url
    if not url.startswith(_POSTGRES):
        raise Wrong(f"expected {expected}, got {shown(url)}")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise Wrong(f"expected {expected}, got {shown(url)}") from None
    if parts.password is not None or "password=" in parts.query:
        raise Wrong("a password never stands in this file, expected it in PGPASSFILE or PGPASSWORD")
    return url


def sqlite_file(store: str) -> str | None:
    """The file of a store in SQLite; None for another store."""
    return store.removeprefix(_SQLITE).partition("?")[0] if store.startswith(_SQLITE) else None


Store: TypeAlias = Annotated[
    str, PlainValidator(_read_store), WithJsonSchema({"type": "string", "pattern": "^(sqlite:///|postgresql)"})
]


class BrowserSettings(Shape):
    looks_at_once: int = Field(default=2, ge=1, le=64)
    """So many pages are looked at side by side; more than the cores can carry makes the timing wrong."""
    renew_after: int = Field(default=200, ge=1)
    """After so many looks the browser is replaced by a fresh one."""
    executable: Text | None = Field(default=None, examples=["/usr/bin/chromium-headless-shell"])
    """The browser's file. By default the first one found: chromium-headless-shell, then Chromium."""
    sandbox: bool | None = Field(default=None, examples=["true"])
    """Whether the browser runs in its sandbox. By default it does, except as root."""


class Monitor(Shape):
    witnesses: tuple[Witness, ...] = Field(default=(), examples=['["https://example.net/", "192.0.2.1:443"]'])
    """Addresses, none on the watched platform: when none of them answers either, our own network is at fault."""
    node: Name = "main"
    """This machine's name in the ledger, where several look."""
    browser: BrowserSettings = BrowserSettings()
    """The browser that looks at pages."""


class Retention(Shape):
    observations: MonthsKept = Months(61)
    """So many calendar months each look is kept; then its day is pruned, and speaks by what was sealed of it."""
