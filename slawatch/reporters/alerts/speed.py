"""Pages that are slower than promised, and promises that are at risk or broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import indent

from slawatch.reporters.alerts.availability import ELAPSED
from slawatch.reporters.alerts.pace import Alike, Pace, seconds, window
from slawatch.reporters.alerts.rule import OUTSIDE_MAINTENANCE, Alert, Record, Severity, either, grown, latest, promql

SLOW = "customer_page:slawatch_page_loads_slow:increase"
SHARE = "customer_page:slawatch_page_loads_slow_per_page_loads:ratio_increase"
FAST = "SlawatchPageLoadSlowFast"
#: Slow loads in the long window below which nothing is said: four, less what `increase()` may lose.
FEWEST = 3.5
_FIRING = f'ALERTS{{alertname="{FAST}", alertstate="firing"}}'
#: What has a budget: of seconds, or of loads.
_PROMISED = 'objective=~"availability|speed"'
_OBJECTIVE = latest('slawatch_sla_objective_ratio{objective="speed"}')


def windows(pace: Pace) -> dict[str, tuple[str, str]]:
    """The long and the short window of each speed of burning; the short one holds at least three loads."""
    every = pace.loads
    return {
        "fast": (window("1h", 6, every), window("15m", 3, every)),
        "slow": (window("6h", 6, every), window("30m", 3, every)),
        "day": (window("1d", 6, every), window("2h", 3, every)),
    }


def recorded(all_alike: Iterable[Alike]) -> Iterator[Record]:
    """The share of slow loads in each window, and how many they were."""
    needed = {one for each in all_alike for pair in windows(each.pace).values() for one in pair}
    slow, all_loads = "slawatch_page_loads_slow_total", "slawatch_page_loads_total"
    for length in sorted(needed, key=seconds):
        yield Record(f"{SLOW}{length}", grown(slow, length))
        yield Record(f"{SHARE}{length}", promql(f"{grown(slow, length)}\n/ ({grown(all_loads, length)} > 0)"))


def slow(all_alike: Sequence[Alike]) -> Iterator[Alert]:
    page = "{{ $labels.customer }}/{{ $labels.page }}"
    yield Alert(
        FAST,
        Severity.PAGE,
        _outside_maintenance(_slow(these, *windows(these.pace)["fast"], 14.4) for these in all_alike),
        page + " is slow: {{ $value | humanizePercentage }} of its loads",
        f"Of the loads of {page} within an hour or so {{{{ $value | humanizePercentage }}}} were slower than "
        "promised or failed, and it goes on: nine in ten, or so many that what the promise allows in a month is spent "
        "14 times too fast. It is up.",
    )
    yield Alert(
        "SlawatchPageLoadSlow",
        Severity.TICKET,
        _outside_maintenance(
            _slow(these, *windows(these.pace)[of], factor)
            for these in all_alike
            for of, factor in (("slow", 6), ("day", 3))
        ),
        page + " is slower than promised",
        f"Of the loads of {page} in hours {{{{ $value | humanizePercentage }}}} were slower than promised or failed, "
        "and it goes on: nine in ten, or so many that what the promise allows in a month is spent three times too "
        "fast, or more.",
    )


def platform() -> Alert:
    customers = f"count(count by (customer) ({_FIRING}))"
    return Alert(
        "SlawatchPlatformSlow",
        Severity.PAGE,
        promql(f"""
            {customers} >= 2
            and
            {customers} > 0.5 * count({latest("slawatch_customer_up")} {OUTSIDE_MAINTENANCE})
        """),
        "The platform is slow: {{ $value }} customers",
        "Pages of {{ $value }} customers are slow at once: more than half of those of whom slawatch can tell. The "
        "customers' own alerts of slow pages are silent meanwhile.",
    )


def month() -> Iterator[Alert]:
    """How the month will end, by the ledger's own figures."""
    yield Alert(
        "SlawatchSpeedAtRisk",
        Severity.TICKET,
        promql(f"""
            (
              (1 - {_so_far('objective="speed"')})
                > on (customer, objective) (1 - {_OBJECTIVE})
            )
            and on (customer)
              {ELAPSED} > 0.1
        """),
        "{{ $labels.customer }} is behind its promised speed this month",
        "{{ $value | humanizePercentage }} of this month's loads of {{ $labels.customer }} were slower than promised "
        "or failed: more than the promise allows. It can still be met when the rest of the month is faster.",
        lasting="1h",
    )
    yield Alert(
        "SlawatchPromiseBroken",
        Severity.TICKET,
        promql(f"""
            {latest(f"slawatch_sla_error_budget_remaining_ratio{{{_PROMISED}}}")} < 0
            or
            (
              {_so_far(_PROMISED)} < 1
              and on (customer, objective)
                (
                  {latest("slawatch_sla_error_budget_seconds")} == 0
                  or
                  {latest("slawatch_sla_error_budget_loads")} == 0
                )
            )
        """),
        "The promise of {{ $labels.objective }} to {{ $labels.customer }} is broken this month",
        "As things stand, the {{ $labels.objective }} that {{ $labels.customer }} was promised cannot be reached this "
        "month any more.",
        lasting="5m",
    )


def _slow(these: Alike, long: str, short: str, factor: float) -> str:
    share, of = these.pace.slow_share(factor), f"{{{these.selector.removeprefix(', ')}}}" if these.selector else ""
    return promql(f"""
        {SHARE}{long}{of} > {share}
        and {SHARE}{short}{of} > {share}
        and {SLOW}{long}{of} > {FEWEST}
    """)


def _outside_maintenance(parts: Iterable[str]) -> str:
    return f"(\n{indent(either(parts), '  ')}\n)\n{OUTSIDE_MAINTENANCE}"


def _so_far(objectives: str) -> str:
    series = f'slawatch_sla_attained_ratio{{{objectives}, period="month_to_date"}}'
    return f"max without (instance, job, period) ({series})"
