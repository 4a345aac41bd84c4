"""A screenshot in few colours: a fraction of its bytes, and to the eye the same."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 256
#: So many have a place by how often they are used; the others by how far they are from any that has one.
_COMMON = 64


def in_few_colours(png: bytes) -> bytes:
    """The same picture with a palette. `png`: eight bits a channel, without interlacing, as Chromium writes it."""
    width, height, channels = _size(png)
    rows = [
        [row[index : index + 3] for index in range(0, len(row), channels)]
        for row in _rows(png, width * channels, height, channels)
    ]
    palette = _palette(Counter(colour for row in rows for colour in row))
    lines = b"".join(b"\0" + bytes(palette[colour] for colour in row) for row in rows)
    kept = dict(zip(reversed(palette.values()), reversed(palette), strict=True))  # of each number the first colour
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    colours = b"".join(kept[index] for index in range(len(kept)))
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(kind, content) for kind, content in chunks)


def _palette(used: Counter[bytes]) -> dict[bytes, int]:
    """Each colour's number: the most used and the most apart have one of their own, the others that of the nearest."""
    ordered = [colour for colour, _ in used.most_common()]
    own = ordered[:_COMMON]
    gaps = {colour: min(_apart(colour, one) for one in own) for colour in ordered[_COMMON:]}
    while gaps and len(own) < _COLOURS:
        far = max(gaps, key=gaps.__getitem__)
        own.append(far)
        del gaps[far]
        gaps = {colour: min(gap, _apart(colour, far)) for colour, gap in gaps.items()}
    numbers = {colour: number for number, colour in enumerate(own)}
    return numbers | {colour: numbers[min(own, key=lambda one: _apart(colour, one))] for colour in gaps}


def _apart(one: bytes, other: bytes) -> int:
    return sum((left - right) ** 2 for left, right in zip(one, other, strict=True))


def _size(png: bytes) -> tuple[int, int, int]:
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", png[16:29])
    if (depth, interlaced) != (8, 0) or kind not in {2, 6}:
        raise ValueError("expected a PNG with eight bits a channel, in true colour, without interlacing")
    return width, height, 3 if kind == 2 else 4


def _rows(png: bytes, length: int, height: int, step: int) -> Iterator[bytes]:
    """The pixels, row by row, without the filters of the format."""
    packed = b"".join(content for kind, content in _chunks(png) if kind == b"IDAT")
    lines, before = zlib.decompress(packed), bytes(length)
    for number in range(height):
        start = number * (length + 1)
        before = bytes(_unfiltered(lines[start], lines[start + 1 : start + 1 + length], before, step))
        yield before


def _unfiltered(kind: int, line: bytes, above: bytes, step: int) -> bytearray:
    row = bytearray(line)
    for index in range(len(row)):
        left = row[index - step] if index >= step else 0
        up, corner = above[index], above[index - step] if index >= step else 0
        guess = (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind]
        row[index] = (row[index] + guess) & 0xFF
    return row


def _paeth(left: int, up: int, corner: int) -> int:
    guess = left + up - corner
    return min((left, up, corner), key=lambda one: abs(guess - one))


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
