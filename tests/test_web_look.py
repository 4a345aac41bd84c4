"""The pages in a real browser: for every reader, by keyboard, on a phone, and as they change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Literal

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect
from web_house import DOWN, EVERY, NOW, House, house, live_through_november, served

from slawatch.browser import find
from slawatch.model import MINUTE

pytestmark = pytest.mark.asyncio(loop_scope="module")

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
PAGES = (
    "/",
    "/overview",
    "/customers/duinzicht",
    "/customers/zandbank",
    "/customers/none",
    "/contacts/jan",
    "/contacts/none",
)
#: Language, width and light.
READERS: tuple[tuple[str, int, Literal["light", "dark"]], ...] = (("en", 1280, "light"), ("nl", 320, "dark"))


@dataclass
class Shown:
    """`address`: for who is signed in; `stranger`: for who is not, as the front page is seen."""

    browser: Browser
    house: House
    address: str
    stranger: str

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
        lived = await stack.enter_async_context(house(tmp_path_factory.mktemp("house")))
        await live_through_november(lived)
        address = await stack.enter_async_context(served(lived.board))
        stranger = await stack.enter_async_context(served(lived.board, known=False))
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=str(find().path))
        stack.push_async_callback(browser.close)
        yield Shown(browser, lived, address, stranger)


@pytest.mark.parametrize("path", PAGES)
async def test_nobody_is_kept_out_and_nothing_is_wider_than_the_screen(shown: Shown, path: str):
    async with shown.page(path) as page:
        for language, width, light in READERS:
            await page.set_viewport_size({"width": width, "height": 700})
            await page.emulate_media(color_scheme=light)
            await page.goto(f"{shown.stranger if path == '/' else shown.address}{path}?lang={language}")
            found = (await Axe().run(page, options=WCAG)).response
            assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], (language, width)
            assert {"color-contrast", "html-has-lang"} <= {one["id"] for one in found["passes"]}
            assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_the_keyboard_leads_past_the_top_to_the_content(shown: Shown):
    async with shown.page("/overview") as page:
        await page.keyboard.press("Tab")
        skip = page.locator(".skip")
        await expect(skip).to_be_focused()
        await expect(skip).to_be_in_viewport()
        await page.keyboard.press("Enter")
        await page.keyboard.press("Tab")
        await expect(page.locator("#counts a").first).to_be_focused()


async def test_without_scripts_a_page_is_whole_and_its_form_works(shown: Shown):
    async with shown.page("/overview", scripts=False) as page:
        await page.fill("#q", "heide")
        await page.click("form button >> text=Show")
        await expect(page.locator("#rows tr")).to_have_count(1)
        await expect(page.locator("#rows")).to_contain_text("In maintenance")


async def test_a_row_that_changes_moves_to_its_place_and_leaves_the_reader_where_it_was(shown: Shown):
    async with (
        shown.page("/overview") as page,
        shown.page("/customers/zandbank") as own,
        shown.page("/overview?q=heide") as other,
    ):
        link = page.locator("#row-zandbank a")
        await link.focus()
        await expect(page.locator("#rows tr").last).to_have_attribute("id", "row-zandbank")

        shown.house.at = NOW + EVERY
        await shown.house.see("zandbank", (NOW + MINUTE, DOWN), (NOW + 2 * MINUTE, DOWN))
        await shown.house.publish()

        await expect(page.locator("#row-zandbank .state").first).to_have_text("Down")
        assert (
            await page.locator("#rows tr").evaluate_all("rows => rows.findIndex(row => row.id === 'row-zandbank')") < 2
        )
        await expect(link).to_be_focused()
        await expect(page.locator(".told")).to_contain_text("Zandbank: down")
        await expect(page.locator("#counts")).to_contain_text("Down 2")
        await expect(own.locator("#head .state")).to_have_text("Down")
        await expect(own.locator("#outages .state")).to_have_text("lasts")
        await expect(other.locator("#rows tr")).to_have_count(1)
