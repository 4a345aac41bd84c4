"""What a configuration means for the parts that run: at the start and at each reload."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from slawatch import __version__, clock
from slawatch.account import Account, standing, summary
from slawatch.app.mailing import Mailing, recipients
from slawatch.app.promises import promises
from slawatch.app.publishing import Outbox
from slawatch.config import AHEAD, Config, Customer
from slawatch.model import Exclusion
from slawatch.probes import Tools, build
from slawatch.reporters.metrics import Metrics
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import text
from slawatch.rules.statement import judged_exclusions
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
        promised = await promises(self.store, config, clock.now())
        for id_ in terms.keys() - known:
            await self.account.open(promised[id_], windows[id_])
        # From here on nothing fails, and what is in force changes without a look in between.
        if self.config is not None:
            _warn_of_what_stays(self.config, config)
        self.account.configure({id_: (one, windows[id_]) for id_, one in promised.items()})
        self.metrics.configure(terms.values())
        self.recorder.configure(
            {one.id: _watched(config, one, promised[one.id], windows[one.id]) for one in config.customers}
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


def _watched(config: Config, customer: Customer, agreed: Agreed, windows: Sequence[Exclusion]) -> Watched:
    return Watched(agreed, recipients(config, customer), judged_exclusions(agreed, windows))


def _warn_of_what_stays(before: Config, now: Config) -> None:
    """Some settings take a restart; who changed one should not wonder."""
    fixed = {"store": "store", "web": "web", "monitor": "monitor"}
    changed = [name for name, field in fixed.items() if getattr(before, field) != getattr(now, field)]
    if changed:
        log.warning("config.needs_restart", sections=changed)
