"""The summary as PDF: the HTML as the browser prints it, with nothing in it of when or where that was."""

from __future__ import annotations

import re

from slawatch.browser.press import Press
from slawatch.model import Instant
from slawatch.reporters.summary.facts import Summary
from slawatch.reporters.summary.page.html import as_html
from slawatch.rules.calendar import moment, parse

#: How the browser writes when it printed: always in UTC, and always as long.
_DATE = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}\+00'00'\)")


async def as_pdf(summary: Summary, language: str, press: Press) -> bytes:
    """The same bytes from the same summary, by the same browser and fonts, whenever and by whichever press.

    Raises NotPrinted, and LookupError for a language that slawatch does not speak.
    """
    printed = await press.pdf(as_html(summary, language))
    return dated(printed, parse(summary.statement["as_of"]))


def dated(pdf: bytes, at: Instant) -> bytes:
    """The same PDF as if it was made at that instant. All else that the browser writes follows from the page.

    A date takes the place of one that is as long, so that the PDF's table of offsets stays true.
    """
    written = f"{moment(at):%Y%m%d%H%M%S}".encode()
    return _DATE.sub(rb"/\1 (D:" + written + rb"+00'00')", pdf, count=2)
