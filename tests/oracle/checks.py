"""One check's timeline by brute force: rules 2, 3 and 5 of design section 4."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from .grid import Grid
from .inputs import Look, Promise

UNKNOWN, UP, DOWN = 0, 1, 2
FOREVER = 1 << 62
UP_TO_DOWN = bytes.maketrans(bytes([UP]), bytes([DOWN]))
DOWN_TO_UP = bytes.maketrans(bytes([DOWN]), bytes([UP]))


@dataclass(frozen=True)
class CheckOutage:
    """A confirmed run of one check. `last_up`: the look before its first down that was up, or None."""

    check: str
    starts: int
    ends: int | None
    cause: str | None
    last_up: int | None
    last_down: int


@dataclass(frozen=True)
class Judged:
    """One check's looks with what confirmation made of them. `blips`: each the looks of one unconfirmed count."""

    looks: list[Look]
    outages: list[CheckOutage]
    blips: list[list[Look]]


def judge(looks: list[Look], promise: Promise) -> Judged:
    """Rule 3: cut the looks at each `up` into runs, the runs at each long gap into counts."""
    outages: list[CheckOutage] = []
    blips: list[list[Look]] = []
    ups = [None, *[look.at for look in looks if look.verdict == "up"], None]
    for last_up, next_up in pairwise(ups):
        low = -FOREVER if last_up is None else last_up
        high = FOREVER if next_up is None else next_up
        run = [look for look in _between(looks, low, high) if look.verdict == "down"]
        unconfirmed, confirmed = _counts(run, promise)
        blips.extend(unconfirmed)
        if confirmed:
            first = confirmed[0]
            outages.append(CheckOutage(first.check, first.at, next_up, first.cause, last_up, confirmed[-1].at))
    return Judged(looks, outages, blips)


def _between(looks: list[Look], low: int, high: int) -> list[Look]:
    return looks[
        bisect_right(looks, low, key=lambda look: look.at) : bisect_left(looks, high, key=lambda look: look.at)
    ]


def _counts(run: list[Look], promise: Promise) -> tuple[list[list[Look]], list[Look]]:
    """The unconfirmed counts of a run, and all downs from the first of the count that was confirmed."""
    counts: list[list[Look]] = []
    for look in run:
        if counts and look.at - counts[-1][-1].at <= promise.within:
            counts[-1].append(look)
        else:
            counts.append([look])
    for number, count in enumerate(counts):
        if len(count) >= promise.failures:
            return counts[:number], [look for later in counts[number:] for look in later]
    return counts, []


def held(judged: Judged, check: str, promise: Promise) -> Iterable[tuple[Look, int]]:
    """Rule 2: each look with the instant until which it holds."""
    for number, look in enumerate(judged.looks):
        following = judged.looks[number + 1].at if number + 1 < len(judged.looks) else FOREVER
        yield look, min(following, look.at + promise.stale_after[check])


def paint_check(grid: Grid, judged: Judged, check: str, promise: Promise) -> tuple[bytearray, bytearray, bytearray]:
    """Rules 2, 3 and 5 for one check: its cells as measured, for `lower` and for `upper`."""
    blips = {look.at for count in judged.blips for look in count}
    cells, blip_cells = grid.blank(), grid.blank()
    for look, until in held(judged, check, promise):
        label = {"up": UP, "down": DOWN, "unknown": UNKNOWN}[look.verdict]
        if look.at in blips:
            label = DOWN if promise.blips_down else UP
            grid.paint(blip_cells, look.at, until, 1)
        grid.paint(cells, look.at, until, label)
    lower, upper = bytearray(cells), bytearray(cells)
    for outage in judged.outages:
        if outage.last_up is not None:
            grid.repaint(lower, outage.last_up, outage.starts, lambda part: part.translate(UP_TO_DOWN))
        ends = grid.ends if outage.ends is None else outage.ends
        grid.repaint(upper, outage.last_down, ends, lambda part: part.translate(DOWN_TO_UP))
    if any(blip_cells):
        lower = bytearray(DOWN if blip else label for label, blip in zip(lower, blip_cells, strict=True))
    return cells, lower, upper
