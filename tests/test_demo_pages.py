"""The stand-in and the switches in a real browser: what slawatch's selectors find, and what a switch changes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import aiohttp
import pytest
from playwright.async_api import BrowserContext, Page, Route, async_playwright, expect

from slawatch.browser import find
from slawatch.demo.places import Places, Wishes
from slawatch.demo.world import open_world

expect.set_options(timeout=10_000)


@dataclass
class Desk:
    """Someone signed in at one park, and the switches beside."""

    world: Places
    context: BrowserContext
    page: Page
    http: aiohttp.ClientSession

    def at(self, path: str) -> str:
        return self.world.parks["duinzicht"] + path

    async def turn(self, **faults: object) -> None:
        async with self.http.post(self.world.switches + "faults/duinzicht", json=faults) as answer:
            assert answer.status == 200

    async def sign_in(self) -> None:
        await self.page.goto(self.at("dashboard"))
        await self.page.fill("#username", "monitor")
        await self.page.fill("#password", "zeelucht")
        await self.page.click("button[type=submit]")


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(Wishes(pace=0.2), password="zeelucht"))
        http = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)))
        driver = await stack.enter_async_context(async_playwright())
        browser = await driver.chromium.launch(executable_path=find().path, chromium_sandbox=os.geteuid() != 0)
        stack.push_async_callback(browser.close)
        context = await browser.new_context(viewport={"width": 390, "height": 844})
        yield Desk(world, context, await context.new_page(), http)


async def test_the_example_configurations_selectors_find_what_they_should(desk: Desk) -> None:
    page = desk.page
    await page.goto(desk.at("dashboard"))
    await expect(page.locator("form#login")).to_be_visible()
    await expect(page.locator("nav .signed-in")).to_have_count(0)

    await desk.sign_in()
    await expect(page.locator("#dashboard .card").first).to_be_visible()
    await expect(page.locator("nav .signed-in")).to_be_visible()
    await expect(page.locator("form#login")).to_have_count(0)

    seen = asyncio.Event()

    async def hold(rows: Route) -> None:
        await seen.wait()
        await rows.continue_()

    await page.route("**/api/reserveringen", hold)
    await page.goto(desk.at("reserveringen"), wait_until="commit")
    await expect(page.locator(".spinner")).to_be_visible()
    seen.set()
    await expect(page.locator("#reservations tbody tr").first).to_be_visible()
    await expect(page.locator(".spinner")).to_have_count(0)


async def test_an_empty_table_has_no_row_and_a_broken_script_shows_nothing(desk: Desk) -> None:
    errors: list[str] = []
    desk.page.on("pageerror", lambda error: errors.append(error.message))
    await desk.sign_in()

    await desk.turn(empty=True)
    await desk.page.goto(desk.at("reserveringen"))
    await expect(desk.page.get_by_text("Geen reserveringen gevonden.")).to_be_visible()
    await expect(desk.page.locator("#reservations tbody tr")).to_have_count(0)
    assert errors == []

    await desk.turn(empty=False, script_error=True)
    await desk.page.goto(desk.at("reserveringen"))
    await expect(desk.page.locator(".spinner")).to_be_visible()
    assert errors == ["Cannot read properties of undefined (reading 'language')"]


async def test_a_pressed_switch_shows_at_once_on_every_open_page_of_switches(desk: Desk) -> None:
    other = await desk.context.new_page()
    for page in (desk.page, other):
        await page.goto(desk.world.switches)
    await desk.page.click("#duinzicht-unavailable")

    for page in (desk.page, other):
        await expect(page.locator("#duinzicht-unavailable")).to_have_attribute("aria-checked", "true")
        await expect(page.locator("#duinzicht .chip")).to_have_text("1 switched on")
    await other.click("#duinzicht-off")
    await expect(desk.page.locator("#duinzicht .chip")).to_have_text("in order")


async def test_a_switch_works_without_scripts(desk: Desk) -> None:
    assert desk.context.browser is not None
    context = await desk.context.browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(desk.world.switches)
    await page.click("#heiderand-slow-4")
    await expect(page.locator("#heiderand-slow-4")).to_have_attribute("aria-pressed", "true")
    async with desk.http.get(desk.world.switches + "faults") as answer:
        assert (await answer.json())["heiderand"]["slow"] == 4.0


async def test_no_page_is_wider_than_its_window(desk: Desk) -> None:
    await desk.sign_in()
    for address in (desk.at("dashboard"), desk.at("reserveringen"), desk.world.switches, desk.world.mails):
        await desk.page.goto(address)
        for width in (390, 1366):
            await desk.page.set_viewport_size({"width": width, "height": 800})
            assert await desk.page.evaluate("document.documentElement.scrollWidth") <= width
