"""g. Live figures: CPU for each observation in the account, beside the store's insert, late in a month.

Each way is fed the same looks, as the daemon does it: the insert and the chains of the store, what `account.applied`
and `publish` take, and the series of the looks themselves. One customer alone has, as the alternative, its month added
up anew for each look from books that hold all of it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import structlog
from measuring import machine, table

from slawatch.account import Account
from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    AvailabilityTerms,
    Cause,
    CheckId,
    CheckTerms,
    ConfirmTerms,
    Instant,
    Look,
    MaintenanceTerms,
    Notice,
    Observation,
    SpeedTerms,
    Terms,
    Verdict,
)
from slawatch.replay import span
from slawatch.reporters.metrics import Metrics
from slawatch.rules import records
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import parse
from slawatch.rules.statement import settle
from slawatch.rules.timeline import Seen
from slawatch.store import Batch, Store, open_store

STARTS = parse("2026-02-28T23:00:00Z")
MONTH = "2026-03"
ZONE = ZoneInfo("Europe/Amsterdam")
GOAL = 100
DOWN = Look(Verdict.DOWN, Cause.HTTP_5XX)
FAILING = 0.01
FAILING_SECONDS = 120
PACES = {"dashboard": ("page", MINUTE), "reservations": ("page", MINUTE), "http": ("http", 15 * SECOND)}
PUBLISHED_EACH = SECOND
#: Each customer was down so long before, in this month.
OUTAGE = (2 * MINUTE, 5 * MINUTE)


def terms(customer: str) -> Terms:
    checks = {
        name: CheckTerms(CheckId(customer, kind, name), every, 3 * every) for name, (kind, every) in PACES.items()
    }
    pages = ("dashboard", "reservations")
    return Terms(
        customer=customer,
        agreement="Tommy 2.0",
        timezone=ZONE.key,
        availability=AvailabilityTerms(Fraction("0.999"), Fraction("0.99"), pages),
        speed=SpeedTerms(Fraction("0.95"), 3000, pages),
        maintenance=MaintenanceTerms(Notice(5)),
        confirm=ConfirmTerms(),
        checks=checks,
    )


class Cost(NamedTuple):
    """CPU seconds that so many looks took: of the store, of the figures, and of the looks' own series."""

    looks: int
    kept: float
    shown: float
    told: float

    def each(self, seconds: float) -> str:
        return f"{seconds / self.looks * 1e6:.0f}"


def looks(
    agreed: Sequence[Terms], starts: Instant, ends: Instant, random: Random, *, failing: float = 0
) -> list[Observation]:
    """What the grids give in [starts, ends), in order of time; each check has a phase of its own.

    `failing`: the share of looks that fail; each is followed by one that is up again.
    """
    found = []
    for number, one in enumerate(agreed):
        for lane, check in enumerate(one.checks.values()):
            phase = (number * 7919 + lane * 104729) * 1000 % check.every
            for at in range(starts + phase, ends, check.every):
                took = int(random.lognormvariate(6.7, 0.4)) if check.id.kind == "page" else 40
                up = Look(Verdict.UP, None, took)
                if random.random() < failing:
                    found.append(Observation(check.id, "main", at, DOWN, holds=check.stale_after))
                    again = at + one.confirm.recheck
                    found.append(Observation(check.id, "main", again, up, recheck=True, holds=check.stale_after))
                else:
                    found.append(Observation(check.id, "main", at, up, holds=check.stale_after))
    return sorted(found, key=lambda seen: seen.at)


def with_outage(seen: Sequence[Observation], starts: Instant) -> list[Observation]:
    """The same looks, of which those fail that lie in the outage."""
    begins, ends = (starts + offset for offset in OUTAGE)
    return [replace(one, look=DOWN) if begins <= one.at < ends else one for one in seen]


class Clock:
    """A clock that is set."""

    def __init__(self, now: Instant) -> None:
        self.now = now

    def __call__(self) -> Instant:
        return self.now


async def account_of(store: Store, agreed: Sequence[Terms], clock: Clock) -> tuple[Account, Metrics]:
    metrics = Metrics()
    account = Account(store, clock, metrics)
    await account.open({one.customer: (Agreed.always(one), ()) for one in agreed})
    metrics.configure(agreed)
    return account, metrics


