"""One customer's service level: what was promised, what was reached, and where the time went."""

from __future__ import annotations

from dashboards.grafana import colours as c
from dashboards.grafana import queries as q
from dashboards.grafana.board import CUSTOMER, JOB, OUTAGES, WINDOWS, Board, Row
from dashboards.grafana.kinds import Bars, Lines, Stat, Timeline
from dashboards.grafana.panel import Query

_SPENT_AT_MOST = f"{q.BUDGET_LEFT} - {q.UNCERTAINTY} / {q.BUDGET}"
_SPENT_AT_LEAST = f"{q.BUDGET_LEFT} + {q.UNCERTAINTY} / {q.BUDGET}"
_DOWN = q.rate("sla_bad_seconds_total", objective="availability")
_COUNTS = q.rate("sla_eligible_seconds_total", objective="availability")
_MAINTENANCE_LEFT = (
    f"({q.gauge('maintenance_end_timestamp_seconds')} - time()) or on (customer) 0 * {q.gauge('maintenance_active')}"
)


def _left_out(reason: str) -> str:
    return q.rate("sla_excluded_seconds_total", objective="availability", reason=reason)


NOW = (
    Stat(
        "State",
        "Up, or down in a confirmed outage; unknown when slawatch cannot tell.",
        "none",
        (Query(q.STATE, "State"),),
        words=c.STATE,
    ),
    Stat(
        "This month",
        "On course: as promised so far. At risk: under the promise, with budget left. Broken: more downtime than the "
        "whole month allows. The statement (slawatch report) has the last word: it also asks how much was measured.",
        "none",
        (Query(q.MONTH, "This month"),),
        words=c.MONTH,
    ),
    Stat(
        "Last month",
        "Whether last month's figure is at least what is promised now. What was measured and agreed then is in its "
        "statement.",
        "none",
        (Query(q.reached("availability", "previous_month"), "Last month"),),
        words=c.REACHED,
    ),
    Stat(
        "Attained",
        "The ledger's availability of this month so far, exclusions left out. Statements floor it, and never round it "
        "up.",
        "percentunit",
        (Query(q.attained("availability"), "Attained"),),
        decimals=4,
    ),
    Stat(
        "Promised",
        "The availability that was promised.",
        "percentunit",
        (Query(q.promised("availability"), "Promised"),),
        decimals=2,
    ),
    Stat(
        "Downtime left",
        "How much longer the customer may be down this month before the promise is broken; under 0 it is.",
        "s",
        (Query(f"{q.BUDGET_LEFT} * {q.BUDGET}", "Downtime left"),),
        steps=((None, c.BAD), (0, c.GOOD)),
        decimals=1,
    ),
    Stat(
        "Uncertainty",
        "Between the least and the most downtime that this month's looks allow: what happens between two looks is not "
        "seen.",
        "s",
        (Query(q.UNCERTAINTY, "Uncertainty"),),
        decimals=1,
    ),
    Stat(
        "Maintenance ends in",
        "Until the planned end of the running window. From then on downtime counts and pages again, also when the work "
        "goes on.",
        "s",
        (Query(_MAINTENANCE_LEFT, "Maintenance ends in"),),
        words=((0, "no window", c.GREY),),
        steps=((None, c.MAINTENANCE),),
        decimals=0,
    ),
)

FIGURES = (
    Lines(
        "Attained and promised",
        "The ledger's figures of each calendar month so far: availability as a user sees it, and the network's (any "
        "HTTP answer). They begin anew with each month, and move back when an exclusion is declared afterwards.",
        "percentunit",
        (
            Query(q.attained("availability"), "availability", c.BLUE),
            Query(q.attained("network"), "network", c.GREY),
            Query(q.promised("availability"), "promised", c.BAD, dashed=True),
        ),
        most=1,
        decimals=3,
    ),
    Lines(
        "Budget left",
        "The share of this month's allowed downtime that is left, and the share of the month that is. While the "
        "budget lies over the month it lasts; under 0 the promise is broken. The band is left the uncertainty up and "
        "down, so what the looks allow lies within.",
        "percentunit",
        (
            Query(_SPENT_AT_LEAST, "at most", c.SKY, fill_to="at least"),
            Query(_SPENT_AT_MOST, "at least", c.SKY),
            Query(q.BUDGET_LEFT, "budget left", c.BLUE),
            Query(q.MONTH_LEFT, "month left", c.ORANGE, dashed=True),
        ),
        steps=c.up_to(0),
        limit=True,
        decimals=1,
    ),
)

TIME = (
    Lines(
        "Where the time went",
        "Each second is one of these: up, down, left out for maintenance or force majeure, or unknown. By counters, "
        "as it passed: what was declared afterwards is only in the ledger's figures.",
        "percentunit",
        (
            Query(_DOWN, "down", c.BAD),
            Query(_left_out("maintenance"), "maintenance", c.MAINTENANCE),
            Query(_left_out("force_majeure"), "force majeure", c.YELLOW),
            Query(q.rate("sla_unknown_seconds_total", objective="availability"), "unknown", c.UNKNOWN),
            Query(f"{_COUNTS} - {_DOWN}", "up", c.GOOD),
        ),
        least=0,
        most=1,
        interval="1m",
        stacked=True,
    ),
    Bars(
        "Not up, in the time that is shown",
        "How long the customer was down, left out and unknown. By counters: for the shape of things, never to quote "
        "to a customer.",
        "s",
        (
            Query(q.counted("sla_bad_seconds_total", objective="availability"), "down"),
            Query(q.counted("sla_bad_seconds_total", objective="network"), "down for the network"),
            Query(q.counted("sla_excluded_seconds_total", "reason", objective="availability"), "left out: {{reason}}"),
            Query(q.counted("sla_unknown_seconds_total", objective="availability"), "unknown"),
        ),
        least=0,
        width=7,
        decimals=0,
    ),
    Bars(
        "Outages and blips",
        "In the time that is shown: outages were confirmed by a second look, blips were not, and count as up.",
        "none",
        (
            Query(q.counted("outages_total"), "outages"),
            Query(q.counted("blips_total"), "blips"),
        ),
        least=0,
        width=5,
        decimals=0,
    ),
)

LOOKS = (
    Timeline(
        "The customer and its checks",
        "The customer's state, and beneath it the last look of each check: down looks here are not yet confirmed. A "
        "gap is unknown.",
        "none",
        (
            Query(q.STATE, "{{customer}}"),
            Query(q.gauge("probe_success", "check"), "{{check}}"),
        ),
        words=c.STATE,
        width=16,
        interval="1m",
    ),
    Bars(
        "Looks that were not up, by cause",
        "In the time that is shown, the most frequent first. Causes monitor_*, login_rejected, blocked and "
        "selector_drift are unknown and count against nobody.",
        "none",
        (Query(f"topk(8, {q.counted('probe_failures_total', 'cause')})", "{{cause}}"),),
        least=0,
        decimals=0,
    ),
)

BOARD = Board(
    "customer",
    "customer SLA",
    "What one customer was promised and got: availability, budget, bounds, time left out, outages.",
    (JOB, CUSTOMER),
    (
        Row("Now, and this month", 4, NOW),
        Row("The promise", 10, FIGURES),
        Row("The time", 9, TIME),
        Row("The looks", 9, LOOKS),
    ),
    marked=(OUTAGES, WINDOWS),
    since="now/M",
)
