"""A real Prometheus scrapes what is served, and is asked what it saw."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from metrics_terms import terms

from slawatch import web
from slawatch.reporters.metrics import Metrics


@asynccontextmanager
async def prometheus(scraping: str, folder: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """A Prometheus that scrapes the address; a client of its API."""
    config = folder / "prometheus.yml"
    job = {"job_name": "slawatch", "static_configs": [{"targets": [scraping]}]}
    config.write_text(json.dumps({"global": {"scrape_interval": "100ms"}, "scrape_configs": [job]}))
    process = await asyncio.create_subprocess_exec(
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        "--web.listen-address=127.0.0.1:0",
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(20):
            lines = []
            while not (listening := re.search(rb'"Listening on" address=(\S+)', b"".join(lines[-1:]))):
                lines.append(await process.stderr.readline())
                assert lines[-1], b"".join(lines)
        rest = asyncio.create_task(process.stderr.read())  # so that it never waits for someone to read
        async with aiohttp.ClientSession(f"http://{listening[1].decode()}") as client:
            yield client
        process.kill()
        await rest
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def queried(client: aiohttp.ClientSession, query: str) -> list[dict[str, object]]:
    async with client.get("/api/v1/query", params={"query": query}) as answer:
        if answer.status == 503:  # it listens before it is ready
            return []
        return (await answer.json())["data"]["result"]


async def found(client: aiohttp.ClientSession, query: str) -> list[dict[str, object]]:
    """What the query gives once it gives anything: Prometheus tells nobody when it has scraped."""
    while True:
        if series := await queried(client, query):
            return series
        await asyncio.sleep(0.05)


async def nothing() -> Mapping[str, object]:
    return {}


async def test_prometheus_reads_what_is_served(tmp_path: Path):
    metrics = Metrics(version="1.2.3")
    metrics.configure([terms('quoted "park"')])
    metrics.load('quoted "park"', "dashboard", 3000, slow=False)
    metrics.load('quoted "park"', "dashboard", 3001, slow=True)
    async with (
        web.serve("127.0.0.1:0", None, metrics=metrics, health=web.Health(), status=nothing) as server,
        prometheus(server.addresses[0], tmp_path) as client,
        asyncio.timeout(20),
    ):
        bucket = 'slawatch_page_load_duration_seconds_bucket{customer="quoted \\"park\\"",page="dashboard",le="3.0"}'
        assert [each["value"][1] for each in await found(client, bucket)] == ["1"]
        assert [each["value"][1] for each in await queried(client, "up")] == ["1"]
        build = await queried(client, "slawatch_build_info")
        assert build[0]["metric"]["version"] == "1.2.3"
        async with client.get("/api/v1/metadata", params={"metric": "slawatch_page_loads_total"}) as answer:
            openmetrics_strips_the_suffix = (await answer.json())["data"] == {}
        assert openmetrics_strips_the_suffix
        async with client.get("/api/v1/targets") as answer:
            targets = (await answer.json())["data"]["activeTargets"]
        assert [(each["health"], each["lastError"]) for each in targets] == [("up", "")]
