"""One check's book: fed observation by observation, it gives what the statement needs, at any moment."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from slawatch.model import HOUR, Cause, CheckTerms, Instant, Micros, Verdict
from slawatch.rules.agreed import FOREVER, Agreed, Policy
from slawatch.rules.confirmation import Run
from slawatch.rules.piece import CheckRecord
from slawatch.rules.rows import ObservationRow, pass_over, seen
from slawatch.rules.speed import FAILED, Loads
from slawatch.rules.timeline import START, Ledgered, Seen, Timeline, Track, advance, leave, timeline

#: Without an answer of any kind: all that the network figure calls down (rule 4: any HTTP answer is reachable).
UNREACHABLE = frozenset({Cause.DNS, Cause.CONNECT, Cause.TLS, Cause.TIMEOUT_SERVER})

#: So long after its slot a look is waited for: it may take its time, and so may the store.
OVERDUE: Micros = HOUR

#: Causes that only an answer can lead to, though the verdict is unknown.
ANSWERED = frozenset({Cause.BLOCKED, Cause.LOGIN_REJECTED, Cause.SELECTOR_DRIFT})


def reachability(seen: Seen) -> Seen:
    """An http observation read as network: any answer, also a 5xx or a refusal, is up."""
    answered = seen.verdict is Verdict.DOWN and seen.cause not in UNREACHABLE
    if answered or seen.cause in ANSWERED:
        return seen._replace(verdict=Verdict.UP, cause=None)
    return seen


def reached(row: ObservationRow) -> Seen:
    """An http row read as network."""
    return reachability(seen(row))


@dataclass(slots=True)
class Lane:
    """A track and what it has settled: one reading of one check."""

    track: Track = START
    settled: Ledgered = field(default_factory=Ledgered.empty)

    def add(self, seen: Seen, policy: Policy) -> None:
        left = policy.left(self.track.at, seen.at)
        if left is not None:
            self.track = leave(self.track, left, policy.confirm(left - 1), self.settled)
        self.track = advance(self.track, seen, policy.confirm(seen.at), self.settled)

    def feed(
        self, rows: Iterable[ObservationRow], policy: Policy, reading: Callable[[ObservationRow], Seen] = seen
    ) -> None:
        """The same as `add` with each of the rows as `reading` has them, which leaves what is up as it is."""
        rest = iter(rows)
        while True:
            leaves = policy.left(self.track.at)
            self.track, row = pass_over(self.track, rest, FOREVER if leaves is None else leaves)
            if row is None:
                return
            self.add(reading(row), policy)

    def timeline(self, policy: Policy) -> Timeline:
        return timeline(self.track, self.settled, policy.confirm(self.track.at), policy.left(self.track.at))


@dataclass(slots=True)
class CheckBook:
    """All that the figures need of one check, growing with each observation; these come in order of `at`."""

    check: CheckTerms
    policy: Policy
    own: Lane = field(default_factory=Lane)
    network: Lane | None = None
    loads: Loads = field(default_factory=Loads)

    def __post_init__(self) -> None:
        if self.check.id.kind == "http" and self.network is None:
            self.network = Lane()

    def add(self, seen: Seen, milliseconds: int | None, *, recheck: bool) -> None:
        """Raises ValueError when the observation is not later than the one before."""
        self.own.add(seen, self.policy)
        if self.network is not None:
            self.network.add(reachability(seen), self.policy)
        if self.check.id.kind == "page" and not recheck and seen.verdict is not Verdict.UNKNOWN:
            self.loads.add(seen.at, milliseconds if seen.verdict is Verdict.UP else None)

    def feed(self, rows: Sequence[ObservationRow]) -> None:
        """The same as `add` with each of the rows, in a fraction of the time.

        Raises ValueError when one is not later than the one before; the book is worth nothing then.
        """
        self.own.feed(rows, self.policy)
        if self.network is not None:
            self.network.feed(rows, self.policy, reached)
        if self.check.id.kind == "page":
            self.loads.extend(
                [
                    (at, milliseconds if verdict == Verdict.UP and milliseconds is not None else FAILED)
                    for _, _, at, verdict, _, milliseconds, recheck, _ in rows
                    if not recheck and verdict != Verdict.UNKNOWN
                ]
            )

    @property
    def run(self) -> Run | None:
        """The check's run; None where it is up, or not configured any more."""
        return self.own.track.run if self.policy.left(self.own.track.at) is None else None

    @property
    def lanes(self) -> tuple[Lane, ...]:
        """The readings of the check."""
        return (self.own,) if self.network is None else (self.own, self.network)

    def record(self) -> CheckRecord:
        network = None if self.network is None else self.network.timeline(self.policy)
        return CheckRecord(self.own.timeline(self.policy), network, self.loads)


