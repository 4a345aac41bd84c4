"""Every metric by name, type, labels and what a person must know of it: the contract with dashboards and alert rules.

`docs/metrics.md` says the same at more length, and a test keeps the two together.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

#: A series' label values, in the order of its family's labels.
Labels = tuple[str, ...]


class Kind(StrEnum):
    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """One metric. `name`: without the prefix, with `_total` on a counter. `bounds`: a histogram's, in seconds."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    help: str
    bounds: tuple[float, ...] = ()

    @property
    def full_name(self) -> str:
        return f"slawatch_{self.name}"

    def subject(self, labels: Labels) -> Labels:
        """The configured thing that a series speaks of: its kind, then its names. Empty where there is none.

        `("check", "duinzicht", "dashboard")`, `("customer", "duinzicht")`; a series ends when its subject does.
        """
        if not self.labels or self.labels[0] != "customer":
            return ()
        names = 2 if self.labels[1:2] in {("check",), ("page",), ("objective",)} else 1
        return (self.labels[names - 1], *labels[:names])


def _counter(name: str, labels: str, text: str) -> Family:
    return Family(name, Kind.COUNTER, tuple(labels.split()), text)


def _gauge(name: str, labels: str, text: str) -> Family:
    return Family(name, Kind.GAUGE, tuple(labels.split()), text)


def _histogram(name: str, labels: str, bounds: tuple[float, ...], text: str) -> Family:
    return Family(name, Kind.HISTOGRAM, tuple(labels.split()), text, bounds)


#: The phases of a look that are published: a closed list, since a watched server may name others (Server-Timing).
PHASES = ("dns", "connect", "tls", "ttfb", "response", "dom", "ready", "lcp")

#: The promise is 3 s, so there is a bound at exactly 3.
LOAD_BOUNDS = (0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.5, 10.0, 15.0, 30.0)
LOOK_BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0, 30.0, 60.0)
MAIL_BOUNDS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
SCHEDULER_BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
LOOP_BOUNDS = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

_NOT_TAKEN_BACK = "A counter cannot take back what an exclusion declared later removes: the ledger's gauges can."

BUILD_INFO = _gauge("build_info", "version python", "Always 1; the labels say which slawatch runs on which Python.")

CUSTOMER_UP = _gauge("customer_up", "customer", "1 up, 0 in a confirmed outage; absent while unknown.")
PROBE_SUCCESS = _gauge(
    "probe_success", "customer check", "The last look: 1 up, 0 down (not yet confirmed); absent when it was unknown."
)
PROBES = _counter("probes_total", "customer check", "Looks recorded, missed slots and unknown ones included.")
PROBE_FAILURES = _counter(
    "probe_failures_total",
    "customer check cause",
    "Looks that were not up, by cause; causes monitor_*, login_rejected, blocked and selector_drift are unknown, not "
    "down.",
)
PROBE_DURATION = _histogram(
    "probe_duration_seconds",
    "customer check",
    LOOK_BOUNDS,
    "How long a whole look took slawatch, login and browser work included: the cost of looking, not the page's time.",
)
PROBE_PHASE = _gauge(
    "probe_phase_duration_seconds",
    "customer check phase",
    "The phases of the last look, as far as it got; a phase that it did not have is absent.",
)
PROBE_LAST_RUN = _gauge(
    "probe_last_run_timestamp_seconds",
    "customer check",
    "The slot of the last look that was made; a missed slot is none.",
)
PROBE_INTERVAL = _gauge("probe_interval_seconds", "customer check", "How often the check is looked at, as configured.")

PAGE_LOAD = _histogram(
    "page_load_duration_seconds",
    "customer page",
    LOAD_BOUNDS,
    "Page loads that count for the speed promise: navigation start to the first painted frame with the page ready. A "
    "failed load counts in +Inf alone and adds nothing to the sum.",
)
PAGE_LOADS = _counter(
    "page_loads_total", "customer page", f"Page loads that count for the speed promise. {_NOT_TAKEN_BACK}"
)
PAGE_LOADS_SLOW = _counter(
    "page_loads_slow_total",
    "customer page",
    f"Page loads that count and were slower than promised, or failed. {_NOT_TAKEN_BACK}",
)
PAGE_LOAD_P95 = _gauge(
    "page_load_duration_p95_seconds",
    "customer page period",
    "Exact 95th percentile (nearest rank) of the period from the ledger; absent when nothing was loaded or the rank "
    "falls on a failed load.",
)

