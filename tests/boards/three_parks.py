"""Three parks in different states, a quiet one and one that was promised too much, as the daemon would tell of them, and what a Prometheus that scraped it answers."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import aiohttp
from metrics_terms import terms
from monitoring import found, prometheus, queried, static

from dashboards.grafana import FOLDER
from slawatch import web
from slawatch.model import SECOND, VERDICTS, Cause, CheckId, ExclusionKind, Look, Observation, Verdict
from slawatch.reporters.metrics import Figures, Metrics, ObjectiveFigures

#: Up and on course; down and out of budget; unknown, at risk and in maintenance.
PARKS = ("duinzicht", "kreekoever", "zonnedal")
#: Up, in its first month, without an http check; nothing ever went wrong.
QUIET = "weidezicht"
#: It was promised 100 %, so it has no budget, and was down for a moment.
PERFECT = "strandhoek"
ALL = "|".join((*PARKS, QUIET, PERFECT))
DAY = 86_400
STEPS = 12
PATIENCE = 120.0

#: What Grafana fills in for the whole time that was scraped.
FILLED = {"job": "slawatch", "page": "dashboard|reservations", "__rate_interval": "60s", "__range": "60s"}

Series = tuple[Mapping[str, str], float]


def boards() -> list[dict[str, Any]]:
    """The dashboards that Grafana is given."""
    return [json.loads(path.read_text()) for path in sorted(FOLDER.glob("*.json"))]


def panels(board: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Its panels, without the rows' headings."""
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def filled(query: str, customer: str) -> str:
    for name, value in sorted({**FILLED, "customer": customer}.items(), reverse=True):
        query = query.replace(f"${name}", value)
    assert "$" not in query, query
    return query


def started(now: int) -> Metrics:
    """The parks before anything is counted. The month is 30 days of which ten are over at `now`, in seconds."""
    metrics = Metrics(version="1.2.3")
    perfect = terms(PERFECT)
    perfect = replace(perfect, availability=replace(perfect.availability, objective=Fraction(1)))
    metrics.configure([*(terms(park) for park in PARKS), terms(QUIET, http=False), perfect])
    month = ((now - 10 * DAY) * SECOND, (now + 20 * DAY) * SECOND)
    for park, up, attained, left, speed in (
        ("duinzicht", True, "0.9995", "0.75", "0.98"),
        ("kreekoever", False, "0.98", "-1.5", "0.94"),
        ("zonnedal", None, "0.9985", "0.25", "0.96"),
    ):
        availability = ObjectiveFigures(Fraction(attained), Fraction("0.9992"), 2592, Fraction(left), Fraction("259.2"))
        network = ObjectiveFigures(Fraction("0.99995"), Fraction(1))
        its_speed = ObjectiveFigures(Fraction(speed), Fraction("0.949"))
        p95 = {"dashboard": 1.84, "reservations": 2.95}
        objectives = {"availability": availability, "network": network, "speed": its_speed}
        metrics.figures(park, Figures(*month, up, objectives, p95, p95))
    best = ObjectiveFigures(1, None, 2592, 1, 0)
    objectives = {"availability": best, "speed": ObjectiveFigures(month_to_date=1)}
    metrics.figures(QUIET, Figures(*month, True, objectives, {"dashboard": 0.8, "reservations": 0.8}))
    nearly = ObjectiveFigures(Fraction("0.99999"), 1, 0, None, 0)
    metrics.figures(PERFECT, Figures(*month, True, {"availability": nearly}))
    metrics.maintenance("zonnedal", active=True, ends=(now + 3600) * SECOND)
    metrics.outbox("mail", 3, failed=1)
    metrics.relays(["mail.example.org:587"])
    metrics.relay("mail.example.org:587", usable=True)
    return metrics


def step(metrics: Metrics, now: int) -> None:
    """A stretch of time in which each park was looked at, and slawatch did all that it counts."""
    for park in PARKS:
        for name in ("dashboard", "reservations"):
            for took in (800, 1200, 2800, 9000):
                metrics.load(park, name, took, slow=took > 3000)
            metrics.looked(CheckId(park, "page", name), 1.5)
            metrics.observed(_look(park, name, now))
        metrics.observed(_look(park, "http", now))
        metrics.looked(CheckId(park, "http", "http"), 0.02)
        left_out = {ExclusionKind.MAINTENANCE: 20.0, ExclusionKind.FORCE_MAJEURE: 5.0}
        for objective in ("availability", "network"):
            metrics.seconds(park, objective, bad=10, eligible=60, unknown=15, excluded=left_out)
    for name in ("dashboard", "reservations"):
        metrics.load(QUIET, name, 800, slow=False)
        metrics.looked(CheckId(QUIET, "page", name), 1.5)
        metrics.observed(_look(QUIET, name, now))
    metrics.seconds(QUIET, "availability", eligible=100)
    metrics.observed(_look("kreekoever", "dashboard", now, Cause.HTTP_5XX))
    metrics.observed(_look("zonnedal", "dashboard", now, Cause.MONITOR_BROWSER))
    metrics.suspect(Cause.MONITOR_BROWSER)
    metrics.notification("mail", failed=False)
    metrics.mail_accepted(4.0)
    metrics.scheduler_lag(0.02)
    metrics.loop_lag(0.002)


