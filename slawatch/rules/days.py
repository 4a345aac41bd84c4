"""A check's day as one step: what its looks settled, so that days put together are the fold of all their looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from slawatch.model import Instant
from slawatch.rules.agreed import Policy
from slawatch.rules.records import Lane
from slawatch.rules.rows import ObservationRow, seen
from slawatch.rules.timeline import CheckOutage, Ledgered, Seen, Stretch, Track


class LaneDay(NamedTuple):
    """One reading of a check through a day: where it stood before and after, and what was settled in between.

    An outage that was open before stands first among `outages`.
    """

    before: Track
    after: Track
    stretches: tuple[Stretch, ...]
    outages: tuple[CheckOutage, ...]
    blips: tuple[Instant, ...]


def through(
    before: Track,
    rows: Iterable[ObservationRow],
    policy: Policy,
    reading: Callable[[ObservationRow], Seen] = seen,
) -> LaneDay:
    """The day with these looks, in order, as `reading` has them."""
    lane = resumed(before)
    lane.feed(rows, policy, reading)
    settled = lane.settled
    return LaneDay(before, lane.track, tuple(settled.stretches), tuple(settled.outages), tuple(settled.blips))


def resumed(track: Track) -> Lane:
    """A lane that stands at `track`, with nothing settled but the outage that is open there."""
    run = track.run
    still_open = [CheckOutage(run.first, None, run.cause)] if run is not None and run.confirmed else []
    return Lane(track, Ledgered([], still_open, []))


def joined(days: Iterable[LaneDay]) -> Lane:
    """The lane after these days, at least one, each of which begins where the one before ends."""
    whole: Lane | None = None
    for day in days:
        if whole is None:
            whole = resumed(day.before)
        if day.before.run is not None and day.before.run.confirmed:
            del whole.settled.outages[-1]
        whole.settled.stretches.extend(day.stretches)
        whole.settled.outages.extend(day.outages)
        whole.settled.blips.extend(day.blips)
        whole.track = day.after
    if whole is None:
        raise ValueError("no day to join")
    return whole
