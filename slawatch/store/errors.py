"""What can go wrong with the store, each told in one line that a person can act on."""

from __future__ import annotations

from slawatch.model import Unavailable


class StoreError(Unavailable):
    """Anything that the store refuses or cannot do; its text is one clear line and never holds a password."""


class StoreUnsupported(StoreError):
    """The store's address is not one that slawatch understands."""


class StoreMissing(StoreError):
    """There is nothing to read yet: opening for reading never makes a store."""


class StoreUnwritable(StoreError):
    """The file or its folder cannot be written by this user, or is not there."""


class StoreUnreachable(StoreError):
    """The file cannot be read by this user, or the database server does not let us in."""


class StoreLocked(StoreError):
    """Another process writes this store; there is one writer at a time."""


class StoreThere(StoreError):
    """A file is where a copy was to go."""


class StoreOlder(StoreError):
    """An older slawatch wrote this store, and who opens it for reading may not migrate it."""


class StoreNewer(StoreError):
    """A newer slawatch wrote this store."""


class StoreForeign(StoreError):
    """A sound database, but somebody else's: slawatch puts no tables in it."""


class StoreTorn(StoreError):
    """Not a database, truncated or damaged. Opening leaves the file as it was found."""


class StoreBusy(StoreError):
    """Not now: disk full, locked, I/O error, server gone. Nothing is half-written; the same call may succeed later."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
