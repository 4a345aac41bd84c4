"""A SQLite database as a file on a disk: is it whole, is a log beside it, how a new one gets its name."""

from __future__ import annotations

import os
from pathlib import Path

from slawatch.store.errors import StoreTorn

_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100


def has_wal(path: Path) -> bool:
    """Whether a write-ahead log with something in it lies beside `path`."""
    try:
        return path.with_name(path.name + "-wal").stat().st_size > 0
    except FileNotFoundError:
        return False


def ensure_whole(path: Path) -> None:
    """Raises StoreTorn for what SQLite itself would take without a word, or say less clearly; OSError as it comes.

    SQLite reads a last page that was cut as if it ended in zeros, and takes an empty file for a new database.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
    size = path.stat().st_size
    if size == 0:
        raise StoreTorn(f"{path}: is empty (0 bytes), a store never is; restore a backup, or remove it to begin anew")
    if not header.startswith(_MAGIC[: len(header)]):
        raise StoreTorn(f"{path}: is not a database; it is left as it is")
    # The page size as the file format keeps it: big-endian, with 1 for 65536.
    page = int.from_bytes(header[16:18], "big") if len(header) == _HEADER_BYTES else 0
    page = 65536 if page == 1 else page
    # With a log beside it the file may rightly end in a page that a stopped checkpoint did not finish.
    if page < 512 or (size % page and not has_wal(path)):
        raise StoreTorn(f"{path}: is truncated ({size} bytes); it is left as it is: restore it from a backup")


def move_into_place(source: Path, target: Path) -> None:
    """Rename, with everything on the disk before and after."""
    for path, rename in ((source, False), (target.parent, True)):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            if rename:
                source.rename(target)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
