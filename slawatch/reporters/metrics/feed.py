"""`Metrics`: what the loops tell, after the commit that made it true."""

from __future__ import annotations

import math
import platform
from collections.abc import Collection, Iterable, Mapping
from fractions import Fraction

from slawatch import __version__
from slawatch.model import (
    MONITOR_CAUSES,
    SECOND,
    Cause,
    CheckId,
    CheckTerms,
    ExclusionKind,
    Instant,
    Observation,
    Priority,
    Terms,
    Verdict,
)
from slawatch.reporters.metrics import catalogue as c
from slawatch.reporters.metrics.catalogue import FAMILIES, PHASES, Family, Kind, Labels
from slawatch.reporters.metrics.copies import Copy, told_of
from slawatch.reporters.metrics.figures import Figures, Number, ObjectiveFigures
from slawatch.reporters.metrics.series import DistributionSeries, NumberSeries, Snapshot

#: Ways to hand over a message, known from the start.
CHANNELS = ("mail",)
#: What the ledger has figures of; `network` is no promise, but the other reading of the availability one.
OBJECTIVES = ("availability", "speed", "network")
MONTH_TO_DATE = "month_to_date"
PREVIOUS_MONTH = "previous_month"


class Metrics:
    """The daemon's metrics. Everything but `snapshot()`'s value belongs to the event loop's thread.

    What is told of a customer, check, page or objective that is not configured (any more) is dropped: a look in flight
    during a reload brings no series back. Raises ValueError for a number that is not finite, or a count that shrinks.
    """

    def __init__(self, version: str = __version__) -> None:
        self._numbers = {f: NumberSeries(f) for f in FAMILIES if f.kind is not Kind.HISTOGRAM}
        self._distributions = {f: DistributionSeries(f) for f in FAMILIES if f.kind is Kind.HISTOGRAM}
        self._watched: frozenset[Labels] = frozenset({()})
        self._pages: dict[str, tuple[str, ...]] = {}
        self._relays: frozenset[str] = frozenset()
        self._set(c.BUILD_INFO, (version, platform.python_version()), 1)
        self._set(c.CONFIG_RELOAD, (), 1)
        self._start(
            {
                (): (c.LEDGER_FAILURES, c.MAIL_DELAY, c.SCHEDULER_LAG, c.LOOP_LAG),
                **{
                    (channel,): (c.NOTIFICATIONS, c.NOTIFICATION_FAILURES, c.NOTIFICATION_REPEATS, c.OUTBOX_PUT_OFF)
                    for channel in CHANNELS
                },
                **{(cause.value,): (c.SUSPECT,) for cause in MONITOR_CAUSES},
            }
        )

    @property
    def customers(self) -> Collection[str]:
        """The ids of those that are watched, in the order of the configuration."""
        return self._pages.keys()

    def snapshot(self, customer: str | None = None) -> Snapshot:
        """Metrics at this moment, for `pieces` in another thread: all, one customer's, or slawatch's own (OWN).

        Metrics without a series are left out.
        """
        numbers = (series.snapshot(customer) for series in self._numbers.values())
        distributions = (series.snapshot(customer) for series in self._distributions.values())
        return (*(each for each in numbers if each.samples), *(each for each in distributions if each.samples))

    def configure(self, customers: Iterable[Terms]) -> None:
        """These are watched, at start and after a reload: new series start at 0, kept ones count on, others end."""
        terms = tuple(customers)
        self._pages = {each.customer: each.speed.pages for each in terms}
        self._watched = frozenset({(), *(subject for each in terms for subject in _subjects(each))})
        for numbers in self._numbers.values():
            numbers.retain(self._watched)
        for distributions in self._distributions.values():
            distributions.retain(self._watched)
        for each in terms:
            self._configure(each)

    def _configure(self, terms: Terms) -> None:
        customer = terms.customer
        self._start({(customer,): (c.OUTAGES, c.BLIPS, c.MAINTENANCE_ACTIVE)})
        self._set(c.SLA_OBJECTIVE, (customer, "availability"), terms.availability.objective)
        self._set(c.SLA_OBJECTIVE, (customer, "speed"), terms.speed.objective)
        for objective in _timed(terms):
            self._start({(customer, objective): (c.SLA_BAD, c.SLA_ELIGIBLE, c.SLA_UNKNOWN)})
            self._start({(customer, objective, reason.value): (c.SLA_EXCLUDED,) for reason in ExclusionKind})
        for check in terms.checks.values():
            self._configure_check(check)
        for page in terms.speed.pages:
            self._start({(customer, page): (c.PAGE_LOAD, c.PAGE_LOADS, c.PAGE_LOADS_SLOW)})

    def _configure_check(self, check: CheckTerms) -> None:
        labels = (check.id.customer, check.id.name)
        self._start({labels: (c.PROBES, c.PROBE_DURATION)})
        self._start({(*labels, cause.value): (c.PROBE_FAILURES,) for cause in Cause})
        self._set(c.PROBE_INTERVAL, labels, check.every / SECOND)

    def observed(self, observation: Observation) -> None:
        """One look was recorded."""
        look, labels = observation.look, (observation.check.customer, observation.check.name)
        self._count(c.PROBES, labels)
        self._set(c.PROBE_SUCCESS, labels, {Verdict.UP: 1, Verdict.DOWN: 0}.get(look.verdict))
        if look.cause is not None:
            self._count(c.PROBE_FAILURES, (*labels, look.cause.value))
        if look.cause is not Cause.MONITOR_MISSED:
            self._set(c.PROBE_LAST_RUN, labels, observation.at / SECOND)
        for phase in PHASES:
            milliseconds = look.phases.get(phase, math.nan)
            sane = 0 <= milliseconds < math.inf  # the watched page's own script could have said anything
            self._set(c.PROBE_PHASE, (*labels, phase), milliseconds / 1000 if sane else None)

    def looked(self, check: CheckId, seconds: float) -> None:
        """One look was made, and took slawatch so long: login and browser work included."""
        self._observe(c.PROBE_DURATION, (check.customer, check.name), seconds)

    def load(self, customer: str, page: str, milliseconds: int | None, *, slow: bool) -> None:
        """One eligible load was recorded; `milliseconds` None when it failed (and then it is slow)."""
        labels = (customer, page)
        self._observe(c.PAGE_LOAD, labels, None if milliseconds is None else milliseconds / 1000)
        self._count(c.PAGE_LOADS, labels)
        self._count(c.PAGE_LOADS_SLOW, labels, 1 if slow or milliseconds is None else 0)

    def figures(self, customer: str, figures: Figures) -> None:
        """The ledger's figures, recomputed; what they do not have ends."""
        self._set(c.CUSTOMER_UP, (customer,), None if figures.customer_up is None else int(figures.customer_up))
        self._set(c.SLA_PERIOD_START, (customer,), figures.period_starts / SECOND)
        self._set(c.SLA_PERIOD_END, (customer,), figures.period_ends / SECOND)
        for objective in OBJECTIVES:
            its, labels = figures.objectives.get(objective, ObjectiveFigures()), (customer, objective)
            self.attained(customer, objective, its.month_to_date)
            self._set(c.SLA_ATTAINED, (*labels, PREVIOUS_MONTH), its.previous_month)
            self._set(c.SLA_BUDGET, labels, its.budget_seconds)
            self._set(c.SLA_BUDGET_REMAINING, labels, its.remaining_ratio)
            self._set(c.SLA_UNCERTAINTY, labels, its.uncertainty_seconds)
            self._set(c.SLA_BUDGET_LOADS, labels, its.budget_loads)
        for period, pages in (
            (MONTH_TO_DATE, figures.p95_month_to_date),
            (PREVIOUS_MONTH, figures.p95_previous_month),
        ):
            for page in self._pages.get(customer, ()):
                self._set(c.PAGE_LOAD_P95, (customer, page, period), pages.get(page))

    def attained(self, customer: str, objective: str, share: Number | None) -> None:
        """One of the ledger's figures moved: the share of this month to date."""
        self._set(c.SLA_ATTAINED, (customer, objective, MONTH_TO_DATE), share)

    def slow_budget(self, customer: str, loads: Number, left: Number | None) -> None:
        """How many loads of this month may be slow, and the share of these that is left."""
        self._set(c.SLA_BUDGET_LOADS, (customer, "speed"), loads)
        self._set(c.SLA_BUDGET_REMAINING, (customer, "speed"), left)

    def p95(self, customer: str, page: str, seconds: Number | None) -> None:
        """One of the ledger's figures moved: a page's 95th percentile of this month to date."""
        self._set(c.PAGE_LOAD_P95, (customer, page, MONTH_TO_DATE), seconds)

    def seconds(
        self,
        customer: str,
        objective: str,
        *,
        bad: float = 0,
        eligible: float = 0,
        unknown: float = 0,
        excluded: Mapping[ExclusionKind, float] | None = None,
    ) -> None:
        """So many more seconds passed as each; `eligible` includes `bad`. Fewer than before counts as none more."""
        labels = (customer, objective)
        self._count(c.SLA_BAD, labels, max(bad, 0))
        self._count(c.SLA_ELIGIBLE, labels, max(eligible, 0))
        self._count(c.SLA_UNKNOWN, labels, max(unknown, 0))
        for reason, amount in (excluded or {}).items():
            self._count(c.SLA_EXCLUDED, (*labels, reason.value), max(amount, 0))

    def outage_opened(self, customer: str) -> None:
        self._count(c.OUTAGES, (customer,))

    def blip(self, customer: str) -> None:
        self._count(c.BLIPS, (customer,))

    def maintenance(self, customer: str, *, active: bool, ends: Instant | None = None) -> None:
        """Whether a window is running now, and its planned end."""
        self._set(c.MAINTENANCE_ACTIVE, (customer,), int(active))
        self._set(c.MAINTENANCE_END, (customer,), ends / SECOND if active and ends is not None else None)

    def mail_accepted(self, delay_seconds: float) -> None:
        """An outage's mail was accepted, so long after the outage's confirmation."""
        self._observe(c.MAIL_DELAY, (), delay_seconds)

    def notification(self, channel: str, *, failed: bool) -> None:
        """One attempt to hand over a message ended."""
        self._count(c.NOTIFICATIONS, (channel,))
        self._count(c.NOTIFICATION_FAILURES, (channel,), int(failed))

    def notification_repeated(self, channel: str) -> None:
        """A message was handed over again that may have been taken before."""
        self._count(c.NOTIFICATION_REPEATS, (channel,))

    def outbox(self, channel: str, pending: int, *, failed: int) -> None:
        """How many messages are owed, and how many were refused for good."""
        self._set(c.OUTBOX_PENDING, (channel,), pending)
        self._set(c.OUTBOX_FAILED, (channel,), failed)

    def incidents(self, unsolved: Mapping[Priority, int], overdue: Mapping[Priority, int]) -> None:
        """How many are not solved, and of those past their time, by priority."""
        for priority, number in unsolved.items():
            self._set(c.INCIDENTS_OPEN, (priority.value,), number)
        for priority, number in overdue.items():
            self._set(c.INCIDENTS_OVERDUE, (priority.value,), number)

    def copies(self, copies: Collection[Copy]) -> None:
        """How all sources of backups stand; those that are not among them any more end."""
        for family, values in told_of(copies).items():
            self._numbers[family].keep(values)
            for labels, value in values.items():
                self._set(family, labels, value)

    def owed_since(self, channel: str, at: Instant | None) -> None:
        """Since when the message has been owed that waits longest; None when none does."""
        self._set(c.OUTBOX_OLDEST, (channel,), None if at is None else at / SECOND)

    def put_off(self, channel: str, domains: int) -> None:
        """Contacts of so many domains were put off since a message was last taken."""
        self._set(c.OUTBOX_PUT_OFF, (channel,), domains)

    def relays(self, names: Iterable[str]) -> None:
        """These are configured (`host:port`), now or after a reload: what was known of others ends."""
        self._relays = frozenset(names)
        usable = self._numbers[c.RELAY_USABLE]
        for labels in usable.known():
            if labels[0] not in self._relays:
                usable.end(labels)

    def relay(self, relay: str, *, usable: bool) -> None:
        """A relay was tried, and was of use or not."""
        if relay in self._relays:
            self._set(c.RELAY_USABLE, (relay,), int(usable))

    def reload(self, *, successful: bool) -> None:
        """The configuration was read again."""
        self._set(c.CONFIG_RELOAD, (), int(successful))

    def ledger_write_failed(self) -> None:
        self._count(c.LEDGER_FAILURES, ())

    def scheduler_lag(self, seconds: float) -> None:
        self._observe(c.SCHEDULER_LAG, (), seconds)

    def loop_lag(self, seconds: float) -> None:
        self._observe(c.LOOP_LAG, (), seconds)

    def suspect(self, cause: Cause) -> None:
        """Slawatch itself was in trouble."""
        self._count(c.SUSPECT, (cause.value,))

    def _start(self, families: Mapping[Labels, tuple[Family, ...]]) -> None:
        for labels, each in families.items():
            for family in each:
                (self._distributions if family.kind is Kind.HISTOGRAM else self._numbers)[family].start(labels)

    def _count(self, family: Family, labels: Labels, amount: float = 1) -> None:
        if amount and family.subject(labels) in self._watched:  # every series that is known started at 0
            self._numbers[family].add(labels, amount)

    def _set(self, family: Family, labels: Labels, value: Number | None) -> None:
        if family.subject(labels) in self._watched:
            self._numbers[family].set(labels, float(value) if isinstance(value, Fraction) else value)

    def _observe(self, family: Family, labels: Labels, seconds: float | None) -> None:
        if family.subject(labels) in self._watched:
            self._distributions[family].observe(labels, seconds)


def _timed(terms: Terms) -> tuple[str, ...]:
    """The objectives whose seconds are counted: availability, and where http is looked at the network figure too."""
    has_http = any(check.id.kind == "http" for check in terms.checks.values())
    return ("availability", "network") if has_http else ("availability",)


def _subjects(terms: Terms) -> Iterable[Labels]:
    customer = terms.customer
    yield "customer", customer
    for objective in {*_timed(terms), "speed"}:
        yield "objective", customer, objective
    for check in terms.checks.values():
        yield "check", customer, check.id.name
    for page in terms.speed.pages:
        yield "page", customer, page
