"""Rules 6 and 7: which declared intervals are left out of the figures, and what proves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from slawatch.model import Exclusion, ExclusionKind, Instant, MaintenanceTerms, Reason
from slawatch.rules.calendar import Period, deadline


@dataclass(frozen=True, slots=True)
class JudgedExclusion:
    """An exclusion with its effective end and the answer to: does it leave its time out of the figures?

    `proof`: `mail`, `declared`, `declared_late`, or None (force majeure, hotfix untold, or never told).
    `why`: None where it counts, else `hotfix`, `late_notice`, `declared_late` or `no_notice`.
    """

    exclusion: Exclusion
    starts: Instant
    ends: Instant
    counted: bool
    proof: str | None
    why: str | None


class Excluded(NamedTuple):
    """A stretch left out of the figures, under one label."""

    starts: Instant
    ends: Instant
    kind: ExclusionKind


def judge(exclusion: Exclusion, terms: MaintenanceTerms, zone: ZoneInfo) -> JudgedExclusion:
    """Rule 7 on one declared interval: its proof of notice, whether it excludes, and until when.

    One that ended early excludes until it ended; one that overran, until its planned end.
    """
    ends = exclusion.ends if exclusion.ended is None else max(exclusion.starts, min(exclusion.ends, exclusion.ended))
    if exclusion.kind is ExclusionKind.FORCE_MAJEURE:
        return JudgedExclusion(exclusion, exclusion.starts, ends, counted=True, proof=None, why=None)
    proof, fault = _notice(exclusion, terms, zone)
    if exclusion.reason == Reason.HOTFIX:
        why = None if terms.hotfix_excluded else "hotfix"
    else:
        why = None if terms.late_excluded else fault
    return JudgedExclusion(exclusion, exclusion.starts, ends, counted=why is None, proof=proof, why=why)


def _notice(exclusion: Exclusion, terms: MaintenanceTerms, zone: ZoneInfo) -> tuple[str | None, str | None]:
    """The proof that the customer was told, and what is wrong with it."""
    if exclusion.announced is None:
        return None, "no_notice"
    late = exclusion.announced > deadline(exclusion.starts, terms.notice, zone)
    if not exclusion.announced_by:
        return "mail", "late_notice" if late else None
    if exclusion.entered is not None and exclusion.entered >= exclusion.starts:
        return "declared_late", "declared_late"
    return "declared", "late_notice" if late else None


def flatten(judged: Iterable[JudgedExclusion], period: Period) -> tuple[Excluded, ...]:
    """The counted exclusions inside `period`, in order, none overlapping; where both kinds overlap: maintenance."""
    counted = [
        (max(one.starts, period.starts), min(one.ends, period.ends), one.exclusion.kind)
        for one in judged
        if one.counted
    ]
    maintenance = _union((starts, ends) for starts, ends, kind in counted if kind is ExclusionKind.MAINTENANCE)
    majeure = _union((starts, ends) for starts, ends, kind in counted if kind is ExclusionKind.FORCE_MAJEURE)
    labelled = [Excluded(*span, ExclusionKind.MAINTENANCE) for span in maintenance]
    labelled += [Excluded(*span, ExclusionKind.FORCE_MAJEURE) for span in _without(majeure, maintenance)]
    return tuple(sorted(labelled))


def clipped(excluded: Sequence[Excluded], period: Period) -> tuple[Excluded, ...]:
    """The parts of `excluded` inside `period`."""
    return tuple(
        Excluded(max(starts, period.starts), min(ends, period.ends), kind)
        for starts, ends, kind in excluded
        if starts < period.ends and period.starts < ends
    )


def _union(spans: Iterable[tuple[Instant, Instant]]) -> list[tuple[Instant, Instant]]:
    merged: list[tuple[Instant, Instant]] = []
    for starts, ends in sorted(spans):
        if starts >= ends:
            continue
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((starts, ends))
    return merged


def _without(
    spans: list[tuple[Instant, Instant]], taken: list[tuple[Instant, Instant]]
) -> list[tuple[Instant, Instant]]:
    """What is left of `spans` outside `taken`; both in order and without overlap."""
    left = []
    for starts, ends in spans:
        at = starts
        for hole_starts, hole_ends in taken:
            if hole_ends <= at or hole_starts >= ends:
                continue
            if at < hole_starts:
                left.append((at, hole_starts))
            at = hole_ends
        if at < ends:
            left.append((at, ends))
    return left
