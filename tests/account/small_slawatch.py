"""slawatch in small: a real ledger, the recorder and the account on it, on a clock that the test sets.

Looks come from the test; what follows goes the daemon's way: `submit`, commit, `tell`, publish.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

from slawatch import recorded
from slawatch.account import Account, Keeping, latest_at, restored
from slawatch.app.publishing import tell
from slawatch.model import (
    MINUTE,
    SECOND,
    AvailabilityTerms,
    Cause,
    CheckId,
    CheckTerms,
    ConfirmTerms,
    Contact,
    Event,
    Exclusion,
    Instant,
    Look,
    MaintenanceTerms,
    Notice,
    Observation,
    SpeedTerms,
    Terms,
    Verdict,
)
from slawatch.observers import Everyone, Observer
from slawatch.recorded import Recorded
from slawatch.replay import replay, span
from slawatch.reporters.metrics import Metrics
from slawatch.reporters.metrics.series import Numbers
from slawatch.rules import records
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import month_of, parse
from slawatch.rules.document import Document, document
from slawatch.rules.owed import Recipients
from slawatch.rules.rows import seen
from slawatch.rules.statement import judged_exclusions
from slawatch.store import Batch, Store, open_store
from slawatch.watch import Recorder, Watched

PARK = "duinzicht"
ZONE = ZoneInfo("Europe/Amsterdam")
EVER = 2**62
KINDS = {"dashboard": "page", "reservations": "page", "http": "http"}
RECIPIENTS = Recipients((Contact("beheer@duinzicht.example", "nl"),), "example.org")
UP = Look(Verdict.UP, None, 800)
SLOW = Look(Verdict.UP, None, 3001)
DOWN = Look(Verdict.DOWN, Cause.HTTP_5XX)
GONE = Look(Verdict.DOWN, Cause.CONNECT)
UNKNOWN = Look(Verdict.UNKNOWN, Cause.MONITOR_NETWORK)


def at(written: str) -> Instant:
    return parse(written)


def terms(*, counting: tuple[str, ...] = ("dashboard", "reservations"), without: str = "", **confirm: object) -> Terms:
    checks = {
        name: CheckTerms(
            CheckId(PARK, kind, name), *((15 * SECOND, 45 * SECOND) if kind == "http" else (MINUTE, 3 * MINUTE))
        )
        for name, kind in KINDS.items()
        if name != without
    }
    return Terms(
        customer=PARK,
        agreement="Tommy 2.0",
        timezone=ZONE.key,
        availability=AvailabilityTerms(
            Fraction("0.999"), Fraction("0.99"), tuple(name for name in counting if name in checks)
        ),
        speed=SpeedTerms(
            Fraction("0.95"), 3000, tuple(name for name, check in checks.items() if check.id.kind == "page")
        ),
        maintenance=MaintenanceTerms(Notice(5)),
        confirm=ConfirmTerms(**confirm),  # type: ignore[arg-type]
        checks=checks,
    )


@dataclass
class Small:
    """One customer's daemon. `now`: what its clock shows. `since`: when this life of it began."""

    store: Store
    agreed: Agreed
    declared: tuple[Exclusion, ...]
    now: Instant
    to: Recipients | None = RECIPIENTS
    observer: Observer = field(default_factory=lambda: Everyone(()))
    since: Instant = 0
    rung: int = 0

    @property
    def terms(self) -> Terms:
        return self.agreed.latest

    def clock(self) -> Instant:
        return self.now

    async def start(self) -> None:
        """As the daemon does it: books from the ledger, states from books and events, then the configuration."""
        self.since = self.now
        self.metrics = Metrics()
        self.account = Account(self.store, self.clock, self.metrics)
        books = await self.account.open({PARK: (self.agreed, self.declared)})
        stood = await restored(self.store, books, self.now)
        if stood.events:
            await self.store.record(Batch(events=stood.events))
        self.recorder = Recorder(
            self.store, self.clock, states=stood.states, latest=latest_at(books), on_write_failure=lambda: None
        )
        self.recording = asyncio.create_task(self.recorder.run())
        await self._configure()

    async def stop(self) -> None:
        self.recording.cancel()
        await asyncio.gather(self.recording, return_exceptions=True)

    async def restart(self) -> None:
        await self.stop()
        await self.start()

    async def keep(self) -> None:
        """A checkpoint, as it is made now and then and at a clean stop."""
        await Keeping(self.store, self.account, self.clock).keep([PARK])

    def agree(self, terms: Terms) -> None:
        """From now on other terms."""
        if terms != self.terms:
            self.agreed = Agreed((*self.agreed.versions, (self.now, terms)))

    async def correct(self, terms: Terms) -> None:
        """Other terms, and always: the books have to be read again."""
        self.agreed = Agreed.always(terms)
        await self._configure()

    async def reload(self, terms: Terms, declared: tuple[Exclusion, ...] = ()) -> None:
        self.declared = declared
        self.agree(terms)
        await self._configure()

    async def declare(self, *declared: Exclusion) -> None:
        """What may be left out is this, from now on."""
        self.declared = declared
        self.account.declare(PARK, declared)
        self.recorder.configure({PARK: Watched(self.agreed, self.to, judged_exclusions(self.agreed, declared))})
        await self._told()

    async def _configure(self) -> None:
        windows = judged_exclusions(self.agreed, self.declared)
        self.account.configure({PARK: (self.agreed, self.declared)})
        self.metrics.configure([self.terms])
        self.recorder.configure({PARK: Watched(self.agreed, self.to, windows)})
        await self._told()

    def look(self, name: str, look: Look, *, ago: int = 0, recheck: bool = False) -> Observation:
        """A look whose slot was so many microseconds ago."""
        check = self.terms.checks[name]
        return Observation(check.id, "main", self.now - ago, look, recheck, check.stale_after)

    async def see(self, *looks: Observation) -> None:
        """These looks are handed in, committed and told."""
        self.rung += 1
        bell = Observation(CheckId("elsewhere", "page", "bell"), "main", self.rung, UNKNOWN)  # has all written at once
        await asyncio.gather(*(self.recorder.submit(one) for one in (*looks, bell)))
        await self._told()

    async def _told(self) -> None:
        async with asyncio.timeout(20):
            while self.recorder.waiting or not self.recorder.committed.empty():
                committed = await self.recorder.committed.get()
                tell(committed, self.account, self.metrics, self.observer, asyncio.Event())

    async def publish(self) -> None:
        await self.account.publish(everyone=True)

    async def seen_by_all(self, look: Look, *, recheck: bool = False) -> None:
        await self.see(*(self.look(name, look, recheck=recheck) for name in self.terms.checks))

    # --- what came of it --------------------------------------------------------------------------------------------

    def live(self) -> Document:
        """This month's statement as the account keeps it, with all that was seen up to and at now."""
        return figures(document(self.account.statement(PARK, self.now + 1), inputs_sha256=""))

    @property
    def is_steady(self) -> bool:
        """Whether what was published last had been moving steadily from a publishing before."""
        moving = self.account._pages[PARK].moving
        return moving is not None and moving.steady.since < moving.at

    async def everything(self) -> dict[str, list[Recorded]]:
        """The whole ledger, by way of the lines that replay reads."""
        rows = await self.store.observations(PARK, 0, EVER)
        known = replace(self.terms, checks=self.agreed.checks)
        lines = [recorded.line(one).encode() for one in rows if one.check.name in known.checks]
        return recorded.observations(lines, "ledger", PARK, {PARK: known})

    async def replayed(self, month: str | None = None, until: Instant | None = None) -> Document:
        """A month from the whole ledger; the current one up to and with now."""
        if month is None:
            until = self.now + 1
            month = month_of(until, ZONE)
        which = span(month, ZONE, until)
        rows = {
            name: [one for one in looks if one.at < which.as_of] for name, looks in (await self.everything()).items()
        }
        return figures(replay(self.agreed, which, rows, self.declared))

    async def books(self) -> dict[str, records.CheckBook]:
        filled = records.books(self.agreed)
        for name, rows in (await self.everything()).items():
            for row in rows:
                filled[name].add(seen(row), row.milliseconds, recheck=row.recheck)
        return filled

    def metric(self, name: str, *labels: str) -> float | None:
        """One series' value by its label values; None when there is none."""
        for family in self.metrics.snapshot():
            if isinstance(family, Numbers) and family.family.name == name:
                for sample in family.samples:
                    if [part.split("=")[1].strip('"') for part in sample.labels.split(",")] == list(labels):
                        return sample.value
        return None


