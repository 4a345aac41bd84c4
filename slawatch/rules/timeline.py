"""Rules 2, 3 and 5: from one check's observations to stretches of time, each with how sure it is.

A fold: `advance` takes the track so far and one observation and gives the next track and what is settled by it, so
that a month read at once and a month lived through look by look come out the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from slawatch.model import Cause, ConfirmTerms, Instant, Micros, Verdict
from slawatch.rules.confirmation import Anew, Blip, Confirmed, Ended, Finding, Run, confirm


class Rating(IntEnum):
    """How a stretch counts, in each of the three readings (rule 5).

    | rating      | lower | figure | upper |
    |-------------|-------|--------|-------|
    | UNKNOWN     | -     | -      | -     |
    | UP          | up    | up     | up    |
    | DOUBTED_UP  | down  | up     | up    |
    | LENIENT_UP  | down  | down   | up    |
    | DOWN        | down  | down   | down  |

    The order is the point: a customer is down where any check is down, else up where any is up (rule 4), and in all
    three readings at once that is the largest rating of its checks.
    """

    UNKNOWN = 0
    UP = 1
    DOUBTED_UP = 2  # counts as up; an outage may have begun in it, or it is a blip
    LENIENT_UP = 3  # counts as down; the outage may have ended in it
    DOWN = 4


class Stretch(NamedTuple):
    """A half-open stretch of time that has one rating."""

    starts: Instant
    ends: Instant
    rating: Rating


class CheckOutage(NamedTuple):
    """One check's outage; `ends` is None while it lasts."""

    starts: Instant
    ends: Instant | None
    cause: Cause


class Seen(NamedTuple):
    """What the arithmetic needs of an observation. `holds` is its `stale_after`."""

    at: Instant
    verdict: Verdict
    cause: Cause | None
    holds: Micros


class Track(NamedTuple):
    """Where a check's timeline stands after its latest observation. Bounded: it holds only what is not settled."""

    at: Instant = 0
    until: Instant = 0  # as long as the latest observation may hold
    verdict: Verdict = Verdict.UNKNOWN
    solid: Instant = 0  # while up: the start of the unbroken up stretch
    run: Run | None = None
    edge: tuple[Instant, Instant] | None = None  # the last up's hold, until it is known whether an outage followed
    downs: tuple[tuple[Instant, Instant], ...] = ()  # the holds of the unconfirmed count
    tail: tuple[Instant, Instant] | None = None  # the last down's hold, closed by an unknown look


START = Track()


@dataclass(slots=True)
class Ledgered:
    """What has been settled of one check so far: grows as `advance` goes; stretches come nearly in order."""

    stretches: list[Stretch]
    outages: list[CheckOutage]
    blips: list[Instant]

    @classmethod
    def empty(cls) -> Ledgered:
        return cls([], [], [])


@dataclass(frozen=True, slots=True)
class Timeline:
    """One check's whole record: stretches in order (what is missing is unknown), outages, starts of blips."""

    stretches: tuple[Stretch, ...]
    outages: tuple[CheckOutage, ...]
    blips: tuple[Instant, ...]


def advance(track: Track, seen: Seen, terms: ConfirmTerms, settled: Ledgered) -> Track:
    """The track after one more observation, later than all before; adds to `settled` what is sure by now.

    Raises ValueError when the observation is not later than the one before.
    """
    at, verdict, cause, holds = seen
    if at <= track.at:
        raise ValueError(f"observation at {at} does not follow the one at {track.at}")
    if verdict is Verdict.UP and track.verdict is Verdict.UP:
        if at > track.until:
            settled.stretches.append(Stretch(track.solid, track.until, Rating.UP))
            return track._replace(at=at, until=at + holds, solid=at)
        return track._replace(at=at, until=at + holds)
    track = _close(track, min(at, track.until), settled)
    run, finding = confirm(track.run, at, verdict, cause, terms)
    track = _settle(track, finding, verdict, terms, settled)
    return track._replace(at=at, until=at + holds, verdict=verdict, solid=at, run=run)


