"""The pictures of docs/web.md, made anew: each page, by day and night, wide and on a phone.

    .venv/bin/python docs/pictures/picture_web.py

The customers and their month are those of the tests, and the time is fixed, so the same pages give the same pictures.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from playwright.async_api import Browser, async_playwright
from small_png import in_few_colours

from slawatch.app.rendering import open_renderers
from slawatch.browser import find
from slawatch.rules.permissions import ROLES, Role
from slawatch.rules.wishes import Update

sys.path.append(str(Path(__file__).parents[2] / "tests"))
from web_house import House, house, live_into_december, live_through_november, served
from web_parts import parts_of

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


#: Of these the path is that behind the customer's link.
STATUS = "status of "
#: In which something is typed before the picture is taken.
PREVIEW = "maintenance/announce"
LATER = (
    Shot("status.nl", "status of duinzicht", "nl", WIDE, "light"),
    Shot("status.en.phone.dark", "status of zandbank", "en", PHONE, "dark"),
    Shot("maintenance.en", "maintenance", "en", WIDE, "light"),
    Shot("maintenance.nl.phone.dark", "maintenance", "nl", PHONE, "dark"),
    Shot("outages.nl", "customers/duinzicht/outages", "nl", WIDE, "light"),
    Shot("outages.en.phone.dark", "customers/duinzicht/outages", "en", PHONE, "dark"),
    Shot("announce.en", PREVIEW, "en", WIDE, "light"),
    Shot("announce.nl.phone.dark", PREVIEW, "nl", PHONE, "dark"),
)
IN_DECEMBER = (
    Shot("summaries.en", "customers/bosrand/summaries", "en", WIDE, "light"),
    Shot("summaries.nl.phone.dark", "customers/bosrand/summaries", "nl", PHONE, "dark"),
    Shot("status.en.dark", "status of bosrand", "en", WIDE, "dark"),
)


async def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        async with house(Path(folder)) as lived:
            await live_through_november(lived)
            async with (
                open_renderers(lived.in_force) as renderers,
                served(lived.board, may=ROLES[Role.OPERATOR], parts=parts_of(lived, renderers)) as address,
                async_playwright() as playwright,
            ):
                browser = await playwright.chromium.launch(
                    executable_path=str(find().path), args=["--disable-lcd-text"]
                )
                await take(browser, address, lived, SHOTS)
                words = "De oorzaak is gevonden: een schijf is vol.\nWij maken ruimte. Dat duurt een kwartier."
                await lived.desk.ask(Update("o1", words, "Joris"))
                await take(browser, address, lived, LATER)
                await live_into_december(lived)
                await take(browser, address, lived, IN_DECEMBER)
                await browser.close()


async def take(browser: Browser, address: str, house: House, shots: Sequence[Shot]) -> None:
    for shot in shots:
        (FOLDER / f"{shot.name}.png").write_bytes(in_few_colours(await picture(browser, address, house, shot)))


async def picture(browser: Browser, address: str, house: House, shot: Shot) -> bytes:
    context = await browser.new_context(
        viewport={"width": shot.width, "height": 400},
        color_scheme=shot.light,
        java_script_enabled=False,
    )
    await context.add_cookies([{"name": "lang", "value": shot.language, "url": address}])
    page = await context.new_page()
    path = shot.path
    if path.startswith(STATUS):
        path = f"{house.links.status(path.removeprefix(STATUS))}?lang={shot.language}".removeprefix("/")
    await page.goto(f"{address}/{path}")
    if path == PREVIEW:
        await page.fill("#starts", "2026-12-08T23:00")
        await page.fill("#ends", "2026-12-09T03:00")
        await page.fill("#text", "Het planbord opent sneller.")
        await page.select_option("#reason", "new_version")
        await page.locator("button").last.click()
    taken = await page.screenshot(full_page=True)
    await context.close()
    return taken


if __name__ == "__main__":
    asyncio.run(main())
