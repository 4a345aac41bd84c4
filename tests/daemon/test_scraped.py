"""A real daemon is scraped while it starts, and over a reload that removes a customer."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import aiohttp
from living import Scene, free_port, scene
from prometheus_client.parser import text_string_to_metric_families

from slawatch.model import Cause

SECOND_PARK = """
  - id: heiderand
    url: {url}
    contacts: [beheer@heiderand.example]
    credentials: {{username: monitor, password: {{env: SLAWATCH_DEMO_PASSWORD}}}}
mail:
"""
CHECKS = ("dashboard", "reservations", "http")


def series(text: str) -> dict[str, list[tuple[dict[str, str], float]]]:
    """Each sample by its name: labels and value."""
    read: dict[str, list[tuple[dict[str, str], float]]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            read.setdefault(sample.name, []).append((sample.labels, sample.value))
    return read


async def answer(here: Scene, url: str) -> tuple[int, str]:
    async with here.session.get(url) as answered:
        return answered.status, await answered.text()


async def first_answer(here: Scene, url: str) -> tuple[int, str]:
    """What the first scrape got that could connect. What connected and got no answer would end the test."""
    while True:
        try:
            return await answer(here, url)
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.01)


async def counted(here: Scene, url: str, check: str) -> float:
    _, text = await answer(here, url)
    (value,) = [value for labels, value in series(text)["slawatch_probes_total"] if labels["check"] == check]
    return value


def customers(read: dict[str, list[tuple[dict[str, str], float]]]) -> set[str]:
    return {labels["customer"] for samples in read.values() for labels, _ in samples if "customer" in labels}


async def test_the_first_scrape_has_every_series_and_a_reload_ends_those_of_a_customer_that_left(tmp_path: Path):
    async with scene(tmp_path) as here:
        port = free_port()
        here.write_config(pages="1s", **{"127.0.0.1:0": f"127.0.0.1:{port}"})
        alone = here.config.read_text()
        url = here.places.parks["heiderand"].rstrip("/")
        here.config.write_text(alone.replace("\nmail:\n", SECOND_PARK.format(url=url), 1))
        served = f"http://127.0.0.1:{port}"

        starting = asyncio.create_task(here.start())
        status, text = await asyncio.wait_for(first_answer(here, f"{served}/metrics"), 60)
        daemon = await starting
        read = series(text)
        assert status == 200
        assert {tuple(sorted(labels.items())) for labels, _ in read["slawatch_probe_failures_total"]} == {
            (("cause", cause.value), ("check", check), ("customer", park))
            for cause in Cause
            for check in CHECKS
            for park in ("duinzicht", "heiderand")
        }
        assert {value for _, value in read["slawatch_blips_total"] + read["slawatch_outages_total"]} == {0}

        before = await counted(here, f"{served}/metrics/duinzicht", "http")
        here.config.write_text(alone)
        daemon.send_signal(signal.SIGHUP)
        await here.logged("config.loaded")
        assert (await answer(here, f"{served}/metrics/heiderand"))[0] == 404
        assert [one["labels"]["__meta_slawatch_customer"] for one in await targets(here, served)] == ["duinzicht"]
        async with asyncio.timeout(60):
            while await counted(here, f"{served}/metrics/duinzicht", "http") < before + 3:
                await asyncio.sleep(0.05)
        _, text = await answer(here, f"{served}/metrics")
        assert customers(series(text)) == {"duinzicht"}


async def targets(here: Scene, served: str) -> list[dict[str, Any]]:
    status, text = await answer(here, f"{served}/sd")
    assert status == 200
    return list(json.loads(text))