def _close(track: Track, ends: Instant, settled: Ledgered) -> Track:
    """End the latest observation's hold at `ends`."""
    if track.verdict is Verdict.UP:
        if track.solid < track.at:
            settled.stretches.append(Stretch(track.solid, track.at, Rating.UP))
        return track._replace(edge=(track.at, ends))
    if track.verdict is Verdict.DOWN:
        assert track.run is not None, "a down look has a run"
        hold = (track.at, ends)
        return track._replace(tail=hold) if track.run.confirmed else track._replace(downs=(*track.downs, hold))
    return track


def _settle(track: Track, finding: Finding | None, verdict: Verdict, terms: ConfirmTerms, settled: Ledgered) -> Track:
    """Rate what the new look decides about the stretches that were waiting for it."""
    add = settled.stretches.append
    if isinstance(finding, Anew):
        track = _settle(track, finding.blip, verdict, terms, settled)
        finding = finding.confirmed
    if isinstance(finding, Confirmed):
        settled.outages.append(CheckOutage(finding.starts, None, finding.cause))
        if track.edge:
            add(Stretch(*track.edge, Rating.DOUBTED_UP))
        for hold in track.downs:
            add(Stretch(*hold, Rating.DOWN))
        return track._replace(edge=None, downs=(), tail=None)
    if isinstance(finding, Blip):
        settled.blips.append(finding.starts)
        for hold in track.downs:
            add(Stretch(*hold, _blip_rating(terms)))
        track = track._replace(downs=())
    if isinstance(finding, Ended):
        settled.outages[-1] = settled.outages[-1]._replace(ends=finding.ends)
    if track.tail and verdict is not Verdict.UNKNOWN:
        add(Stretch(*track.tail, Rating.LENIENT_UP if verdict is Verdict.UP else Rating.DOWN))
        track = track._replace(tail=None)
    if track.edge and verdict is Verdict.UP:
        add(Stretch(*track.edge, Rating.UP))
        track = track._replace(edge=None)
    return track


def _blip_rating(terms: ConfirmTerms) -> Rating:
    return Rating.DOWN if terms.blips_down else Rating.DOUBTED_UP


def leave(track: Track, at: Instant, terms: ConfirmTerms, settled: Ledgered) -> Track:
    """The track after the check left the configuration at `at`: nothing holds any longer, an outage ends there."""
    run = track.run
    _finish(track, min(at, track.until), terms, settled)
    if run is not None and run.confirmed:
        settled.outages[-1] = settled.outages[-1]._replace(ends=at)
    return Track(at=track.at)


def _finish(track: Track, ends: Instant, terms: ConfirmTerms, settled: Ledgered) -> None:
    """Rate what still waits for a next look as if none will come; the latest one holds until `ends`."""
    track = _close(track, ends, settled)
    if track.edge:
        settled.stretches.append(Stretch(*track.edge, Rating.UP))
    settled.stretches.extend(Stretch(*hold, _blip_rating(terms)) for hold in track.downs)
    if track.tail:
        settled.stretches.append(Stretch(*track.tail, Rating.LENIENT_UP))
    if track.run and not track.run.confirmed:
        settled.blips.append(track.run.first)


def timeline(track: Track, settled: Ledgered, terms: ConfirmTerms, left: Instant | None = None) -> Timeline:
    """What is known by now: the settled part, and the open end as it would count if nothing more came.

    `left`: when the check left the configuration, if it did so after its latest look.
    """
    known = Ledgered(list(settled.stretches), list(settled.outages), list(settled.blips))
    if left is None:
        _finish(track, track.until, terms, known)
    else:
        leave(track, left, terms, known)
    stretches = tuple(sorted(stretch for stretch in known.stretches if stretch.starts < stretch.ends))
    return Timeline(stretches, tuple(known.outages), tuple(known.blips))


def fold(observations: Iterable[Seen], terms: ConfirmTerms) -> Timeline:
    """One check's observations, in order of `at`, read at once."""
    track, settled = START, Ledgered.empty()
    for seen in observations:
        track = advance(track, seen, terms, settled)
    return timeline(track, settled, terms)
