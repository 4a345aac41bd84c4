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


async def test_prometheus_reads_what_is_served(tmp_path: Path):
    metrics = Metrics(version="1.2.3")
    metrics.configure([terms('quoted "park"')])
    metrics.load('quoted "park"', "dashboard", 3000, slow=False)
    metrics.load('quoted "park"', "dashboard", 3001, slow=True)
    async with (
        served(metrics) as address,
        prometheus(tmp_path, static(address)) as client,
        asyncio.timeout(PATIENCE),
    ):
        bucket = 'slawatch_page_load_duration_seconds_bucket{customer="quoted \\"park\\"",page="dashboard",le="3.0"}'
        assert [each["value"][1] for each in await found(client, bucket)] == ["1"]
        assert [each["value"][1] for each in await queried(client, "up")] == ["1"]
        build = await queried(client, "slawatch_build_info")
        assert build[0]["metric"]["version"] == "1.2.3"
        async with client.get("/api/v1/metadata", params={"metric": "slawatch_page_loads_total"}) as answer:
            openmetrics_strips_the_suffix = (await answer.json())["data"] == {}
        assert openmetrics_strips_the_suffix
        assert await targets(client) == [("up", "")]


async def test_the_series_of_a_customer_that_a_reload_removes_end_at_once_and_the_others_go_on(tmp_path: Path):
    metrics = Metrics()
    metrics.configure([terms("a"), terms("b")])
    async with (
        served(metrics) as address,
        prometheus(tmp_path, static(address)) as client,
        asyncio.timeout(PATIENCE),  # far less than the five minutes for which Prometheus shows what only fell silent
    ):
        await found(client, 'slawatch_blips_total{customer="a"}')
        metrics.configure([terms("b")])
        await ended(client, '{customer="a"}')
        assert [each["value"][1] for each in await queried(client, 'slawatch_blips_total{customer="b"}')] == ["0"]


LABELS = ['"', "\\", "a\nb\r\tc", 'x"} 1\nslawatch_customer_up{customer="y', "k" * 10_240, "🏖️ Zee én zon", "\ud83c"]


async def test_prometheus_reads_absurd_labels_as_they_are(tmp_path: Path):
    metrics = Metrics()
    metrics.configure(terms(label) for label in LABELS)
    async with (
        served(metrics) as address,
        prometheus(tmp_path, static(address)) as client,
        asyncio.timeout(PATIENCE),
    ):
        blips = await found(client, "slawatch_blips_total")
        assert {one["metric"]["customer"] for one in blips} == {*LABELS[:-1], "?"}
        assert await targets(client) == [("up", "")]


async def test_prometheus_finds_each_customer_by_itself(tmp_path: Path):
    metrics = Metrics()
    metrics.configure([terms("duinzicht"), terms("bosrand")])
    async with served(metrics) as address:
        customers = {
            "job_name": "slawatch-customers",
            "http_sd_configs": [{"url": f"http://{address}/sd", "refresh_interval": "500ms"}],
            "relabel_configs": [{"target_label": "job", "replacement": "slawatch"}],
        }
        async with (
            prometheus(tmp_path, static(address, metrics_path="/metrics/-"), customers) as client,
            asyncio.timeout(PATIENCE),
        ):
            await found(client, 'slawatch_blips_total{customer="duinzicht"}')
            await found(client, 'slawatch_blips_total{customer="bosrand"}')
            await found(client, "slawatch_build_info")
            up = await queried(client, 'up{job="slawatch"} == 1')
            assert {one["metric"]["instance"] for one in up} == {
                address,
                f"{address}/duinzicht",
                f"{address}/bosrand",
            }
            assert (
                await queried(client, "count by (customer) (slawatch_blips_total) > 1") == []
            )  # nothing is told twice
            assert await queried(client, '{exported_customer!=""}') == []

            metrics.configure([terms("bosrand")])
            await ended(client, '{customer="duinzicht"}')
            await ended(client, f'up{{instance="{address}/duinzicht"}}')
            assert len(await queried(client, 'up{job="slawatch"} == 1')) == 2
