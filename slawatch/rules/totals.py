"""A period added up so far, stage by stage, so that what cannot change any more is added once and then let go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from slawatch.model import Instant
from slawatch.rules import availability, blips
from slawatch.rules.agreed import Agreed, Stage
from slawatch.rules.availability import Booking
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import Excluded
from slawatch.rules.piece import CheckRecord, Piece
from slawatch.rules.ranks import Ranks
from slawatch.rules.speed import Counted, PageLoads
from slawatch.rules.timeline import Rating, Stretch


@dataclass(frozen=True, slots=True)
class Part:
    """What a stage comes to: two parts of one stage add up to one."""

    stage: Stage
    booking: Booking
    network: Booking | None
    pages: Mapping[str, Counted]

    @classmethod
    def of(cls, stage: Stage, piece: Piece) -> Part:
        pages = {page: Counted(one.loads, one.slow) for page, one in piece.pages.items()}
        return cls(stage, piece.booking, piece.network, pages)

    def __add__(self, later: Part) -> Part:
        network = later.network
        if self.network is not None and network is not None:
            network = self.network + network
        return Part(
            self.stage._replace(period=Period(self.stage.period.starts, later.stage.period.ends)),
            self.booking + later.booking,
            network,
            {
                page: Counted(before.loads + later.pages[page].loads, before.slow + later.pages[page].slow)
                for page, before in self.pages.items()
            },
        )


@dataclass(frozen=True, slots=True)
class Sum:
    """All that a statement needs of a period but its outages' edges.

    `down`: the stretches that count as down. `rating`: how the customer stands at the end.
    """

    parts: tuple[Part, ...] = ()
    down: tuple[Stretch, ...] = ()
    blips: int = 0
    rating: Rating = Rating.UNKNOWN


@dataclass(slots=True)
class Totals:
    """The sum from `starts` until `until`, and the times of its loads, by page and of all pages `together`."""

    starts: Instant
    until: Instant = field(init=False)
    sum: Sum = field(default_factory=Sum)
    times: dict[str, Ranks] = field(default_factory=dict)
    together: Ranks = field(default_factory=Ranks)

    def __post_init__(self) -> None:
        self.until = self.starts

    @property
    def begun(self) -> bool:
        """Whether anything was added."""
        return self.until > self.starts

    def add(
        self, agreed: Agreed, records: Mapping[str, CheckRecord], excluded: Sequence[Excluded], until: Instant
    ) -> None:
        """What follows up to `until` too."""
        stretch = Period(self.until, until)
        pieces = _pieces(agreed, records, excluded, stretch)
        for _, piece in pieces:
            self._enter(piece.pages)
        self.sum, self.until = _extended(self.sum, agreed, records, excluded, pieces, stretch), until

    @contextmanager
    def reaching(
        self, agreed: Agreed, records: Mapping[str, CheckRecord], excluded: Sequence[Excluded], until: Instant
    ) -> Iterator[Sum]:
        """The sum as far as `until`; as long as this lasts, what was loaded up to there is in the times."""
        if until <= self.until and self.sum.parts:
            yield self.sum
            return
        stretch = Period(self.until, until)
        pieces = _pieces(agreed, records, excluded, stretch)
        for _, piece in pieces:
            self._enter(piece.pages)
        try:
            yield _extended(self.sum, agreed, records, excluded, pieces, stretch)
        finally:
            for _, piece in pieces:
                self._take_back(piece.pages)

    def recent(
        self, agreed: Agreed, records: Mapping[str, CheckRecord], excluded: Sequence[Excluded], until: Instant
    ) -> dict[str, Counter[int]]:
        """How often each time came among the loads that follow up to `until`, by page."""
        found: dict[str, Counter[int]] = {page: Counter() for page in self.times}
        for _, piece in _pieces(agreed, records, excluded, Period(self.until, until)):
            for page, seen in piece.pages.items():
                found[page] += seen.by_millisecond
        return found

    def _enter(self, pages: Mapping[str, PageLoads]) -> None:
        for page, seen in pages.items():
            self.times.setdefault(page, Ranks()).add(seen.by_millisecond)
            self.together.add(seen.by_millisecond)

    def _take_back(self, pages: Mapping[str, PageLoads]) -> None:
        for page, seen in pages.items():
            self.times[page].take_back(seen.by_millisecond)
            self.together.take_back(seen.by_millisecond)


def _pieces(
    agreed: Agreed, records: Mapping[str, CheckRecord], excluded: Sequence[Excluded], stretch: Period
) -> list[tuple[Stage, Piece]]:
    return [(stage, Piece.of(stage, records, excluded)) for stage in agreed.stages(stretch)]


def _extended(
    so_far: Sum,
    agreed: Agreed,
    records: Mapping[str, CheckRecord],
    excluded: Sequence[Excluded],
    pieces: Sequence[tuple[Stage, Piece]],
    stretch: Period,
) -> Sum:
    """The sum with one more stretch of time; a stage that goes on is one with what was added of it."""
    parts = [*so_far.parts, *(Part.of(stage, piece) for stage, piece in pieces)]
    joint = len(so_far.parts)
    if joint and _goes_on(agreed, parts[joint - 1].stage, parts[joint].stage):
        parts[joint - 1 : joint + 1] = [parts[joint - 1] + parts[joint]]
    down = tuple(
        one
        for _, piece in pieces
        for one in availability.outside(piece.timeline, excluded)
        if one.rating >= Rating.LENIENT_UP
    )
    timeline = pieces[-1][1].timeline
    return Sum(
        parts=tuple(parts),
        down=(*so_far.down, *down) if down else so_far.down,
        blips=so_far.blips + sum(1 for _ in blips.starts(agreed, records, stretch)),
        rating=timeline[-1].rating if timeline else so_far.rating,
    )


def _goes_on(agreed: Agreed, before: Stage, after: Stage) -> bool:
    """Whether two stages that follow one another are one."""
    changed = any(at == after.period.starts for at, _ in agreed.versions[1:])
    return not changed and before[1:] == after[1:]


def network(parts: Sequence[Part]) -> Booking | None:
    """The network figure: None where no http check was configured at any time; while there was none, all is unknown."""
    if all(part.network is None for part in parts):
        return None
    found = [_unseen(part.booking) if part.network is None else part.network for part in parts]
    return sum(found[1:], found[0])


def _unseen(booking: Booking) -> Booking:
    known = sum(booking.ratings)
    ratings = tuple(known if rating is Rating.UNKNOWN else 0 for rating in Rating)
    return replace(booking, ratings=ratings)
