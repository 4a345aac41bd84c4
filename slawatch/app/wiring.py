"""What a configuration means for the parts that run: at the start and at each reload."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from slawatch import __version__, clock
from slawatch.account import Account, standing, summary
from slawatch.app.mailing import Mailing, recipients
from slawatch.app.publishing import Outbox
from slawatch.config import AHEAD, Config, Customer
from slawatch.model import Exclusion, Terms
from slawatch.probes import Tools, build
from slawatch.reporters.metrics import Metrics
from slawatch.rules import exclusions
from slawatch.rules.calendar import text
from slawatch.schedule import Schedule
from slawatch.store import Store
from slawatch.watch import Recorder, Watch, Watched

log = structlog.get_logger()


@dataclass(slots=True)
class Wiring:
    """The parts that depend on the configuration, and the configuration in force."""

    store: Store
    account: Account
    recorder: Recorder
    watch: Watch
    schedule: Schedule
    metrics: Metrics
    mailing: Mailing
    outbox: Outbox
    tools: Tools
    config: Config | None = None

    async def configure(self, config: Config) -> None:
        """Watch, judge, mail and publish by this configuration from now on.

        Raises StoreBusy with everything as it was; the same call may succeed later.
        """
        terms = {one.id: one.terms() for one in config.customers}
        until = clock.now() + AHEAD
        windows = {id_: config.exclusions(id_, until) for id_ in terms}
        known = self.account.customers
        seen_ready = {
            check.id: await self.store.last_up(one.id, name, clock.now()) is not None
            for one in config.customers
            for name, check in terms[one.id].checks.items()
        }
        for id_ in terms.keys() - known:
            await self.account.open(terms[id_], windows[id_])
        for customer in config.customers:
            await self._save_terms(config, customer)
        # From here on nothing fails, and what is in force changes without a look in between.
        if self.config is not None:
            _warn_of_what_stays(self.config, config)
        self.account.configure({id_: (one, windows[id_]) for id_, one in terms.items()})
        self.metrics.configure(terms.values())
        self.recorder.configure(
            {one.id: _watched(config, one, terms[one.id], windows[one.id]) for one in config.customers}
        )
        for id_ in known | terms.keys():
            self.tools.sessions.forget(id_)  # a password may be a new one
        self.watch.configure(
            {
                check.id: (
                    build(one, name, self.tools, seen_ready=seen_ready[check.id]),
                    check,
                    terms[one.id].confirm.recheck,
                )
                for one in config.customers
                for name, check in terms[one.id].checks.items()
            },
            self.schedule,
        )
        self.config = config
        await self.mailing.configure(config)

    async def _save_terms(self, config: Config, customer: Customer) -> None:
        """What was promised is a row of the ledger, from when on it was loaded."""
        document = json.dumps(config.document(customer.id), sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(document.encode()).hexdigest()
        if await self.store.save_terms(customer.id, digest, document, clock.now()):
            log.info("terms.loaded", customer=customer.id, digest=digest)

    def status(self) -> dict[str, Any]:
        """How everything stands, for `slawatch status` and the API."""
        assert self.config is not None, "the daemon serves only when it is configured"
        now = clock.now()
        customers = [
            standing(one.name, self.account.statement(one.id, now), self.account.latest)
            for one in self.config.customers
            if one.id in self.account.customers  # in the middle of a reload some are not yet, or not any more
        ]
        return {
            "running": True,
            "version": __version__,
            "at": text(now),
            "customers": customers,
            "summary": summary(customers),
            "outbox": self.outbox.counts,
            "unwritten": self.recorder.waiting,
        }


def _watched(config: Config, customer: Customer, terms: Terms, windows: Iterable[Exclusion]) -> Watched:
    zone = ZoneInfo(terms.timezone)
    judged = tuple(exclusions.judge(one, terms.maintenance, zone) for one in windows)
    return Watched(terms, recipients(config, customer), judged)


def _warn_of_what_stays(before: Config, now: Config) -> None:
    """Some settings take a restart; who changed one should not wonder."""
    fixed = {"store": "store", "web": "web", "monitor": "monitor"}
    changed = [name for name, field in fixed.items() if getattr(before, field) != getattr(now, field)]
    if changed:
        log.warning("config.needs_restart", sections=changed)
