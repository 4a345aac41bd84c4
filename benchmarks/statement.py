"""f. A customer-month's statement, from 269,000 raw rows and from sealed days; beside it DuckDB's and PromQL's figures.

All get the same looks (`month.py`). DuckDB runs the rules as SQL; Prometheus answers the queries that people write.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

import duckdb
import in_duckdb
import in_prometheus
import structlog
from filled import record, timed
from measuring import machine, table
from month import OCTOBER, TERMS, WINDOW, Figures, looks

from slawatch.account import Sealing, report
from slawatch.clock import now
from slawatch.model import SECOND
from slawatch.rules.agreed import Agreed
from slawatch.store import Store, open_store

AGREED = Agreed.always(TERMS)
HEAD = ["way", "ms (median of 5)", "range", "down s", "off by s", "p95 s", "off by ms"]


def row(way: str, took: list[str], truth: Figures, *, down: float | None, p95: float | None) -> list[str]:
    downs = ["", ""] if down is None else [f"{down:,.1f}", f"{down - truth.down:+,.1f}"]
    p95s = ["", ""] if p95 is None else [f"{p95:.4f}", f"{(p95 - truth.p95) * 1000:+.1f}"]
    return [way, *took, *downs, *p95s]


async def by_slawatch(store: Store, *, sealed: bool) -> Figures:
    return Figures.of(await report(store, AGREED, OCTOBER, [WINDOW], sealed=sealed))


async def by_duckdb(file: Path) -> tuple[Figures, list[str]]:
    began = time.perf_counter()
    with in_duckdb.load(file, [WINDOW]) as base:
        print(f"Rows into DuckDB {duckdb.__version__}: {time.perf_counter() - began:.1f} s.", flush=True)

        async def ask() -> Figures:
            return in_duckdb.figures(base, TERMS, OCTOBER.period)

        return await timed(ask)


async def by_prometheus(folder: Path, truth: Figures) -> list[list[str]]:
    began, rows, period = time.perf_counter(), [], OCTOBER.period
    await in_prometheus.load(folder, looks(), WINDOW, period)
    loaded = time.perf_counter() - began
    async with in_prometheus.prometheus(folder) as client:
        print(f"Samples into Prometheus {await in_prometheus.version(client)}: {loaded:.1f} s.", flush=True)
        whole = period.length / SECOND
        for way, query in in_prometheus.SHARES.items():
            share, took = await timed(lambda query=query: in_prometheus.asked(client, query, period))
            judged = whole - truth.excluded if "maintenance" in query else whole
            rows.append(row(f"PromQL: {way}", took, truth, down=(1 - share) * judged, p95=None))
        for way, query in in_prometheus.P95S.items():
            p95, took = await timed(lambda query=query: in_prometheus.asked(client, query, period))
            rows.append(row(f"PromQL: {way}", took, truth, down=None, p95=p95))
    return rows


async def main() -> str:
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        file = Path(name) / "slawatch.db"
        async with open_store(f"sqlite:///{file}", write=True) as store:
            await record(store)
            truth, took = await timed(lambda: by_slawatch(store, sealed=False))
            rows = [row("slawatch, from raw rows", took, truth, down=truth.down, p95=truth.p95)]
            for check in AGREED.checks:
                await Sealing(store, now).seal(AGREED, check)
            sealed, took = await timed(lambda: by_slawatch(store, sealed=True))
            rows.append(row("slawatch, from sealed days", took, truth, down=sealed.down, p95=sealed.p95))
            assert sealed == truth, f"from sealed days {sealed}, from raw rows {truth}"
        found, took = await by_duckdb(file)
        rows.append(row("DuckDB, SQL", took, truth, down=found.down, p95=found.p95))
        rows += await by_prometheus(Path(name), truth)
    same = "all of DuckDB's are the same" if found == truth else f"DuckDB has {found}"
    where = machine(f"load average {before:.1f} before and {os.getloadavg()[0]:.1f} after")
    return f"slawatch has {truth}; {same}. {where}.\n\n{table(HEAD, rows)}"


if __name__ == "__main__":
    if missing := [name for name in ("prometheus", "promtool") if shutil.which(name) is None]:
        print(
            f"statement: {' and '.join(missing)} not found: scripts/install-test-services installs them",
            file=sys.stderr,
        )
        sys.exit(2)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    print(asyncio.run(main()))
