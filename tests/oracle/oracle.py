"""An independent oracle of the arithmetic: design.md sections 4 and 5 by brute force, cell by cell.

It was written from the design alone, by someone who had not read `slawatch/rules`, so that two readings can be
compared. Nothing here is clever and nothing is shared with the code under test. Where the design left room: `readings`.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeAlias

from .checks import DOWN, FOREVER, UNKNOWN, UP, Judged, judge, paint_check
from .grid import Grid
from .inputs import Look, Promise, Window
from .notice import Told, effective_end, told
from .readings import Readings

WindowTold: TypeAlias = tuple[Window, Told]

EXCLUDED, BOOKED_AS_UP = 3, 4
ANSWERED = frozenset({"http_4xx", "http_5xx", "timeout_ready", "selector_missing", "script_error", "blocked"})


@dataclass(frozen=True)
class Figure:
    """The cells of a customer's timeline, exclusions painted over, and the microseconds of each label."""

    cells: bytes
    seconds: dict[str, int]

    @property
    def ratio(self) -> Fraction | None:
        measured = self.seconds["up"] + self.seconds["down"]
        return Fraction(self.seconds["up"], measured) if measured else None


def figure(grid: Grid, checks: list[bytearray], windows: list[WindowTold], promise: Promise) -> Figure:
    """Rules 4 and 6: the worst check gives the label, exclusions go over it, every cell is counted."""
    cells = bytearray(checks[0] if len(checks) == 1 else map(max, *checks))
    for kind in ("force_majeure", "maintenance"):  # maintenance last: it gives the label
        booked = BOOKED_AS_UP if promise.as_up and kind == "maintenance" else EXCLUDED
        for window, judged in windows:
            for starts, ends in judged.left_out if window.kind == kind else ():
                grid.paint(cells, starts, ends, booked)
    by_label = {
        label: grid.length(cells, label, grid.starts, grid.ends)
        for label in (UP, DOWN, EXCLUDED, UNKNOWN, BOOKED_AS_UP)
    }
    seconds = {
        "up": by_label[UP] + by_label[BOOKED_AS_UP],
        "down": by_label[DOWN],
        "excluded": by_label[EXCLUDED],
        "unknown": by_label[UNKNOWN],
    }
    assert sum(seconds.values()) == grid.ends - grid.starts
    return Figure(bytes(cells), seconds)


def statement(
    grid: Grid, promise: Promise, looks: list[Look], windows: list[Window], readings: Readings | None = None
) -> dict[str, Any]:
    """One customer's statement over the grid's period, in the shape of section 5.

    Instants are integer microseconds, lengths too (`micros`), ratios are Fractions: the comparison converts.
    """
    readings = readings or Readings()
    listed = [
        (window, told(window, promise, readings, grid))
        for window in windows
        if window.starts < min(grid.ends, effective_end(window)) and effective_end(window) > grid.starts
    ]
    judged = {
        name: judge(sorted((k for k in looks if k.check == name), key=lambda k: k.at), promise)
        for name in promise.stale_after
    }
    painted = [paint_check(grid, judged[name], name, promise) for name in promise.checks]
    central, lower, upper = (figure(grid, [cells[i] for cells in painted], listed, promise) for i in range(3))
    return {
        "period": {"starts": grid.starts, "ends": grid.ends, "micros": grid.ends - grid.starts},
        "availability": availability(central, lower, upper, grid, promise, readings),
        "network": network(grid, judged, listed, promise, readings),
        "speed": speed(grid, central, looks, promise, readings),
        "outages": outages(grid, central, [judged[name] for name in promise.checks], promise, readings),
        "blips": sum(grid.starts <= count[0].at < grid.ends for name in promise.checks for count in judged[name].blips),
        "exclusions": [exclusion(grid, *one) for one in sorted(listed, key=lambda one: one[0].starts)],
    }


def exclusion(grid: Grid, window: Window, judged: Told) -> dict[str, Any]:
    """Section 5, with what is left out: its stretches, and its microseconds in the period."""
    cells = grid.blank()
    for starts, ends in judged.left_out:
        grid.paint(cells, starts, ends, EXCLUDED)
    return {
        "kind": window.kind,
        "starts": window.starts,
        "ends": effective_end(window),
        "counted": judged.left_out != [],
        "micros": grid.length(cells, EXCLUDED, grid.starts, grid.ends),
        "left_out": [{"starts": starts, "ends": ends} for starts, ends in judged.left_out],
        "proof": judged.proof,
        "why": judged.why,
    }


