"""Looks that are not made, or that cannot tell: nobody's downtime, and ours to mend."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from slawatch.reporters.alerts.pace import window
from slawatch.reporters.alerts.rule import Alert, Severity, grown, latest, promql

_SUSPECT = "slawatch_monitor_suspect_total"
_LOOKS = "slawatch_probes_total"
#: Causes for which the application, or its page, keeps us out: alert, summary, what was seen.
_KEPT_OUT = (
    (
        "SlawatchLoginRejected",
        "login_rejected",
        "{{ $labels.customer }} refuses slawatch's name and password",
        "Looks at {{ $labels.customer }} cannot sign in",
    ),
    (
        "SlawatchBlocked",
        "blocked",
        "{{ $labels.customer }} keeps slawatch out",
        "Looks at {{ $labels.customer }} are answered with 403, 429 or a challenge page",
    ),
    (
        "SlawatchSelectorDrift",
        "selector_drift",
        "A page of {{ $labels.customer }} no longer has what slawatch waits for",
        "Pages of {{ $labels.customer }} are complete, but their ready selector was never seen on them",
    ),
)


def stale(slowest: timedelta) -> Iterator[Alert]:
    """`slowest`: the longest interval of any check."""
    awhile = window("5m", 3, slowest)
    last, every = (latest(f"slawatch_probe_{one}_seconds") for one in ("last_run_timestamp", "interval"))
    yield Alert(
        "SlawatchLooksStale",
        Severity.TICKET,
        promql(f"""
            (
              time() - {last}
                > on (customer, check) (3 * {every} + 60)
            )
            or
            (
              {latest(f"slawatch_probe_interval_seconds offset {awhile}")}
              and on (customer, check) slawatch_probe_interval_seconds
              unless on (customer, check) max_over_time(slawatch_probe_last_run_timestamp_seconds[{awhile}])
            )
        """),
        "Nobody looks at {{ $labels.customer }}/{{ $labels.check }}",
        "The last look at {{ $labels.customer }}/{{ $labels.check }} is more than three intervals old, or none was "
        "made since slawatch started. This time is unknown, and counts for nobody.",
        lasting=window("5m", 3, slowest),
    )
    yield Alert(
        "SlawatchCustomerUnseen",
        Severity.TICKET,
        promql(f"""
            {latest("slawatch_maintenance_active")}
            unless on (customer) slawatch_customer_up
        """),
        "slawatch cannot tell how {{ $labels.customer }} stands",
        "For half an hour nothing has been known of {{ $labels.customer }}: an outage would go unseen. This time is "
        "unknown, and counts for nobody.",
        lasting=window("30m", 3, slowest),
    )


def kept_out(slowest: timedelta) -> Iterator[Alert]:
    """`slowest`: the longest interval of any page."""
    for name, cause, summary, seen in _KEPT_OUT:
        within = window("30m", 5, slowest)
        failures = grown(f'slawatch_probe_failures_total{{cause="{cause}"}}', within)
        yield Alert(
            name,
            Severity.TICKET,
            f"sum without (check) ({failures}) > 2.5",
            summary,
            f"{seen} ({{{{ $value | humanize }}}} of them within {within}): nothing is known of it meanwhile, and the "
            "time counts for nobody.",
            lasting="5m",
        )


def suspect(quickest: timedelta, judged: timedelta) -> Iterator[Alert]:
    """`quickest`: the shortest interval of any check; `judged`: of those that make most customers' figures."""
    short, long, several = window("10m", 5, quickest), window("30m", 15, quickest), window("10m", 5, judged)
    watched = f"{latest('slawatch_maintenance_active')} == 0"
    own = grown('slawatch_probe_failures_total{cause=~"monitor_.*"}', several)
    yield Alert(
        "SlawatchBlind",
        Severity.PAGE,
        promql(f"""
            (
              sum({grown(_SUSPECT, short)}) > 0.5 * sum({grown(_LOOKS, short)})
              and
              sum({grown(_SUSPECT, short)}) > 4.5
            )
            or
            (
              count(
                ({watched})
                unless on (customer) slawatch_customer_up
                and on (customer) sum by (customer) ({own}) > 1.5
              ) > 0.5 * count({watched})
              and
              sum({grown(_SUSPECT, several)}) > 4.5
            )
            or
            sum({grown(_LOOKS, short)}) == 0
        """),
        "slawatch cannot see: outages would go unnoticed",
        f"Within {short} more than half of all looks failed for slawatch's own network, browser or machine, or none "
        "was made; or for that reason nothing is known of more than half of the customers. That time is unknown, and "
        "counts for no customer.",
        lasting="5m",
    )
    yield Alert(
        "SlawatchMonitorSuspect",
        Severity.TICKET,
        promql(f"""
            {grown(_SUSPECT, long)}
              > on () group_left clamp_min(0.1 * sum({grown(_LOOKS, long)}), 4.5)
        """),
        "slawatch itself is in trouble: {{ $labels.cause }}",
        f"More than a tenth of all looks within {long} could not tell because of {{{{ $labels.cause }}}}: slawatch's "
        "own network, browser or machine. That time is unknown, and counts for no customer.",
        lasting="10m",
    )
