"""An evidence bundle as it is read: nothing of it is trusted, and nothing is written anywhere."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from slawatch.recorded import archive, bundle
from slawatch.recorded.archive import BadArchive

#: No file but the looks has more bytes, and no line.
MOST_BYTES, LONGEST_LINE = 1 << 26, 1 << 22


class Bundle:
    """The files of a bundle. Every method raises BadArchive for what cannot be read, with the file's name."""

    def __init__(self, file: BinaryIO) -> None:
        """`file`: open for reading, and can be sought in. Raises BadArchive for what is no bundle, or no whole one."""
        self._file = file
        self._entries = archive.entries(file)
        for name in self._entries:
            if name not in bundle.FILES:
                raise BadArchive(f"it holds {name!r}, which belongs to no bundle")
        for name in bundle.FILES:
            if name not in self._entries:
                raise BadArchive(f"{name} is missing")
        if tuple(self._entries) != bundle.FILES:
            raise BadArchive("its files are not in their order")
        for entry in self._entries.values():
            if entry.name != bundle.OBSERVATIONS and entry.size > MOST_BYTES:
                raise BadArchive(f"{entry.name} has {entry.size:,} bytes, expected at most {MOST_BYTES:,}")

    def pieces(self, name: str) -> Iterator[bytes]:
        return archive.contents(self._file, self._entries[name])

    def listed(self, name: str) -> bundle.Listed:
        """What the manifest should say of the file."""
        sha, size, rows = hashlib.sha256(), 0, 0
        for piece in self.pieces(name):
            sha.update(piece)
            size, rows = size + len(piece), rows + piece.count(b"\n")
        return bundle.Listed(name, sha.hexdigest(), size, rows if name.endswith(".jsonl") else None)

    def lines(self, name: str) -> Iterator[bytes]:
        """With their ends, but for a last one that has none."""
        rest, number = b"", 0
        for piece in self.pieces(name):
            *whole, rest = (rest + piece).split(b"\n")
            for line in whole:
                number += 1
                yield line + b"\n"
            if len(rest) > LONGEST_LINE:
                raise BadArchive(f"{name}:{number + 1}: the line is longer than {LONGEST_LINE:,} bytes")
        if rest:
            yield rest

    def json(self, name: str) -> Any:
        return self._parsed(b"".join(self.pieces(name)), name)

    def rows(self, name: str) -> Iterator[Any]:
        """The objects of lines of JSON."""
        for number, line in enumerate(self.lines(name), 1):
            yield self._parsed(line, f"{name}:{number}")

    def _parsed(self, written: bytes, where: str) -> Any:
        try:
            return json.loads(written)
        except (ValueError, RecursionError):
            raise BadArchive(f"{where}: expected JSON") from None
