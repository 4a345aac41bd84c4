"""Rule 7, a window that overruns: its planned end comes, nobody ended it, and the customer is down."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from slawatch.model import Event, EventKind, Exclusion, ExclusionKind, Instant
from slawatch.rules.calendar import stamp
from slawatch.rules.judging import CustomerState, OpenOutage


def overruns(
    before: CustomerState, after: CustomerState, declared: Iterable[Exclusion], known: Collection[str], now: Instant
) -> tuple[Event, ...]:
    """The overruns that a judgement finds, from the customer's state `before` and `after` it; at the planned end.

    The id follows from window, customer and planned end, and what is `known` by it is told no more.
    """
    outage, until = _down(before, after, now)
    if outage is None:
        return ()
    return tuple(
        Event(
            id=id_,
            customer=outage.customer,
            kind=EventKind.OVERRAN,
            outage=one.id,
            at=one.ends,
            recorded=now,
            checks=outage.checks,
            cause=outage.cause,
        )
        for one in declared
        if one.kind is ExclusionKind.MAINTENANCE and one.id is not None and one.ended is None
        if outage.starts <= one.ends < until
        if (id_ := f"{one.id}/{EventKind.OVERRAN}/{outage.customer}/{stamp(one.ends)}") not in known
    )


def _down(before: CustomerState, after: CustomerState, now: Instant) -> tuple[OpenOutage | None, Instant]:
    """The outage that lasts, or that this judgement closed, and until when the customer is known to be down in it."""
    if after.outage is not None:
        return after.outage, now + 1
    if before.outage is not None and after.closed is not None:
        return after.closed, after.closed.latest_end
    return None, now
