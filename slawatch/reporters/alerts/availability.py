"""A customer, or the platform, that is down; and the month's budget of seconds that may be bad."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from slawatch.reporters.alerts.pace import Alike, Pace, seconds, window, written
from slawatch.reporters.alerts.rule import (
    OUTSIDE_MAINTENANCE,
    Alert,
    Record,
    Rule,
    Severity,
    either,
    grown,
    latest,
    promql,
)

BAD = "customer_objective:slawatch_sla_bad_seconds:increase"
ELAPSED = "customer:slawatch_sla_period_elapsed:ratio"
DOWN = "SlawatchCustomerDown"
#: The last days, whose pace shows where the month is going.
LATELY = "3d"
#: Seconds for which an outage goes on before somebody is paged.
MOMENT = 30
_UP = latest("slawatch_customer_up")
_REMAINING = latest("slawatch_sla_error_budget_remaining_ratio")
_BUDGET = latest("slawatch_sla_error_budget_seconds")
_FIRING = f'ALERTS{{alertname="{DOWN}", alertstate="firing"}}'
PLATFORM = "SlawatchPlatformDown"
_MANY = "platform:slawatch_customers_down:count"
#: How long the last customers may take to come back before each is paged by itself.
_BACK = "2m"
#: Also those whose outage is not old enough yet to be paged.
_DOWN = f'ALERTS{{alertname="{DOWN}"}}'


def windows(pace: Pace) -> dict[str, tuple[str, str]]:
    """The long and the short window of each speed of burning."""
    every = pace.judged
    return {
        "fast": (window("1h", 6, every), window("5m", 2, every)),
        "slow": (window("6h", 6, every), window("30m", 2, every)),
        "day": (window("1d", 6, every), window("2h", 2, every)),
        "days": (window(LATELY, 6, every), window("6h", 2, every)),
    }


def recorded(all_alike: Iterable[Alike]) -> Iterator[Record]:
    """Seconds that were bad in each window, and how far each customer's month has come."""
    needed = {one for each in all_alike for pair in windows(each.pace).values() for one in pair}
    for length in sorted({*needed, LATELY}, key=seconds):
        yield Record(f"{BAD}{length}", grown("slawatch_sla_bad_seconds_total", length))
    starts, ends = (latest(f"slawatch_sla_period_{edge}_timestamp_seconds") for edge in ("start", "end"))
    yield Record(ELAPSED, promql(f"(time() - {starts})\n/ ({ends} - {starts})"))


def down(second_look: timedelta) -> Iterator[Alert]:
    """`second_look`: how long after a failed look that is an outage by itself the next one comes; zero: none is."""
    lasting = MOMENT + math.ceil(second_look.total_seconds())
    yield Alert(
        DOWN,
        Severity.PAGE,
        promql(f"""
            (
              {_UP} == 0
              or
              (
                {latest("last_over_time(slawatch_customer_up[5m])")} == 0
                and on (customer) {_FIRING}
              )
            )
            {OUTSIDE_MAINTENANCE}
        """),
        "{{ $labels.customer }} is down",
        f"A confirmed outage of {{{{ $labels.customer }}}} has lasted for {lasting} s, and no maintenance is running "
        "there. Its contacts are mailed by slawatch. It goes on when slawatch cannot tell for up to five minutes.",
        lasting=written(lasting),
    )


def platform() -> Iterator[Rule]:
    """Recorded is how many are down while that is the platform. Its alert goes on for those that come back last."""
    yield Record(
        _MANY,
        promql(f"""
            count({_DOWN}) >= 2
            and
            count({_DOWN})
              > 0.5 * count(({_UP} {OUTSIDE_MAINTENANCE}) or on (customer) {_DOWN})
            and
            count({_FIRING})
        """),
    )
    yield Alert(
        PLATFORM,
        Severity.PAGE,
        promql(f"""
            {_MANY}
            or
            (
              count({_DOWN})
              and last_over_time({_MANY}[{_BACK}])
              and on () ALERTS{{alertname="{PLATFORM}", alertstate="firing"}}
            )
        """),
        "The platform is down: {{ $value }} customers",
        "{{ $value }} customers are down. That is more than half of those of whom slawatch can tell, or was within the "
        "last two minutes. The customers' own alerts are silent meanwhile.",
    )


