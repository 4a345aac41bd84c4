"""The exclusions of a random month: both kinds, overlapping, with notice to the microsecond around its deadline."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from .inputs import EPOCH, SECOND, UNITS, length, written
from .zone import deadline, instant_of_wall_time

MINUTE, HOUR, DAY = UNITS["m"], UNITS["h"], UNITS["d"]
#: Wall-clock times that are missing or doubled, to aim deadlines at.
TRAPS = {
    "Europe/Amsterdam": ("2026-03-29T02:30", "2026-10-25T02:30"),
    "America/New_York": ("2026-03-08T02:30", "2026-11-01T01:30"),
    "Pacific/Auckland": ("2026-09-27T02:30", "2026-04-05T02:30"),
    "Australia/Lord_Howe": ("2026-10-04T02:15", "2026-04-05T01:45"),
    "America/Havana": ("2026-03-08T00:30", "2026-11-01T00:30"),
}


def exclusions(
    rng: Random, config: dict[str, Any], starts: int, stop: int, instants: list[int], *, step: int
) -> list[dict[str, Any]] | None:
    """The rows, or None for a replay without them. `instants`: of looks, to begin at. `step`: the smallest shift."""
    if rng.random() < 0.25:
        return None
    zone = config["agreement"]["timezone"]
    days = notice_days(config)
    made = []
    for _ in range(rng.choice((0, 1, 1, 2, 3, 6))):
        begins = _start(rng, zone, starts, stop, instants, days, step)
        third = max(step, (stop - starts) // 3 // step * step)
        lasts = max(step, rng.choice((SECOND, HOUR, 3 * HOUR, DAY, third, rng.randrange(1, DAY))) // step * step)
        row: dict[str, Any] = {"kind": "maintenance", "starts": written(begins), "ends": written(begins + lasts)}
        if rng.random() < 0.35:
            row |= {"kind": "force_majeure", "approved_by": "J. de Vries", "reason": "storm"}
        else:
            row |= {**notice(rng, begins, deadline(begins, days, zone), step), **_end(rng, begins, lasts, step)}
        made.append(row)
    return made


def notice_days(config: dict[str, Any]) -> int:
    return length(config["agreement"]["maintenance"]["notice"]) // DAY


def _start(rng: Random, zone: str, starts: int, stop: int, instants: list[int], days: int, step: int) -> int:
    kind = rng.random()
    if kind < 0.3 and instants:
        return rng.choice(instants)
    if kind < 0.4:
        return rng.choice((starts, stop, starts - HOUR, stop - HOUR))
    if kind < 0.6 and zone in TRAPS:
        trap = datetime.fromisoformat(rng.choice(TRAPS[zone])) + timedelta(seconds=rng.randrange(60))
        aimed = instant_of_wall_time(trap + timedelta(days=rng.choice((0, days, days))), zone)
        if starts - DAY < aimed < stop:
            return aimed + rng.choice((0, 0, HOUR))
    return starts - DAY // 4 // step * step + rng.randrange((stop - starts + DAY // 2) // step) * step


def notice(rng: Random, begins: int, due: int, step: int) -> dict[str, Any]:
    """How a customer was told of one version: around its deadline, by mail or by a person, entered in time or not."""
    row: dict[str, Any] = {}
    around = (due, due - step, due + step, due - HOUR, due + HOUR, due + DAY, begins + HOUR)
    told = rng.choice((*around, due - 9 * DAY, due - 9 * DAY, None))
    if told is not None:
        row["announced"] = written(told)
        if rng.random() < 0.5:
            row["announced_by"] = "servicedesk"
        if rng.random() < 0.2:
            row["entered"] = written(begins + rng.choice((-step, 0, step)))
    return row


def _end(rng: Random, begins: int, lasts: int, step: int) -> dict[str, Any]:
    row: dict[str, Any] = {}
    if rng.random() < 0.3:
        early = max(step, lasts // 2 // step * step)
        row["ended"] = written(begins + rng.choice((early, lasts, lasts + step, lasts + HOUR)))
    if rng.random() < 0.5:
        row["reason"] = rng.choice(("hotfix", "new_version", "preventive", "other"))
    return row


def own_windows(rng: Random, zone: str, starts: int, stop: int) -> list[dict[str, Any]]:
    """Windows of the configuration, at wall-clock times that occur exactly once."""
    rows = []
    for _ in range(rng.randint(1, 3)):
        begins = starts + rng.randrange((stop - starts) // MINUTE) * MINUTE
        ahead = rng.choice((2, 5, 8, 11)) * DAY
        times = {"starts": begins, "ends": begins + rng.choice((HOUR, 5 * HOUR)), "announced": begins - ahead}
        walls = {key: _wall(instant, zone) for key, instant in times.items()}
        if all(_once(walls[key], instant, zone) for key, instant in times.items()):
            reason = rng.choice(("new_version", "preventive", "hotfix"))
            texts = {key: wall.isoformat(" ", "minutes") for key, wall in walls.items()}
            rows.append({**texts, "reason": reason, "announced_by": "servicedesk", "customers": "all"})
    return rows


def _wall(instant: int, zone: str) -> datetime:
    moment = EPOCH + timedelta(microseconds=instant)
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def _once(wall: datetime, instant: int, zone: str) -> bool:
    """Whether no other instant within two hours shows this time."""
    shifts = [minutes * MINUTE for minutes in range(-120, 121, 30)]
    return [shift for shift in shifts if _wall(instant + shift, zone) == wall] == [0]
