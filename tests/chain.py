"""The whole chain of an installation, fifteen times as fast: slawatch on three parks, Prometheus, Alertmanager, receivers.

The rules are those that `slawatch alert-rules` writes for the configuration, the routes and inhibitions the committed ones.
Of both, only times are changed, and all alike: those of `for`, of a group's `interval` and of what routes wait are a
fifteenth of what is written. So are the scene's intervals: 15 s (scrapes and http looks), 60 s and 5 s are 1 s, 4 s and 0.33 s. What an expression looks
back on (`[5m]`) stays. Prometheus finds the parks by `/sd`; it takes found targets over each five seconds, which
cannot be hurried, so it reads the list more often than a fifteenth of a minute.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from living import Scene, free_port, scene
from monitoring import Alertmanager, Page, Receiver, alertmanager, prometheus, receiver, static

ROOT = Path(__file__).parent.parent
HURRY = 15
TIMES = {"for", "interval", "group_wait", "group_interval", "repeat_interval", "resolve_timeout"}
SCRAPED = {"scrape_interval": "1s", "scrape_timeout": "1s"}
SECONDS = {"s": 1, "m": 60, "h": 3600}
OTHERS = """
  - id: {park}
    url: {url}
    contacts: [{park}@example.org]
    credentials: {{username: monitor, password: {{env: SLAWATCH_DEMO_PASSWORD}}}}
    availability: {{objective: {objective}}}
"""
#: Woodland was promised that it is never down, so it has no budget, and two and a half intervals are a ticket already.
PROMISED = {"heiderand": "99.90%", "woodland": "100%"}


def hurried(said: Any) -> Any:
    """The same rules or routes with their times, and nothing else, a fifteenth."""
    if isinstance(said, list):
        return [hurried(one) for one in said]
    if isinstance(said, dict):
        return {key: _shorter(value) if key in TIMES else hurried(value) for key, value in said.items()}
    return said


def _shorter(time: str) -> str:
    number, unit = re.fullmatch(r"(\d+)([smh])", time).groups()  # type: ignore[union-attr]
    return f"{int(number) * SECONDS[unit] * 1000 // HURRY}ms"


@dataclass(frozen=True)
class Chain:
    """Its parts. `address`: where slawatch serves. `rules`: as they were written, not hurried."""

    here: Scene
    address: str
    rules: list[dict[str, Any]]
    client: aiohttp.ClientSession
    alerts: Alertmanager
    receiver: Receiver

    def told(self, to: str) -> list[Page]:
        return [page for page in self.receiver.pages if page.to == to]

    async def paged(self, alert: str, status: str, customer: str | None = None) -> Page:
        """The page about this alert, once it came."""

        def found() -> list[Page]:
            said = [page for page in self.told("/page") if (page.alert, page.status) == (alert, status)]
            return [page for page in said if page.labels.get("customer") == customer]

        await self.receiver.until(lambda _: bool(found()))
        return found()[0]

    async def stands(self, alert: str, customer: str, state: str) -> dict[tuple[str, str], str]:
        """The state of each alert that Alertmanager has, by name and customer, once this one's is so.

        `active`, or `suppressed` while it is inhibited.
        """
        while True:
            async with self.alerts.client.get("/api/v2/alerts") as answer:
                held = [(one["labels"], one["status"]["state"]) for one in await answer.json()]
            states = {(labels["alertname"], labels.get("customer", "")): its for labels, its in held}
            if states.get((alert, customer)) == state:
                return states
            await asyncio.sleep(0.05)  # Alertmanager tells nobody when it has judged


def configured(here: Scene, address: str, *others: str) -> None:
    """Writes slawatch.yaml with duinzicht and these parks."""
    here.write_config(pages="4s", **{"127.0.0.1:0": address, "recheck: 500ms": "recheck: 333ms"})
    more = "".join(
        OTHERS.format(park=park, url=here.places.parks[park].rstrip("/"), objective=PROMISED[park]) for park in others
    )
    here.config.write_text(here.config.read_text().replace("\nmail:\n", f"{more}mail:\n", 1))


@asynccontextmanager
async def chain(folder: Path) -> AsyncIterator[Chain]:
    """All of it, once slawatch is ready and before Prometheus has scraped."""
    address = f"127.0.0.1:{free_port()}"
    async with scene(folder) as here, receiver() as taking:
        configured(here, address, *PROMISED)
        groups = yaml.safe_load(await here.told("alert-rules"))["groups"]
        rules = folder / "hurried.rules.yml"
        rules.write_text(yaml.safe_dump({"groups": hurried(groups)}))
        own = static(address, metrics_path="/metrics/-", **SCRAPED)
        async with alertmanager(folder, hurried(routed(taking.url))) as alerts:
            await here.start()
            async with prometheus(folder, own, parks(address), rules=[rules], alertmanager=alerts.address) as client:
                yield Chain(here, address, [rule for each in groups for rule in each["rules"]], client, alerts, taking)


def routed(url: str) -> dict[str, Any]:
    """The committed routes and inhibitions, with receivers at this address."""
    config: dict[str, Any] = yaml.safe_load(
        (ROOT / "alertmanager/alertmanager.yml").read_text().replace("http://127.0.0.1:9095", url)
    )
    return config


def parks(address: str) -> dict[str, object]:
    """A scrape configuration by which Prometheus finds each park, as docs/metrics.md has it."""
    return {
        "job_name": "slawatch-customers",
        "http_sd_configs": [{"url": f"http://{address}/sd", "refresh_interval": "500ms"}],
        "relabel_configs": [{"target_label": "job", "replacement": "slawatch"}],
        **SCRAPED,
    }
