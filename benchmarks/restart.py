"""h. A restart late in a month: from the opened store to published figures of all customers, after a kill.

In the store: what was agreed with each; a checkpoint of each, from five minutes to an hour old, of a month and the
month before that were lived through in memory; and the rows of the last two hours. Older rows there are none: a
checkpoint does without. Beside it a customer without a checkpoint, whose month lies in the ledger, row by row.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import tempfile
import time
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from random import Random

import structlog
from live import STARTS, ZONE, Clock, looks
from live import terms as one_terms
from measuring import machine, table

from slawatch.account import Account, Closing, all_agreed, all_in_force, standings
from slawatch.account.checkpoint import Checkpoint
from slawatch.account.last_month import LastMonth
from slawatch.account.to_date import MonthToDate
from slawatch.app.links import KEY, Links
from slawatch.app.mailing import Mailing
from slawatch.app.publishing import Outbox
from slawatch.app.restart import restart
from slawatch.app.rows import Rows
from slawatch.app.wiring import Wiring
from slawatch.config import Config, load
from slawatch.model import DAY, HOUR, MINUTE, CheckId, Exclusion, Instant, Observation, Terms
from slawatch.observers import Everyone
from slawatch.probes import open_tools
from slawatch.replay import SETTLING
from slawatch.reporters.metrics import Metrics
from slawatch.rules import records
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period, month
from slawatch.rules.document import document
from slawatch.rules.statement import Span, settle
from slawatch.rules.timeline import Seen
from slawatch.schedule import open_schedule
from slawatch.store import Batch, Store, StoredCheckpoint, open_store
from slawatch.watch import Watch

GOAL = 10
MONTH_BEFORE = "2026-02"
AGES = [minutes * MINUTE for minutes in range(60, 0, -5)]
ROWS = 2 * HOUR
BATCH = 5000
CONFIG = """
agreement: {availability: {checks: [dashboard, reservations]}, speed: {pages: [dashboard, reservations]}}
pages:
  dashboard: {path: /dashboard, ready: "#dashboard", every: 60s}
  reservations: {path: /reservations, ready: "#reservations", every: 60s}
http: {path: /health, every: 15s}
"""
WINDOW = """
maintenance:
  - {starts: "2026-01-06 23:00", ends: "2026-01-07 05:00", repeat: "FREQ=WEEKLY;BYDAY=TU",
     announced: "2025-12-20 10:00", announced_by: servicedesk}
"""


def config(folder: Path, customers: int, *, weekly: bool) -> Config:
    """So many customers, with a `weekly` window of maintenance or without."""
    file = folder / "slawatch.yaml"
    parks = "".join(
        f"  - {{id: park{number:04}, name: Park {number}, url: 'https://park{number:04}.example'}}\n"
        for number in range(customers)
    )
    file.write_text(f"{CONFIG}{WINDOW * weekly}store: sqlite:///{folder / 'restart.db'}\ncustomers:\n{parks}")
    return load(file)


@dataclass(slots=True)
class Daemon:
    """What a daemon has at its start; nothing is looked at."""

    account: Account
    spent: list[float]


@asynccontextmanager
async def daemon(settings: Config, store: Store, clock: Clock) -> AsyncIterator[Daemon]:
    """A start as far as published figures. `spent`: CPU seconds of each step, and wall seconds of all."""
    began, times = time.perf_counter(), [time.process_time()]
    metrics = Metrics()
    rows = Rows()
    account = Account(store, clock, metrics, rows)
    recorder, known = await restart(settings, store, account, metrics, clock)
    links = Links(await store.key(KEY))
    times.append(time.process_time())
    async with open_tools(None, settings.monitor) as tools, asyncio.TaskGroup() as tasks:
        watch = Watch(recorder, clock, tasks, node="main", pages_at_once=2, on_lag=lambda _late: None)
        async with open_schedule(lambda _id: None, clock) as schedule:
            wiring = Wiring(
                store,
                account,
                recorder,
                watch,
                schedule,
                metrics,
                Mailing(store, metrics, Everyone(()), links),
                Outbox(store, metrics),
                tools,
                Closing(store, clock),
                asyncio.Event(),
                links,
                rows,
                clock,
            )
            await wiring.configure(settings, known)
            times.append(time.process_time())
            await account.publish(everyone=True)
            times.append(time.process_time())
            spent = [after - before for before, after in pairwise(times)]
            yield Daemon(account, [time.perf_counter() - began, times[-1] - times[0], *spent])


def lived(
    agreed: Agreed, declared: Sequence[Exclusion], seen: Iterable[Observation], starts: Instant
) -> Iterator[tuple[Observation, MonthToDate]]:
    """A month in memory, from `starts` on; after each look."""
    to_date = MonthToDate(agreed, declared, starts + 1)
    to_date.read(records.books(agreed))
    for number, one in enumerate(seen):
        to_date.add(one)
        if number % 1000 == 0:
            to_date.settle(one.at, one.at)
        yield one, to_date


def last_month(agreed: Agreed, declared: Sequence[Exclusion]) -> LastMonth:
    """The month before, from books that hold all of it."""
    period = month(MONTH_BEFORE, ZONE)
    as_of = period.ends + SETTLING
    books = records.books(agreed)
    for one in looks([agreed.latest], period.starts, as_of, Random(6)):
        books[one.check.name].add(
            Seen(one.at, one.verdict, None, one.holds), one.look.milliseconds, recheck=one.recheck
        )
    made = settle(agreed, Span(MONTH_BEFORE, period, complete=True, as_of=as_of), records.records(books), declared)
    seen = {name: book.own.track.at for name, book in books.items()}
    return LastMonth(
        Period(period.starts, period.ends),
        as_of,
        agreed.before(as_of),
        made.excluded,
        seen,
        made.booking,
        made.network,
        made.speed,
    )


async def fill(store: Store, agreed: Sequence[Agreed], now: Instant) -> dict[str, object]:
    """Checkpoints and rows, as the docstring has them; gives the figures that are to come out."""
    declared = await all_in_force(store, await standings(store, ()))
    one, windows = Agreed.always(one_terms("one")), declared.get(agreed[0].latest.customer, ())
    seen = looks([one.latest], STARTS, now, Random(7))
    before, stood, ages = last_month(one, windows), [], list(AGES)
    for look, to_date in lived(one, windows, seen, STARTS):
        while ages and look.at >= now - ages[0]:
            ages.pop(0)
            kept = to_date.checkpoint(before)
            assert kept is not None
            stood.append((look.at, kept))
    await store.save_checkpoints(list(_checkpoints(agreed, windows, stood)))
    recent = [look for look in seen if look.at >= now - ROWS]
    waiting = [replace(one, check=_of(theirs.latest, one.check)) for theirs in agreed for one in recent]
    for first in range(0, len(waiting), BATCH):
        await store.record(Batch(tuple(waiting[first : first + BATCH])))
    return document(to_date.statement(now))


def _of(theirs: Terms, check: CheckId) -> CheckId:
    return replace(check, customer=theirs.customer)


def _checkpoints(
    agreed: Sequence[Agreed], windows: Sequence[Exclusion], stood: Sequence[tuple[Instant, Checkpoint]]
) -> Iterator[StoredCheckpoint]:
    """The customers' own, of all ages in turn."""
    for number, theirs in enumerate(agreed):
        at, one = stood[number % len(stood)]
        to_date = MonthToDate(theirs, windows, at)
        to_date.resume(one, {})
        kept = to_date.checkpoint(one.last_month)
        assert kept is not None
        yield StoredCheckpoint(theirs.latest.customer, at, kept.written())


