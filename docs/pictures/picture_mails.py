"""The pictures of docs/mails.md, made anew: each mail in both languages, and all of them on a phone in the dark.

    .venv/bin/python docs/pictures/picture_mails.py

The customer is the first of slawatch.yaml, and the time is fixed, so the same words give the same pictures.
"""

from __future__ import annotations

import base64
from email.message import EmailMessage
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright
from small_png import in_few_colours

from slawatch.app.mailing import sender_settings
from slawatch.app.specimen_links import with_links
from slawatch.app.specimens import NAMES, Story, specimen
from slawatch.browser import find
from slawatch.config import load
from slawatch.rules.calendar import parse

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).parent / "mails"
NOW = parse("2026-11-25T14:36:17Z")
WIDE, PHONE = 600, 320
ABREAST = 7
SHEET = """<style>
body { margin: 0; padding: 12px; background: #000; display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start }
img { width: %dpx }
</style>%s"""


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    config = load(ROOT / "slawatch.yaml", with_secrets=False)
    assert config.mail is not None, "the example has mail"
    customer = config.customers[0]
    sender = with_links(sender_settings(config.mail), config.web.public_url or "https://status.example.org")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(find().path), args=["--disable-lcd-text"])
        small = []
        for language in ("nl", "en"):
            story = Story(customer, language, NOW)
            for name in NAMES:
                page = html(specimen(name, story, customer.contacts[0].address, sender))
                (FOLDER / f"{name}.{language}.png").write_bytes(
                    in_few_colours(picture(browser, page, WIDE, dark=False))
                )
                small.append(picture(browser, page, PHONE, dark=True))
        (FOLDER / "phone-in-the-dark.png").write_bytes(in_few_colours(contact_sheet(browser, small)))
        browser.close()


def html(mail: EmailMessage) -> str:
    body = mail.get_body(("html",))
    assert body is not None, "every mail has both forms"
    return str(body.get_content())


def picture(browser: Browser, page: str, width: int, *, dark: bool) -> bytes:
    context = browser.new_context(
        viewport={"width": width, "height": 200},
        color_scheme="dark" if dark else "light",
        java_script_enabled=False,
        offline=True,
    )
    try:
        shown = context.new_page()
        shown.set_content(page)
        return shown.screenshot(full_page=True)
    finally:
        context.close()


def contact_sheet(browser: Browser, pictures: list[bytes]) -> bytes:
    wide = PHONE // 2
    images = "".join(f'<img src="data:image/png;base64,{base64.b64encode(one).decode()}">' for one in pictures)
    return picture(browser, SHEET % (wide, images), ABREAST * (wide + 12) + 12, dark=True)


if __name__ == "__main__":
    main()
