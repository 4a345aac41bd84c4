"""Rule 7 by brute force: a window's time cut into cells, and each cell asked whether a version told of it in time."""

from __future__ import annotations

from dataclasses import dataclass

from .grid import Grid
from .inputs import Promise, Version, Window
from .readings import Readings
from .zone import deadline


@dataclass(frozen=True)
class Told:
    """What becomes of a window. `left_out`: the stretches that are excluded, not clipped to any period."""

    left_out: list[tuple[int, int]]
    proof: str | None
    why: str | None


def effective_end(window: Window) -> int:
    return window.ends if window.ended is None else min(window.ends, window.ended)


def told(window: Window, promise: Promise, readings: Readings, grid: Grid) -> Told:
    """Rule 7, and force majeure, which needs no notice. `grid`: the window's time is cut as it is."""
    ends = effective_end(window)
    whole = [(window.starts, ends)] if window.starts < ends else []
    if window.kind == "force_majeure":
        return Told(whole, None, None)
    edges = [edge for version in window.versions for edge in (version.starts, version.ends)]
    own = grid.over(window.starts, max(window.starts, ends), edges)
    cells, serving = own.blank(), window.versions[-1]
    for version in window.versions:
        if wrong(version, promise) is None:
            own.paint(cells, version.starts, version.ends, 1)
            if version.starts < ends and version.ends > window.starts:
                serving = version
    in_time, fault, proof = own.stretches(cells, 1), wrong(window.versions[-1], promise), proof_of(serving)
    if window.reason == "hotfix":
        forgiven = promise.hotfix_excluded and (fault is None or not readings.hotfix_needs_notice)
        return Told(whole, proof, None) if forgiven else Told([], proof, "hotfix")
    left_out = whole if promise.late_excluded else in_time
    return Told(left_out, proof, None if left_out == whole else fault)


def wrong(version: Version, promise: Promise) -> str | None:
    """What is wrong with the notice of one version, taken by itself."""
    if version.announced is None:
        return "no_notice"
    if proof_of(version) == "declared_late":
        return "declared_late"
    due = deadline(version.starts, promise.notice_days, promise.zone)
    return "late_notice" if version.announced > due else None


def proof_of(version: Version) -> str | None:
    if version.announced is None:
        return None
    if not version.declared:
        return "mail"
    return "declared_late" if version.entered is not None and version.entered >= version.starts else "declared"
