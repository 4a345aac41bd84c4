"""What differs between a SQLite file and a PostgreSQL database: opening, the one writer, and what errors mean."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from slawatch.store.errors import StoreError

#: Between two tries of a lock.
_PAUSE_SECONDS = 0.02
#: Reading threads and connections: a long month beside short questions.
READERS = 2


class Backend(Protocol):
    """All methods block and are called in the store's own threads."""

    def open_writer(self) -> Connection:
        """Take the lock, make or migrate the store, and connect. Raises StoreError with nothing left held."""

    def connect_writer(self) -> Connection:
        """Connect anew after the former connection was lost. Raises StoreError or DBAPIError."""

    def release(self) -> None:
        """Let go of the lock."""

    def check_readable(self) -> None:
        """Raises StoreError unless there is a store of this very version. Changes nothing."""

    def reader_engine(self) -> Engine:
        """Read-only connections; what one transaction reads is one snapshot."""

    def ensure_in_place(self) -> None:
        """Raises StoreBusy when what is written to is no longer where it was opened."""

    def explain(self, error: DBAPIError) -> StoreError | None:
        """What `error` means, or None when it can only be a fault of slawatch."""

    def outlives(self, error: DBAPIError) -> bool:
        """Whether the connection may be used again after `error`."""


def attempts(patience: timedelta) -> Iterator[None]:
    """One at once, and then again and again until `patience` is over: who holds a lock may be about to let it go."""
    until = time.monotonic() + patience.total_seconds()
    yield
    while time.monotonic() < until:
        time.sleep(_PAUSE_SECONDS)
        yield


@contextmanager
def explained(backend: Backend) -> Iterator[None]:
    """Turns a driver's error into the StoreError that it means, where it means one."""
    try:
        yield
    except DBAPIError as error:
        meaning = backend.explain(error)
        if meaning is None:
            raise
        raise meaning from error
