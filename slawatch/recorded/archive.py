"""The zip of an evidence bundle: written in one way only, so that the same contents are the same bytes, and read back
only if it was written so.

Of the format (PKWARE's APPNOTE.TXT 4.3) it is what every unzip knows: deflated files side by side, their directory,
the end. There are no dates, no comments, no folders, and nothing else.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

#: How a file begins and ends, and what a record of the directory and the end of all begin with.
_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCAL_FORM = struct.Struct("<4s5H3L2H")
_CENTRAL_FORM = struct.Struct("<4s6H3L5H2L")
_END_FORM = struct.Struct("<4s4H2LH")
#: Version 2.0 of the format, deflate, the first of January 1980 at midnight, a plain file that its owner may write.
_VERSION, _DEFLATED, _MIDNIGHT, _DAY = 20, 8, 0, 0x21
_UNIX, _PLAIN = 3 << 8, 0o100644 << 16
_ENCRYPTED = 0x1
_LEVEL, _RAW = 6, -15
_CHUNK = 1 << 16

#: Files of an archive, and their sizes: far beyond a month of looks, far below what a small file could unpack to.
MOST_FILES, MOST_NAME = 32, 64
MOST_BYTES, MOST_UNPACKED = 1 << 30, 1 << 31


class BadArchive(Exception):
    """It is not an archive as it is written here; the text says why, without its name."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the archive: `crc` and `size` of its contents, `packed`: its size there, from `offset` on."""

    name: str
    crc: int
    packed: int
    size: int
    offset: int

    @property
    def begins(self) -> int:
        return self.offset + _LOCAL_FORM.size + len(self.name)

    def local(self) -> bytes:
        common = (_VERSION, 0, _DEFLATED, _MIDNIGHT, _DAY, self.crc, self.packed, self.size, len(self.name), 0)
        return _LOCAL_FORM.pack(_LOCAL, *common) + self.name.encode("ascii")

    def central(self) -> bytes:
        common = (_VERSION, 0, _DEFLATED, _MIDNIGHT, _DAY, self.crc, self.packed, self.size, len(self.name))
        rest = (0, 0, 0, 0, _PLAIN, self.offset)
        return _CENTRAL_FORM.pack(_CENTRAL, _UNIX | _VERSION, *common, *rest) + self.name.encode("ascii")


def _end(entries: list[Entry], offset: int) -> bytes:
    length = sum(len(entry.central()) for entry in entries)
    return _END_FORM.pack(_END, 0, 0, len(entries), len(entries), length, offset, 0)


# -- writing ----------------------------------------------------------------------------------------------------------


class Packer:
    """Takes the contents of one file, piece by piece."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        self._deflate = zlib.compressobj(_LEVEL, zlib.DEFLATED, _RAW)
        self._name, self._offset = name, file.tell()
        self._crc = self._packed = self._size = 0
        file.write(self._entry().local())

    def write(self, piece: bytes) -> None:
        self._crc = zlib.crc32(piece, self._crc)
        self._size += len(piece)
        self._put(self._deflate.compress(piece))

    def close(self) -> Entry:
        """Its place in the archive, now that all is known of it."""
        self._put(self._deflate.flush())
        entry = self._entry()
        self._file.seek(entry.offset)
        self._file.write(entry.local())
        self._file.seek(0, 2)
        return entry

    def _put(self, packed: bytes) -> None:
        self._packed += len(packed)
        self._file.write(packed)

    def _entry(self) -> Entry:
        return Entry(self._name, self._crc, self._packed, self._size, self._offset)


class Archive:
    """An archive that is being written into `file`, which is empty and can be sought in."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._entries: list[Entry] = []

    @contextmanager
    def file(self, name: str) -> Iterator[Packer]:
        """One file after the other; `name`: plain ASCII, without folders."""
        packer = Packer(self._file, name)
        yield packer
        self._entries.append(packer.close())

    def close(self) -> None:
        """Write the directory: without it there is no archive."""
        offset = self._file.tell()
        for entry in self._entries:
            self._file.write(entry.central())
        self._file.write(_end(self._entries, offset))


