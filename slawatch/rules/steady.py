"""A steady time: every check of a customer was and is up, so its figures move by the time that passes and its loads.

A publishing then takes a few additions of integers, which come to the very figures that `conclude` gives. What is not
plainly so ends the steady time, and the figures are worked out the long way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from slawatch.model import Instant, Micros, Terms, Verdict
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period
from slawatch.rules.coming import Coming
from slawatch.rules.exclusions import JudgedExclusion
from slawatch.rules.ranks import Ranks
from slawatch.rules.records import CheckBook, Lane
from slawatch.rules.statement import Statement
from slawatch.rules.timeline import Rating


class Solid(NamedTuple):
    """A check that is up without a break from an instant on."""

    check: str
    since: Instant


@dataclass(frozen=True, slots=True)
class Steady:
    """What has to go on for the time to be steady, and what does not move in it.

    `since`: when it was found to be so. `until`: when something known in advance changes how the figures move.
    `up`, `reached`: the checks that make the availability and the network figure. `left`: those that were taken out,
    each with its last look. `down`, `unreached`: microseconds of the month that are down in either figure.
    `leniency`: how many loads more (or fewer) may be slow than by these terms, since earlier ones had other terms.
    `coming`: the month's slots. `each`: what a load allows to be slow, in its parts.
    """

    since: Instant
    until: Instant
    terms: Terms
    up: tuple[Solid, ...]
    reached: tuple[Solid, ...]
    left: tuple[tuple[str, Instant], ...]
    down: Micros
    unreached: Micros
    leniency: Fraction
    coming: Coming
    each: int

    def lasts(self, books: Mapping[str, CheckBook], now: Instant) -> bool:
        """Whether it went on until now, by all looks that are in the books."""
        if not self.since <= now < self.until:
            return False
        for check, since in self.up:
            if not _unbroken(books[check].own, since, now):
                return False
        for check, since in self.reached:
            if not _unbroken(books[check].network, since, now):
                return False
        return all(books[check].own.track.at == last for check, last in self.left)


class Loaded(NamedTuple):
    """A page's loads so far. `recent`: what those took that opened and that the totals do not hold.

    `following`: none is counted from this instant on.
    """

    page: str
    loads: int
    slow: int
    p95_milliseconds: int | None
    recent: tuple[int, ...]
    following: Instant

    def on(self, book: CheckBook, within: int, times: Ranks, now: Instant) -> Loaded:
        """With the loads that came before now."""
        came = book.loads.between(self.following, now)
        if not came:
            return self
        loads = self.loads + len(came)
        slow = self.slow + sum(took is None or took > within for took in came)
        recent = self.recent + tuple(took for took in came if took is not None)
        return Loaded(self.page, loads, slow, times.p95_with(recent, loads), recent, _following(book, now))


class Moving(NamedTuple):
    """The figures of a steady time at an instant, in whole numbers: microseconds of the month, and loads.

    `network_measured`: None where no http check is configured; then the network figure stands still. `allowed`: how
    much may be slow of all loads that the month can have, by these terms, in parts of a load.
    """

    steady: Steady
    at: Instant
    measured: Micros
    network_measured: Micros | None
    loads: int
    slow: int
    allowed: int
    pages: tuple[Loaded, ...]

    def on(self, books: Mapping[str, CheckBook], times: Mapping[str, Ranks], now: Instant) -> Moving | None:
        """The figures now; None where the time is not steady any more. `times`: those of the totals at its start."""
        steady = self.steady
        if now < self.at or not steady.lasts(books, now):
            return None
        passed, within = now - self.at, steady.terms.speed.within_milliseconds
        loads, slow, pages = self.loads, self.slow, []
        for one in self.pages:
            loaded = one.on(books[one.page], within, times[one.page], now)
            loads, slow = loads + loaded.loads - one.loads, slow + loaded.slow - one.slow
            pages.append(loaded)
        network = None if self.network_measured is None else self.network_measured + passed
        allowed = loads * steady.each + steady.coming.allows(books, now)
        return Moving(steady, now, self.measured + passed, network, loads, slow, allowed, tuple(pages))

    @property
    def availability(self) -> float | None:
        return _share(self.measured, self.steady.down)

    @property
    def network(self) -> float | None:
        return None if self.network_measured is None else _share(self.network_measured, self.steady.unreached)

    @property
    def speed(self) -> float | None:
        return _share(self.loads, self.slow)

    @property
    def may_be_slow(self) -> Fraction:
        """How many of all loads that the month can have."""
        return self.steady.leniency + Fraction(self.allowed, self.steady.coming.parts)


def begin(
    statement: Statement,
    agreed: Agreed,
    judged: Sequence[JudgedExclusion],
    books: Mapping[str, CheckBook],
    *,
    coming: Coming,
    sure: Instant,
    until: Instant,
) -> Steady | None:
    """The steady time that a statement, made just now of these books, lies in; None where it is not steady.

    `coming`: the month's slots. `sure`: what was before is counted already, however it was. `until`: as long as it may
    last.
    """
    now, terms = statement.span.period.ends, agreed.latest
    slow = 1 - terms.speed.objective
    if statement.rating is not Rating.UP or not statement.span.period.starts <= sure <= now:
        return None
    if not _one_stage(agreed, Period(sure, now)) or _left_out(judged, Period(sure, now)):
        return None
    counting = [name for name in agreed.ever_counting if name in terms.checks]
    answering = [name for name, check in terms.checks.items() if check.id.kind == "http"]
    steady = Steady(
        since=now,
        until=min([until, *(edge for edge in _edges(agreed, judged) if edge >= now)]),
        terms=terms,
        up=tuple(Solid(name, books[name].own.track.solid) for name in counting),
        reached=tuple(Solid(name, lane.track.solid) for name in answering if (lane := books[name].network) is not None),
        left=tuple((name, book.own.track.at) for name, book in books.items() if name not in terms.checks),
        down=statement.booking.down,
        unreached=0 if statement.network is None else statement.network.down,
        leniency=statement.speed.may_be_slow - slow * statement.speed.loads,
        coming=coming,
        each=int(slow * coming.parts),
    )
    settled = all(since <= sure and _there(books[check]) for check, since in (*steady.up, *steady.reached))
    in_order = all(sure <= _following(books[page], now) for page in terms.speed.pages)
    return steady if settled and in_order and steady.lasts(books, now) else None


def moving(
    steady: Steady, statement: Statement, books: Mapping[str, CheckBook], recent: Mapping[str, Iterable[int]]
) -> Moving:
    """The figures of the statement that the steady time began with. `recent`: as in `Loaded`, by page."""
    speed, network = statement.speed, statement.network
    pages = tuple(
        Loaded(
            name, one.loads, one.slow, one.p95_milliseconds, tuple(recent[name]), _following(books[name], steady.since)
        )
        for name, one in speed.pages.items()
        if name in steady.terms.speed.pages
    )
    return Moving(
        steady,
        steady.since,
        statement.booking.measured,
        network.measured if network is not None and steady.reached else None,
        speed.loads,
        speed.slow,
        speed.loads * steady.each + steady.coming.allows(books, steady.since),
        pages,
    )


def _one_stage(agreed: Agreed, period: Period) -> bool:
    """Whether what was agreed last was in force in all of the period."""
    stages = agreed.stages(period)
    return len(stages) == 1 and stages[0].watched and stages[0].terms is agreed.latest


def _left_out(judged: Sequence[JudgedExclusion], period: Period) -> bool:
    """Whether any of the period is left out of the figures."""
    return any(starts < period.ends and period.starts < ends for one in judged for starts, ends in one.left_out)


def _edges(agreed: Agreed, judged: Sequence[JudgedExclusion]) -> Iterator[Instant]:
    """Where other terms come into force, or something that was declared begins or ends."""
    for at, _ in agreed.versions:
        yield at
    for one in judged:
        yield from (one.starts, one.ends)
        for left_out in one.left_out:
            yield from left_out


def _there(book: CheckBook) -> bool:
    """Whether it was looked at since it was taken in last."""
    return book.policy.left(book.own.track.at) is None


def _unbroken(lane: Lane | None, since: Instant, now: Instant) -> bool:
    """Whether the lane was up from `since` until now: a look that was not, or that came late, begins it anew."""
    if lane is None:
        return False
    track = lane.track
    return track.verdict is Verdict.UP and track.solid == since and now <= track.until


def _following(book: CheckBook, now: Instant) -> Instant:
    """The first instant of which no load is counted at `now`: looks come in order."""
    return min(now, book.own.track.at + 1)


def _share(whole: int, bad: int) -> float | None:
    """The float nearest to it, which is what its `Fraction` gives."""
    return (whole - bad) / whole if whole else None
