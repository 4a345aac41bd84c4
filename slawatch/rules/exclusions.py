"""Rules 6 and 7: which declared intervals are left out of the figures, and what proves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeAlias
from zoneinfo import ZoneInfo

from slawatch.model import Exclusion, ExclusionKind, Instant, MaintenanceTerms, Notice, Reason, Version
from slawatch.rules.calendar import Period, deadline

#: From and to.
Interval: TypeAlias = tuple[Instant, Instant]


@dataclass(frozen=True, slots=True)
class JudgedExclusion:
    """An exclusion with its effective end and the answer to: which of its time does it leave out of the figures?

    `left_out`: the pieces that do not count, in order, none touching another. `proof`: of the version that serves, or
    of the last where none does: `mail`, `declared`, `declared_late`, or None (force majeure, or never told).
    `why`: None where all of it is left out, else what is wrong: `hotfix`, or of the last version `late_notice`,
    `declared_late` or `no_notice`. `told`: the instant that the proof says; `needed`: by when that had to be.
    `in_time`: whether all of it was told in time, whatever follows from that. Of force majeure all three are None.
    """

    exclusion: Exclusion
    starts: Instant
    ends: Instant
    left_out: tuple[Interval, ...]
    proof: str | None
    why: str | None
    told: Instant | None = None
    needed: Instant | None = None
    in_time: bool | None = None

    @property
    def counted(self) -> bool:
        """Whether anything is left out."""
        return bool(self.left_out)


class Excluded(NamedTuple):
    """A stretch left out of the figures, under one label."""

    starts: Instant
    ends: Instant
    kind: ExclusionKind


@lru_cache(maxsize=4096)  # a window is often one of many customers
def judge(exclusion: Exclusion, terms: MaintenanceTerms, zone: ZoneInfo) -> JudgedExclusion:
    """Rule 7 on one declared interval: its proof of notice, and which of its time it excludes.

    One that ends early excludes until it ended; one that overruns, until its planned end; one that was moved or
    lengthened, only the time that a version announced in time covers.
    """
    ends = exclusion.ends if exclusion.ended is None else max(exclusion.starts, min(exclusion.ends, exclusion.ended))
    whole = union([(exclusion.starts, ends)])
    if exclusion.kind is ExclusionKind.FORCE_MAJEURE:
        return JudgedExclusion(exclusion, exclusion.starts, ends, whole, proof=None, why=None)
    told, serving, fault = _told(exclusion, whole, terms.notice, zone)
    if exclusion.reason == Reason.HOTFIX:
        left_out, why = (whole, None) if terms.hotfix_excluded else ((), "hotfix")
    else:
        left_out, why = (whole, None) if terms.late_excluded or told == whole else (told, fault)
    return JudgedExclusion(
        exclusion,
        exclusion.starts,
        ends,
        left_out,
        proof=_notice(serving, terms.notice, zone)[0],
        why=why,
        told=serving.announced,
        needed=deadline(serving.starts, terms.notice, zone),
        in_time=told == whole,
    )


def last_version(exclusion: Exclusion) -> Version:
    """The exclusion as it was declared last."""
    return Version(exclusion.starts, exclusion.ends, exclusion.announced, exclusion.announced_by, exclusion.entered)


def _told(
    exclusion: Exclusion, whole: tuple[Interval, ...], notice: Notice, zone: ZoneInfo
) -> tuple[tuple[Interval, ...], Version, str | None]:
    """Which of `whole` was told in time, the version that serves, and what is wrong with the last one."""
    serving = last = last_version(exclusion)
    told: list[Interval] = []
    for version in (*exclusion.earlier, last):
        covered = [] if _notice(version, notice, zone)[1] else _shared(whole, version)
        if covered:
            serving = version
            told += covered
    return union(told), serving, _notice(last, notice, zone)[1]


def _notice(version: Version, notice: Notice, zone: ZoneInfo) -> tuple[str | None, str | None]:
    """The proof that the customer was told of a version, and what is wrong with it."""
    if version.announced is None:
        return None, "no_notice"
    late = version.announced > deadline(version.starts, notice, zone)
    if not version.announced_by:
        return "mail", "late_notice" if late else None
    if version.entered is not None and version.entered >= version.starts:
        return "declared_late", "declared_late"
    return "declared", "late_notice" if late else None


def _shared(pieces: Iterable[Interval], version: Version) -> list[Interval]:
    """What of `pieces` lies in the version's time."""
    cut = ((max(starts, version.starts), min(ends, version.ends)) for starts, ends in pieces)
    return [(starts, ends) for starts, ends in cut if starts < ends]


def meets(judged: JudgedExclusion, period: Period) -> bool:
    """Whether it shares some time with the period."""
    return judged.starts < period.ends and max(judged.starts, period.starts) < judged.ends


def flatten(judged: Iterable[JudgedExclusion], period: Period) -> tuple[Excluded, ...]:
    """What is left out inside `period`, in order, none overlapping; where both kinds overlap: maintenance."""
    pieces = [
        (max(starts, period.starts), min(ends, period.ends), one.exclusion.kind)
        for one in judged
        for starts, ends in one.left_out
    ]
    maintenance = union((starts, ends) for starts, ends, kind in pieces if kind is ExclusionKind.MAINTENANCE)
    majeure = union((starts, ends) for starts, ends, kind in pieces if kind is ExclusionKind.FORCE_MAJEURE)
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


def union(spans: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same time in order, none overlapping or touching another."""
    merged: list[Interval] = []
    for starts, ends in sorted(spans):
        if starts >= ends:
            continue
        if merged and starts <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], ends))
        else:
            merged.append((starts, ends))
    return tuple(merged)


def _without(spans: Iterable[Interval], taken: Sequence[Interval]) -> list[Interval]:
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
