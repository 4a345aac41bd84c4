"""slawatch itself: whether it looks, writes and tells as it should."""

from __future__ import annotations

from dashboards.grafana import colours as c
from dashboards.grafana import queries as q
from dashboards.grafana.board import JOB, Board, Row
from dashboards.grafana.kinds import Bars, Lines, Stat, Timeline
from dashboards.grafana.panel import Query

#: slawatch's own causes, each with its colour.
TROUBLES = (
    ("monitor_network", c.YELLOW),
    ("monitor_browser", c.VERMILION),
    ("monitor_overload", c.BLUE),
    ("monitor_missed", c.GREY),
)

_INTERVALS_AGO = (
    f"(time() - {q.select('probe_last_run_timestamp_seconds')}) / on (job, instance, customer, check) "
    f"{q.select('probe_interval_seconds')}"
)
_LOOKS = q.all_rate("probes_total")


def _of_looks(causes: str) -> str:
    """The share of looks that ended with one of the causes."""
    return f"{q.all_rate('probe_failures_total', cause=causes)} / ({_LOOKS} > 0)"


NOW = (
    Stat(
        "Answers",
        "Whether slawatch answered Prometheus's last scrape. No: all other panels show what was true before.",
        "none",
        (Query('min(up{job=~"$job"})', "Answers"),),
        words=c.ANSWERS,
    ),
    Stat(
        "Version",
        "The slawatch that runs, and the Python that it runs on.",
        "none",
        (Query(f"max by (version, python) ({q.select('build_info')})", "{{version}} on {{python}}"),),
        text="name",
    ),
    Stat(
        "Configuration",
        "Refused: the file was read again and is wrong, and the one before is still in force. slawatch check tells "
        "why.",
        "none",
        (Query(f"min({q.select('config_last_reload_successful')})", "Configuration"),),
        words=c.CONFIGURATION,
    ),
    Stat(
        "Oldest look",
        "How many intervals ago the longest unseen check was looked at. Over three, and its time is unknown.",
        "none",
        (Query(f"max({_INTERVALS_AGO})", "Oldest look"),),
        steps=((None, c.GOOD), (2, c.WATCH), (3, c.BAD)),
        decimals=1,
    ),
    Stat(
        "Messages owed",
        "Messages that wait to be accepted by a relay.",
        "none",
        (Query(f"sum({q.select('outbox_pending')})", "Messages owed"),),
        decimals=0,
    ),
    Stat(
        "Messages refused",
        "Messages that were refused for good or given up: somebody was not told. slawatch outbox list shows them.",
        "none",
        (Query(f"sum({q.select('outbox_failed')})", "Messages refused"),),
        steps=c.ANY_IS_BAD,
        decimals=0,
    ),
    Stat(
        "Failed writes",
        "Writes to the ledger that failed in the time that is shown. They are kept in memory and tried again.",
        "none",
        (Query(q.all_counted("ledger_write_failures_total"), "Failed writes"),),
        steps=c.ANY_IS_BAD,
        decimals=0,
    ),
    Stat(
        "Own trouble",
        "How often slawatch's own network, browser or machine was in trouble in the time that is shown.",
        "none",
        (Query(q.all_counted("monitor_suspect_total"), "Own trouble"),),
        steps=c.ANY_NEEDS_AN_EYE,
        decimals=0,
    ),
)


def _lag(title: str, description: str, metric: str, limit: float) -> Lines:
    return Lines(
        title,
        description,
        "s",
        (
            Query(q.quantile(0.99, metric, everyone=True), "p99", c.ORANGE),
            Query(q.quantile(0.5, metric, everyone=True), "p50", c.BLUE),
        ),
        least=0,
        steps=c.up_to(limit),
        limit=True,
        interval="1m",
    )


LAG = (
    _lag(
        "How late looks begin",
        "After their slot. Over some seconds (the line): too many looks for this machine, and slots will be missed.",
        "scheduler_lag_seconds",
        5,
    ),
    _lag(
        "How late the event loop wakes",
        "Over a tenth of a second (the line): the machine is starved, or something of ours holds the loop up.",
        "event_loop_lag_seconds",
        0.1,
    ),
)

