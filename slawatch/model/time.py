"""Instants and lengths of time: integer microseconds, so that arithmetic is exact and no figure hangs on a float.

Zones appear only at the edges (`rules.calendar`).
"""

from __future__ import annotations

from typing import TypeAlias

#: Microseconds since the epoch, UTC.
Instant: TypeAlias = int
#: A length of time.
Micros: TypeAlias = int

SECOND: Micros = 1_000_000
MINUTE: Micros = 60 * SECOND
HOUR: Micros = 60 * MINUTE
DAY: Micros = 24 * HOUR
