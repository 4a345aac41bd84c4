"""A real Alertmanager with the committed routes: what is silent while another alert fires, and who would be told."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import monitoring
import pytest
import yaml
from chain import routed

ROOT = Path(__file__).parent.parent
COMMITTED = ROOT / "alertmanager/alertmanager.yml"
RULES = yaml.safe_load((ROOT / "alertmanager/slawatch.rules.yml").read_text())
SEVERITY = {
    rule["alert"]: rule["labels"]["severity"] for group in RULES["groups"] for rule in group["rules"] if "alert" in rule
}
Labels = dict[str, str]
#: The last that is posted: once this is silent, what was posted before has been judged.
LAST = (
    {"alertname": "SlawatchCustomerDown", "customer": "last"},
    {"alertname": "SlawatchBudgetPace", "customer": "last"},
)


@asynccontextmanager
async def alertmanager(folder: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """An Alertmanager with the committed configuration, but for its receivers' addresses; a client of its API."""
    async with monitoring.receiver() as taking, monitoring.alertmanager(folder, routed(taking.url)) as running:
        yield running.client


async def post(client: aiohttp.ClientSession, *alerts: Labels) -> None:
    """Alerts as Prometheus sends them, with the severity of their rule."""
    now = datetime.now(UTC).isoformat()
    body = [{"labels": {"severity": SEVERITY[labels["alertname"]], **labels}, "startsAt": now} for labels in alerts]
    async with client.post("/api/v2/alerts", json=body) as answer:
        assert answer.status == 200, await answer.text()


async def told(client: aiohttp.ClientSession) -> list[dict[str, Any]]:
    async with client.get("/api/v2/alerts") as answer:
        return await answer.json()


async def silent(client: aiohttp.ClientSession, alerts: tuple[Labels, ...]) -> list[bool]:
    """Of each alert whether another one inhibits it, once all were judged."""
    await post(client, *alerts)
    await post(client, *LAST)
    while True:
        found = {frozenset(one["labels"].items()): one["status"] for one in await told(client)}
        judged = [_status(found, labels) for labels in (*alerts, LAST[1])]
        if all(judged) and judged[-1]["inhibitedBy"]:
            return [bool(status["inhibitedBy"]) for status in judged[:-1]]
        await asyncio.sleep(0.05)  # Alertmanager tells nobody when it has judged


def _status(found: dict[frozenset[tuple[str, str]], dict[str, Any]], labels: Labels) -> dict[str, Any]:
    return found.get(frozenset({"severity": SEVERITY[labels["alertname"]], **labels}.items()), {})


def an(alertname: str, customer: str = "", **labels: str) -> Labels:
    return {"alertname": f"Slawatch{alertname}", **({"customer": customer} if customer else {}), **labels}


