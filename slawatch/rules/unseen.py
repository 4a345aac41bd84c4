"""Why time is unknown: what the looks in it said, or that nobody looked."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import NamedTuple

from slawatch.model import Cause, Instant, Verdict
from slawatch.rules.daily import Booked, Strip
from slawatch.rules.rows import CAUSES, VERDICTS, ObservationRow, instant_of


@dataclass(frozen=True, slots=True)
class Unseen:
    """A stretch of the month that is unknown, and why. `causes`: of the looks in it; empty: nobody looked."""

    starts: Instant
    ends: Instant
    causes: tuple[Cause, ...]


class Blind(NamedTuple):
    """How long a look that saw nothing speaks for its check."""

    starts: Instant
    ends: Instant
    cause: Cause


def blind(rows: Sequence[ObservationRow]) -> Iterator[Blind]:
    """The holds of the unknown ones among one check's looks, which are in order: each until the next look at most."""
    for (_, _, at, verdict, cause, _, _, holds), after in zip_longest(rows, map(instant_of, rows[1:])):
        seen = CAUSES[cause]
        if VERDICTS[verdict] is Verdict.UNKNOWN and seen is not None:
            yield Blind(at, at + holds if after is None else min(at + holds, after), seen)


def unseen(strips: Iterable[Strip], looks: Iterable[Blind]) -> tuple[Unseen, ...]:
    """The unknown ones among the strips, each cut where looks that saw nothing begin and end.

    Looks that overlap or touch make one stretch, with all their causes, the first to come first.
    """
    known = sorted(looks)
    longest = max((one.ends - one.starts for one in known), default=0)
    found: list[Unseen] = []
    for strip in strips:
        if strip.booked is Booked.UNKNOWN:
            first, beyond = (bisect_left(known, (at,)) for at in (strip.starts - longest, strip.ends))
            found += _cut(strip, known[first:beyond])
    return tuple(found)


def _cut(strip: Strip, looks: Iterable[Blind]) -> Iterator[Unseen]:
    """The strip in pieces; `looks` in order, also some that ended before it."""
    at = strip.starts
    seen: Unseen | None = None
    for starts, ends, cause in looks:
        since, until = max(starts, strip.starts), min(ends, strip.ends)
        if since >= until:
            continue
        if seen is not None and since <= seen.ends:
            seen = Unseen(seen.starts, max(seen.ends, until), tuple(dict.fromkeys((*seen.causes, cause))))
            continue
        if seen is not None:
            yield seen
            at = seen.ends
        if at < since:
            yield Unseen(at, since, ())
        seen = Unseen(since, until, (cause,))
    if seen is not None:
        yield seen
        at = seen.ends
    if at < strip.ends:
        yield Unseen(at, strip.ends, ())