def _look(park: str, name: str, now: int, cause: Cause | None = None) -> Observation:
    verdict = Verdict.UP if cause is None else VERDICTS[cause]
    phases = {"dns": 2.0, "connect": 9.0, "tls": 20.0, "ttfb": 120.0, "response": 160.0, "dom": 500.0, "lcp": 700.0}
    check = CheckId(park, "http" if name == "http" else "page", name)
    return Observation(check, "main", now * SECOND, Look(verdict, cause, 840, {**phases, "ready": 840.0}))


@dataclass
class Answers:
    """What Prometheus gave, by board, customer and panel: for each query the series with the last value of each."""

    by_panel: dict[tuple[str, str, str], list[list[Series]]] = field(default_factory=dict)
    marked: dict[tuple[str, str], list[Series]] = field(default_factory=dict)
    choices: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def of(self, board: str, panel: str, customer: str = ALL) -> list[list[Series]]:
        return self.by_panel[board, customer, panel]

    def number(self, board: str, panel: str, customer: str = ALL, query: int = 0) -> float:
        """The one value that a query gave."""
        ((_, value),) = self.of(board, panel, customer)[query]
        return value


async def answers(folder: Path) -> Answers:
    """Serves the parks to a real Prometheus, step by step, and asks it all that the boards ask."""
    now = int(time.time())
    metrics = started(now)
    async with (
        web.serve("127.0.0.1:0", None, metrics=metrics, health=web.Health(), status=dict) as server,
        prometheus(folder, static(server.addresses[0])) as client,
        asyncio.timeout(PATIENCE),
    ):
        for _ in range(STEPS):
            await scraped_once_more(client)
            step(metrics, now)
        metrics.outage_opened("kreekoever")
        metrics.blip("duinzicht")
        await scraped_once_more(client)
        got, at = Answers(), time.time()
        for board in boards():
            alone = {each["name"]: each for each in board["templating"]["list"]}.get("customer", {"multi": True})
            for customer in [ALL] if alone["multi"] else (*PARKS, QUIET):
                for panel in panels(board):
                    given = [await answer(client, one, customer, at) for one in panel["targets"]]
                    got.by_panel[board["uid"], customer, panel["title"]] = given
            for one in board["annotations"]["list"]:
                query = filled(one["expr"], ALL)
                got.marked[board["uid"], one["name"]] = await instant(client, query, at)
            for one in board["templating"]["list"]:
                if one["type"] == "query":
                    got.choices[board["uid"], one["name"]] = await choices(client, one["definition"])
        return got


async def scraped_once_more(client: aiohttp.ClientSession) -> None:
    """Until a scrape that began after this call is in: the one after the next, for that may be under way."""
    scrapes = "sum(count_over_time(slawatch_build_info[5m]))"
    before = int(series[0]["value"][1]) if (series := await queried(client, scrapes)) else 0
    await found(client, f"{scrapes} > {before + 1}")


async def answer(client: aiohttp.ClientSession, target: Mapping[str, Any], customer: str, at: float) -> list[Series]:
    query = filled(target["expr"], customer)
    if target["instant"]:
        return await instant(client, query, at)
    asked = {"query": query, "start": str(at - 4), "end": str(at), "step": "1"}
    return [(each["metric"], float(each["values"][-1][1])) for each in await result(client, "query_range", asked)]


async def instant(client: aiohttp.ClientSession, query: str, at: float) -> list[Series]:
    told = await result(client, "query", {"query": query, "time": str(at)})
    return [(each["metric"], float(each["value"][1])) for each in told]


async def result(client: aiohttp.ClientSession, kind: str, asked: Mapping[str, str]) -> Sequence[Mapping[str, Any]]:
    async with client.get(f"/api/v1/{kind}", params=asked) as got:
        told = await got.json()
    assert told["status"] == "success", (asked, told)
    return told["data"]["result"]


async def choices(client: aiohttp.ClientSession, definition: str) -> list[str]:
    """What `label_values(selector, label)` offers, as Grafana asks for it."""
    selector, _, label = filled(definition, ".*").removeprefix("label_values(").removesuffix(")").rpartition(", ")
    async with client.get(f"/api/v1/label/{label}/values", params={"match[]": selector}) as got:
        return (await got.json())["data"]