SLA_BAD = _counter(
    "sla_bad_seconds_total",
    "customer objective",
    f"Seconds down, inside the agreement's figures. {_NOT_TAKEN_BACK}",
)
SLA_ELIGIBLE = _counter(
    "sla_eligible_seconds_total",
    "customer objective",
    f"Seconds that count, up or down: neither excluded nor unknown. {_NOT_TAKEN_BACK}",
)
SLA_EXCLUDED = _counter(
    "sla_excluded_seconds_total",
    "customer objective reason",
    f"Seconds left out of the figures as they passed, by reason. {_NOT_TAKEN_BACK}",
)
SLA_UNKNOWN = _counter(
    "sla_unknown_seconds_total",
    "customer objective",
    "Seconds in which slawatch could not tell; they count for nobody. Time in which it did not run is in the ledger's "
    "figures, not here.",
)
OUTAGES = _counter("outages_total", "customer", "Outages confirmed.")
BLIPS = _counter("blips_total", "customer", "Failures that no second look confirmed.")
SLA_OBJECTIVE = _gauge("sla_objective_ratio", "customer objective", "What was promised, as a share: 0.999 is 99.9 %.")
SLA_BUDGET = _gauge(
    "sla_error_budget_seconds",
    "customer objective",
    "Seconds that may be bad in this calendar month, after exclusions; 28 to 31 days make it differ by month.",
)
SLA_BUDGET_LOADS = _gauge(
    "sla_error_budget_loads",
    "customer objective",
    "Loads that may be slow in this calendar month, of those so far and all that can still come by the intervals.",
)
SLA_BUDGET_REMAINING = _gauge(
    "sla_error_budget_remaining_ratio",
    "customer objective",
    "Share of this month's budget that is left; under 0 when the promise is broken.",
)
SLA_UNCERTAINTY = _gauge(
    "sla_uncertainty_seconds",
    "customer objective",
    "Seconds between the least and the most downtime that this month's looks allow.",
)
SLA_ATTAINED = _gauge(
    "sla_attained_ratio",
    "customer objective period",
    "The ledger's figure, also after late exclusions and corrections; absent when nothing was measured.",
)
SLA_PERIOD_START = _gauge(
    "sla_period_start_timestamp_seconds", "customer", "Start of the calendar month in the agreement's zone."
)
SLA_PERIOD_END = _gauge(
    "sla_period_end_timestamp_seconds", "customer", "End of the calendar month in the agreement's zone."
)
MAINTENANCE_ACTIVE = _gauge("maintenance_active", "customer", "1 while a maintenance window is running, else 0.")
MAINTENANCE_END = _gauge(
    "maintenance_end_timestamp_seconds",
    "customer",
    "Planned end of the running maintenance window; absent without one.",
)

MAIL_DELAY = _histogram(
    "outage_mail_delay_seconds", "", MAIL_BOUNDS, "From an outage's confirmation to its mail being accepted by a relay."
)
NOTIFICATIONS = _counter("notifications_total", "channel", "Attempts to hand over a message, failed ones included.")
NOTIFICATION_FAILURES = _counter(
    "notification_failures_total",
    "channel",
    "Attempts to hand over a message that failed; it is tried again unless refused.",
)
NOTIFICATION_REPEATS = _counter(
    "notification_repeats_total",
    "channel",
    "Messages handed over again whose first answer was lost: whoever got one may have got it twice.",
)
OUTBOX_FAILED = _gauge(
    "outbox_failed", "channel", "Messages refused for good or given up, until somebody sends them again or drops them."
)
OUTBOX_PENDING = _gauge("outbox_pending", "channel", "Messages owed and not yet accepted.")
OUTBOX_OLDEST = _gauge(
    "outbox_oldest_timestamp_seconds",
    "channel",
    "Since when the message has been owed that waits longest; absent when none is.",
)
OUTBOX_PUT_OFF = _gauge(
    "outbox_put_off_domains",
    "channel",
    "Mail domains of which a message was put off at its first try, since a message was last taken: one is a mailbox, "
    "many are the relay.",
)
RELAY_USABLE = _gauge(
    "mail_relay_usable",
    "relay",
    "1 when the relay took the last mail or judged whom it was for; 0 when it could not be reached, spoken to or "
    "signed in to; absent until it is tried.",
)

CONFIG_RELOAD = _gauge(
    "config_last_reload_successful",
    "",
    "1 when the configuration in force is the one last read; 0 when a bad one was refused.",
)
LEDGER_FAILURES = _counter(
    "ledger_write_failures_total", "", "Writes to the ledger that failed; they are kept in memory and tried again."
)
SCHEDULER_LAG = _histogram("scheduler_lag_seconds", "", SCHEDULER_BOUNDS, "How late looks began after their slot.")
LOOP_LAG = _histogram(
    "event_loop_lag_seconds", "", LOOP_BOUNDS, "How late slawatch's event loop woke: high means that it was starved."
)
SUSPECT = _counter(
    "monitor_suspect_total",
    "cause",
    "Times that slawatch itself was in trouble, not what it watches: its network, browser or machine.",
)

TLS_NOT_AFTER = _gauge(
    "tls_certificate_not_after_timestamp_seconds",
    "customer check",
    "When the certificate of an access point ends.",
)
BACKUP_AGE = _gauge("backup_age_seconds", "source", "How old the newest copy of a source's backup is.")
BACKUP_LATE = _gauge(
    "backup_late",
    "source kind",
    "1 while a source's last good copy is older than promised, its replica further behind or silent, or its last "
    "restore failed or took too long.",
)
BACKUP_LAG = _gauge("backup_replica_lag_seconds", "source", "How far a replica is behind its source.")
RESTORE_DURATION = _gauge("restore_duration_seconds", "source", "How long the last restore drill took.")
INCIDENTS_OPEN = _gauge("incidents_open", "priority", "Incidents that are not solved, by priority.")
INCIDENTS_OVERDUE = _gauge("incidents_overdue", "priority", "Of those, the ones past the time that was promised.")

#: Named, so that rules and dashboards may speak of them; they have no series until something looks at what they tell.
TO_COME = (TLS_NOT_AFTER,)

FAMILIES: tuple[Family, ...] = tuple(value for value in list(vars().values()) if isinstance(value, Family))
