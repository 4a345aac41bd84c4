"""Backups: how old the last good copy is, how far a replica is behind, how long a restore took; and when that is late.

Agreement, "Back-up & restore": the database is copied each second, that copy each hour, and all of it every 24 hours;
a restore takes at most 60 minutes. slawatch cannot see any of that: it is judged by what is reported, and a copy that
nobody reports is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType

from slawatch.model import DAY, HOUR, MINUTE, SECOND, BeatKind, Heartbeat, Instant, Micros, Outcome
from slawatch.rules.calendar import Period

#: A copy takes time, and never the same, so two that are made each hour are not an hour apart: a twelfth is let pass.
ALLOWED_AGE: Mapping[BeatKind, Micros] = MappingProxyType(
    {BeatKind.HOURLY: HOUR + 5 * MINUTE, BeatKind.DAILY: DAY + 2 * HOUR}
)
ALLOWED_LAG: Micros = SECOND
ALLOWED_RESTORE: Micros = HOUR
#: So long one report of a replica speaks for it, unless the next one comes before.
REPLICA_HOLDS: Micros = 15 * MINUTE
#: What was reported so long before a period may still matter within it.
CONTEXT: Micros = max(ALLOWED_AGE.values())

Source = tuple[str, BeatKind]


@dataclass(frozen=True, slots=True)
class Kept:
    """Time of a period, of one source: as promised, not so, and of which nothing was reported."""

    good: Micros = 0
    bad: Micros = 0
    silent: Micros = 0

    @property
    def share(self) -> float | None:
        """Of the time that is known of."""
        known = self.good + self.bad
        return self.good / known if known else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How one source stands. `latest`: its last report; `good`: its last good one. `late`: not as promised now."""

    latest: Heartbeat
    good: Heartbeat | None
    age: Micros | None
    late: bool


def by_source(beats: Iterable[Heartbeat]) -> dict[Source, list[Heartbeat]]:
    """Each source's reports of a kind, in the order of time."""

    def source(one: Heartbeat) -> Source:
        return one.source, one.kind

    ordered = sorted(beats, key=lambda one: (source(one), one.at))
    return {which: list(each) for which, each in groupby(ordered, source)}


def kept(beats: Sequence[Heartbeat], period: Period) -> Kept:
    """How one source did in the period, by all its reports of one kind in order, that of a copy or a replica.

    Nothing is counted before its first report, nor while it is retired.
    """
    good = bad = silent = 0
    last: Instant | None = None
    ends_of = (*(each.at for each in beats[1:]), period.ends)
    for one, ends in zip(beats, ends_of, strict=False):
        if one.outcome is Outcome.RETIRED:
            last = None
            continue
        if one.outcome is Outcome.GOOD:
            last = one.at
        stretch = _clipped(one.at, ends, period)
        if one.kind is BeatKind.REPLICA:
            told = _clipped(one.at, min(ends, one.at + REPLICA_HOLDS), period)
            silent += stretch - told
        else:
            told = stretch
        as_promised = _as_promised(one, last, ends, period)
        good += as_promised
        bad += told - as_promised
    return Kept(good, bad, silent)


def _as_promised(one: Heartbeat, last: Instant | None, ends: Instant, period: Period) -> Micros:
    if one.kind is BeatKind.REPLICA:
        return _clipped(one.at, min(ends, one.at + REPLICA_HOLDS), period) if follows(one) else 0
    return 0 if last is None else _clipped(one.at, min(ends, last + ALLOWED_AGE[one.kind]), period)


def _clipped(starts: Instant, ends: Instant, period: Period) -> Micros:
    return max(0, min(ends, period.ends) - max(starts, period.starts))


def follows(beat: Heartbeat) -> bool:
    """Whether a replica was near enough by this report."""
    return beat.outcome is Outcome.GOOD and beat.lag is not None and beat.lag <= ALLOWED_LAG


def stand(beats: Sequence[Heartbeat], now: Instant) -> Standing | None:
    """How one source stands at `now`, by its reports of one kind in order; None for one that is retired."""
    latest = beats[-1]
    if latest.outcome is Outcome.RETIRED:
        return None
    good = next((one for one in reversed(beats) if one.outcome is Outcome.GOOD), None)
    age = None if good is None else now - good.at
    match latest.kind:
        case BeatKind.REPLICA:
            late = not follows(latest) or now - latest.at > REPLICA_HOLDS
        case BeatKind.RESTORE:
            late = not restored(latest)
        case kind:
            late = age is None or age > ALLOWED_AGE[kind]
    return Standing(latest, good, age, late)


def restored(drill: Heartbeat) -> bool:
    """Whether a restore went as promised."""
    return drill.outcome is Outcome.GOOD and drill.duration is not None and drill.duration <= ALLOWED_RESTORE


def last_drill(beats: Iterable[Heartbeat], until: Instant) -> Heartbeat | None:
    """The last restore that was tried before `until`, of all sources that are not retired."""
    drills = [
        [one for one in each if one.at < until]
        for (_, kind), each in by_source(beats).items()
        if kind is BeatKind.RESTORE
    ]
    last = [each[-1] for each in drills if each and each[-1].outcome is not Outcome.RETIRED]
    return max(last, key=lambda one: one.at, default=None)