def figures(made: Document) -> Document:
    """A statement without what says only how it was made."""
    return {key: value for key, value in made.items() if key not in {"inputs_sha256", "as_of"}}


def outages_told(events: Iterable[Event]) -> list[tuple[Instant, Instant | None, tuple[str, ...]]]:
    """The outages that a ledger's events tell of, merged where they overlap or touch: (starts, ends, checks)."""
    found: dict[str, tuple[Instant, Instant | None, tuple[str, ...]]] = {}
    for event in events:
        starts, _, _ = found.get(event.outage, (event.at, None, ()))
        ends = event.at if event.kind == "outage_closed" else None
        found[event.outage] = (starts if ends else min(starts, event.at), ends, event.checks)
    merged: list[tuple[Instant, Instant | None, tuple[str, ...]]] = []
    for starts, ends, checks in sorted(found.values(), key=lambda one: one[0]):
        if merged and (merged[-1][1] is None or starts <= merged[-1][1]):
            before, until, others = merged[-1]
            merged[-1] = (
                before,
                None if ends is None or until is None else max(until, ends),
                tuple(sorted({*others, *checks})),
            )
        else:
            merged.append((starts, ends, checks))
    return merged


@asynccontextmanager
async def living(
    folder: Path,
    now: Instant,
    agreed: Terms | None = None,
    declared: tuple[Exclusion, ...] = (),
    life: type[Small] = Small,
) -> AsyncIterator[Small]:
    url = f"sqlite:///{folder / 'slawatch.db'}"
    async with open_store(url, write=True, clock=lambda: small.now) as store:
        small = life(store, Agreed.always(agreed or terms()), declared, now)
        await small.start()
        try:
            yield small
        finally:
            await small.stop()
