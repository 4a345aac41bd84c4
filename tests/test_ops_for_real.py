"""From an outage in the stand-in to a page at a receiver, and back: slawatch, Prometheus and Alertmanager for real.

The rules are a small file of the test's own, and so is Alertmanager's configuration: what is proven here is that what
slawatch publishes carries rules, inhibitions and resolutions, in time.
"""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

from living import Scene, scene
from monitoring import Page, alertmanager, found, prometheus, queried, receiver, static

#: From the moment the park answers 503 to its page, with looks each second, a recheck after 0.5 s and scrapes,
#: evaluations and groups of 0.2 s. Measured: about 2 s; the bound leaves room for a busy machine.
PAGED_WITHIN = 15.0

RULES = {
    "groups": [
        {
            "name": "slawatch",
            "rules": [
                {"alert": "CustomerDown", "expr": "slawatch_customer_up == 0", "labels": {"severity": "page"}},
                {"alert": "Maintenance", "expr": "slawatch_maintenance_active == 1", "labels": {"severity": "none"}},
            ],
        }
    ]
}


def routes(url: str) -> dict[str, object]:
    """Pages go to the webhook, at once; a customer's maintenance keeps its pages back."""
    quick = {"group_wait": "0s", "group_interval": "200ms", "repeat_interval": "1h"}
    return {
        "route": {
            "receiver": "nobody",
            "routes": [{"matchers": ['severity="page"'], "receiver": "pager", "group_by": ["customer"], **quick}],
        },
        "receivers": [
            {"name": "nobody"},
            {"name": "pager", "webhook_configs": [{"url": url, "send_resolved": True}]},
        ],
        "inhibit_rules": [
            {
                "source_matchers": ['alertname="Maintenance"'],
                "target_matchers": ['severity="page"', 'customer=~".+"'],
                "equal": ["customer"],
            }
        ],
    }


def told(pages: list[Page]) -> list[tuple[str, str]]:
    return [(page.alert, page.status) for page in pages]


FIRST = [("CustomerDown", "firing"), ("CustomerDown", "resolved")]


async def announced(here: Scene) -> None:
    starts = datetime.now(UTC) + timedelta(seconds=2)
    times = ("--starts", f"{starts:%FT%TZ}", "--ends", f"{starts + timedelta(hours=1):%FT%TZ}")
    assert await here.told("maintenance", "announce", *times, "--by", "pia") == "announced w1\n"


async def test_an_outage_pages_in_time_and_resolves_and_maintenance_keeps_it_back(tmp_path: Path):
    rules = tmp_path / "rules.yml"
    rules.write_text(json.dumps(RULES))
    async with scene(tmp_path) as here, receiver() as pager, alertmanager(tmp_path, routes(pager.url)) as alerts:
        here.write_config(pages="1s")
        await here.start()
        ready = await here.logged("daemon.ready")
        address = ready["metrics"].removeprefix("http://").removesuffix("/metrics")
        async with (
            prometheus(tmp_path, static(address), rules=[rules], alertmanager=alerts.address) as client,
            asyncio.timeout(120),
        ):
            await found(client, 'slawatch_customer_up{customer="duinzicht"} == 1')
            assert pager.pages == []

            began = monotonic()
            await here.switch(unavailable=True)
            await pager.until(lambda pages: told(pages) == FIRST[:1])
            assert pager.pages[0].at - began < PAGED_WITHIN
            assert pager.pages[0].labels["customer"] == "duinzicht"
            await here.switch(all_off=True)
            await pager.until(lambda pages: told(pages) == FIRST)

            await announced(here)
            await alerts.until("Maintenance", "active")
            await here.switch(unavailable=True)
            await alerts.until("CustomerDown", "suppressed")
            assert await queried(client, 'ALERTS{alertname="CustomerDown",alertstate="firing"}') != []
            assert told(pager.pages) == FIRST

            ended = monotonic()
            assert await here.told("maintenance", "end", "w1") == "ended w1\n"
            await pager.until(lambda pages: told(pages) == [*FIRST, FIRST[0]])
            assert pager.pages[-1].at > ended
            await here.switch(all_off=True)
            await pager.until(lambda pages: told(pages) == [*FIRST, *FIRST])
