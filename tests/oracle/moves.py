"""Windows that were moved, lengthened or shortened: what was declared of them before, told early and late."""

from __future__ import annotations

from random import Random
from typing import Any

from .inputs import UNITS, micros, written
from .windows import notice
from .zone import deadline

HOUR, DAY = UNITS["h"], UNITS["d"]


def with_versions(rng: Random, rows: list[dict[str, Any]], zone: str, days: int, step: int) -> list[dict[str, Any]]:
    """The rows, more than half of the maintenance with one to three earlier versions, the last often told late.

    `days`: of notice.
    """
    made = []
    for row in rows:
        if row["kind"] == "maintenance" and rng.random() < 0.6:
            late = _late(rng, micros(row["starts"]), zone, days, step) if rng.random() < 0.6 else {}
            made.append({**row, **late, "versions": _earlier(rng, row, zone, days, step)})
        else:
            made.append(row)
    return made


def _late(rng: Random, begins: int, zone: str, days: int, step: int) -> dict[str, Any]:
    """How a window is told of too late: just, as it begins, or by a person who enters it when it has begun."""
    due = deadline(begins, days, zone)
    if rng.random() < 0.3:
        return {"announced": written(due - DAY), "announced_by": "servicedesk", "entered": written(begins)}
    return {"announced": written(rng.choice((due + step, due + HOUR, begins)))}


def _earlier(rng: Random, row: dict[str, Any], zone: str, days: int, step: int) -> list[dict[str, Any]]:
    made = []
    for _ in range(rng.choice((1, 1, 2, 3))):
        begins, ends = _times(rng, micros(row["starts"]), micros(row["ends"]), step)
        told = notice(rng, begins, deadline(begins, days, zone), step)
        made.append({"starts": written(begins), "ends": written(ends), **told})
    return made


def _times(rng: Random, starts: int, ends: int, step: int) -> tuple[int, int]:
    """Times that the window may have had: moved as a whole, each edge by itself, or the very same."""
    lasts = ends - starts
    shifts = (0, 0, step, -step, HOUR, -HOUR, lasts // 2, -(lasts // 2), lasts // 3, lasts, -lasts, DAY)
    shifts = tuple(shift // step * step for shift in shifts)
    if rng.random() < 0.5:
        shift = rng.choice(shifts)
        return starts + shift, ends + shift
    begins = starts + rng.choice(shifts)
    return begins, max(begins + step, ends + rng.choice(shifts))
