"""k. Summaries: a customer's month as each document; everyone's at once; and what that costs those who watch.

A month of two pages each minute and http each 15 s, its days sealed and its looks pruned, lies in one store for many
customers: one was lived through, the others are its copies, row by row, under names of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import logging
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from dataclasses import replace
from itertools import islice
from pathlib import Path

import structlog
from measuring import by_slawatch, machine, park, percentile, table
from month import OCTOBER, looks
from target import target

from slawatch.account import Closing
from slawatch.account.sealing import Sealing
from slawatch.app.ledgered import promised
from slawatch.app.rendering import Wanted, open_renderers
from slawatch.app.rendering.formats import FORMATS
from slawatch.browser import open_engine
from slawatch.clock import now
from slawatch.config import BrowserSettings, Config, load
from slawatch.model import DAY, Instant
from slawatch.store import Batch, open_store

FIRST = "park0000"
MONTH = "2026-10"
BATCH = 1250
TRIALS = 10
#: A load of the target is ready after so many milliseconds.
DELAY = 150
CONFIG = """
agreement: {availability: {checks: [dashboard, reservations]}, speed: {pages: [dashboard, reservations]}}
pages:
  dashboard: {path: /dashboard, ready: "#dashboard", every: 60s}
  reservations: {path: /reservations, ready: "#reservations", every: 60s}
http: {path: /health, every: 15s}
"""


def config(folder: Path, customers: int) -> Config:
    file = folder / "slawatch.yaml"
    parks = "".join(
        f"  - {{id: park{number:04}, name: Park {number}, url: 'https://park{number:04}.example'}}\n"
        for number in range(customers)
    )
    file.write_text(f"{CONFIG}store: sqlite:///{folder / 'many.db'}\ncustomers:\n{parks}")
    return load(file)


async def live(settings: Config) -> None:
    """The first customer's month: looked at, sealed, closed."""
    after: Instant = OCTOBER.period.ends + 2 * DAY
    async with open_store(settings.store, write=True, clock=lambda: after) as store:
        document = json.dumps(settings.document(FIRST))
        await store.save_terms(FIRST, hashlib.sha256(document.encode()).hexdigest(), document, OCTOBER.period.starts)
        source = (replace(one, check=replace(one.check, customer=FIRST)) for one in looks())
        while seen := tuple(islice(source, BATCH)):
            await store.record(Batch(seen))
        agreed = await promised(store, settings, FIRST)
        for check in agreed.checks:
            await Sealing(store, lambda: after).seal(agreed, check)
        await Closing(store, lambda: after).settle([FIRST])


def copied(settings: Config) -> None:
    """The other customers, whose looks are pruned."""
    with sqlite3.connect(settings.store.removeprefix("sqlite:///")) as base:
        for name in ("days", "terms", "statements"):
            columns = [row[1] for row in base.execute(f"PRAGMA table_info({name})")]
            for one in settings.customers[1:]:
                instead = {
                    "customer": f"'{one.id}'",
                    "pruned": "1",
                    "document": f"replace(document, '{FIRST}', '{one.id}')",
                }
                given = ", ".join(instead.get(column, column) for column in columns)
                base.execute(f"INSERT INTO {name} SELECT {given} FROM {name} WHERE customer = '{FIRST}'")


async def each_format(settings: Config, folder: Path) -> str:
    """By one child: the first of a format, and the others when it is warm."""
    rows = []
    async with open_renderers(lambda: settings) as renderers:

        async def made(format_: str, customer: str) -> tuple[float, int]:
            began = time.perf_counter()
            one = await renderers.render(Wanted(customer, MONTH, format_, now(), language="nl"), folder / "made")
            return time.perf_counter() - began, one.size

        for format_ in FORMATS:
            first, size = await made(format_, FIRST)
            # Only the first customer has looks of its own to put into a bundle.
            others = [FIRST] * TRIALS if format_ == "zip" else [one.id for one in settings.customers[1 : TRIALS + 1]]
            spent = [(await made(format_, one))[0] for one in others]
            rows.append([format_, f"{first:.2f}", f"{statistics.median(spent):.2f}", f"{max(spent):.2f}", f"{size:,}"])
    return table(["document", "first, s", "warm, s (median of 10)", "at most", "bytes"], rows)


async def report_all(settings: Config, folder: Path, *formats: str) -> tuple[float, int]:
    """The verb, for everyone: seconds, and how many documents."""
    into = folder / "-".join(formats)
    chosen = [part for one in formats for part in ("--format", one)]
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "slawatch", "report", "all", MONTH, "--config", settings.file, *chosen, "--out", into),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        status = await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
    assert status == 0, f"the verb ended with {status}"
    return time.perf_counter() - began, len(list(into.iterdir()))


async def beside(settings: Config, folder: Path, loads: int) -> str:
    """What a look says a page took, before and while everyone's summaries are made."""
    rows, found = [], {}
    async with target() as url, open_engine(BrowserSettings()) as engine:
        customer = park(url, DELAY)
        for when, formats in (
            ("before", ()),
            ("while HTML and JSON are made", ("html", "json")),
            ("while PDFs are", ("pdf",)),
        ):
            making = asyncio.create_task(report_all(settings, folder, *formats)) if formats else None
            if making is not None:
                await asyncio.sleep(3)
            took = []
            for _ in range(loads):
                took.append((await by_slawatch(engine, customer)).reported)
                await asyncio.sleep(0.2)
            if making is not None:
                assert not making.done(), f"the summaries were made before the looks: {making}"
                making.cancel()
                await asyncio.gather(making, return_exceptions=True)
            found[when] = statistics.median(took)
            rows.append(
                [when, f"{found[when]:.1f}", f"{percentile(took, 0.95):.1f}", f"{found[when] - found['before']:+.1f}"]
            )
    return table(["a measured load", "median ms", "p95 ms", "median moves by ms"], rows)


async def run(customers: int, loads: int) -> str:
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        settings = config(folder, customers)
        await live(settings)
        await asyncio.to_thread(copied, settings)
        single = await each_format(settings, folder)
        measured = await beside(settings, folder / "beside", loads)
        seconds, documents = await report_all(settings, folder, "html", "json")
    where = machine(f"load average {before:.1f} before and {os.getloadavg()[0]:.1f} after")
    return (
        f"{where}.\n\n{single}\n\n{measured}\n\nHTML and JSON of {customers:,} customers, {documents:,} documents: "
        f"{seconds:.0f} s, {seconds / customers * 1000:.0f} ms a customer (goal for 1,000: 300 s)."
    )


if __name__ == "__main__":
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--loads", type=int, default=60, help="looks before, and as many beside each run")
    arguments = parser.parse_args()
    print(asyncio.run(run(arguments.customers, arguments.loads)))
