"""slawatch itself: whether it is there, writes, tells people and is in time; and what only steers other alerts."""

from __future__ import annotations

from collections.abc import Iterator

from slawatch.reporters.alerts.rule import Alert, Severity, grown, latest, promql

_ATTEMPTS = "slawatch_notifications_total"
#: Seconds within which the mail of an outage is to be accepted; a bound of the histogram.
LATE = "60.0"
#: After so long a message that no relay takes was tried seven times, whatever the waits in between come to.
_SEVEN_TRIES = "25m"
#: So long nothing may be tried though something is owed: what is beyond `mail.most_per_hour` waits for an hour.
_LONGEST_REST = "90m"
#: Seconds after which somebody should look at what a mailbox is put off for; greylisting takes minutes.
PUT_OFF = 2 * 3600
_STUCK = 'ALERTS{alertname="SlawatchOutboxStuck", alertstate="firing"}'


def there() -> Iterator[Alert]:
    yield Alert(
        "SlawatchExporterDown",
        Severity.PAGE,
        promql("""
            min by (job) (up{job="slawatch"}) == 0
            or
            absent(up{job="slawatch"})
            or on ()
            absent(slawatch_maintenance_active)
        """),
        "slawatch is not there",
        "Prometheus has not reached slawatch for two minutes, or one of its targets, or has no target of the job "
        "slawatch, or no customer. Nobody may be watching, and no outage may be mailed.",
        lasting="2m",
    )
    yield Alert(
        "SlawatchLedgerWritesFailing",
        Severity.PAGE,
        f"{grown('slawatch_ledger_write_failures_total', '5m')} > 2.5",
        "slawatch cannot write its ledger",
        "{{ $value | humanize }} writes within 5m failed. Looks wait in memory, at most 100,000, and nobody is mailed "
        "meanwhile.",
        lasting="1m",
    )
    yield Alert(
        "SlawatchReloadRefused",
        Severity.TICKET,
        "min without (instance, job) (slawatch_config_last_reload_successful) == 0",
        "slawatch goes on with its old configuration",
        "The configuration was read again and refused, as it has errors. What was changed in it is not in force.",
        lasting="5m",
    )
    lag = grown("slawatch_event_loop_lag_seconds_bucket", "10m")
    yield Alert(
        "SlawatchEventLoopLag",
        Severity.TICKET,
        f"histogram_quantile(0.99, {lag}) > 0.25",
        "slawatch is short of processor time",
        "One turn in a hundred of slawatch's event loop came {{ $value | humanizeDuration }} late, or later. Looks "
        "begin late, and load times may be too long by as much.",
        lasting="10m",
    )


def telling() -> Iterator[Alert]:
    yield Alert(
        "SlawatchOutboxFailed",
        Severity.TICKET,
        f"{latest('slawatch_outbox_failed')} > 0",
        "{{ $value }} messages were refused for good",
        "{{ $value }} messages by {{ $labels.channel }} were refused for good or given up: somebody was not told.",
        lasting="1m",
    )
    pending = latest("slawatch_outbox_pending")
    yield Alert(
        "SlawatchOutboxStuck",
        Severity.PAGE,
        promql(f"""
            {pending} > 0
            and on ()
              max(slawatch_mail_relay_usable) == 0
            or
            {pending} > 0
            and on (channel)
              {latest("slawatch_outbox_put_off_domains")} > 1
            or
            {pending} > 0
            and on (channel)
              {grown(_ATTEMPTS, _LONGEST_REST)} < 0.5
        """),
        "No message leaves slawatch: {{ $value }} wait",
        f"For {_SEVEN_TRIES} {{{{ $value }}}} or so messages have waited, and none was handed over by "
        "{{ $labels.channel }}: no relay could be used, or they put everybody off, or nothing was tried. Customers "
        "are not told of outages.",
        lasting=_SEVEN_TRIES,
    )
    yield Alert(
        "SlawatchOutboxPutOff",
        Severity.TICKET,
        promql(f"""
            time() - {latest("slawatch_outbox_oldest_timestamp_seconds")} > {PUT_OFF}
            unless on (channel) {_STUCK}
        """),
        "A message has waited for {{ $value | humanizeDuration }}",
        "A message by {{ $labels.channel }} was owed {{ $value | humanizeDuration }} ago and nobody has taken it: "
        "most likely one mailbox is put off, for others are mailed. Whoever it is for was not told.",
        lasting="5m",
    )
    yield Alert(
        "SlawatchOutageMailLate",
        Severity.TICKET,
        promql(f"""
            {grown("slawatch_outage_mail_delay_seconds_count", "1h")}
              - ignoring (le)
                {grown(f'slawatch_outage_mail_delay_seconds_bucket{{le="{LATE}"}}', "1h")}
              > 0.5
        """),
        "Customers were mailed late of an outage",
        "{{ $value | humanize }} mails of an outage were accepted more than a minute after it was confirmed, within "
        "1h. The promise is that customers are mailed at once.",
    )


def steering() -> Iterator[Alert]:
    yield Alert(
        "SlawatchMaintenanceActive",
        Severity.NONE,
        f"{latest('slawatch_maintenance_active')} == 1",
        "Maintenance at {{ $labels.customer }}",
        "Maintenance is running at {{ $labels.customer }}. All other alerts of that customer are silent until it ends.",
    )
    yield Alert(
        "SlawatchWatchdog",
        Severity.NONE,
        "vector(1)",
        "Alerts arrive",
        "Always fires. Whoever receives it raises the alarm when it no longer comes: then Prometheus or Alertmanager "
        "is gone.",
    )