# -- reading ----------------------------------------------------------------------------------------------------------


def entries(file: BinaryIO) -> dict[str, Entry]:
    """What is in an archive, by name; nothing is unpacked yet. Raises BadArchive.

    Each byte outside the packed contents is the one that would be written.
    """
    length = file.seek(0, 2)
    if length > MOST_BYTES:
        raise BadArchive(f"it has {length:,} bytes, expected at most {MOST_BYTES:,}")
    end = _at(file, max(0, length - _END_FORM.size), _END_FORM.size)
    if len(end) < _END_FORM.size or not end.startswith(_END):
        raise BadArchive("it is not a zip file, or not a whole one")
    count, size, offset = _END_FORM.unpack(end)[4:7]
    if count > MOST_FILES or size > MOST_FILES * (_CENTRAL_FORM.size + MOST_NAME):
        raise BadArchive(f"it holds {count:,} files, expected at most {MOST_FILES}")
    found = _directory(_at(file, offset, size), count)
    reached = 0
    for entry in found:
        if entry.offset != reached or _at(file, reached, entry.begins - reached) != entry.local():
            raise BadArchive("it is not packed as slawatch packs a bundle")
        reached = entry.begins + entry.packed
    if reached != offset or length != offset + size + _END_FORM.size or end != _end(found, offset):
        raise BadArchive("it has bytes that belong to none of its files")
    return {entry.name: entry for entry in found}


def _directory(written: bytes, count: int) -> list[Entry]:
    found: dict[str, Entry] = {}
    for _ in range(count):
        entry, record = _record(written)
        if entry.name in found:
            raise BadArchive(f"it holds {entry.name!r} twice")
        if entry.size > MOST_UNPACKED:
            raise BadArchive(f"{entry.name} has {entry.size:,} bytes, expected at most {MOST_UNPACKED:,}")
        if not written.startswith(entry.central()) or len(entry.central()) != len(record):
            raise BadArchive("it is not packed as slawatch packs a bundle")
        found[entry.name] = entry
        written = written[len(record) :]
    if written:
        raise BadArchive("it has bytes that belong to none of its files")
    return list(found.values())


def _record(written: bytes) -> tuple[Entry, bytes]:
    """The first record of a directory and its bytes."""
    if len(written) < _CENTRAL_FORM.size or not written.startswith(_CENTRAL):
        raise BadArchive("its list of files is damaged")
    fields = _CENTRAL_FORM.unpack_from(written)
    flags, crc, packed, size, letters, extra, comment = fields[3], *fields[7:13]
    record = written[: _CENTRAL_FORM.size + letters + extra + comment]
    name = record[_CENTRAL_FORM.size :][:letters].decode("ascii", "backslashreplace")
    if flags & _ENCRYPTED:
        raise BadArchive(f"{name!r} is encrypted")
    if not name.isascii() or not name.isprintable() or set(name) & set("/\\:") or len(name) > MOST_NAME:
        raise BadArchive(f"it holds {name[:MOST_NAME]!r}, which is no name of a file in a bundle")
    return Entry(name, crc, packed, size, fields[16]), record


def contents(file: BinaryIO, entry: Entry) -> Iterator[bytes]:
    """A file's contents, piece by piece. Raises BadArchive where they are not what the directory says."""
    inflate, crc, size, left = zlib.decompressobj(_RAW), 0, 0, entry.packed
    file.seek(entry.begins)
    while not inflate.eof:
        packed = inflate.unconsumed_tail
        if not packed:
            packed = file.read(min(_CHUNK, left))
            left -= len(packed)
        try:
            piece = inflate.decompress(packed, _CHUNK)
        except zlib.error:
            raise BadArchive(f"{entry.name} cannot be unpacked") from None
        crc, size = zlib.crc32(piece, crc), size + len(piece)
        if size > entry.size or not (piece or packed):
            raise BadArchive(f"{entry.name} cannot be unpacked")
        yield piece
    if left or inflate.unused_data or (crc, size) != (entry.crc, entry.size):
        raise BadArchive(f"{entry.name} cannot be unpacked")


def _at(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)
