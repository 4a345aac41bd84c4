"""One story of a living chain, and what was seen in it.

Woodland goes down in maintenance and Duinzicht outside of it, while Heiderand leaves by a reload; Woodland's maintenance ends before
its outage does; then both are down, and at last slawatch is ended.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
import signal
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from chain import Chain, chain, configured
from monitoring import Page, Series, ended, found, queried
from operands import operands
from three_parks import answer, boards, filled, instant, panels

from slawatch import clock
from slawatch.rules.calendar import month_of

PATIENCE = 180.0
#: Seconds after which counters have counted what the report counts: a load once the next look of its page is in.
SETTLES = 7.0
_ITS = 'customer="duinzicht"'
_OBJECTIVE = f'{_ITS},objective="availability"'
#: How Prometheus is asked for figures that the report of Duinzicht has too.
FIGURES = {
    "attained": f'slawatch_sla_attained_ratio{{{_OBJECTIVE},period="month_to_date"}}',
    "network": f'slawatch_sla_attained_ratio{{{_ITS},objective="network",period="month_to_date"}}',
    "budget": f"slawatch_sla_error_budget_seconds{{{_OBJECTIVE}}}",
    "left": f"slawatch_sla_error_budget_remaining_ratio{{{_OBJECTIVE}}}",
    "bad": f"slawatch_sla_bad_seconds_total{{{_OBJECTIVE}}}",
    "outages": f"slawatch_outages_total{{{_ITS}}}",
    "blips": f"slawatch_blips_total{{{_ITS}}}",
    "loads": f"sum(slawatch_page_loads_total{{{_ITS}}})",
}
#: What a panel with one number showed.
NUMBERS = {
    "Customers": "slawatch-fleet",
    "Down now": "slawatch-fleet",
    "In maintenance now": "slawatch-fleet",
    "State": "slawatch-customer",
    "This month": "slawatch-customer",
}


@dataclass
class Seen:
    """In the order of the story. Lengths of time in seconds."""

    silent: set[str] = field(default_factory=set)
    shown: dict[str, float] = field(default_factory=dict)
    instances: set[str] = field(default_factory=set)
    twice: Series = field(default_factory=list)
    paged_within: float = math.inf
    shown_down: dict[str, float] = field(default_factory=dict)
    marked: list[str] = field(default_factory=list)
    report: dict[str, Any] = field(default_factory=dict)
    standing: dict[str, str] = field(default_factory=dict)
    published: dict[str, float] = field(default_factory=dict)
    at_report: dict[str, float] = field(default_factory=dict)
    settled: dict[str, float] = field(default_factory=dict)
    in_maintenance: dict[tuple[str, str], str] = field(default_factory=dict)
    told_in_maintenance: list[Page] = field(default_factory=list)
    paged_within_of_its_end: float = math.inf
    platform_down: dict[tuple[str, str], str] = field(default_factory=dict)
    mute: set[str] = field(default_factory=set)
    firing_before_the_end: Series = field(default_factory=list)
    unevaluated: list[tuple[str, str]] = field(default_factory=list)
    exporter_paged_within: float = math.inf
    firing_without_slawatch: set[str] = field(default_factory=set)
    pages: list[Page] = field(default_factory=list)


async def story(folder: Path) -> Seen:
    seen = Seen()
    async with chain(folder) as it, asyncio.timeout(PATIENCE):
        await _one_is_in_maintenance(it, seen)
        await _one_is_down_and_one_leaves(it, seen)
        await _it_is_up_again(it, seen)
        await _maintenance_ends_before_the_outage(it, seen)
        await _the_platform_is_down(it, seen)
        await _slawatch_is_gone(it, seen)
        seen.pages = it.receiver.pages
    return seen


async def _one_is_in_maintenance(it: Chain, seen: Seen) -> None:
    starts = datetime.now(UTC) + timedelta(seconds=2)
    times = ("--starts", f"{starts:%FT%TZ}", "--ends", f"{starts + timedelta(hours=1):%FT%TZ}")
    announced = await it.here.told("maintenance", "announce", "--customer", "woodland", *times, "--by", "pia")
    assert announced == "announced w1\n"
    await it.stands("SlawatchMaintenanceActive", "woodland", "active")
    await it.here.switch("woodland", unavailable=True)
    await found(it.client, 'slawatch_customer_up{customer="woodland"} == 0')
    await found(it.client, f"min(slawatch_page_loads_total{{{_ITS}}}) > 0")
    seen.silent = await silent(it.client)
    seen.shown = await shown(it.client)
    seen.instances = {one["metric"]["instance"].removeprefix(it.address) for one in await queried(it.client, "up == 1")}
    seen.twice = await queried(it.client, '{exported_customer!=""} or count by (customer) (slawatch_blips_total) > 1')


async def _one_is_down_and_one_leaves(it: Chain, seen: Seen) -> None:
    began = monotonic()
    await it.here.switch("duinzicht", unavailable=True)
    configured(it.here, it.address, "woodland")
    it.here.daemons[-1].send_signal(signal.SIGHUP)
    seen.paged_within = (await it.paged("SlawatchCustomerDown", "firing", "duinzicht")).at - began
    seen.shown_down = await shown(it.client)
    marks = {one["name"]: one["expr"] for board in boards() for one in board["annotations"]["list"]}
    seen.marked = [
        labels["customer"] for labels, _ in await instant(it.client, filled(marks["Outage"], "duinzicht"), time.time())
    ]


async def _it_is_up_again(it: Chain, seen: Seen) -> None:
    await it.here.switch("duinzicht", all_off=True)
    await it.paged("SlawatchCustomerDown", "resolved", "duinzicht")
    month = month_of(clock.now(), ZoneInfo("Europe/Amsterdam"))
    seen.report = json.loads(await it.here.told("report", "duinzicht", month, "--format", "json"))
    status = json.loads(await it.here.told("status", "--json"))
    seen.standing = {one["customer"]: one["state"] for one in status["customers"]}
    up = await queried(it.client, "slawatch_customer_up")
    seen.published = {one["metric"]["customer"]: float(one["value"][1]) for one in up}
    await ended(it.client, '{__name__=~"slawatch_.+",customer="heiderand"}')
    await ended(it.client, 'up{instance=~".+/heiderand"}')


async def _maintenance_ends_before_the_outage(it: Chain, seen: Seen) -> None:
    seen.in_maintenance = await it.stands("SlawatchAvailabilityBudgetBurnTicket", "woodland", "suppressed")
    seen.told_in_maintenance = [page for page in it.receiver.pages if page.labels.get("customer") == "woodland"]
    began = monotonic()
    assert await it.here.told("maintenance", "end", "w1") == "ended w1\n"
    seen.paged_within_of_its_end = (await it.paged("SlawatchCustomerDown", "firing", "woodland")).at - began


async def _the_platform_is_down(it: Chain, seen: Seen) -> None:
    reported = datetime.fromisoformat(seen.report["as_of"]).timestamp()
    await found(it.client, f"vector(time()) > {reported + SETTLES}")  # before it is down again
    seen.at_report = await figures(it.client, reported)
    seen.settled = await figures(it.client, reported + SETTLES)
    await it.here.switch("duinzicht", unavailable=True)
    await it.paged("SlawatchPlatformDown", "firing")
    seen.platform_down = await it.stands("SlawatchCustomerDown", "duinzicht", "suppressed")
    seen.mute = await mute(it.client, it.rules)
    for park in ("woodland", "duinzicht"):
        await it.here.switch(park, all_off=True)
    await ended(it.client, 'ALERTS{alertname=~"SlawatchPlatformDown|SlawatchCustomerDown"}')


async def _slawatch_is_gone(it: Chain, seen: Seen) -> None:
    fired = 'max_over_time(ALERTS{alertstate="firing"}[15m])'
    seen.firing_before_the_end = await queried(it.client, fired)
    seen.unevaluated = await unevaluated(it.client)
    began = monotonic()
    it.here.daemons[-1].send_signal(signal.SIGTERM)
    seen.exporter_paged_within = (await it.paged("SlawatchExporterDown", "firing")).at - began
    firing = await queried(it.client, 'ALERTS{alertstate="firing"}')
    seen.firing_without_slawatch = {one["metric"]["alertname"] for one in firing}


async def silent(client: aiohttp.ClientSession) -> set[str]:
    """The panels of which no query gives a figure now."""
    at, found_silent = time.time(), set()
    for board in boards():
        for panel in panels(board):
            given = [await answer(client, target, "duinzicht", at) for target in panel["targets"]]
            if not any(math.isfinite(value) for series in given for _, value in series):
                found_silent.add(panel["title"])
    return found_silent


async def shown(client: aiohttp.ClientSession) -> dict[str, float]:
    told, all_parks = {}, "duinzicht|heiderand|woodland"
    for title, uid in NUMBERS.items():
        (board,) = (board for board in boards() if board["uid"] == uid)
        (panel,) = (panel for panel in panels(board) if panel["title"] == title)
        customer = all_parks if uid == "slawatch-fleet" else "duinzicht"
        ((_, told[title]),) = await answer(client, panel["targets"][0], customer, time.time())
    return told


async def mute(client: aiohttp.ClientSession, rules: Iterable[Mapping[str, Any]]) -> set[str]:
    """What the rules record, and what their operators work on, of which Prometheus has no figure now.

    What is asked for with an offset is asked for as of when that time has passed.
    """
    asked = {operand for rule in rules for operand in operands(rule["expr"])}
    asked |= {rule["record"] for rule in rules if "record" in rule}
    at, nothing = time.time(), set()
    for one in asked:
        minutes = sum(int(each) for each in re.findall(r"offset (\d+)m", one))
        if not any(math.isfinite(value) for _, value in await instant(client, one, at + 60 * minutes)):
            nothing.add(one)
    return nothing


async def unevaluated(client: aiohttp.ClientSession) -> list[tuple[str, str]]:
    """The rules that Prometheus could not evaluate, and why."""
    async with client.get("/api/v1/rules") as got:
        groups = (await got.json())["data"]["groups"]
    return [(rule["name"], rule["lastError"]) for group in groups for rule in group["rules"] if rule["health"] != "ok"]


async def figures(client: aiohttp.ClientSession, at: float) -> dict[str, float]:
    told = {}
    for name, query in FIGURES.items():
        ((_, told[name]),) = await instant(client, query, at)
    return told
