"""k. All that a summary says of a customer's month, from sealed days, beside its statement alone."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import structlog
from filled import record, timed
from measuring import machine, table
from month import OCTOBER, TERMS, WINDOW

from slawatch.account import Closing, Month, Sealing, read_closed
from slawatch.app.summaries import summarize
from slawatch.config import load
from slawatch.model import DAY, HOUR, SECOND, Declaration, DeclarationKind
from slawatch.reporters.summary.facts import Booked, Summary
from slawatch.rules import exclusions
from slawatch.rules.calendar import text
from slawatch.rules.daily import Daily, daily
from slawatch.rules.document import Document
from slawatch.rules.statement import judged_exclusions
from slawatch.store import Store, open_store

T = TypeVar("T")
CONFIG = load(Path(__file__).parent.parent / "slawatch.yaml")
CUSTOMER, MONTH, PERIOD = TERMS.customer, OCTOBER.month, OCTOBER.period
CLOSED = PERIOD.ends + DAY
EARLIER = [f"{at // 12}-{at % 12 + 1:02}" for at in range(2025 * 12 + 10, 2026 * 12 + 9)]
HEAD = ["way", "ms (median of 5)", "range", "CPU ms", "range"]


async def agree(store: Store) -> None:
    """What was agreed and declared; and the days are sealed."""
    assert WINDOW.announced is not None
    await store.save_terms(CUSTOMER, "d", json.dumps(CONFIG.document(CUSTOMER)), PERIOD.starts - DAY)
    facts = {
        "starts": text(WINDOW.starts),
        "ends": text(WINDOW.ends),
        "announced": text(WINDOW.announced),
        "announced_by": WINDOW.announced_by,
        "reason": "new_version",
    }
    kind = DeclarationKind.WINDOW_ANNOUNCED
    await store.declare([Declaration("w1", CUSTOMER, kind, "w1", WINDOW.announced, "servicedesk", facts)])
    await Sealing(store, lambda: CLOSED).settle([CUSTOMER])


async def close(store: Store) -> None:
    """The month is closed, and so were eleven before it."""
    await Closing(store, lambda: CLOSED).settle([CUSTOMER])
    (stood,) = await store.statements(CUSTOMER, MONTH)
    for month in EARLIER:
        document = json.dumps({**json.loads(stood.document), "month": month})
        await store.keep_statement(replace(stood, month=month, document=document))


async def read(store: Store) -> Month:
    return await read_closed(store, CUSTOMER, MONTH, PERIOD.ends + HOUR)


async def statement(store: Store) -> Document:
    """The figures alone, as `slawatch report` tells a month that is not closed."""
    return await asyncio.to_thread((await read(store)).document)


async def by_day(month: Month) -> Daily:
    """What the summary adds to the statement that takes longest: days, strips, times."""
    left_out = exclusions.flatten(judged_exclusions(month.agreed, month.declared), PERIOD)
    zone = ZoneInfo(TERMS.timezone)
    return await asyncio.to_thread(daily, month.agreed, month.records, left_out, PERIOD, zone)


def check(made: Summary) -> None:
    """Its strips come to the statement's seconds."""
    found = dict.fromkeys(map(str, Booked), 0)
    for one in made.strips:
        found[one.booked] += one.ends - one.starts
    wanted = made.statement["availability"]["seconds"]
    assert {place: each / SECOND for place, each in found.items()} == wanted, f"{found} is not {wanted}"


async def both(ask: Callable[[], Awaitable[T]]) -> tuple[T, list[str]]:
    """What it gives, and how long it took, by the wall and of a core."""
    _, wall = await timed(ask)
    given, cpu = await timed(ask, time.process_time)
    return given, [*wall, *cpu]


async def main() -> str:
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        async with open_store(f"sqlite:///{Path(name) / 'slawatch.db'}", write=True, clock=lambda: CLOSED) as store:
            await record(store)
            await agree(store)
            _, alone = await both(lambda: statement(store))
            _, running = await both(lambda: summarize(store, CONFIG, CUSTOMER, MONTH, CLOSED))
            await close(store)
            made, whole = await both(lambda: summarize(store, CONFIG, CUSTOMER, MONTH, CLOSED))
            month, reading = await both(lambda: read(store))
            _, days = await both(lambda: by_day(month))
    check(made)
    rows = [
        ["the statement alone", *alone],
        ["the summary, the month not closed yet", *running],
        ["the summary of the closed month", *whole],
        ["of it: the month read", *reading],
        ["of it: days, strips and times", *days],
    ]
    where = machine(f"load average {before:.1f} before and {os.getloadavg()[0]:.1f} after")
    said = f"{len(made.outages)} outages, {len(made.blips)} blips, {len(made.windows)} window, {len(made.trend)} months"
    return f"The summary has {said}. {where}.\n\n{table(HEAD, rows)}"


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(asyncio.run(main()))
