"""The pictures of docs/access.md, made anew: the page to sign in, and the same on a phone after a wrong password.

    .venv/bin/python docs/pictures/picture_login.py

The same pages give the same pictures.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from playwright.async_api import async_playwright
from small_png import in_few_colours

from slawatch.browser import find

sys.path.append(str(Path(__file__).parents[2] / "tests"))
from entering import entered

FOLDER = Path(__file__).parent / "web"


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with entered(Path(folder)) as house, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=str(find().path), args=["--disable-lcd-text"])
            day = await browser.new_page(viewport={"width": 1000, "height": 440}, locale="en")
            await day.goto(f"{house.url}/login")
            (FOLDER / "login.en.png").write_bytes(in_few_colours(await day.screenshot()))
            night = await browser.new_page(viewport={"width": 340, "height": 560}, locale="nl", color_scheme="dark")
            await night.goto(f"{house.url}/login")
            await night.fill("#name", "a.jansen")
            await night.fill("#password", "wrong")
            await night.press("#password", "Enter")
            await night.get_by_role("alert").wait_for()
            (FOLDER / "login.nl.phone.dark.png").write_bytes(in_few_colours(await night.screenshot()))
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
