"""A real Prometheus evaluates the committed rules over what slawatch serves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from fractions import Fraction
from pathlib import Path
from typing import Any

import aiohttp
import yaml
from metrics_terms import terms
from monitoring import prometheus, static

from slawatch import web
from slawatch.clock import now
from slawatch.model import DAY, SECOND, Cause, CheckId, Look, Observation, Verdict
from slawatch.reporters.metrics import Figures, Metrics, ObjectiveFigures

COMMITTED = Path(__file__).parent.parent / "alertmanager/slawatch.rules.yml"
PARKS = ("duinzicht", "bosrand", "heidehof")


def hurried(folder: Path) -> Path:
    """The committed rules, evaluated each tenth of a second, and firing as soon as they hold: for this no test waits."""
    rules = yaml.safe_load(COMMITTED.read_text())
    for group in rules["groups"]:
        group["interval"] = "100ms"
        for rule in group["rules"]:
            rule.pop("for", None)
    file = folder / "rules.yml"
    file.write_text(yaml.safe_dump(rules))
    return file


def evaluating(address: str, folder: Path) -> AbstractAsyncContextManager[aiohttp.ClientSession]:
    """A Prometheus with the hurried rules that scrapes the address; a client of its API."""
    return prometheus(folder, static(address), rules=[hurried(folder)])


async def rules(client: aiohttp.ClientSession) -> list[dict[str, Any]]:
    """All rules as Prometheus has evaluated them; none before it is ready."""
    async with client.get("/api/v1/rules") as answer:
        if answer.status == 503:
            return []
        return [rule for group in (await answer.json())["data"]["groups"] for rule in group["rules"]]


async def firing(client: aiohttp.ClientSession) -> set[tuple[str, str]]:
    return {
        (rule["name"], alert["labels"].get("customer", ""))
        for rule in await rules(client)
        for alert in rule.get("alerts", ())
        if alert["state"] == "firing"
    }


async def until(client: aiohttp.ClientSession, are_as_wanted: Callable[[set[tuple[str, str]]], bool]) -> None:
    """Until the alerts that fire are so: Prometheus tells nobody when it has evaluated, so it is asked again."""
    while not are_as_wanted(await firing(client)):
        await asyncio.sleep(0.1)


def figures(*, up: bool | None) -> Figures:
    """Ten days into a month, of which nothing is left over for more downtime."""
    availability = ObjectiveFigures(Fraction(998, 1000), None, 2592, Fraction(-1, 10), 30)
    starts = now() - 10 * DAY
    return Figures(starts, starts + 31 * DAY, up, {"availability": availability, "speed": ObjectiveFigures(0.93)})


def looked_at(metrics: Metrics, customer: str, *, up: bool | None) -> None:
    metrics.figures(customer, figures(up=up))
    for check in ("dashboard", "reservations", "http"):
        id_ = CheckId(customer, "http" if check == "http" else "page", check)
        look = Look(Verdict.UP, None, 800) if up else Look(Verdict.DOWN, Cause.HTTP_5XX)
        metrics.observed(Observation(id_, "main", now() - now() % SECOND, look))


async def test_the_right_alerts_fire_and_an_outage_that_turns_unknown_goes_on_until_it_ends(tmp_path):
    metrics = Metrics(version="1.2.3")
    metrics.configure([terms(park) for park in PARKS])
    metrics.outbox("mail", 0, failed=1)
    for park in PARKS:
        looked_at(metrics, park, up=park == "heidehof")
    down = {("SlawatchCustomerDown", "duinzicht")}
    expected = {
        *down,
        ("SlawatchCustomerDown", "bosrand"),
        ("SlawatchPlatformDown", ""),
        *(("SlawatchPromiseBroken", park) for park in PARKS),
        *(("SlawatchSpeedAtRisk", park) for park in PARKS),
        ("SlawatchOutboxFailed", ""),
        ("SlawatchBlind", ""),  # nothing was looked at since
        ("SlawatchWatchdog", ""),
    }
    async with (
        web.serve("127.0.0.1:0", None, metrics=metrics, health=web.Health(), status=dict) as server,
        evaluating(server.addresses[0], tmp_path) as client,
        asyncio.timeout(40),
    ):
        await until(client, lambda alerts: alerts == expected)
        evaluated = await rules(client)

        metrics.figures("duinzicht", figures(up=None))
        unseen = {("SlawatchCustomerUnseen", "duinzicht")}
        await until(client, lambda alerts: unseen <= alerts)
        held = down <= await firing(client)
        metrics.figures("duinzicht", figures(up=True))
        await until(client, lambda alerts: not (down | unseen) & alerts)

    assert len(evaluated) == sum(len(group["rules"]) for group in yaml.safe_load(COMMITTED.read_text())["groups"])
    assert [(rule["name"], rule["lastError"]) for rule in evaluated if rule["health"] != "ok"] == []
    assert held
