"""Which month, and which revision of it, somebody means by what they wrote."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from slawatch.model import Instant
from slawatch.replay import span
from slawatch.rules.agreed import Agreed
from slawatch.rules.asked import NoSuchMonth
from slawatch.rules.calendar import month as month_period
from slawatch.rules.statement import Span
from slawatch.store import StoredStatement


def check_month(month: str, zone: str, now: Instant) -> None:
    """Raises NoSuchMonth for what is no month, and for one that has not begun."""
    try:
        period = month_period(month, ZoneInfo(zone))
    except ValueError as error:
        raise NoSuchMonth(str(error)) from None
    if period.starts >= now:
        raise NoSuchMonth(f"{month}: this month has not begun")


def span_of(month: str, agreed: Agreed, now: Instant) -> Span:
    """The month, as far as `now`. Raises NoSuchMonth."""
    zone = agreed.latest.timezone
    check_month(month, zone, now)
    which = span(month, ZoneInfo(zone), None)
    return which if which.as_of <= now else span(month, ZoneInfo(zone), now)


def revision_of(
    closed: Iterable[StoredStatement], customer: str, month: str, revision: int | None
) -> StoredStatement | None:
    """The month's revision of this number, or the latest; None where none is asked for and the month is not closed.

    `closed`: all that there are of it. Raises NoSuchMonth.
    """
    known = {one.revision: one for one in closed}
    if revision is None:
        return known[max(known)] if known else None
    if revision not in known:
        there = f"expected one of {', '.join(map(str, known))}" if known else "the month is not closed yet"
        raise NoSuchMonth(f"{customer} {month}: there is no revision {revision}; {there}")
    return known[revision]
