"""g. Live figures: CPU for each observation in the account, beside the store's insert, late in a month.

Each way of the three is fed the same looks: what `account.applied` and `publish` take; the insert and the chains of the
store; and, as the alternative, the month added up anew for each look from books that hold all of it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import tempfile
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from random import Random
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
PACES = {"dashboard": ("page", MINUTE), "reservations": ("page", MINUTE), "http": ("http", 15 * SECOND)}
PUBLISHED_EACH = SECOND
ALL_PUBLISHED_EACH = 15 * SECOND


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


def looks(agreed: Sequence[Terms], starts: Instant, ends: Instant, random: Random) -> list[Observation]:
    """What the grids give in [starts, ends), in order of time; each check has a phase of its own."""
    found = []
    for number, one in enumerate(agreed):
        for lane, check in enumerate(one.checks.values()):
            phase = (number * 7919 + lane * 104729) * 1000 % check.every
            for at in range(starts + phase, ends, check.every):
                took = int(random.lognormvariate(6.7, 0.4)) if check.id.kind == "page" else 40
                found.append(Observation(check.id, "main", at, Look(Verdict.UP, None, took), holds=check.stale_after))
    return sorted(found, key=lambda seen: seen.at)


class Clock:
    """A clock that is set."""

    def __init__(self, now: Instant) -> None:
        self.now = now

    def __call__(self) -> Instant:
        return self.now


async def account_of(store: Store, agreed: Sequence[Terms], clock: Clock) -> Account:
    metrics = Metrics()
    account = Account(store, clock, metrics)
    await account.open({one.customer: (Agreed.always(one), ()) for one in agreed})
    metrics.configure(agreed)
    return account


async def many(store: Store, customers: int, seconds: int) -> tuple[int, float, float]:
    """So many customers live so long: how many looks, CPU seconds of the account, and of the store."""
    agreed = [terms(f"park{number:04}") for number in range(customers)]
    clock = Clock(STARTS + 27 * DAY)
    account = await account_of(store, agreed, clock)
    before = clock.now + 10 * MINUTE
    account.applied(looks(agreed, clock.now, before, Random(1)))
    clock.now = before
    await account.publish(everyone=True)
    waiting = looks(agreed, before, before + seconds * SECOND, Random(2))
    number, kept, shown = len(waiting), 0.0, 0.0
    for second in range(seconds):
        clock.now = before + (second + 1) * PUBLISHED_EACH
        there = [one for one in waiting if one.at < clock.now]
        waiting = waiting[len(there) :]
        began = time.process_time()
        for quarter in range(4):
            await store.record(Batch(tuple(there[quarter::4])))
        written = time.process_time()
        account.applied(there)
        await account.publish(everyone=clock.now % ALL_PUBLISHED_EACH == 0)
        kept, shown = kept + written - began, shown + time.process_time() - written
    return number, shown, kept


async def one_late(store: Store, days: int, trials: int) -> tuple[float, float]:
    """A customer so many days into its month: CPU seconds for a look, by the account and by the month added up anew."""
    agreed = terms("late")
    clock = Clock(STARTS)
    account = await account_of(store, [agreed], clock)
    month = looks([agreed], STARTS, STARTS + days * DAY, Random(3))
    books = records.books(Agreed.always(agreed))
    account.applied(month)
    clock.now = STARTS + days * DAY
    await account.publish(everyone=True)
    for one in month:
        books[one.check.name].add(
            Seen(one.at, one.verdict, None, one.holds), one.look.milliseconds, recheck=one.recheck
        )
    live = anew = 0.0
    following = looks([agreed], clock.now, clock.now + HOUR, Random(4))
    for one in following[:trials]:
        clock.now = one.at + 1
        began = time.process_time()
        account.applied((one,))
        await account.publish(everyone=False)
        published = time.process_time()
        books[one.check.name].add(
            Seen(one.at, one.verdict, None, one.holds), one.look.milliseconds, recheck=one.recheck
        )
        settle(Agreed.always(agreed), span(MONTH, ZONE, clock.now), records.records(books), ())
        live, anew = live + published - began, anew + time.process_time() - published
    return live / trials, anew / trials


async def run(customers: int, seconds: int, days: int) -> str:
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        async with open_store(f"sqlite:///{Path(folder) / 'live.db'}", write=True) as store:
            number, shown, kept = await many(store, customers, seconds)
            live, anew = await one_late(store, days, trials=100)
    rows = [
        [f"the store's insert, {customers:,} customers", f"{kept / number * 1e6:.0f}"],
        [f"applied and publish, {customers:,} customers", f"{shown / number * 1e6:.0f}"],
        [f"applied and publish after each look, one customer on day {days}", f"{live * 1e6:.0f}"],
        ["the month added up anew after each look, the same customer", f"{anew * 1e6:,.0f}"],
    ]
    return (
        f"{number:,} looks of {seconds} s; goal {GOAL} µs beside the insert. {machine('')}\n\n"
        f"{table(['way', 'CPU µs for each observation'], rows)}"
    )


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=60, help="of the customers' life")
    parser.add_argument("--days", type=int, default=27, help="how old the month of one is")
    arguments = parser.parse_args()
    print(asyncio.run(run(arguments.customers, arguments.seconds, arguments.days)))
