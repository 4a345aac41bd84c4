"""One check's book: fed observation by observation, it gives what the statement needs, at any moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slawatch.model import Cause, CheckTerms, ConfirmTerms, Instant, Terms, Verdict
from slawatch.rules.speed import Loads
from slawatch.rules.statement import CheckRecord
from slawatch.rules.timeline import START, Ledgered, Seen, Track, advance, timeline

#: Without an answer of any kind: all that the network figure calls down (rule 4: any HTTP answer is reachable).
UNREACHABLE = frozenset({Cause.DNS, Cause.CONNECT, Cause.TLS, Cause.TIMEOUT_SERVER})

#: Causes that only an answer can lead to, though the verdict is unknown.
ANSWERED = frozenset({Cause.BLOCKED, Cause.LOGIN_REJECTED, Cause.SELECTOR_DRIFT})


def reachability(seen: Seen) -> Seen:
    """An http observation read as network: any answer, also a 5xx or a refusal, is up."""
    answered = seen.verdict is Verdict.DOWN and seen.cause not in UNREACHABLE
    if answered or seen.cause in ANSWERED:
        return seen._replace(verdict=Verdict.UP, cause=None)
    return seen


@dataclass(slots=True)
class Lane:
    """A track and what it has settled: one reading of one check."""

    track: Track = START
    settled: Ledgered = field(default_factory=Ledgered.empty)

    def add(self, seen: Seen, terms: ConfirmTerms) -> None:
        self.track = advance(self.track, seen, terms, self.settled)


@dataclass(slots=True)
class CheckBook:
    """All that the figures need of one check, growing with each observation; these come in order of `at`."""

    check: CheckTerms
    confirm: ConfirmTerms
    own: Lane = field(default_factory=Lane)
    network: Lane | None = None
    loads: Loads = field(default_factory=Loads)

    def __post_init__(self) -> None:
        if self.check.id.kind == "http" and self.network is None:
            self.network = Lane()

    def add(self, seen: Seen, milliseconds: int | None, *, recheck: bool) -> None:
        """Raises ValueError when the observation is not later than the one before."""
        self.own.add(seen, self.confirm)
        if self.network is not None:
            self.network.add(reachability(seen), self.confirm)
        if not recheck and seen.verdict is not Verdict.UNKNOWN:
            self.loads.add(seen.at, milliseconds if seen.verdict is Verdict.UP else None)

    def record(self) -> CheckRecord:
        network = None if self.network is None else timeline(self.network.track, self.network.settled, self.confirm)
        return CheckRecord(timeline(self.own.track, self.own.settled, self.confirm), network, self.loads)


def books(terms: Terms) -> dict[str, CheckBook]:
    """An empty book for each of a customer's checks."""
    return {name: CheckBook(check, terms.confirm) for name, check in terms.checks.items()}


def records(these: Mapping[str, CheckBook]) -> dict[str, CheckRecord]:
    return {name: book.record() for name, book in these.items()}


def settled_until(book: CheckBook, now: Instant) -> Instant:
    """Up to here no later look changes whether the check counts as up or down; what counters may add up."""
    track = book.own.track
    if track.run is not None and not track.run.confirmed and now - track.run.last <= book.confirm.within:
        return track.run.first
    return max(track.at, now - book.check.stale_after)


def forget(book: CheckBook, before: Instant) -> None:
    """Drop what ended before an instant, so that a long life needs no more memory than a month."""
    for lane in (book.own, book.network):
        if lane is None:
            continue
        settled = lane.settled
        settled.stretches = [one for one in settled.stretches if one.ends > before]
        settled.outages = [one for one in settled.outages if one.ends is None or one.ends > before]
        settled.blips = [at for at in settled.blips if at >= before]
    book.loads.forget(before)
