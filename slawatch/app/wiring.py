"""What a configuration means for the parts that run: at the start and at each reload."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from slawatch import __version__
from slawatch.account import (
    Account,
    Attended,
    Closing,
    Copies,
    Desk,
    Helpdesk,
    Lists,
    all_in_force,
    all_standing,
    in_force,
    standings,
    summary,
)
from slawatch.app.links import Links
from slawatch.app.mailing import (
    Mailing,
    addressed,
    all_recipients,
    all_summary_readers,
    recipients,
    summary_readers,
)
from slawatch.app.promises import promises
from slawatch.app.publishing import Outbox
from slawatch.app.rows import Rows
from slawatch.clock import Clock
from slawatch.config import AHEAD, Config
from slawatch.model import DAY, SECOND, CheckId, DeclarationKind, Terms, Verdict
from slawatch.probes import Tools, build
from slawatch.reporters.metrics import Metrics
from slawatch.rules.calendar import text
from slawatch.rules.choices import Choices, choices
from slawatch.rules.owed import Recipients
from slawatch.rules.stands import Standing
from slawatch.schedule import Schedule
from slawatch.store import Store, StoreBusy
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
    closing: Closing
    owed: asyncio.Event
    links: Links
    rows: Rows
    clock: Clock
    config: Config | None = None
    watched: dict[str, Watched] = field(default_factory=dict)
    desk: Desk = field(init=False)
    lists: Lists = field(init=False)
    helpdesk: Helpdesk = field(init=False)
    copies: Copies = field(init=False)
    reported: asyncio.Event = field(default_factory=asyncio.Event)
    _meanwhile: set[str] = field(default_factory=set)  # of whom something was declared since a reload began

    def __post_init__(self) -> None:
        """Desk and lists speak of the customers of whatever configuration is in force."""
        self.lists = Lists(self.store, self.clock, self._terms)
        self.helpdesk = Helpdesk(self.store, self.clock, self._terms, self.reported.set)
        self.copies = Copies(self.store, self.clock, self.reported.set)
        self.desk = Desk(self.store, self.clock, self._terms, self.declared, self._mailed)

    async def configure(self, config: Config, known: Mapping[str, Standing] | None = None) -> None:
        """Watch, judge, mail and publish by this configuration from now on.

        `known`: at a start, when nobody declares anything beside it, how it stands with what was declared. Raises
        StoreBusy with everything as it was; the same call may succeed later.
        """
        self._meanwhile.clear()
        terms = {one.id: one.terms() for one in config.customers}
        until = self.clock() + AHEAD
        before = self.account.customers
        seen_ready = {check.id: await self._was_up(check.id) for one in terms.values() for check in one.checks.values()}
        chose = choices(await self.store.declarations(kind=DeclarationKind.CONTACT_CHOSE))
        mailed = all_recipients(config, chose)
        stands = await self.desk.take_over(config.all_exclusions(until), mailed, known)
        self.owed.set()
        if config.mail is not None:
            await self.store.drop_unaddressed(addressed(config))
        promised = await promises(self.store, config, self.clock())
        declared = await all_in_force(self.store, stands if known is not None else await standings(self.store, terms))
        await self.account.open({id_: (promised[id_], declared[id_]) for id_ in terms.keys() - before})
        # From here on nothing fails, and what is in force changes without a look in between.
        if self.config is not None:
            _warn_of_what_stays(self.config, config)
        self.account.configure({id_: (one, declared[id_]) for id_, one in promised.items()})
        self.metrics.configure(terms.values())
        self.rows.configure(config)
        self.watched = {id_: Watched(one, mailed.get(id_), self.account.judged(id_)) for id_, one in promised.items()}
        self.recorder.configure(self.watched)
        for id_ in before | terms.keys():
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
        self.closing.readers = all_summary_readers(config, chose)
        self.links.configure(config)
        await self.mailing.configure(config)
        if self._meanwhile:
            await self.declared(frozenset(self._meanwhile))

    async def _was_up(self, check: CheckId) -> bool:
        latest = self.account.latest.get(check)
        if latest is not None and latest.verdict is Verdict.UP:
            return True
        return await self.store.last_up(check.customer, check.name, self.clock()) is not None

    async def declared(self, customers: Collection[str]) -> None:
        """Something was declared about these customers: it is in force at once, for judging, mails and the figures."""
        self._meanwhile.update(customers)
        found = {id_: await in_force(self.store, id_) for id_ in customers}
        chose = {id_: await self._chosen(id_) for id_ in customers}
        for id_ in found.keys() & self.watched.keys() & self.account.customers:
            self.account.declare(id_, found[id_])
            windows, to = self.account.judged(id_), self._recipients(id_, chose[id_])
            self.watched = {**self.watched, id_: replace(self.watched[id_], windows=windows, recipients=to)}
            self._read_by(id_, chose[id_])
        self.recorder.configure(self.watched)
        self.rows.news.tell(found.keys() & self.watched.keys())
        self.closing.wake.set()
        self.owed.set()

    async def _chosen(self, customer: str) -> Choices:
        said = await self.store.declarations(customer, kind=DeclarationKind.CONTACT_CHOSE)
        return choices(said).get(customer, {})

    def _read_by(self, customer: str, by: Choices) -> None:
        config = self.in_force()
        to = summary_readers(config, config.customer(customer), by)
        others = {id_: one for id_, one in self.closing.readers.items() if id_ != customer}
        self.closing.readers = others if to is None else {**others, customer: to}

    def _recipients(self, customer: str, by: Choices) -> Recipients | None:
        assert self.config is not None, "something can be declared only when the daemon is configured"
        return recipients(self.config, self.config.customer(customer), by)

    def attended(self) -> Iterator[Attended]:
        """Each customer of whom somebody is mailed, as it stands."""
        now = self.clock()
        for id_, one in self.watched.items():
            if one.recipients is not None:
                outage = self.recorder.state(id_).outage
                told = outage is not None and outage.told and not one.in_counted_window(now)
                yield Attended(id_, one.recipients, outage if told else None, one.windows)

    async def keep_ahead(self) -> None:
        """Windows that come again are written down so far ahead; every day one day more, until cancelled."""
        while True:
            await asyncio.sleep(DAY / SECOND)
            try:
                await self._write_ahead()
            except StoreBusy as busy:
                log.error("windows.waiting", reason=str(busy))

    async def _write_ahead(self) -> None:
        assert self.config is not None, "the daemon runs only when it is configured"
        until = self.clock() + AHEAD
        await self.desk.take_over(self.config.all_exclusions(until))
        await self.declared(self.watched.keys())

    def in_force(self) -> Config:
        """The configuration."""
        assert self.config is not None, "it is asked for only when the daemon is configured"
        return self.config

    def _mailed(self) -> dict[str, Recipients]:
        return {id_: one.recipients for id_, one in self.watched.items() if one.recipients is not None}

    def months_kept(self) -> int:
        """How many calendar months looks are kept."""
        assert self.config is not None, "the daemon prunes only when it is configured"
        return self.config.retention.observations.number

    def _terms(self) -> dict[str, Terms]:
        return {id_: one.terms for id_, one in self.watched.items()}

    async def status(self) -> dict[str, Any]:
        """How everything stands, for `slawatch status` and the API."""
        assert self.config is not None, "the daemon serves only when it is configured"
        names = {one.id: one.name for one in self.config.customers}
        customers = await all_standing(self.account, names, self.clock)
        return {
            "running": True,
            "version": __version__,
            "at": text(self.clock()),
            "customers": customers,
            "summary": summary(customers),
            "outbox": self.outbox.counts,
            "unwritten": self.recorder.waiting,
        }


def _warn_of_what_stays(before: Config, now: Config) -> None:
    """Some settings take a restart; who changed one should not wonder."""
    fixed = {"store": "store", "web": "web", "monitor": "monitor"}
    changed = [name for name, field in fixed.items() if getattr(before, field) != getattr(now, field)]
    if changed:
        log.warning("config.needs_restart", sections=changed)
