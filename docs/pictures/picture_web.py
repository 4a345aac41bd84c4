"""The pictures of docs/web.md, made anew: the overview and a customer's page, by day and night, wide and on a phone.

    .venv/bin/python docs/pictures/picture_web.py

The customers and their month are those of the tests, and the time is fixed, so the same pages give the same pictures.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.async_api import Browser, async_playwright
from small_png import in_few_colours

from slawatch.browser import find

sys.path.append(str(Path(__file__).parents[2] / "tests"))
from web_house import house, live_through_november, served

FOLDER = Path(__file__).parent / "web"
WIDE, PHONE = 1200, 360


class Shot(NamedTuple):
    name: str
    path: str
    language: str
    width: int
    light: Literal["light", "dark"]


SHOTS = (
    Shot("overview.en", "overview", "en", WIDE, "light"),
    Shot("overview.nl.dark", "overview", "nl", WIDE, "dark"),
    Shot("overview.nl.phone", "overview?state=missed", "nl", PHONE, "light"),
    Shot("customer.nl", "customers/duinzicht", "nl", WIDE, "light"),
    Shot("customer.en.dark", "customers/bosrand", "en", WIDE, "dark"),
    Shot("customer.en.phone.dark", "customers/duinzicht", "en", PHONE, "dark"),
)


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder)) as lived:
            await live_through_november(lived)
            async with served(lived.board) as address, async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=str(find().path), args=["--disable-lcd-text"]
                )
                for shot in SHOTS:
                    (FOLDER / f"{shot.name}.png").write_bytes(in_few_colours(await picture(browser, address, shot)))
                await browser.close()


async def picture(browser: Browser, address: str, shot: Shot) -> bytes:
    context = await browser.new_context(
        viewport={"width": shot.width, "height": 400},
        color_scheme=shot.light,
        java_script_enabled=False,
    )
    await context.add_cookies([{"name": "lang", "value": shot.language, "url": address}])
    page = await context.new_page()
    await page.goto(f"{address}/{shot.path}")
    taken = await page.screenshot(full_page=True)
    await context.close()
    return taken


if __name__ == "__main__":
    asyncio.run(main())
