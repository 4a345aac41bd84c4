"""One writer a file: a lock file beside the store, held for as long as the process lives."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from slawatch.store.errors import StoreLocked


class WriterLock:
    """An flock on `path`, with the holder's process id inside. The kernel lets go of it when the holder dies."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self) -> None:
        """Raises StoreLocked, naming the holder, or OSError when the file cannot be made."""
        while self._descriptor is None:
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o640)
            try:
                self._lock(descriptor)
                # Between open and flock the former holder may have removed the file: then this lock guards nothing.
                if not _is_file_at(self.path, descriptor):
                    continue
                self._sign(descriptor)
                self._descriptor, descriptor = descriptor, -1
            finally:
                if descriptor >= 0:
                    os.close(descriptor)

    def _lock(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 32).decode(errors="replace").strip()
            who = f"process {holder}" if holder.isdigit() else "another process"
            store = self.path.name.removesuffix(".lock")
            raise StoreLocked(f"{self.path.with_name(store)}: {who} writes this store already") from error

    def _sign(self, descriptor: int) -> None:
        try:
            os.ftruncate(descriptor, 0)
            os.write(descriptor, f"{os.getpid()}\n".encode())
        except OSError:
            self.path.unlink(missing_ok=True)  # a full disk: leave nothing behind
            raise

    def release(self) -> None:
        """Remove the file and let go, in this order; nothing happens when it is not held."""
        if self._descriptor is not None:
            self.path.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = None


def _is_file_at(path: Path, descriptor: int) -> bool:
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    here = os.fstat(descriptor)
    return (there.st_dev, there.st_ino) == (here.st_dev, here.st_ino)
