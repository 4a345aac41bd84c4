"""The hours that a customer's promises are counted in, with the holidays that are frozen in the store."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from slawatch.holiday_list import proposal
from slawatch.model import Instant
from slawatch.rules.agreed import Agreed
from slawatch.rules.business import BusinessHours, hours_of
from slawatch.rules.calendar import moment
from slawatch.store import Store

#: Gives the hours that were agreed at an instant.
Hours = Callable[[Instant], BusinessHours]


async def working_hours(store: Store, agreed: Agreed, since: Instant, until: Instant) -> Hours:
    """For what begins in [since, until]. The holidays of those years and of the next are frozen by this."""
    latest = agreed.latest
    zone = ZoneInfo(latest.timezone)
    first, last = (moment(at).astimezone(zone).year for at in (since, until))
    found = await store.holidays(latest.customer, range(first, last + 2), lambda year: proposal(latest.business, year))
    days = frozenset(day for one in found.values() for day in one.dates)
    return lambda at: hours_of(agreed.at(at), days)
