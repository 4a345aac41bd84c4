"""The mails in a real browser: on a phone, by day and in the dark, with nothing fetched."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from mail_samples import CUSTOMER, body, mail
from playwright.async_api import Browser, Page, async_playwright

from slawatch.app.specimens import NAMES
from slawatch.browser import find

pytestmark = pytest.mark.asyncio(loop_scope="module")

PHONE = 320
LONG = CUSTOMER.model_copy(update={"name": "Bungalowpark" * 12})
#: Of each text its size, boldness and colour, and the colour behind it; of the bar its colour and that behind it.
COLOURS = """() => {
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (colour !== 'rgba(0, 0, 0, 0)') return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const texts = [...document.body.querySelectorAll('*')]
    .filter(one => [...one.childNodes].some(node => node.nodeType === 3 && node.data.trim() && node.data !== '\\u00a0'))
    .map(one => [one.className || one.tagName, getComputedStyle(one).color, behind(one)]);
  const bar = document.querySelector('.bar');
  return {texts, bar: [behind(bar), behind(document.querySelector('.card'))]};
}"""


@dataclass
class Shown:
    browser: Browser

    async def page(self, html: str, *, dark: bool = False) -> Page:
        context = await self.browser.new_context(
            viewport={"width": PHONE, "height": 600}, color_scheme="dark" if dark else "light"
        )
        page = await context.new_page()
        await page.set_content(html)
        return page


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shown() -> AsyncIterator[Shown]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=str(find().path))
        try:
            yield Shown(browser)
        finally:
            await browser.close()


def luminance(colour: str) -> float:
    """Of `rgb(1, 2, 3)`, by WCAG 2."""
    channels = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


async def test_every_text_stands_out_by_day_and_in_the_dark(shown: Shown) -> None:
    backgrounds = set()
    for name in NAMES:
        for dark in (False, True):
            page = await shown.page(body(mail(name), "html"), dark=dark)
            found = await page.evaluate(COLOURS)
            assert len(found["texts"]) > 4
            for what, colour, behind in found["texts"]:
                assert contrast(colour, behind) >= 4.5, (name, dark, what)
            assert contrast(*found["bar"]) >= 3, (name, dark)
            backgrounds.add((dark, found["bar"][1]))
            await page.context.close()
    assert len(backgrounds) == 2, "the card is dark in the dark, and light by day"


async def test_no_mail_is_wider_than_a_phone_however_long_its_words(shown: Shown) -> None:
    for name in NAMES:
        for customer in (CUSTOMER, LONG):
            page = await shown.page(body(mail(name, customer=customer), "html"))
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE, name
            await page.context.close()


async def test_a_mail_asks_for_nothing(shown: Shown) -> None:
    for name in NAMES:
        page = await shown.page("")
        asked: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        await page.set_content(body(mail(name), "html"))
        assert asked == [], name
        await page.context.close()


async def test_a_mail_is_read_out_in_its_language(shown: Shown) -> None:
    for language in ("nl", "en"):
        page = await shown.page(body(mail("outage", language), "html"))
        assert await page.evaluate("document.documentElement.lang") == language
        assert await page.locator("h1").count() == 1
        await page.context.close()