async def killed(folder: Path, customers: int, days: int, *, weekly: bool) -> list[str]:
    """A row: how long a start takes after a kill."""
    settings, clock = config(folder, customers, weekly=weekly), Clock(STARTS - 60 * DAY)
    terms = {one.id: one.terms() for one in settings.customers}
    now = STARTS + days * DAY
    async with open_store(settings.store, write=True, clock=clock) as store:
        for earlier in (clock.now, now):
            clock.now = earlier
            async with daemon(settings, store, clock):
                pass  # what there is, is agreed, and declared for the next year
        expected = await fill(store, [*(await all_agreed(store, terms)).values()], now)
    async with (
        open_store(settings.store, write=True, clock=clock) as store,
        daemon(settings, store, clock) as started,
    ):
        found = document(started.account.statement(settings.customers[-1].id, now))
        for figure in ("availability", "network", "speed", "outages", "blips", "exclusions"):
            assert found[figure] == expected[figure], f"{figure}: {found[figure]} is not {expected[figure]}"
        return [f"{seconds:.1f}" for seconds in started.spent]


async def row_by_row(folder: Path, days: int) -> float:
    """Seconds until a customer's month of so many days is there, read from the ledger."""
    agreed, clock = one_terms("one"), Clock(STARTS + days * DAY)
    async with open_store(f"sqlite:///{folder / 'one.db'}", write=True, clock=clock) as store:
        seen = looks([agreed], STARTS, clock.now, Random(8))
        for first in range(0, len(seen), BATCH):
            await store.record(Batch(tuple(seen[first : first + BATCH])))
        account = Account(store, clock, Metrics())
        began = time.perf_counter()
        await account.open({"one": (Agreed.always(agreed), ())})
        await account.publish(everyone=True)
        return time.perf_counter() - began


async def run(customers: int, days: int) -> str:
    before, rows = os.getloadavg()[0], []
    for weekly in (False, True):
        with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
            spent = await killed(Path(folder), customers, days, weekly=weekly)
        rows.append(["and a window each week" if weekly else f"{customers:,} customers", *spent])
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        alone = await row_by_row(Path(folder), days)
    where = machine(f"load average {before:.1f} before and {os.getloadavg()[0]:.1f} after")
    head = ["after a kill", "s", "CPU s", "account and recorder", "configuration", "publishing"]
    return (
        f"On day {days}; goal for 1,000 customers {GOAL} s. {where}.\n\n{table(head, rows)}\n\n"
        f"One customer without a checkpoint: {alone:.2f} s, read from the ledger row by row."
    )


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--days", type=int, default=27, help="how old the month is")
    arguments = parser.parse_args()
    print(asyncio.run(run(arguments.customers, arguments.days)))