def availability(
    central: Figure, lower: Figure, upper: Figure, grid: Grid, promise: Promise, readings: Readings
) -> dict[str, Any]:
    """Rules 5 and 6: the figure, its bounds, its coverage and its verdict."""
    eligible = grid.ends - grid.starts - central.seconds["excluded"]
    coverage = Fraction(central.seconds["up"] + central.seconds["down"], eligible) if eligible else None
    objective, met, why = promise.availability_objective, None, None
    if coverage is None:
        why = "all_excluded"
    elif coverage < promise.coverage:
        met = False if central.seconds["down"] > (1 - objective) * eligible else None
        why = "insufficient_coverage" if met is None else None
    elif central.ratio is not None:
        met = central.ratio >= objective
    below = upper.ratio is not None and upper.ratio < objective
    return {
        "objective": objective,
        "ratio": central.ratio,
        "lower": lower.ratio,
        "upper": upper.ratio,
        "coverage": coverage,
        "met": met,
        "why": why,
        "proven_breach": below and (met is False or not readings.proven_needs_a_breach),
        "seconds": central.seconds,
    }


def network(
    grid: Grid, judged: dict[str, Judged], windows: list[WindowTold], promise: Promise, readings: Readings
) -> dict[str, Any] | None:
    """Rule 4's second figure: the http check, where any answer is reachable; None without one."""
    if "http" not in judged:
        return None
    answered = set(ANSWERED)
    if not readings.blocked_is_reachable:
        answered -= {"blocked"}
    if not readings.answered_timeouts_are_reachable:
        answered -= {"timeout_ready", "selector_missing", "script_error"}
    looks = [
        Look(k.at, k.check, "up" if k.cause in answered else k.verdict, k.cause, k.took, k.recheck)
        for k in judged["http"].looks
    ]
    cells, _, _ = paint_check(grid, judge(looks, promise), "http", promise)
    made = figure(grid, [cells], windows, promise)
    return {"ratio": made.ratio, "seconds": made.seconds}


def outages(
    grid: Grid, central: Figure, judged: list[Judged], promise: Promise, readings: Readings
) -> list[dict[str, Any]]:
    """The union of the checks' outages that meets the period. Merged by growing one at a time until nothing changes."""
    pool = [(o.starts, FOREVER if o.ends is None else o.ends, [o]) for each in judged for o in each.outages]
    grown = True
    while grown:
        grown = False
        pool.sort(key=lambda one: one[0])
        for left, right in pairwise(pool):
            if right[0] <= left[1]:
                pool.remove(left)
                pool.remove(right)
                pool.append((left[0], max(left[1], right[1]), left[2] + right[2]))
                grown = True
                break
    rows = []
    for starts, ends, members in pool:
        if starts < grid.ends and ends > grid.starts:
            names = sorted(promise.checks) if readings.tie_by_name else promise.checks
            first = min(members, key=lambda o: (o.starts, names.index(o.check)))
            rows.append(
                {
                    "starts": starts,
                    "ends": None if ends == FOREVER else ends,
                    "micros": grid.length(central.cells, DOWN, starts, ends),
                    "cause": first.cause,
                    "checks": {o.check for o in members},
                }
            )
    return sorted(rows, key=lambda row: row["starts"])


def speed(grid: Grid, central: Figure, looks: list[Look], promise: Promise, readings: Readings) -> dict[str, Any]:
    """Rule 8."""
    refused = {EXCLUDED, DOWN} if readings.as_up_loads_count else {EXCLUDED, DOWN, BOOKED_AS_UP}
    taken: dict[str, list[int]] = {page: [] for page in promise.pages}
    for look in looks:
        if (
            look.check not in taken
            or look.recheck
            or look.verdict == "unknown"
            or not grid.starts <= look.at < grid.ends
        ):
            continue
        if central.cells[grid.holding(look.at)] not in refused:
            failed = look.verdict == "down"
            assert failed or look.took is not None
            taken[look.check].append(FOREVER if failed or look.took is None else look.took)
    whole = share_of([took for page in taken.values() for took in page], promise)
    loads, slow = whole["loads"], whole["slow"]
    met = (loads - slow) >= promise.speed_objective * loads if loads else None
    return {
        "threshold_ms": promise.within_ms,
        "objective": promise.speed_objective,
        **whole,
        "met": met,
        "pages": {page: share_of(times, promise) for page, times in taken.items()},
    }


def share_of(times: list[int], promise: Promise) -> dict[str, Any]:
    """How many loads, how many slow, the share of good ones and the 95th of 100 by nearest rank, in milliseconds."""
    slow = sum(took > promise.within_ms for took in times)
    p95 = None
    if times:
        rank = -(-95 * len(times) // 100)
        p95 = sorted(times)[rank - 1]
    return {
        "loads": len(times),
        "slow": slow,
        "share": Fraction(len(times) - slow, len(times)) if times else None,
        "p95_ms": None if p95 == FOREVER else p95,
    }
