"""A statement as the figures that gauges show, and which of these move in a steady time."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from slawatch.account.last_month import LastMonth
from slawatch.model import SECOND, ExclusionKind, Micros
from slawatch.reporters.metrics import Figures, Metrics, ObjectiveFigures
from slawatch.rules.agreed import Agreed
from slawatch.rules.availability import Booking
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import Excluded, clipped
from slawatch.rules.speed import Speed
from slawatch.rules.statement import Statement
from slawatch.rules.steady import Moving
from slawatch.rules.timeline import Rating


def budget(agreed: Agreed, whole: Period, excluded: Sequence[Excluded]) -> Fraction:
    """How many microseconds of the whole month may be down, by the objective of each stage of it.

    `excluded`: of the whole month, also what is still to come.
    """
    allowed = Fraction()
    for period, terms, watched in agreed.stages(whole):
        left_out = sum(
            one.ends - one.starts
            for one in clipped(excluded, period)
            if not (terms.maintenance.as_up and one.kind is ExclusionKind.MAINTENANCE)
        )
        allowed += (1 - terms.availability.objective) * (period.length - left_out) * watched
    return allowed


def figures_of(
    statement: Statement, previous: LastMonth | None, whole: Period, budget: Fraction, may_be_slow: Fraction
) -> Figures:
    """This month to date beside last month. `budget`: of the `whole` month, in microseconds; `may_be_slow`: loads."""
    objectives = {
        "availability": _availability(statement.booking, None if previous is None else previous.booking, budget),
        "speed": ObjectiveFigures(
            month_to_date=statement.speed.share,
            previous_month=None if previous is None else previous.speed.share,
            budget_loads=may_be_slow,
            remaining_ratio=_left(may_be_slow, statement.speed.slow),
        ),
    }
    if statement.network is not None:
        objectives["network"] = ObjectiveFigures(
            month_to_date=statement.network.ratio,
            previous_month=None if previous is None or previous.network is None else previous.network.ratio,
        )
    return Figures(
        period_starts=whole.starts,
        period_ends=whole.ends,
        customer_up=up_now(statement),
        objectives=objectives,
        p95_month_to_date=_p95(statement.speed),
        p95_previous_month={} if previous is None else _p95(previous.speed),
    )


def _availability(booking: Booking, previous: Booking | None, budget: Fraction) -> ObjectiveFigures:
    doubtful: Micros = booking.ratings[Rating.DOUBTED_UP] + booking.ratings[Rating.LENIENT_UP]
    return ObjectiveFigures(
        month_to_date=booking.ratio,
        previous_month=None if previous is None else previous.ratio,
        budget_seconds=budget / SECOND,
        remaining_ratio=_left(budget, booking.down),
        uncertainty_seconds=Fraction(doubtful, SECOND),
    )


def _left(budget: Fraction, bad: int) -> Fraction | None:
    """The share of a budget that is left; None where there is none to share."""
    return None if budget <= 0 else 1 - bad / budget


def show_moved(metrics: Metrics, before: Moving, now: Moving) -> None:
    """Of a customer whose figures move steadily, those that did."""
    customer = now.steady.terms.customer
    if now.availability != before.availability:
        metrics.attained(customer, "availability", now.availability)
    if now.network != before.network:
        metrics.attained(customer, "network", now.network)
    if now.speed != before.speed:
        metrics.attained(customer, "speed", now.speed)
    if (now.allowed, now.slow) != (before.allowed, before.slow):
        metrics.slow_budget(customer, now.may_be_slow, _left(now.may_be_slow, now.slow))
    for page, earlier in zip(now.pages, before.pages, strict=True):
        took = page.p95_milliseconds
        if took != earlier.p95_milliseconds:
            metrics.p95(customer, page.page, None if took is None else took / 1000)


def up_now(statement: Statement) -> bool | None:
    """How the customer stands at the period's end, which is now: down in a confirmed outage; None while unknown.

    A failure that nothing has confirmed makes nobody down, also where its seconds count (`blips: down`).
    """
    if statement.rating is Rating.UNKNOWN:
        return None
    return statement.rating < Rating.LENIENT_UP or all(one.outage.ends is not None for one in statement.outages)


def _p95(speed: Speed) -> dict[str, Fraction | None]:
    found = {name: page.p95_milliseconds for name, page in speed.pages.items()}
    return {name: None if took is None else Fraction(took, 1000) for name, took in found.items()}