OF_AVAILABILITY = {"objective": "availability"}
SILENT = {
    "maintenance silences page and ticket of that customer": (
        [an("MaintenanceActive", "a")],
        [
            an("CustomerDown", "a"),
            an("PageLoadSlowFast", "a", page="dashboard"),
            an("LooksStale", "a", check="dashboard"),
            an("PromiseBroken", "a", **OF_AVAILABILITY),
        ],
        [an("CustomerDown", "b"), an("OutboxStuck", channel="mail"), an("Watchdog")],
    ),
    "a customer that is down is neither slow nor burning": (
        [an("CustomerDown", "a")],
        [
            an("PageLoadSlowFast", "a", page="dashboard"),
            an("PageLoadSlow", "a", page="dashboard"),
            an("AvailabilityBudgetBurnFast", "a", **OF_AVAILABILITY),
            an("AvailabilityBudgetBurnTicket", "a", **OF_AVAILABILITY),
            an("BudgetNearlySpent", "a", **OF_AVAILABILITY),
            an("BudgetPace", "a", **OF_AVAILABILITY),
            an("CustomerUnseen", "a"),
        ],
        [
            an("PageLoadSlowFast", "b", page="dashboard"),
            an("AvailabilityBudgetBurnFast", "b", **OF_AVAILABILITY),
            an("PromiseBroken", "a", **OF_AVAILABILITY),
            an("LoginRejected", "a", cause="login_rejected"),
        ],
    ),
    "a platform that is down is one page": (
        [an("PlatformDown")],
        [
            an("CustomerDown", "a"),
            an("CustomerDown", "b"),
            an("AvailabilityBudgetBurnSlow", "a", **OF_AVAILABILITY),
            an("PlatformSlow"),
            an("PageLoadSlowFast", "c", page="dashboard"),
        ],
        [an("LedgerWritesFailing"), an("BudgetPace", "d", **OF_AVAILABILITY)],
    ),
    "a platform that is slow is one page": (
        [an("PlatformSlow")],
        [an("PageLoadSlowFast", "a", page="dashboard"), an("PageLoadSlow", "b", page="dashboard")],
        [an("CustomerDown", "c"), an("SpeedAtRisk", "a", objective="speed")],
    ),
    "without slawatch no look is stale": (
        [an("ExporterDown", job="slawatch")],
        [
            an("LooksStale", "a", check="dashboard"),
            an("CustomerUnseen", "a"),
            an("Blind"),
            an("MonitorSuspect", cause="monitor_network"),
        ],
        [an("OutboxFailed", channel="mail"), an("CustomerDown", "a")],
    ),
    "a blind slawatch is one page": (
        [an("Blind")],
        [
            an("LooksStale", "a", check="dashboard"),
            an("CustomerUnseen", "a"),
            an("MonitorSuspect", cause="monitor_network"),
        ],
        [an("CustomerDown", "b"), an("LoginRejected", "c", cause="login_rejected")],
    ),
    "why a customer is unseen says more than that it is": (
        [an("LoginRejected", "a", cause="login_rejected"), an("LooksStale", "b", check="http")],
        [an("CustomerUnseen", "a"), an("CustomerUnseen", "b")],
        [an("CustomerUnseen", "c")],
    ),
    "the graver of two that speak of the same": (
        [
            an("AvailabilityBudgetBurnSlow", "a", **OF_AVAILABILITY),
            an("PageLoadSlowFast", "a", page="dashboard"),
            an("PromiseBroken", "b", **OF_AVAILABILITY),
        ],
        [
            an("AvailabilityBudgetBurnTicket", "a", **OF_AVAILABILITY),
            an("PageLoadSlow", "a", page="dashboard"),
            an("BudgetPace", "b", **OF_AVAILABILITY),
        ],
        [
            an("PageLoadSlow", "a", page="reservations"),
            an("SpeedAtRisk", "b", objective="speed"),
            an("AvailabilityBudgetBurnTicket", "b", **OF_AVAILABILITY),
        ],
    ),
    "a page that is about no customer silences no ticket that is about none": (
        [an("LedgerWritesFailing"), an("OutboxStuck", channel="mail")],
        [],
        [an("ReloadRefused"), an("EventLoopLag"), an("OutboxFailed", channel="mail")],
    ),
}


@pytest.mark.parametrize("name", SILENT)
async def test_an_alert_is_silent_only_while_one_that_says_more_fires(name, tmp_path):
    sources, targets, others = SILENT[name]
    sent = (*sources, *targets, *others)
    async with alertmanager(tmp_path) as client, asyncio.timeout(20):
        found = await silent(client, sent)

    said = [one for one, is_silent in zip(sent, found, strict=True) if not is_silent]
    assert said == [*sources, *others]


# -- the file ---------------------------------------------------------------------------------------------------------


def amtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["amtool", *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_amtool_takes_the_configuration():
    done = amtool("check-config", str(COMMITTED))

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SEVERITY)
def test_an_alert_goes_where_its_severity_says(name):
    expected = {"page": "page", "ticket": "ticket", "none": "nobody"}[SEVERITY[name]]
    labels = [f"alertname={name}", f"severity={SEVERITY[name]}", "customer=a"]

    done = amtool("config", "routes", "test", f"--config.file={COMMITTED}", *labels)

    assert done.stdout.split() == ["deadman" if name == "SlawatchWatchdog" else expected]


def matchers() -> list[str]:
    config = yaml.safe_load(COMMITTED.read_text())
    routes = [matcher for route in config["route"]["routes"] for matcher in route["matchers"]]
    return routes + [
        matcher
        for rule in config["inhibit_rules"]
        for side in ("source_matchers", "target_matchers")
        for matcher in rule[side]
    ]


@pytest.mark.parametrize("matcher", matchers())
def test_a_matcher_means_the_same_in_utf8_strict_mode(matcher):
    """There both sides may be quoted, and a value must be where it holds more than a name does; no escapes are used."""
    assert re.fullmatch(r'[a-z_]+(=|!=|=~|!~)"[^"\\]*"', matcher)


def test_the_routes_name_only_alerts_that_there_are():
    named = {
        name
        for matcher in matchers()
        if matcher.startswith("alertname")
        for name in matcher.split('"')[1].split("|")
        if "." not in name and "(" not in name and ")" not in name
    }

    assert named <= set(SEVERITY)
    assert len(named) > 8


def test_what_a_repeat_waits_is_a_multiple_of_what_a_group_waits():
    config = yaml.safe_load(COMMITTED.read_text())
    seconds = {"s": 1, "m": 60, "h": 3600}
    routes = [config["route"], *config["route"]["routes"]]
    waits = [
        [int(route[key][:-1]) * seconds[route[key][-1]] for key in ("repeat_interval", "group_interval")]
        for route in routes
        if "repeat_interval" in route
    ]

    assert len(waits) == 3
    assert [repeat % interval for repeat, interval in waits] == [0, 0, 0]
