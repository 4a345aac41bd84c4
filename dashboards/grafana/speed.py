"""How fast a customer's pages open, against the promise of 95 % within 3 s."""

from __future__ import annotations

from dashboards.grafana import colours as c
from dashboards.grafana import queries as q
from dashboards.grafana.board import CUSTOMER, JOB, OUTAGES, PAGES, WINDOWS, Board, Row
from dashboards.grafana.kinds import Heatmap, Lines, Stat
from dashboards.grafana.panel import Query

#: With a look each minute, five in a point.
STEP = "5m"
PROMISE_SECONDS = 3
PAGE = "~$page"

_P95 = q.gauge("page_load_duration_p95_seconds", "page", page=PAGE, period="month_to_date")


def _share(title: str, description: str, expr: str, decimals: int = 2) -> Stat:
    return Stat(title, description, "percentunit", (Query(expr, title),), width=4, decimals=decimals)


MONTH = (
    _share(
        "In time this month",
        "The ledger's share of loads within the promised time, all speed pages together. A failed load is a slow one.",
        q.attained("speed"),
    ),
    _share("Promised", "The share of loads that was promised to open in time.", q.promised("speed"), 0),
    Stat(
        "This month",
        "Whether the share so far is at least what was promised.",
        "none",
        (Query(q.reached("speed", "month_to_date"), "This month"),),
        width=4,
        words=c.SO_FAR,
    ),
    _share(
        "In time last month",
        "The ledger's share of last month.",
        q.attained("speed", "previous_month"),
    ),
    Stat(
        "p95 this month",
        "The exact 95th percentile of each page, by nearest rank, from the ledger: at most 3 s if and only if 95 % "
        "were within 3 s. No figure when it falls on a failed load.",
        "s",
        (Query(_P95, "{{page}}"),),
        width=8,
        text="value_and_name",
        steps=((None, c.GOOD), (PROMISE_SECONDS + 0.0005, c.BAD)),
        decimals=3,
    ),
)

SHARE = (
    Lines(
        "Loads in time",
        "The share of loads within the promised time, over some minutes for each point: of the chosen pages together, "
        "and of the slowest one.",
        "percentunit",
        (
            Query(q.within(PAGE), "all pages", c.BLUE),
            Query(f"min({q.within(PAGE, by='page')})", "the slowest page", c.ORANGE),
            Query(q.promised("speed"), "promised", c.BAD, dashed=True),
        ),
        least=0,
        most=1,
        interval=STEP,
    ),
    Lines(
        "Loads each minute",
        "The loads that count for the promise, and those of them that were slow or failed. In maintenance and in "
        "outages none count.",
        "none",
        (
            Query(f"60 * {q.rate('page_loads_total', page=PAGE)}", "counted", c.BLUE),
            Query(f"60 * {q.rate('page_loads_slow_total', page=PAGE)}", "slow or failed", c.BAD),
        ),
        least=0,
        interval=STEP,
        decimals=1,
    ),
)

#: Each with its colour; what passes before the page itself is dashed.
PHASES = (
    ("dns", c.GREY, True),
    ("connect", c.YELLOW, True),
    ("tls", c.VERMILION, True),
    ("ttfb", c.BLUE, True),
    ("response", c.GREY, False),
    ("dom", c.YELLOW, False),
    ("lcp", c.VERMILION, False),
    ("ready", c.BLUE, False),
)

ONE_PAGE = (
    Lines(
        "p50 and p95",
        "Load times out of the histogram, estimated between its bounds; a failed load is over 30 s, and shown as 30 "
        "s. The dashed lines are the promised 3 s, and the exact p95 of the month.",
        "s",
        (
            Query(q.quantile(0.95, "page_load_duration_seconds", page=PAGE), "p95", c.ORANGE),
            Query(q.quantile(0.5, "page_load_duration_seconds", page=PAGE), "p50", c.BLUE),
            Query(_P95, "p95 of the month", c.GREY, dashed=True),
        ),
        width=8,
        least=0,
        steps=c.up_to(PROMISE_SECONDS),
        limit=True,
        interval=STEP,
    ),
    Heatmap(
        "Load times",
        "How many loads took how long. The bound at 3 s is exact; failed loads lie over the highest bound.",
        "s",
        (
            Query(
                f"sum by (le) (increase({q.mine('page_load_duration_seconds_bucket', '$__rate_interval', page=PAGE)}))",
                "{{le}}",
            ),
        ),
        width=8,
        interval=STEP,
    ),
    Lines(
        "Phases of the last look",
        "Where the last look's time went, from navigation start on. The phases overlap, so they do not add up; lcp is "
        "when the largest part was painted.",
        "s",
        tuple(
            Query(q.gauge("probe_phase_duration_seconds", "phase", check=PAGE, phase=phase), phase, colour, dashed)
            for phase, colour, dashed in PHASES
        ),
        width=8,
        least=0,
        interval="1m",
    ),
)

BOARD = Board(
    "speed",
    "page speed",
    "How fast one customer's pages open: the share within 3 s against the promise, percentiles, a heatmap, phases.",
    (JOB, CUSTOMER, PAGES),
    (
        Row("This month, from the ledger", 4, MONTH),
        Row("The promise over time", 9, SHARE),
        Row("$page", 10, ONE_PAGE, repeat="page"),
    ),
    marked=(OUTAGES, WINDOWS),
)
