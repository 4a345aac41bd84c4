"""A real Prometheus scrapes what is served, and is asked what it saw.

One for all tests, each with a server and a job of its own: Prometheus looks at its targets only every five seconds.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest
import pytest_asyncio
from metrics_terms import terms
from monitoring import PATIENCE, ended, found, prometheus, queried, static

from slawatch import web
from slawatch.reporters.metrics import Metrics

pytestmark = pytest.mark.asyncio(loop_scope="module")

LABELS = ['"', "\\", "a\nb\r\tc", 'x"} 1\nslawatch_customer_up{customer="y', "k" * 10_240, "🏖️ Zee én zon", "\ud83c"]


async def nothing() -> Mapping[str, object]:
    return {}


def watching(customers: Iterable[str]) -> Metrics:
    metrics = Metrics(version="1.2.3")
    metrics.configure(map(terms, customers))
    return metrics


@asynccontextmanager
async def served(metrics: Metrics) -> AsyncIterator[str]:
    async with web.serve("127.0.0.1:0", None, metrics=metrics, health=web.Health(), status=nothing) as server:
        yield server.addresses[0]


@dataclass(frozen=True)
class Scraped:
    """What the tests serve, a job each, and a client of the Prometheus that scrapes them."""

    quoted: Metrics
    leaving: Metrics
    absurd: Metrics
    found: Metrics
    address: str
    client: aiohttp.ClientSession

    async def targets(self, job: str) -> list[tuple[str, str]]:
        async with self.client.get("/api/v1/targets", params={"scrapePool": job}) as answer:
            return [(one["health"], one["lastError"]) for one in (await answer.json())["data"]["activeTargets"]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scraped(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scraped]:
    customers = (['quoted "park"'], ["a", "b"], LABELS, ["duinzicht", "bosrand"])
    quoted, leaving, absurd, each_found = metrics = [watching(those) for those in customers]
    async with AsyncExitStack() as stack:
        *addresses, by_itself = [await stack.enter_async_context(served(one)) for one in metrics]
        jobs = [
            static(address, job_name=job)
            for job, address in zip(("quoted", "leaving", "absurd"), addresses, strict=True)
        ]
        whole = static(by_itself, metrics_path="/metrics/-")
        parts = {
            "job_name": "slawatch-customers",
            "http_sd_configs": [{"url": f"http://{by_itself}/sd", "refresh_interval": "500ms"}],
            "relabel_configs": [{"target_label": "job", "replacement": "slawatch"}],
        }
        folder = tmp_path_factory.mktemp("prometheus")
        client = await stack.enter_async_context(prometheus(folder, *jobs, whole, parts))
        yield Scraped(quoted, leaving, absurd, each_found, by_itself, client)


async def test_prometheus_reads_what_is_served(scraped: Scraped):
    client = scraped.client
    scraped.quoted.load('quoted "park"', "dashboard", 3000, slow=False)
    scraped.quoted.load('quoted "park"', "dashboard", 3001, slow=True)
    async with asyncio.timeout(PATIENCE):
        bucket = 'slawatch_page_load_duration_seconds_bucket{customer="quoted \\"park\\"",page="dashboard",le="3.0"}'
        assert [each["value"][1] for each in await found(client, f"{bucket} > 0")] == ["1"]
        assert [each["value"][1] for each in await queried(client, 'up{job="quoted"}')] == ["1"]
        build = await queried(client, 'slawatch_build_info{job="quoted"}')
        assert build[0]["metric"]["version"] == "1.2.3"
        async with client.get("/api/v1/metadata", params={"metric": "slawatch_page_loads_total"}) as answer:
            openmetrics_strips_the_suffix = (await answer.json())["data"] == {}
        assert openmetrics_strips_the_suffix
        assert await scraped.targets("quoted") == [("up", "")]


async def test_the_series_of_a_customer_that_a_reload_removes_end_at_once_and_the_others_go_on(scraped: Scraped):
    client = scraped.client
    async with asyncio.timeout(PATIENCE):  # far less than the five minutes for which Prometheus shows what fell silent
        await found(client, 'slawatch_blips_total{customer="a"}')
        scraped.leaving.configure([terms("b")])
        await ended(client, '{customer="a"}')
        assert [each["value"][1] for each in await queried(client, 'slawatch_blips_total{customer="b"}')] == ["0"]


async def test_prometheus_reads_absurd_labels_as_they_are(scraped: Scraped):
    async with asyncio.timeout(PATIENCE):
        blips = await found(scraped.client, 'slawatch_blips_total{job="absurd"}')
        assert {one["metric"]["customer"] for one in blips} == {*LABELS[:-1], "?"}
        assert await scraped.targets("absurd") == [("up", "")]


async def test_prometheus_finds_each_customer_by_itself(scraped: Scraped):
    client, address = scraped.client, scraped.address
    async with asyncio.timeout(PATIENCE):
        await found(client, 'slawatch_blips_total{customer="duinzicht"}')
        await found(client, 'slawatch_blips_total{customer="bosrand"}')
        await found(client, 'slawatch_build_info{job="slawatch"}')
        up = await queried(client, 'up{job="slawatch"} == 1')
        assert {one["metric"]["instance"] for one in up} == {address, f"{address}/duinzicht", f"{address}/bosrand"}
        each = 'count by (customer) (slawatch_blips_total{job="slawatch"})'
        assert len(await queried(client, each)) == 2
        assert await queried(client, f"{each} > 1") == []  # nothing is told twice
        assert await queried(client, '{exported_customer!=""}') == []

        scraped.found.configure([terms("bosrand")])
        await ended(client, '{customer="duinzicht"}')
        await ended(client, f'up{{instance="{address}/duinzicht"}}')
        assert len(await queried(client, 'up{job="slawatch"} == 1')) == 2
