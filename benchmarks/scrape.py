"""j. A scrape: how long it takes, how much it is, and how long the event loop stands still for it.

All series of so many customers, as the daemon has them late in a month, served by slawatch and, with the same values,
by the Prometheus client library's own handler for aiohttp. Who scrapes is a process of its own, which asks as
Prometheus does: OpenMetrics, compressed. Beside it the same loop with nobody scraping: what the machine does to it.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import sys
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from time import perf_counter
from typing import NamedTuple

import structlog
from aiohttp import web as aiohttp_web
from live import terms
from measuring import machine, percentile, table
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.aiohttp import make_aiohttp_handler
from prometheus_client.parser import text_string_to_metric_families

from slawatch import web
from slawatch.model import SECOND, CheckId, Look, Observation, Verdict
from slawatch.reporters.metrics import Figures, Format, Metrics, ObjectiveFigures, encode
from slawatch.rules.calendar import parse

STARTS, ENDS = parse("2026-02-28T23:00:00Z"), parse("2026-03-31T22:00:00Z")
NOW = parse("2026-03-27T12:00:00Z")
SIZES = (20_000, 100_000)
GOAL = 20
#: As Prometheus 2.42 asks.
ACCEPT = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
ASKED_EACH = 0.001


class Scraped(NamedTuple):
    """One scrape: seconds until the whole answer was there, its bytes, and the loop's longest stall meanwhile."""

    seconds: float
    size: int
    stall: float


def series_of(metrics: Metrics) -> int:
    """As Prometheus counts: each bucket of a histogram is one."""
    return sum(not line.startswith(b"#") for line in encode(metrics.snapshot(), Format.TEXT).splitlines())


