"""One check's part of the ledger: whole days as they were sealed, and rows for the rest."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from zoneinfo import ZoneInfo

from slawatch.account.spans import Spans, judged_by
from slawatch.model import CheckTerms, Instant, Verdict
from slawatch.recorded import Recorded
from slawatch.replay import DayDigest, day_digests
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period, day
from slawatch.rules.days import joined
from slawatch.rules.records import CheckBook
from slawatch.rules.speed import FAILED, Loads
from slawatch.rules.timeline import Seen
from slawatch.store import ObservationRow, SealedDay, Store, columns, unpack


@dataclass(frozen=True, slots=True)
class Part:
    """What there is of one check from `begins` on: sealed days, of which the first may begin earlier, then rows."""

    check: CheckTerms
    begins: Instant
    days: tuple[tuple[SealedDay, Spans], ...]
    rows: list[Recorded]

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
        for row in self.rows:
            book.add(row.seen, row.milliseconds, recheck=row.recheck)
        return book

    def digests(self, zone: ZoneInfo) -> list[DayDigest]:
        """Those of its calendar days from `begins` on."""
        cut = [sealed for sealed, _ in self.days if sealed.starts < self.begins]
        rows = [row for sealed in cut for row in looks_of(sealed) if row.seen.at >= self.begins]
        whole = [DayDigest(sealed.starts, sealed.digest) for sealed, _ in self.days if sealed.starts >= self.begins]
        return [*day_digests(rows, zone), *whole, *day_digests(self.rows, zone)]


async def read(
    store: Store, agreed: Agreed, check: str, begins: Instant, until: Instant, *, sealed: bool = True
) -> Part:
    """The check's part of [begins, until). Days that were sealed under other terms than `agreed` do not serve."""
    customer, terms = agreed.latest.customer, agreed.checks[check]
    found = await store.sealed_days(customer, check, begins, until) if sealed else ()
    days = tuple((one, Spans.read(one.spans)) for one in found)
    if not _serve(agreed, terms, days):
        days = ()
    since = days[-1][0].ends if days else begins
    rows = await store.observation_rows(customer, since, until, check=check)
    return Part(terms, begins, days, as_recorded(rows))


def as_recorded(rows: Iterable[ObservationRow]) -> list[Recorded]:
    """Rows as the rules read them."""
    return [
        Recorded(check, Seen(at, verdict, cause, holds), milliseconds, recheck)
        for check, _, at, verdict, cause, milliseconds, recheck, holds in rows
    ]


def looks_of(sealed: SealedDay) -> list[Recorded]:
    """What was seen on the day."""
    return as_recorded(unpack(sealed.check, sealed.packed))


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
    """Add the day's loads, as `CheckBook.add` does look by look."""
    looks = columns(sealed.packed)
    verdicts = [verdict for verdict, _ in looks.named_findings]
    found = [
        (at, milliseconds if verdicts[finding] is Verdict.UP else FAILED)
        for at, finding, milliseconds, recheck in zip(
            looks.at, looks.findings, looks.milliseconds, looks.rechecks, strict=True
        )
        if not recheck and verdicts[finding] is not Verdict.UNKNOWN
    ]
    loads.at.extend(array("q", [at for at, _ in found]))
    loads.took.extend(array("q", [took for _, took in found]))