BROWSER = (
    Lines(
        "Trouble of our own",
        "How often a minute slawatch blamed itself, by cause: network, browser, overload, missed slots. Such looks "
        "are unknown.",
        "none",
        tuple(
            Query(f"60 * {q.all_rate('monitor_suspect_total', cause=cause)}", cause, colour)
            for cause, colour in TROUBLES
        ),
        width=8,
        least=0,
        interval="1m",
    ),
    Lines(
        "What a look at a page costs",
        "How long looks at pages take slawatch, sign-in and browser work included. Not the page's own time: see page "
        "speed.",
        "s",
        (
            Query(q.quantile(0.95, "probe_duration_seconds", everyone=True, check="!~http"), "p95", c.ORANGE),
            Query(q.quantile(0.5, "probe_duration_seconds", everyone=True, check="!~http"), "p50", c.BLUE),
        ),
        width=8,
        least=0,
        interval="5m",
    ),
    Lines(
        "Looks that could not be made",
        "The share of all looks that are unknown: slawatch's own causes, and those that keep it out (login_rejected, "
        "blocked, selector_drift).",
        "percentunit",
        (
            Query(_of_looks("~monitor_.*"), "our own trouble", c.GREY),
            Query(_of_looks("~login_rejected|blocked|selector_drift"), "kept out", c.ORANGE),
        ),
        width=8,
        least=0,
        interval="5m",
    ),
)

OUTBOX = (
    Lines(
        "The outbox",
        "Messages owed and not yet accepted, and messages refused for good. A hill that stays is a relay that is away, "
        "or a mailbox that is put off.",
        "none",
        (
            Query(f"sum({q.select('outbox_pending')})", "owed", c.BLUE),
            Query(f"sum({q.select('outbox_failed')})", "refused", c.BAD),
        ),
        width=8,
        least=0,
        decimals=0,
    ),
    Lines(
        "Attempts a minute",
        "Attempts to hand a message over, those that failed, and messages handed over again after an answer was lost.",
        "none",
        (
            Query(f"60 * {q.all_rate('notifications_total')}", "attempts", c.BLUE),
            Query(f"60 * {q.all_rate('notification_failures_total')}", "failed", c.BAD),
            Query(f"60 * {q.all_rate('notification_repeats_total')}", "again", c.GREY, dashed=True),
        ),
        width=8,
        least=0,
        interval="1m",
    ),
    Bars(
        "Mails of outages, by delay",
        "Of the mails of outages in the time that is shown, how many were accepted within so long after the outage "
        "was confirmed.",
        "none",
        (
            *(
                Query(q.all_counted("outage_mail_delay_seconds_bucket", le=bound), f"within {words}")
                for bound, words in (("10.0", "10 s"), ("60.0", "1 min"), ("300.0", "5 min"))
            ),
            Query(q.all_counted("outage_mail_delay_seconds_count"), "all"),
        ),
        least=0,
        decimals=0,
    ),
)

RELAYS = (
    Timeline(
        "Mail relays",
        "Whether each relay was of use when it was tried last. Not usable: it could not be reached, spoken to or "
        "signed in to. One that only puts off a mailbox is usable. While the first is, the others are not tried.",
        "none",
        (Query(f"min by (relay) ({q.select('mail_relay_usable')})", "{{relay}}"),),
        words=c.USABLE,
    ),
)

LEDGER = (
    Lines(
        "Looks recorded each second",
        "What the ledger takes in, missed slots and unknown looks included. It is even: the schedule decides it.",
        "none",
        (Query(_LOOKS, "looks", c.BLUE),),
        width=8,
        least=0,
        decimals=2,
        interval="1m",
    ),
    Lines(
        "Failed writes a minute",
        "Writes to the ledger that failed and are tried again: a full disk, a lock, a database that is away.",
        "none",
        (Query(f"60 * {q.all_rate('ledger_write_failures_total')}", "failed writes", c.BAD),),
        width=8,
        least=0,
        interval="1m",
    ),
    Lines(
        "Age of looks, in intervals",
        "How many intervals ago the last look was made: the oldest of all checks and the middle one. Over three (the "
        "line) time is unknown.",
        "none",
        (
            Query(f"max({_INTERVALS_AGO})", "oldest", c.ORANGE),
            Query(f"quantile(0.5, {_INTERVALS_AGO})", "middle", c.BLUE),
        ),
        width=8,
        least=0,
        steps=c.up_to(3),
        limit=True,
        decimals=1,
    ),
)

BOARD = Board(
    "itself",
    "slawatch itself",
    "Whether slawatch looks, writes and tells as it should: lag, browser, outbox, ledger.",
    (JOB,),
    (
        Row("Now", 4, NOW),
        Row("Lag", 8, LAG),
        Row("Browser and looks", 8, BROWSER),
        Row("Outbox", 8, OUTBOX),
        Row("Relays", 4, RELAYS),
        Row("Ledger", 8, LEDGER),
    ),
)
