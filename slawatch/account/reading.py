"""One check's part of the ledger: whole days as they were sealed, and rows for the rest."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

import structlog

from slawatch.account.spans import Spans, Unreadable, judged_by
from slawatch.model import CheckTerms, Instant, Verdict
from slawatch.replay import DayDigest, day_digests
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period, day
from slawatch.rules.days import joined
from slawatch.rules.exclusions import Interval, union
from slawatch.rules.records import CheckBook
from slawatch.rules.rows import ObservationRow, instant_of
from slawatch.rules.speed import FAILED, Loads
from slawatch.store import SealedDay, Store, columns, unpack

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Part:
    """What there is of one check from `begins` on: sealed days, of which the first may begin earlier, then rows."""

    check: CheckTerms
    begins: Instant
    days: tuple[tuple[SealedDay, Spans], ...]
    rows: list[ObservationRow]

    def book(self, agreed: Agreed) -> CheckBook:
        """The check's book with all of it."""
        book = CheckBook(self.check, agreed.policy(self.check.id.name))
        if self.days:
            book.own = joined(spans.own for _, spans in self.days)
        if self.days and book.network is not None:
            book.network = joined(spans.network for _, spans in self.days if spans.network is not None)
        if self.check.id.kind == "page":
            for sealed, _ in self.days:
                _load(sealed, book.loads)
        book.feed(self.rows)
        return book

    def looks(self, stretches: Iterable[Interval]) -> list[ObservationRow]:
        """Its looks in any of these stretches of time, in order, each once; whole days without one stay packed."""
        wanted = union(stretches)
        found: list[ObservationRow] = []
        for sealed, _ in self.days:
            inside = [(since, until) for since, until in wanted if since < sealed.ends and sealed.starts < until]
            found += _within(unpack(sealed.check, sealed.packed), inside) if inside else ()
        return [*found, *_within(self.rows, wanted)]

    def digests(self, zone: ZoneInfo) -> list[DayDigest]:
        """Those of its calendar days from `begins` on."""
        cut = [sealed for sealed, _ in self.days if sealed.starts < self.begins]
        rows = [row for sealed in cut for row in unpack(sealed.check, sealed.packed) if instant_of(row) >= self.begins]
        whole = [DayDigest(sealed.starts, sealed.digest) for sealed, _ in self.days if sealed.starts >= self.begins]
        return [*day_digests(rows, zone), *whole, *day_digests(self.rows, zone)]


async def read(
    store: Store, agreed: Agreed, check: str, begins: Instant, until: Instant, *, sealed: bool = True
) -> Part:
    """The check's part of [begins, until).

    Days that were sealed under other terms than `agreed`, or that are damaged, do not serve.
    """
    customer, terms = agreed.latest.customer, agreed.checks[check]
    found = await store.sealed_days(customer, check, begins, until) if sealed else ()
    try:
        days = tuple((one, Spans.read(one.spans)) for one in found)
    except Unreadable as damaged:
        log.warning("day.damaged", customer=customer, check=check, reason=str(damaged))
        days = ()
    if not _serve(agreed, terms, days):
        days = ()
    since = days[-1][0].ends if days else begins
    rows = await store.observation_rows(customer, since, until, check=check)
    return Part(terms, begins, days, rows)


def _within(rows: Sequence[ObservationRow], stretches: Iterable[Interval]) -> Iterator[ObservationRow]:
    """Those of `rows` in these stretches; both are in order."""
    for since, until in stretches:
        yield from rows[bisect_left(rows, since, key=instant_of) : bisect_left(rows, until, key=instant_of)]


def _serve(agreed: Agreed, check: CheckTerms, days: tuple[tuple[SealedDay, Spans], ...]) -> bool:
    """Whether the days are calendar days one after another, judged by what was agreed."""
    policy, zone = agreed.policy(check.id.name), ZoneInfo(agreed.latest.timezone)
    return all(
        day(sealed.starts, zone) == Period(sealed.starts, sealed.ends)
        and spans.judged == judged_by(policy, spans.own)
        and (spans.network is not None) == (check.id.kind == "http")
        for sealed, spans in days
    ) and all(after.follows(before) for (_, before), (_, after) in pairwise(days))


def _load(sealed: SealedDay, loads: Loads) -> None:
    """Add the day's loads, as `CheckBook.feed` does from rows."""
    looks = columns(sealed.packed)
    verdicts = [verdict for verdict, _ in looks.named_findings]
    loads.extend(
        [
            (at, milliseconds if verdicts[finding] == Verdict.UP else FAILED)
            for at, finding, milliseconds, recheck in zip(
                looks.at, looks.findings, looks.milliseconds, looks.rechecks, strict=True
            )
            if not recheck and verdicts[finding] != Verdict.UNKNOWN
        ]
    )
