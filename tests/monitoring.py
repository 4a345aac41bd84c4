"""A real Prometheus, a real Alertmanager and a receiver of pages, each started by the test that needs it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import aiohttp
from aiohttp import web

PATIENCE = 60.0
PACE = "200ms"
Series = list[dict[str, Any]]


@asynccontextmanager
async def _server(*command: str) -> AsyncIterator[str]:
    """A server of the Prometheus family in a process of its own, and the address that it took."""
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    assert process.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE):
            lines = []
            while not (listening := re.search(rb'"Listening on" address=(\S+)', b"".join(lines[-1:]))):
                lines.append(await process.stderr.readline())
                assert lines[-1], b"".join(lines)
        rest = asyncio.create_task(process.stderr.read())  # so that it never waits for someone to read
        yield listening[1].decode()
        process.kill()
        await rest
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def static(address: str, **more: object) -> dict[str, object]:
    """A scrape configuration for all metrics at one address."""
    return {"job_name": "slawatch", "static_configs": [{"targets": [address]}], **more}


@asynccontextmanager
async def prometheus(
    folder: Path, *scrapes: Mapping[str, object], rules: Sequence[Path] = (), alertmanager: str | None = None
) -> AsyncIterator[aiohttp.ClientSession]:
    """A Prometheus with these scrape configurations and files of rules; a client of its API."""
    config = {
        "global": {"scrape_interval": PACE, "evaluation_interval": PACE},
        "scrape_configs": scrapes,
        "rule_files": [str(file) for file in rules],
        "alerting": {
            "alertmanagers": [] if alertmanager is None else [{"static_configs": [{"targets": [alertmanager]}]}]
        },
    }
    file = folder / "prometheus.yml"
    file.write_text(json.dumps(config))
    async with (
        _server(
            "prometheus",
            f"--config.file={file}",
            f"--storage.tsdb.path={folder / 'tsdb'}",
            "--web.listen-address=127.0.0.1:0",
            "--rules.alert.resend-delay=1s",
        ) as address,
        aiohttp.ClientSession(f"http://{address}") as client,
    ):
        yield client


async def queried(client: aiohttp.ClientSession, query: str) -> Series:
    async with client.get("/api/v1/query", params={"query": query}) as answer:
        if answer.status == 503:  # it listens before it is ready
            return []
        return (await answer.json())["data"]["result"]


async def found(client: aiohttp.ClientSession, query: str) -> Series:
    """What the query gives once it gives anything: Prometheus tells nobody when it has scraped."""
    while True:
        if series := await queried(client, query):
            return series
        await asyncio.sleep(0.05)


async def ended(client: aiohttp.ClientSession, query: str) -> None:
    """Until the query gives nothing."""
    while await queried(client, query):
        await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Alertmanager:
    """A client of one's API. `address`: where Prometheus sends its alerts."""

    address: str
    client: aiohttp.ClientSession


def shortened(route: Mapping[str, Any]) -> dict[str, Any]:
    """A route that waits a second where it waited up to a minute; tickets and pages keep their order."""
    waits = {"group_wait": {"page": "1s", "ticket": "3s"}.get(route["receiver"], "0s"), "group_interval": "1s"}
    return {**route, **waits, "repeat_interval": "1h", "routes": [shortened(one) for one in route.get("routes", ())]}


@asynccontextmanager
async def alertmanager(folder: Path, config: Mapping[str, object]) -> AsyncIterator[Alertmanager]:
    """An Alertmanager by this configuration, alone."""
    file = folder / "alertmanager.yml"
    file.write_text(json.dumps(config))
    async with (
        _server(
            "prometheus-alertmanager",
            f"--config.file={file}",
            f"--storage.path={folder / 'alertmanager'}",
            "--web.listen-address=127.0.0.1:0",
            "--cluster.listen-address=",
        ) as address,
        aiohttp.ClientSession(f"http://{address}") as client,
    ):
        yield Alertmanager(address, client)


@dataclass(frozen=True)
class Page:
    """What the receiver got of one alert. `to`: the path. `at`: by the clock that only moves on, in seconds."""

    to: str
    alert: str
    status: str
    labels: Mapping[str, str]
    at: float


@dataclass
class Receiver:
    """A webhook that keeps what it was told, in order. `url`: where to send it, with any path."""

    url: str = ""
    pages: list[Page] = field(default_factory=list)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        told = await request.json()
        async with self._came:
            for one in told["alerts"]:
                labels = one["labels"]
                self.pages.append(Page(request.path, labels["alertname"], one["status"], labels, monotonic()))
            self._came.notify_all()
        return web.Response()

    async def until(self, enough: Callable[[list[Page]], bool]) -> None:
        async with asyncio.timeout(PATIENCE), self._came:
            await self._came.wait_for(lambda: enough(self.pages))


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    here = Receiver()
    app = web.Application()
    app.router.add_post("/{to}", here.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        here.url = f"http://{host}:{port}"
        yield here
    finally:
        await runner.cleanup()