def filled(series: int) -> Metrics:
    """Customers enough for so many series, each with its figures, looks and loads."""
    one = Metrics()
    fill(one, ["park-0"])
    few = series_of(one)
    fill(one, ["park-0", "park-1"])
    each = series_of(one) - few
    metrics = Metrics()
    fill(metrics, [f"park-{number}" for number in range(-(-(series - few + each) // each))])
    return metrics


def fill(metrics: Metrics, customers: Iterable[str]) -> None:
    agreed = [terms(customer) for customer in customers]
    metrics.configure(agreed)
    figures = ObjectiveFigures(0.99937, 0.9998, 2674.8, 0.42, 60.5)
    phases = {"dns": 1.1, "connect": 2.3, "tls": 11.9, "ttfb": 98.7, "response": 14.2, "dom": 340.1, "ready": 840.7}
    for one in agreed:
        pages = one.speed.pages
        metrics.figures(
            one.customer,
            Figures(
                STARTS,
                ENDS,
                customer_up=True,
                objectives=dict.fromkeys(("availability", "speed", "network"), figures),
                p95_month_to_date=dict.fromkeys(pages, 1.84),
                p95_previous_month=dict.fromkeys(pages, 1.79),
            ),
        )
        for name, check in one.checks.items():
            look = Look(Verdict.UP, None, 840.7, phases)
            metrics.observed(Observation(CheckId(one.customer, check.id.kind, name), "main", NOW - 7 * SECOND, look))
            metrics.looked(check.id, 1.2345)
        for page in pages:
            metrics.load(one.customer, page, 841, slow=False)
        metrics.seconds(one.customer, "availability", bad=12.5, eligible=2_260_800.25)


def by_the_library(metrics: Metrics) -> CollectorRegistry:
    """The same values, kept by the client library."""
    registry = CollectorRegistry()
    for family in text_string_to_metric_families(encode(metrics.snapshot(), Format.TEXT).decode()):
        names = [name for name in family.samples[0].labels if name != "le"]
        if family.type == "histogram":
            bounds = [float(one.labels["le"]) for one in family.samples if "le" in one.labels]
            histogram = Histogram(
                family.name, family.documentation, names, buckets=sorted(set(bounds)), registry=registry
            )
            for sample in family.samples:
                if sample.name.endswith("_count"):
                    of = [sample.labels[name] for name in names]
                    (histogram.labels(*of) if names else histogram).observe(0.5)
            continue
        kind = Counter if family.type == "counter" else Gauge
        metric = kind(family.name, family.documentation, names, registry=registry)
        for sample in family.samples:
            child = metric.labels(**sample.labels) if names else metric
            child.inc(sample.value)
    return registry


@asynccontextmanager
async def served_by_slawatch(metrics: Metrics) -> AsyncIterator[str]:
    async with web.serve("127.0.0.1:0", None, metrics=metrics, health=web.Health(), status=dict) as server:
        yield server.addresses[0]


@asynccontextmanager
async def served_by_the_library(metrics: Metrics) -> AsyncIterator[str]:
    app = aiohttp_web.Application()
    app.router.add_get("/metrics", make_aiohttp_handler(by_the_library(metrics)))
    runner = aiohttp_web.AppRunner(app)
    await runner.setup()
    await aiohttp_web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"{host}:{port}"
    finally:
        await runner.cleanup()


class Pulse:
    """Asks for the loop's turn each millisecond, and keeps how much later it came at worst."""

    def __init__(self) -> None:
        self.worst = 0.0

    async def run(self) -> None:
        while True:
            asked = perf_counter()
            await asyncio.sleep(ASKED_EACH)
            self.worst = max(self.worst, perf_counter() - asked - ASKED_EACH)


SCRAPER = """
import socket, sys, time
host, port, accept = sys.argv[1:]
asks = ["GET /metrics HTTP/1.1", "Host: a", f"Accept: {accept}", "Accept-Encoding: gzip", "Connection: close", "", ""]
for line in sys.stdin:
    began, size = time.perf_counter(), 0
    with socket.create_connection((host, int(port))) as asking:
        asking.sendall("\\r\\n".join(asks).encode())
        while part := asking.recv(1 << 20):
            size += len(part)
    print(time.perf_counter() - began, size, flush=True)
"""


async def scraped(address: str, times: int) -> list[Scraped]:
    pulse = Pulse()
    beating = asyncio.create_task(pulse.run())
    scraper = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SCRAPER, *address.split(":"), ACCEPT),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert scraper.stdin is not None
    assert scraper.stdout is not None
    found = []
    for _ in range(times):
        pulse.worst = 0.0
        scraper.stdin.write(b"\n")
        seconds, size = (await scraper.stdout.readline()).split()
        found.append(Scraped(float(seconds), int(size), pulse.worst))
        await asyncio.sleep(0.05)
    scraper.stdin.close()
    await scraper.wait()
    beating.cancel()
    return found[1:]  # the first one warms up


async def left_alone(seconds: float, times: int) -> list[Scraped]:
    """The stalls of a loop that nobody asks anything, over spans as long as a scrape."""
    pulse = Pulse()
    beating = asyncio.create_task(pulse.run())
    found = []
    for _ in range(times):
        pulse.worst = 0.0
        await asyncio.sleep(seconds)
        found.append(Scraped(seconds, 0, pulse.worst))
    beating.cancel()
    return found


def row(way: str, series: int, found: list[Scraped]) -> list[object]:
    stalls = [one.stall * 1000 for one in found]
    return [
        way,
        f"{series:,}",
        f"{statistics.median(one.seconds for one in found) * 1000:.0f}",
        f"{found[0].size / 1000:,.0f}" if found[0].size else "",
        f"{statistics.median(stalls):.1f}",
        f"{percentile(stalls, 0.95):.1f}",
        f"{max(stalls):.1f}",
    ]


async def run(times: int) -> str:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    rows = []
    for size in SIZES:
        metrics = filled(size)
        series = series_of(metrics)
        async with served_by_slawatch(metrics) as address:
            ours = await scraped(address, times)
        rows.append(row("slawatch", series, ours))
        async with served_by_the_library(metrics) as address:
            rows.append(row("prometheus-client's handler", series, await scraped(address, times)))
        rows.append(row("nobody scrapes", series, await left_alone(ours[0].seconds, times)))
    head = ["way", "series", "scrape, ms", "kB", "stall, ms: median", "p95", "worst"]
    return f"Goal: a stall of at most {GOAL} ms. {machine('aiohttp')}.\n\n{table(head, rows)}"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scrapes", type=int, default=30, help="scrapes for each row")
    print(asyncio.run(run(parser.parse_args().scrapes)))
