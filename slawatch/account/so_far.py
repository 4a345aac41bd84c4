"""What an outage means for its month: how long the customer was down by its end, of what was agreed."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from slawatch.account import ledger
from slawatch.account.in_force import in_force
from slawatch.account.publish import budget
from slawatch.model import Instant
from slawatch.replay import span
from slawatch.reporters.mail import MonthSoFar
from slawatch.rules import exclusions
from slawatch.rules.calendar import month, month_of
from slawatch.rules.statement import judged_exclusions
from slawatch.store import Store


async def month_so_far(store: Store, customer: str, until: Instant, as_of: Instant) -> MonthSoFar | None:
    """The month that ends, or runs on, at `until`, by what was agreed and declared up to `as_of`.

    From the ledger's looks before `until` alone, so that it is the same whenever it is asked for. None where too little
    was measured to say so, or nothing is agreed.
    """
    agreed = await ledger.agreed(store, customer, None, as_of)
    if agreed is None:
        return None
    zone = ZoneInfo(agreed.at(until).timezone)
    name = month_of(until - 1, zone)
    declared = await in_force(store, customer, as_of)
    statement = await ledger.statement(store, agreed, span(name, zone, until), declared)
    coverage = statement.booking.coverage
    if coverage is None or coverage < statement.terms.availability.coverage:
        return None
    whole = month(name, zone)
    left_out = exclusions.flatten(judged_exclusions(agreed, declared), whole)
    return MonthSoFar(until - 1, statement.booking.down, int(budget(agreed, whole, left_out)))
