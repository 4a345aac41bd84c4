"""PromQL as the panels ask it: every selector names the job, and a gauge that comes from two places counts once."""

from __future__ import annotations

#: The time that is shown.
OVER_RANGE = "$__range"


def select(metric: str, window: str = "", **labels: str) -> str:
    """A selector of a metric of slawatch, named without its prefix; with `window`, of a range.

    A value that begins with `~` is a pattern, `!~` one that must not match; any other is meant as it stands.
    """
    named = "".join(f", {label}{_matcher(value)}" for label, value in labels.items())
    return f'slawatch_{metric}{{job=~"$job"{named}}}' + (f"[{window}]" if window else "")


def _matcher(value: str) -> str:
    for sign in ("!~", "~"):
        if value.startswith(sign):
            return f'{"=~" if sign == "~" else sign}"{value.removeprefix(sign)}"'
    return f'="{value}"'


def mine(metric: str, window: str = "", **labels: str) -> str:
    """`select`, of the customers that are chosen."""
    return select(metric, window, customer="~$customer", **labels)


def gauge(metric: str, by: str = "customer", **labels: str) -> str:
    """A gauge of the chosen customers."""
    return f"max by ({by}) ({mine(metric, **labels)})"


def rate(metric: str, by: str = "", **labels: str) -> str:
    """How fast a counter of the chosen customers grows, each second."""
    return f"sum by ({by}) (rate({mine(metric, '$__rate_interval', **labels)}))"


def counted(metric: str, by: str = "", **labels: str) -> str:
    """How many a counter of the chosen customers counted in the time that is shown, in whole ones."""
    return f"sum by ({by}) (round(increase({mine(metric, OVER_RANGE, **labels)})))"


def all_rate(metric: str, **labels: str) -> str:
    """How fast a counter of slawatch itself grows, each second."""
    return f"sum(rate({select(metric, '$__rate_interval', **labels)}))"


def all_counted(metric: str, **labels: str) -> str:
    """How many a counter of slawatch itself counted in the time that is shown, in whole ones."""
    return f"sum(round(increase({select(metric, OVER_RANGE, **labels)})))"


def quantile(share: float, metric: str, *, everyone: bool = False, **labels: str) -> str:
    """A quantile out of a histogram's buckets; of the chosen customers, or with `everyone` of slawatch itself."""
    chosen = select if everyone else mine
    return (
        f"histogram_quantile({share}, sum by (le) (rate({chosen(f'{metric}_bucket', '$__rate_interval', **labels)})))"
    )


def attained(objective: str, period: str = "month_to_date") -> str:
    """The ledger's share, by customer."""
    return gauge("sla_attained_ratio", objective=objective, period=period)


def promised(objective: str) -> str:
    return gauge("sla_objective_ratio", objective=objective)


#: 1 up, 0 in an outage, 2 unknown: `customer_up` is absent then, and what stands for every customer fills in.
STATE = f"{gauge('customer_up')} or on (customer) (0 * {gauge('maintenance_active')} + 2)"

BUDGET = gauge("sla_error_budget_seconds", objective="availability")
BUDGET_LEFT = gauge("sla_error_budget_remaining_ratio", objective="availability")
UNCERTAINTY = gauge("sla_uncertainty_seconds", objective="availability")
STARTS = gauge("sla_period_start_timestamp_seconds")
ENDS = gauge("sla_period_end_timestamp_seconds")

#: Share of the calendar month that is still to come: a budget under it is spent faster than the month passes.
MONTH_LEFT = f"({ENDS} - time()) / ({ENDS} - {STARTS})"


def reached(objective: str, period: str) -> str:
    """1 where the ledger's share is at least what is promised, else 0."""
    return f"{attained(objective, period)} >= bool {promised(objective)}"


_AS_PROMISED = reached("availability", "month_to_date")

#: 2 on course, 1 under the promise but not yet out of budget, 0 out of budget: no rest of the month can mend it.
#: Where 100 % is promised there is no budget to be a share of, and what is under the promise is out of it.
MONTH = f"({_AS_PROMISED}) + on (customer) (({BUDGET_LEFT} >= bool 0) or on (customer) ({_AS_PROMISED}))"


def within(page: str = "~.*", by: str = "") -> str:
    """The share of the loads that opened in time. Nothing where nothing was loaded."""
    slow = rate("page_loads_slow_total", by, page=page)
    return f"1 - {slow} / ({rate('page_loads_total', by, page=page)} > 0)"


def how_many(condition: str) -> str:
    """The number of series for which the condition holds; 0 where it holds for none."""
    return f"count({condition}) or vector(0)"


def at_the_end(metric: str, **labels: str) -> str:
    """A gauge of the chosen customers as it is at the end of the time that is shown."""
    return f"max by (customer) ({mine(metric, **labels)} @ end())"


#: The customers that a drawing has room for: those with the lowest availability this month, or with none measured.
FORTY = (
    f"bottomk(40, {at_the_end('sla_attained_ratio', objective='availability', period='month_to_date')} "
    f"or on (customer) 0 * {at_the_end('maintenance_active')})"
)
