"""The fleet: every customer on one page, the one with the least budget left first."""

from __future__ import annotations

from dashboards.grafana import colours as c
from dashboards.grafana import queries as q
from dashboards.grafana.board import CUSTOMERS, JOB, OUTAGES, WINDOWS, Board, Row
from dashboards.grafana.kinds import Lines, Stat, Timeline
from dashboards.grafana.panel import Query
from dashboards.grafana.table import Column, Table

_TO_CUSTOMER = "/d/slawatch-customer/customer?var-customer=${__value.raw}&${job:queryparam}&${datasource:queryparam}"
_LOOK_AGE = f"time() - {q.gauge('probe_last_run_timestamp_seconds', 'customer, check')}"
_CHECKS = f"count({q.gauge('probe_interval_seconds', 'customer, check')})"
_LAST_LOOKS = q.gauge("probe_success", "customer, check")
_DOWN = f"({q.how_many(f'{_LAST_LOOKS} == 0')})"
_UNSEEN = f"({_CHECKS} - ({q.how_many(_LAST_LOOKS)}))"


def _number(title: str, description: str, condition: str, steps: c.Steps) -> Stat:
    return Stat(title, description, "none", (Query(q.how_many(condition), title),), steps=steps, decimals=0)


PLATFORM = (
    _number("Customers", "Customers that slawatch watches.", q.gauge("maintenance_active"), c.PLAIN),
    _number(
        "Down now",
        "Customers in a confirmed outage. Many at once: look at the platform first, and not at each customer.",
        f"{q.gauge('customer_up')} == 0",
        c.ANY_IS_BAD,
    ),
    _number(
        "Unknown now",
        "Customers of which slawatch cannot tell whether they are up. This is ours to mend: see slawatch itself.",
        f"{q.gauge('maintenance_active')} unless on (customer) {q.gauge('customer_up')}",
        c.ANY_IS_UNKNOWN,
    ),
    _number(
        "In maintenance now",
        "Customers with a running window, also one that was told too late and does not count.",
        f"{q.gauge('maintenance_active')} == 1",
        c.ANY_IS_MAINTENANCE,
    ),
    _number(
        "Out of budget",
        "Customers whose downtime this month is more than the whole month allows: the promise is broken.",
        f"({q.MONTH}) == 0",
        c.ANY_IS_BAD,
    ),
    _number(
        "At risk",
        "Customers under the promised availability so far this month, with budget left: the month may still end well.",
        f"({q.MONTH}) == 1",
        c.ANY_NEEDS_AN_EYE,
    ),
    _number(
        "Behind in speed",
        "Customers with fewer page loads in time this month than promised.",
        f"{q.attained('speed')} < {q.promised('speed')}",
        c.ANY_NEEDS_AN_EYE,
    ),
    Stat(
        "Outages",
        "Outages confirmed in the time that is shown, of all customers.",
        "none",
        (Query(q.counted("outages_total"), "Outages"),),
        steps=c.ANY_NEEDS_AN_EYE,
        decimals=0,
    ),
)

CUSTOMERS_TABLE = Table(
    "Customers by budget left",
    "The least budget left comes first; a name leads to the customer's own board. On course, at risk and broken "
    "compare this month so far with the promise. The statement (slawatch report) has the last word: it also asks how "
    "much was measured.",
    "none",
    sort="Budget left",
    link=_TO_CUSTOMER,
    columns=(
        Column("State", q.STATE, words=c.STATE),
        Column("Maintenance", q.gauge("maintenance_active"), words=c.RUNNING),
        Column("Budget left", q.BUDGET_LEFT, "percentunit", steps=c.BUDGET, decimals=1),
        Column("Downtime left", f"{q.BUDGET_LEFT} * {q.BUDGET}", "s", steps=((None, c.BAD), (0, c.GOOD)), decimals=1),
        Column("This month", q.MONTH, words=c.MONTH),
        Column("Last month", q.reached("availability", "previous_month"), words=c.REACHED),
        Column("Availability", q.attained("availability"), "percentunit", decimals=3),
        Column("Network", q.attained("network"), "percentunit", decimals=3),
        Column("Speed", q.attained("speed"), "percentunit", decimals=2),
        Column("Speed this month", q.reached("speed", "month_to_date"), words=c.SO_FAR),
        Column("Speed last month", q.reached("speed", "previous_month"), words=c.REACHED),
        Column("Oldest look", f"max by (customer) ({_LOOK_AGE})", "s", decimals=0),
    ),
)

OVER_TIME = (
    Lines(
        "Customers by state",
        "How many customers are up, down and unknown. A step of many at once is the platform.",
        "none",
        (
            Query(q.how_many(f"{q.gauge('customer_up')} == 0"), "down", c.BAD),
            Query(
                q.how_many(f"{q.gauge('maintenance_active')} unless on (customer) {q.gauge('customer_up')}"),
                "unknown",
                c.UNKNOWN,
            ),
            Query(q.how_many(f"{q.gauge('customer_up')} == 1"), "up", c.GOOD),
        ),
        width=8,
        least=0,
        decimals=0,
        stacked=True,
    ),
    Lines(
        "Checks that failed, of all checks",
        "The share of the chosen customers' checks whose last look was down, and of those that slawatch could not "
        "look at. Not yet confirmed: a single failure is no outage.",
        "percentunit",
        (
            Query(f"{_DOWN} / {_CHECKS}", "down", c.BAD),
            Query(f"{_UNSEEN} / {_CHECKS}", "could not look", c.UNKNOWN, dashed=True),
        ),
        width=8,
        least=0,
        interval="1m",
    ),
    Lines(
        "Page loads in time",
        "The share of page loads within the promised time: of all customers together, and of the customer with the "
        "fewest.",
        "percentunit",
        (
            Query(q.within(), "all customers", c.BLUE),
            Query(f"min({q.within(by='customer')})", "the slowest customer", c.ORANGE),
            Query(f"max({q.promised('speed')})", "promised", c.BAD, dashed=True),
        ),
        width=8,
        most=1,
        interval="5m",
    ),
)

STATES = Timeline(
    "Each customer's state",
    "Confirmed outages and unknown time of each customer, of forty at most: those with the lowest availability this "
    "month. A failure that nothing confirmed is not in it.",
    "none",
    (Query(f"({q.STATE}) and on (customer) {q.FORTY}", "{{customer}}"),),
    words=c.STATE,
    interval="1m",
)

BOARD = Board(
    "fleet",
    "fleet",
    "Every customer on one page: who is down, who has how much budget left, and whether it is the platform.",
    (JOB, CUSTOMERS),
    (
        Row("The platform now", 4, PLATFORM),
        Row("The customers", 12, (CUSTOMERS_TABLE,)),
        Row("The platform over time", 9, OVER_TIME),
        Row("The customers over time", 10, (STATES,)),
    ),
    marked=(OUTAGES, WINDOWS),
)
