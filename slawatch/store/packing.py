"""A day's looks in few bytes: a line of JSON that names what the columns count, then six columns, deflated.

The header: `nodes` and `findings`, a finding being a verdict and its cause. The columns, each of one signed 64-bit
little-endian number a look: microseconds since the look before (the first: since the epoch), node, finding,
milliseconds (-1: none), recheck (0 or 1), holds. Numbers that repeat cost next to nothing.
"""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from slawatch.model import Instant
from slawatch.rules.rows import CAUSES, VERDICTS, ObservationRow

_COLUMNS = 6
#: In the column of milliseconds: nobody measured them.
NONE = -1


def pack(rows: Sequence[ObservationRow]) -> bytes:
    """The looks of one check, in order of `at`."""
    nodes: dict[str, int] = {}
    findings: dict[tuple[str, str | None], int] = {}
    written: list[list[int]] = [[] for _ in range(_COLUMNS)]
    before: Instant = 0
    for _, node, at, verdict, cause, milliseconds, recheck, holds in rows:
        numbers = (
            at - before,
            nodes.setdefault(node, len(nodes)),
            findings.setdefault((verdict, cause), len(findings)),
            NONE if milliseconds is None else milliseconds,
            int(recheck),
            holds,
        )
        for column, number in zip(written, numbers, strict=True):
            column.append(number)
        before = at
    header = json.dumps({"nodes": [*nodes], "findings": [*findings]}, separators=(",", ":"))
    return zlib.compress(header.encode() + b"\n" + b"".join(map(_written, written)))


class Columns(NamedTuple):
    """What `pack` packed, column by column. `nodes` and `findings` count in `named_nodes` and `named_findings`."""

    named_nodes: list[str]
    named_findings: list[tuple[str, str | None]]
    at: array[int]
    nodes: array[int]
    findings: array[int]
    milliseconds: array[int]
    rechecks: array[int]
    holds: array[int]


def columns(packed: bytes) -> Columns:
    """The looks as they were before `pack`, light enough for the days of a month.

    Raises ValueError for what `pack` cannot have written.
    """
    try:
        return _columns(packed)
    except (zlib.error, LookupError, TypeError) as error:
        raise ValueError(f"no packed looks: {error!r}") from error


def unpack(check: str, packed: bytes) -> list[ObservationRow]:
    """The looks as they were before `pack`, as rows. Raises ValueError for what `pack` cannot have written."""
    nodes, findings, *numbers = columns(packed)
    try:
        return [
            (check, nodes[node], at, *findings[finding], None if ms == NONE else ms, recheck == 1, holds)
            for at, node, finding, ms, recheck, holds in zip(*numbers, strict=True)
        ]
    except LookupError as error:
        raise ValueError(f"no packed looks: {error!r}") from error


def _columns(packed: bytes) -> Columns:
    header, _, numbers = zlib.decompress(packed).partition(b"\n")
    named = json.loads(header)
    findings = [(verdict, cause) for verdict, cause in named["findings"]]
    if not all(verdict in VERDICTS and cause in CAUSES for verdict, cause in findings):
        raise LookupError("a verdict or cause that there is not")
    length = len(numbers) // _COLUMNS
    since, *others = (_read(numbers[column * length : (column + 1) * length]) for column in range(_COLUMNS))
    return Columns(named["nodes"], findings, array("q", accumulate(since)), *others)


def _written(numbers: Iterable[int]) -> bytes:
    column = array("q", numbers)
    if sys.byteorder == "big":
        column.byteswap()
    return column.tobytes()


def _read(written: bytes) -> array[int]:
    column = array("q")
    column.frombytes(written)
    if sys.byteorder == "big":
        column.byteswap()
    return column
