"""The pictures of docs/summaries.md, made anew: the samples of the tests as pages, on a phone, in the dark, and as PDF.

    .venv/bin/python docs/pictures/picture_summaries.py

The PDFs are made into pictures where poppler's `pdftoppm` is at hand; without it theirs stay as they are. The same
words give the same pictures.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from small_png import in_few_colours

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "tests"))

from summary_samples import SAMPLES  # noqa: E402 - it stands in the tests' folder

from slawatch.browser import find  # noqa: E402
from slawatch.browser.press import open_press  # noqa: E402
from slawatch.config import BrowserSettings  # noqa: E402
from slawatch.reporters.summary.page.html import as_html  # noqa: E402
from slawatch.reporters.summary.pdf import as_pdf  # noqa: E402

FOLDER = Path(__file__).parent / "summaries"
WIDE, PHONE = 860, 360
#: What of the page is shown: the first page of it, and on a phone as much as that is there.
HIGH, LONG = 1090, 1500
#: Dots an inch: enough to read the print.
DENSITY = 72


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find().path), args=["--disable-lcd-text"])
        for name in ("kept", "broken"):
            for language in ("nl", "en"):
                page = as_html(SAMPLES[name](), language).decode()
                save(f"{name}.{language}", picture(browser, page, WIDE, HIGH, dark=False))
                save(f"{name}.{language}.dark", picture(browser, page, WIDE, HIGH, dark=True))
                save(f"{name}.{language}.phone", picture(browser, page, PHONE, LONG, dark=language == "nl"))
        for name in ("unsure", "running"):
            save(f"{name}.nl", picture(browser, as_html(SAMPLES[name](), "nl").decode(), WIDE, HIGH, dark=False))
        save("evidence.en", evidence(browser, as_html(SAMPLES["broken"](), "en").decode()))
        browser.close()
    if shutil.which("pdftoppm"):
        save_pages(asyncio.run(printed()))


def save(name: str, png: bytes) -> None:
    (FOLDER / f"{name}.png").write_bytes(in_few_colours(png))


def picture(browser: Browser, page: str, width: int, height: int, *, dark: bool) -> bytes:
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        java_script_enabled=False,
        offline=True,
    )
    try:
        shown = context.new_page()
        shown.set_content(page)
        return shown.screenshot()
    finally:
        context.close()


def evidence(browser: Browser, page: str) -> bytes:
    """The calendar and the outages below it."""
    shown = browser.new_page(viewport={"width": WIDE, "height": HIGH}, color_scheme="light")
    try:
        shown.set_content(page)
        top = shown.locator("#days").bounding_box()
        assert top is not None, "each summary has a calendar"
        clip = {"x": 0, "y": top["y"] - 24, "width": WIDE, "height": 1300}
        return shown.screenshot(full_page=True, clip=clip)
    finally:
        shown.close()


async def printed() -> bytes:
    async with open_press(BrowserSettings()) as press:
        return await as_pdf(SAMPLES["broken"](), "nl", press)


def save_pages(pdf: bytes) -> None:
    """The first pages of it."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "summary.pdf"
        file.write_bytes(pdf)
        command = ["pdftoppm", "-r", str(DENSITY), "-png", str(file), str(Path(folder) / "page")]
        subprocess.run(command, check=True)
        for page in sorted(Path(folder).glob("page-*.png"))[:4]:
            save(f"pdf.nl.{page.stem.removeprefix('page-')}", page.read_bytes())


if __name__ == "__main__":
    main()
