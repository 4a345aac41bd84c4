"""A real Prometheus scrapes what is served, and is asked what it saw."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from metrics_terms import terms
from monitoring import PATIENCE, ended, found, prometheus, queried, static

from slawatch import web
from slawatch.reporters.metrics import Metrics


async def nothing() -> Mapping[str, object]:
    return {}


@asynccontextmanager
async def served(metrics: Metrics) -> AsyncIterator[str]:
    async with web.serve("127.0.0.1:0", None, metrics=metrics, health=web.Health(), status=nothing) as server:
        yield server.addresses[0]


async def targets(client: aiohttp.ClientSession) -> list[tuple[str, str]]:
    async with client.get("/api/v1/targets") as answer:
        return [(one["health"], one["lastError"]) for one in (await answer.json())["data"]["activeTargets"]]


LABELS = ['"', "\\", "a\nb\r\tc", 'x"} 1\nslawatch_customer_up{customer="y', "k" * 10_240, "🏖️ Zee én zon", "\ud83c"]


async def test_prometheus_reads_what_is_served_with_absurd_labels_too_and_ends_what_a_reload_removes(tmp_path: Path):
    metrics, absurd = Metrics(version="1.2.3"), Metrics()
    metrics.configure([terms('quoted "park"'), terms("leaves")])
    metrics.load('quoted "park"', "dashboard", 3000, slow=False)
    metrics.load('quoted "park"', "dashboard", 3001, slow=True)
    absurd.configure(terms(label) for label in LABELS)
    async with (
        served(metrics) as address,
        served(absurd) as other,
        prometheus(tmp_path, static(address), static(other, job_name="absurd")) as client,
        asyncio.timeout(PATIENCE),  # far less than the five minutes for which Prometheus shows what only fell silent
    ):
        bucket = 'slawatch_page_load_duration_seconds_bucket{customer="quoted \\"park\\"",page="dashboard",le="3.0"}'
        assert [each["value"][1] for each in await found(client, bucket)] == ["1"]
        build = await queried(client, 'slawatch_build_info{job="slawatch"}')
        assert build[0]["metric"]["version"] == "1.2.3"
        async with client.get("/api/v1/metadata", params={"metric": "slawatch_page_loads_total"}) as answer:
            openmetrics_strips_the_suffix = (await answer.json())["data"] == {}
        assert openmetrics_strips_the_suffix

        blips = await found(client, 'slawatch_blips_total{job="absurd"}')
        assert {one["metric"]["customer"] for one in blips} == {*LABELS[:-1], "?"}
        assert await targets(client) == [("up", ""), ("up", "")]

        await found(client, 'slawatch_blips_total{customer="leaves"}')
        metrics.configure([terms('quoted "park"')])
        await ended(client, '{customer="leaves"}')
        assert [each["value"][1] for each in await queried(client, 'slawatch_blips_total{job="slawatch"}')] == ["0"]