def burning(all_alike: Sequence[Alike]) -> Iterator[Alert]:
    """The budget goes faster than it may. The pages are about what was too short each time to be paged as down."""
    for name, share, words, lately in (("fast", "0.02", "2 %", "an hour"), ("slow", "0.05", "5 %", "six hours")):
        yield Alert(
            f"SlawatchAvailabilityBudgetBurn{name.capitalize()}",
            Severity.PAGE,
            either(_unpaged(these, *windows(these.pace)[name], share) for these in all_alike),
            "{{ $labels.customer }} goes up and down: {{ $value | humanizeDuration }} of short outages",
            f"Short outages of {{{{ $labels.customer }}}} took more than {words} of this month's budget within "
            f"{lately} or so, and they go on. None of them lasted long enough to be paged as down.",
        )
    yield Alert(
        "SlawatchAvailabilityBudgetBurnTicket",
        Severity.TICKET,
        either(_burnt(these, *windows(these.pace)[of], "0.10") for these in all_alike for of in ("day", "days")),
        "{{ $labels.customer }} used a tenth of its month",
        "{{ $labels.customer }} was down for {{ $value | humanizeDuration }} within three days or less: more than a "
        "tenth of what this month allows.",
    )


def budget() -> Iterator[Alert]:
    yield Alert(
        "SlawatchBudgetNearlySpent",
        Severity.TICKET,
        promql(f"{latest(_of_availability('slawatch_sla_error_budget_remaining_ratio'))} <= 0.25\n>= 0"),
        "{{ $labels.customer }} has {{ $value | humanizePercentage }} of its budget left",
        "Of the seconds that {{ $labels.customer }} may be down this month {{ $value | humanizePercentage }} are left. "
        "Put off what is risky there until the month has turned.",
        lasting="5m",
    )
    yield Alert(
        "SlawatchBudgetPace",
        Severity.TICKET,
        promql(f"""
            {BAD}{LATELY}{{objective="availability"}} / {seconds(LATELY)}
              * on (customer) group_left ()
                ({latest("slawatch_sla_period_end_timestamp_seconds")} - time())
              > on (customer, objective) ({_BUDGET} * {_REMAINING})
            and on (customer, objective)
              (0 <= {_REMAINING} <= 0.75)
            and on (customer)
              (1 - {latest(_of_availability("slawatch_sla_error_budget_remaining_ratio"))} > on (customer) {ELAPSED})
        """),
        "{{ $labels.customer }} will have spent its budget before the month is over",
        "More of the budget of {{ $labels.customer }} is gone than of the month, at least a quarter, and the last "
        "three days' pace would take another {{ $value | humanizeDuration }} until its end: more than is left.",
        lasting="15m",
    )


def _unpaged(these: Alike, long: str, short: str, share: str) -> str:
    """What burnt outside of maintenance, of customers that were not paged as down within the long window."""
    working = latest(f"max_over_time(slawatch_maintenance_active[{short}])")
    return "\n".join(
        (
            _burnt(these, long, short, share),
            f"unless on (customer) max_over_time({_FIRING}[{long}])",
            f"unless on (customer) ({working} == 1)",
        )
    )


def _burnt(these: Alike, long: str, short: str, share: str) -> str:
    of = f'{{objective="availability"{these.selector}}}'
    return promql(f"""
        {BAD}{long}{of}
          > on (customer, objective) clamp_min({share} * {_BUDGET}, {these.pace.floor})
        and on (customer, objective)
          {BAD}{short}{of} > {these.pace.still}
    """)


def _of_availability(series: str) -> str:
    return f'{series}{{objective="availability"}}'
