"""Where a customer's running month stood, in few bytes, so that a restart reads only what was seen since."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from slawatch.account import written
from slawatch.account.last_month import LastMonth
from slawatch.model import Instant
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import Excluded, JudgedExclusion, flatten
from slawatch.rules.ranks import Ranks
from slawatch.rules.records import CheckBook, Lane
from slawatch.rules.speed import Loads
from slawatch.rules.timeline import CheckOutage, Ledgered, Rating, Stretch, Track
from slawatch.rules.totals import Sum, Totals

#: Raised whenever the document's shape changes, or a rule that figures follow from: older ones do not serve any more.
FORMAT = 1


class Damaged(Exception):
    """What is kept is no checkpoint."""


class KeptLane(NamedTuple):
    """One reading of a check: where it stands, and what of it is not added up."""

    track: Track
    stretches: tuple[Stretch, ...]
    outages: tuple[CheckOutage, ...]
    blips: tuple[Instant, ...]

    @classmethod
    def of(cls, lane: Lane) -> KeptLane:
        settled = lane.settled
        return cls(lane.track, tuple(settled.stretches), tuple(settled.outages), tuple(settled.blips))

    def lane(self) -> Lane:
        return Lane(self.track, Ledgered(list(self.stretches), list(self.outages), list(self.blips)))


class KeptBook(NamedTuple):
    """A check's book. `at` and `took`: the loads that are not added up."""

    kind: str
    own: KeptLane
    network: KeptLane | None
    at: tuple[Instant, ...]
    took: tuple[int, ...]

    @classmethod
    def of(cls, book: CheckBook) -> KeptBook:
        network = None if book.network is None else KeptLane.of(book.network)
        return cls(book.check.id.kind, KeptLane.of(book.own), network, tuple(book.loads.at), tuple(book.loads.took))

    def book(self, agreed: Agreed, name: str) -> CheckBook:
        loads = Loads()
        loads.at.extend(self.at)
        loads.took.extend(self.took)
        network = None if self.network is None else self.network.lane()
        return CheckBook(agreed.checks[name], agreed.policy(name), self.own.lane(), network, loads)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The month from `starts` on: what was added up until `until`, with the times of its loads by page, and the books.

    `judged`: a digest of all terms that anything in it was judged by. `excluded`: left out of what was added up.
    """

    judged: str
    starts: Instant
    until: Instant
    excluded: tuple[Excluded, ...]
    sum: Sum
    times: Mapping[str, Mapping[int, int]]
    books: Mapping[str, KeptBook]
    last_month: LastMonth | None

    @classmethod
    def of(
        cls,
        agreed: Agreed,
        judged: Sequence[JudgedExclusion],
        books: Mapping[str, CheckBook],
        totals: Totals,
        last_month: LastMonth | None,
    ) -> Checkpoint:
        """As it stands now; shares nothing with what goes on."""
        kept = {name: KeptBook.of(book) for name, book in books.items()}
        return cls(
            judged=_digest(agreed, _beyond(kept, totals.until)),
            starts=totals.starts,
            until=totals.until,
            excluded=flatten(judged, Period(totals.starts, totals.until)),
            sum=totals.sum,
            times={page: ranks.counted for page, ranks in totals.times.items()},
            books=kept,
            last_month=last_month,
        )

    @property
    def seen(self) -> dict[str, Instant]:
        """The `at` of the last look of each check in it, 0 without one."""
        return {name: book.own.track.at for name, book in self.books.items()}

    def serves(self, agreed: Agreed, judged: Sequence[JudgedExclusion], starts: Instant, now: Instant) -> bool:
        """Whether the month from `starts` on, as it is read from the ledger at `now`, stood like this."""
        return (
            self.starts == starts
            and _beyond(self.books, self.until) <= now + 1
            and self.excluded == flatten(judged, Period(self.starts, self.until))
            and all(
                name in agreed.checks and agreed.checks[name].id.kind == book.kind for name, book in self.books.items()
            )
        )

    def totals(self) -> Totals:
        times = {page: Ranks.of(counted) for page, counted in self.times.items()}
        together: Counter[int] = Counter()
        for counted in self.times.values():
            together.update(counted)
        totals = Totals(self.starts, sum=self.sum, times=times, together=Ranks.of(together))
        totals.until = self.until
        return totals

    def written(self) -> bytes:
        """Deflated JSON."""
        said = {
            "format": FORMAT,
            "judged": self.judged,
            "starts": self.starts,
            "until": self.until,
            "excluded": self.excluded,
            "parts": [written.of_part(part) for part in self.sum.parts],
            "down": self.sum.down,
            "blips": self.sum.blips,
            "rating": self.sum.rating,
            "times": {page: written.of_counted(counted) for page, counted in self.times.items()},
            "books": self.books,
            "last_month": None if self.last_month is None else self.last_month.said(),
        }
        return zlib.compress(json.dumps(said, separators=(",", ":")).encode(), level=1)

    @classmethod
    def read(cls, kept: bytes, agreed: Agreed) -> Checkpoint | None:
        """None where it is of another format, or was judged by other terms. Raises Damaged."""
        try:
            said = json.loads(zlib.decompress(kept))
            return cls._read(said, agreed) if said["format"] == FORMAT else None
        except (
            zlib.error,
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
            ArithmeticError,
            AssertionError,
        ) as error:
            raise Damaged(str(error)) from error

    @classmethod
    def _read(cls, said: Any, agreed: Agreed) -> Checkpoint | None:
        books = {name: _book(one) for name, one in said["books"].items()}
        judged, until = said["judged"], said["until"]
        if judged != _digest(agreed, _beyond(books, until)):
            return None
        return cls(
            judged=judged,
            starts=said["starts"],
            until=until,
            excluded=written.excluded(said["excluded"]),
            sum=Sum(
                parts=tuple(written.part(part, agreed) for part in said["parts"]),
                down=written.stretches(said["down"]),
                blips=said["blips"],
                rating=Rating(said["rating"]),
            ),
            times={page: written.counted(one) for page, one in said["times"].items()},
            books=books,
            last_month=None if said["last_month"] is None else LastMonth.of_said(said["last_month"], agreed),
        )


def _beyond(books: Mapping[str, KeptBook], until: Instant) -> Instant:
    """The first instant that nothing in the books, or added up until `until`, speaks of."""
    return max([until, *(book.own.track.at + 1 for book in books.values())])


def _digest(agreed: Agreed, before: Instant) -> str:
    """SHA-256 (hex) of all terms that anything before an instant is judged by."""
    said = [[at, None if terms is None else asdict(terms)] for at, terms in agreed.before(before)]
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()


def _book(said: Any) -> KeptBook:
    kind, own, network, at, took = said
    return KeptBook(kind, _lane(own), None if network is None else _lane(network), tuple(at), tuple(took))


def _lane(said: Any) -> KeptLane:
    track, stretches, outages, blips = said
    return KeptLane(written.track(track), written.stretches(stretches), written.outages(outages), tuple(blips))