async def many(store: Store, customers: int, seconds: int, *, failing: float = 0) -> Cost:
    """So many customers live so long, after an outage each."""
    agreed = [terms(f"park{number:04}") for number in range(customers)]
    clock = Clock(STARTS + 27 * DAY)
    account, metrics = await account_of(store, agreed, clock)
    before = clock.now + 10 * MINUTE
    account.applied(with_outage(looks(agreed, clock.now, before, Random(1)), clock.now))
    clock.now = before
    await account.publish(everyone=True)
    waiting = looks(agreed, before, before + seconds * SECOND, Random(2), failing=failing)
    number, kept, shown, told = len(waiting), 0.0, 0.0, 0.0
    for second in range(seconds):
        clock.now = before + (second + 1) * PUBLISHED_EACH
        there = [one for one in waiting if one.at < clock.now]
        waiting = waiting[len(there) :]
        began = time.process_time()
        for quarter in range(4):
            await store.record(Batch(tuple(there[quarter::4])))
        written = time.process_time()
        account.applied(there)
        await account.publish(everyone=False)
        published = time.process_time()
        for one in there:
            metrics.observed(one)
        kept, shown = kept + written - began, shown + published - written
        told += time.process_time() - published
    return Cost(number, kept, shown, told)


async def one_late(store: Store, days: int, trials: int) -> tuple[float, float]:
    """A customer so many days into its month: CPU seconds for a look, by the account and by the month added up anew."""
    agreed = terms("late")
    clock = Clock(STARTS)
    account, _ = await account_of(store, [agreed], clock)
    month = looks([agreed], STARTS, STARTS + days * DAY, Random(3))
    books = records.books(Agreed.always(agreed))
    account.applied(month)
    clock.now = STARTS + days * DAY
    await account.publish(everyone=True)
    for one in month:
        books[one.check.name].add(
            Seen(one.at, one.verdict, None, one.holds), one.look.milliseconds, recheck=one.recheck
        )
    following = looks([agreed], clock.now, clock.now + HOUR, Random(4))[:trials]
    began = time.process_time()
    for one in following:
        clock.now = one.at + 1
        account.applied((one,))
        await account.publish(everyone=False)
    published = time.process_time()
    for one in following:
        books[one.check.name].add(
            Seen(one.at, one.verdict, None, one.holds), one.look.milliseconds, recheck=one.recheck
        )
        settle(Agreed.always(agreed), span(MONTH, ZONE, one.at + 1), records.records(books), ())
    return (published - began) / trials, (time.process_time() - published) / trials


async def run(customers: int, seconds: int, days: int) -> str:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        async with open_store(f"sqlite:///{Path(folder) / 'live.db'}", write=True) as store:
            calm = await many(store, customers, seconds)
        async with open_store(f"sqlite:///{Path(folder) / 'failing.db'}", write=True) as store:
            failing = await many(store, customers, min(seconds, FAILING_SECONDS), failing=FAILING)
            live, anew = await one_late(store, days, trials=100)
    rows = [
        [f"the store's insert, {customers:,} customers", calm.each(calm.kept)],
        [f"applied and publish, {customers:,} customers", calm.each(calm.shown)],
        [f"the same, where one look in {1 / FAILING:.0f} fails", failing.each(failing.shown)],
        ["the looks' own series, told with each", calm.each(calm.told)],
        [f"applied and publish after each look, one customer on day {days}", f"{live * 1e6:.0f}"],
        ["the month added up anew after each look, the same customer", f"{anew * 1e6:,.0f}"],
    ]
    return (
        f"{calm.looks:,} looks of {seconds} s; goal {GOAL} µs beside the insert. {machine('')}\n\n"
        f"{table(['way', 'CPU µs for each observation'], rows)}"
    )


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=900, help="of the customers' life")
    parser.add_argument("--days", type=int, default=27, help="how old the month of one is")
    arguments = parser.parse_args()
    print(asyncio.run(run(arguments.customers, arguments.seconds, arguments.days)))
