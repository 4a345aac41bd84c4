"""Summaries, maintenance and status pages in a real browser: for every reader, without scripts, and as they change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect
from web_house import DOWN, House
from web_parts import in_december

from slawatch.browser import find
from slawatch.model import MINUTE

pytestmark = pytest.mark.asyncio(loop_scope="module")

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = (
    "/customers/bosrand/summaries",
    "/customers/nobody/summaries",
    "/customers/duinzicht/outages",
    "/maintenance",
    "/maintenance/announce",
    "/maintenance/w2/cancel",
    "/status/bosrand",
)
READERS: tuple[tuple[str, int, Literal["light", "dark"]], ...] = (("en", 1280, "light"), ("nl", 320, "dark"))


@dataclass
class Shown:
    browser: Browser
    house: House
    address: str

    @asynccontextmanager
    async def page(self, path: str, *, scripts: bool = True) -> AsyncIterator[Page]:
        """A page that opened, in which nothing failed."""
        wrong: list[str] = []
        context = await self.browser.new_context(
            viewport={"width": 1280, "height": 700}, reduced_motion="reduce", java_script_enabled=scripts
        )
        try:
            page = await context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda said: wrong.append(said.text) if "Content Security" in said.text else None)
            await page.goto(self.address + path)
            yield page
            assert wrong == []
        finally:
            await context.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shown(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Shown]:
    async with AsyncExitStack() as stack:
        lived, address = await stack.enter_async_context(in_december(tmp_path_factory.mktemp("house")))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=str(find().path))
        stack.push_async_callback(browser.close)
        yield Shown(browser, lived, address)


async def fits(page: Page, width: int) -> None:
    """Axe finds nothing, and nothing is wider than the screen."""
    found = (await Axe().run(page, options=WCAG)).response
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], width
    assert {"color-contrast", "html-has-lang"} <= {one["id"] for one in found["passes"]}
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
async def test_nobody_is_kept_out_and_nothing_is_wider_than_the_screen(shown: Shown, path: str):
    async with shown.page(path) as page:
        for language, width, light in READERS:
            await page.set_viewport_size({"width": width, "height": 700})
            await page.emulate_media(color_scheme=light)
            await page.goto(f"{shown.address}{path}?lang={language}")
            await fits(page, width)


async def test_maintenance_is_announced_without_scripts_after_a_look_at_what_comes_of_it(shown: Shown):
    async with shown.page("/maintenance/announce?lang=nl", scripts=False) as page:
        await page.get_by_label("deze klanten:").check()
        await page.get_by_label("Klanten", exact=True).select_option("duinzicht")
        await page.get_by_label("Begint").fill("2026-12-10T23:00")
        await page.get_by_role("button").last.click()
        await expect(page.get_by_role("alert")).to_be_visible()
        await expect(page.locator("#ends-wrong")).to_have_text("Geef een datum en een tijd.")
        await page.get_by_label("Eindigt").fill("2026-12-11T02:00")
        await page.get_by_role("button").last.click()
        await expect(page.locator(".letter strong").last).to_have_text("Onderhoud: Vakantiepark Duinzicht (w3)")
        await page.get_by_role("button", name="Aankondigen").click()
        await expect(page.get_by_role("status")).to_have_text("Aangekondigd: w3. De mails zijn onderweg.")


async def test_a_preview_and_a_form_with_errors_keep_nobody_out(shown: Shown):
    async with shown.page("/maintenance/announce?lang=nl") as page:
        for language, width, light in READERS:
            await page.set_viewport_size({"width": width, "height": 700})
            await page.emulate_media(color_scheme=light)
            await page.goto(f"{shown.address}/maintenance/announce?lang={language}")
            await page.fill("#starts", "2027-10-31T02:30")
            await page.locator("button").last.click()
            await expect(page.locator("[name=starts_which]")).to_have_count(2)
            await fits(page, width)
            await page.locator("[name=starts_which]").first.check()
            await page.fill("#ends", "2027-10-31T05:00")
            await page.select_option("#repeat", "weekly")
            await page.locator("button").last.click()
            await expect(page.locator("#preview")).to_be_visible()
            await fits(page, width)


async def test_a_status_page_tells_of_an_outage_as_soon_as_it_is_known(shown: Shown):
    async with shown.page("/status/bosrand") as page:
        await expect(page.locator("#now .state")).to_have_text("Alles werkt")
        at = shown.house.at
        shown.house.at += 10 * MINUTE
        await shown.house.see("bosrand", (at + MINUTE, DOWN), (at + 2 * MINUTE, DOWN))
        await shown.house.publish()
        await expect(page.locator("#now .state")).to_contain_text("Er is een storing")
        await expect(page.locator(".told")).to_contain_text("Er is een storing")
