"""Pages that are slower than promised, and promises that are at risk or broken."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from textwrap import indent

from slawatch.reporters.alerts.availability import ELAPSED
from slawatch.reporters.alerts.pace import Alike, Pace, window
from slawatch.reporters.alerts.rule import OUTSIDE_MAINTENANCE, Alert, Record, Severity, grown, latest, promql

SLOW = "customer_page:slawatch_page_loads_slow:increase"
SHARE = "customer_page:slawatch_page_loads_slow_per_page_loads:ratio_increase"
FAST = "SlawatchPageLoadSlowFast"
#: Slow loads in the long window below which nothing is said: four, less what `increase()` may lose.
FEWEST = 3.5
_FIRING = f'ALERTS{{alertname="{FAST}", alertstate="firing"}}'
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
    for length in sorted(needed, key=lambda one: ("mhd".index(one[-1]), int(one[:-1]))):
        yield Record(f"{SLOW}{length}", grown(slow, length))
        yield Record(f"{SHARE}{length}", promql(f"{grown(slow, length)}\n/ ({grown(all_loads, length)} > 0)"))


def slow(these: Alike) -> Iterator[Alert]:
    lengths, within = windows(these.pace), "{{ $labels.customer }}/{{ $labels.page }}"
    long, short = lengths["fast"]
    yield Alert(
        FAST,
        Severity.PAGE,
        f"{_slow(these, long, short, 14.4)}\n{OUTSIDE_MAINTENANCE}",
        within + " is slow: {{ $value | humanizePercentage }} of its loads",
        f"Of the loads of {within} within {long} {{{{ $value | humanizePercentage }}}} were slower than promised or "
        f"failed, within {short} as many: more than {_percent(these, 14.4)}. It is up.",
    )
    longer = {"slow": 6, "day": 3}
    either = "\n  or\n".join(indent(_slow(these, *lengths[of], factor), "  ") for of, factor in longer.items())
    yield Alert(
        "SlawatchPageLoadSlow",
        Severity.TICKET,
        f"(\n{either}\n)\n{OUTSIDE_MAINTENANCE}",
        within + " is slower than promised",
        f"Of the loads of {within} {{{{ $value | humanizePercentage }}}} were slower than promised or failed, more "
        f"than {_percent(these, 6)} within {lengths['slow'][0]} or {_percent(these, 3)} within {lengths['day'][0]}, "
        "and it goes on.",
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
              (1 - {_so_far("speed")})
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
            {latest('slawatch_sla_error_budget_remaining_ratio{objective="availability"}')} < 0
            or
            (
              {_so_far("availability")} < 1
              and on (customer, objective)
                {latest("slawatch_sla_error_budget_seconds")} == 0
            )
            or
            (
              (1 - {_so_far("speed")}) * on (customer) group_left () {ELAPSED}
                > on (customer, objective) (1 - {_OBJECTIVE})
            )
        """),
        "The promise of {{ $labels.objective }} to {{ $labels.customer }} is broken this month",
        "The {{ $labels.objective }} that {{ $labels.customer }} was promised cannot be reached this month any more, "
        "whatever the rest of it brings.",
        lasting="5m",
    )


def _slow(these: Alike, long: str, short: str, factor: float) -> str:
    share, of = these.pace.slow_share(factor), f"{{{these.selector.removeprefix(', ')}}}" if these.selector else ""
    return promql(f"""
        {SHARE}{long}{of} > {share}
        and {SHARE}{short}{of} > {share}
        and {SLOW}{long}{of} > {FEWEST}
    """)


def _percent(these: Alike, factor: float) -> str:
    return f"{100 * float(these.pace.slow_share(factor)):.4g} %"


def _so_far(objective: str) -> str:
    series = f'slawatch_sla_attained_ratio{{objective="{objective}", period="month_to_date"}}'
    return f"max without (instance, job, period) ({series})"