def books(agreed: Agreed) -> dict[str, CheckBook]:
    """An empty book for each check that a customer ever had."""
    return {name: CheckBook(check, agreed.policy(name)) for name, check in agreed.checks.items()}


def records(these: Mapping[str, CheckBook]) -> dict[str, CheckRecord]:
    return {name: book.record() for name, book in these.items()}


def seen_until(lane: Lane, now: Instant) -> Instant:
    """Up to here no look of the check is still to come: looks come in order, and one that is overdue never."""
    return max(lane.track.at, now - OVERDUE)


def uncounted_from(book: CheckBook, now: Instant) -> Instant:
    """From here on no load of the check is counted at `now`, and one may still come."""
    return max(min(now, book.own.track.at + 1), now - OVERDUE)


def settled_until(lane: Lane, policy: Policy, now: Instant) -> Instant:
    """Up to here no later look changes whether the check counts as up or down; what counters may add up."""
    seen, run = seen_until(lane, now), lane.track.run
    if run is not None and not run.confirmed and seen - run.last <= policy.confirm(run.last).within:
        return run.first
    return seen


def firm_until(lane: Lane) -> Instant:
    """Up to here no look that is still to come changes how the lane is rated, in any reading, whatever the terms."""
    track = lane.track
    if track.run is not None and track.run.confirmed:
        return track.at if track.tail is None else track.tail[0]
    doubted = track.at if track.edge is None else track.edge[0]
    return doubted if track.run is None else min(doubted, track.run.first)


def changed_from(lane: Lane, at: Instant) -> Instant:
    """From where on a look at `at`, which is later than all before, may change how the lane is rated."""
    track = lane.track
    waiting = track.verdict is not Verdict.UNKNOWN or track.edge is not None or track.run is not None
    return min(at, firm_until(lane)) if waiting else at


def sure_until(these: Mapping[str, CheckBook], now: Instant) -> Instant:
    """Up to here no look that is still to come changes anything; `now` where there is no check.

    Checks that left are not waited for: hardly a look of theirs is still under way.
    """
    ends = [
        firm_until(lane)
        for book in these.values()
        if book.policy.left(book.own.track.at) is None
        for lane in book.lanes
    ]
    return min(ends, default=now)


def forget(these: Mapping[str, CheckBook], before: Instant) -> None:
    """Drop what no figure from `before` on needs but outages, so that a long life needs no more memory than an hour."""
    for book in these.values():
        for lane in book.lanes:
            lane.settled.stretches = [one for one in lane.settled.stretches if one.ends > before]
            lane.settled.blips = [at for at in lane.settled.blips if at >= before]
        book.loads.forget(before)


def forget_outages(these: Mapping[str, CheckBook], counting: Collection[str], before: Instant) -> None:
    """Drop the outages that ended before.

    `counting`: the checks whose outages are the customer's. One that ended before stays where others reach from it
    over `before`, since together they are one outage (rule 4).
    """
    reach = _reach([these[name] for name in counting], before)
    for book in these.values():
        for lane in book.lanes:
            lane.settled.outages = [one for one in lane.settled.outages if one.ends is None or one.ends >= reach]


def _reach(counting: Collection[CheckBook], before: Instant) -> Instant:
    """The start of what hangs together with an outage, sure or not yet, that reaches over `before`; else `before`."""
    spans = [(one.starts, one.ends) for book in counting for one in book.own.settled.outages]
    spans += [(book.own.track.run.first, None) for book in counting if book.own.track.run is not None]
    reach = before
    while True:
        earlier = min((starts for starts, ends in spans if ends is None or ends >= reach), default=reach)
        if earlier >= reach:
            return reach
        reach = earlier
