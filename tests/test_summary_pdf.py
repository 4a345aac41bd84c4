"""The summary as PDF, by a real browser: what a reader of any kind finds in it, and that it is always the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from pypdf import PdfReader
from summary_samples import broken, kept, unsure

from slawatch.browser import Engine, open_engine, processes
from slawatch.browser.leftovers import PREFIX
from slawatch.browser.press import NotPrinted, Press, open_press
from slawatch.config import BrowserSettings
from slawatch.reporters.summary.page.html import as_html
from slawatch.reporters.summary.pdf import as_pdf, dated
from slawatch.rules.calendar import parse

pytestmark = pytest.mark.asyncio(loop_scope="module")
#: More than any browser lays out in a second.
HEAVY = b"<table>" + b"<tr><td>a<td>b<td>c</tr>" * 60_000


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Engine]:
    async with open_engine(BrowserSettings(looks_at_once=1), tmp_path_factory.mktemp("press")) as engine:
        yield engine


@pytest.fixture(scope="module")
def press(engine: Engine) -> Press:
    return Press(engine, 20)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def printed(press: Press) -> bytes:
    return await as_pdf(broken(), "nl", press)


@pytest.fixture(scope="module")
def reader(printed: bytes) -> PdfReader:
    return PdfReader(BytesIO(printed))


def headings(outline: list[Any]) -> Iterator[str]:
    for one in outline:
        yield from headings(one) if isinstance(one, list) else [one.title]


def fonts(reader: PdfReader) -> dict[str, Any]:
    found = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            one = font.get_object()
            found[one["/BaseFont"]] = one["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
    return found


async def test_it_has_a_title_a_language_tags_and_the_date_of_what_was_known(reader: PdfReader) -> None:
    root = reader.trailer["/Root"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Vakantiepark Duinzicht, maart 2026: dienstverlening van Tommy 2.0"
    assert reader.metadata["/CreationDate"] == reader.metadata["/ModDate"] == "D:20260406230000+00'00'"
    assert root["/Lang"] == "nl"
    assert root["/MarkInfo"]["/Marked"].value
    assert "/StructTreeRoot" in root


async def test_its_outline_leads_to_each_part(reader: PdfReader) -> None:
    found = list(headings(reader.outline))
    assert found[0] == "Vakantiepark Duinzicht, maart 2026"
    assert [one for one in found if one in {"Afspraken", "Storingen", "Snelheid", "Hoe dit is berekend"}] == [
        "Afspraken",
        "Storingen",
        "Snelheid",
        "Hoe dit is berekend",
    ]


async def test_each_font_is_embedded(reader: PdfReader) -> None:
    found = fonts(reader)
    assert found
    assert all("/FontFile2" in one or "/FontFile3" in one for one in found.values())


async def test_its_first_page_says_all_that_was_promised_and_each_page_which_it_is(reader: PdfReader) -> None:
    first = reader.pages[0].extract_text()
    for part in ("De afspraken zijn niet nagekomen", "Beschikbaarheid", "99,766%", "58 min 54 s te veel", "Revisie 2"):
        assert part in first.replace("\xa0", " ")
    number = len(reader.pages)
    assert "De maand van dag tot dag" not in first
    assert number > 3
    for index, page in enumerate(reader.pages, 1):
        text = page.extract_text()
        assert f"Pagina {index} van {number}" in text
        assert "Vakantiepark Duinzicht" in text
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)  # A4


async def test_the_page_to_grasp_is_one_page_also_with_a_long_name(press: Press) -> None:
    name = "Recreatie- en Vakantiepark De Zonnige Noordzeeduinen van Zuid-Kennemerland aan Zee B.V."
    pages = PdfReader(BytesIO(await as_pdf(replace(unsure(), name=name), "nl", press))).pages
    assert "Revisie 1, stand van donderdag 1 oktober 2026, 01:00:00 CEST. Alle tijden" in pages[0].extract_text()
    assert pages[1].extract_text().count("De maand van dag tot dag") == 1


async def test_another_press_prints_the_same_bytes_whatever_it_printed_before(printed: bytes, tmp_path: Path) -> None:
    async with open_press(BrowserSettings(), tmp_path) as other:
        assert await as_pdf(kept(), "en", other) != printed
        assert await as_pdf(broken(), "nl", other) == printed


async def test_a_date_in_a_name_stays() -> None:
    pdf = b"<</Title (D:20200101000000+00'00') /CreationDate (D:20261125173343+00'00')\n/ModDate (D:20261125173343+00'00')>>"
    assert dated(pdf, parse("2026-04-06T23:00:00Z")) == (
        b"<</Title (D:20200101000000+00'00') /CreationDate (D:20260406230000+00'00')\n/ModDate (D:20260406230000+00'00')>>"
    )


async def test_a_press_runs_no_script_and_fetches_nothing(press: Press) -> None:
    asked = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readline())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        html = f"<title>stil</title><img src='http://127.0.0.1:{port}/'><script>document.title = 'luid'</script><p>x"
        metadata = PdfReader(BytesIO(await press.pdf(html.encode()))).metadata
    assert metadata is not None
    assert metadata.title == "stil"
    assert asked == []


async def test_a_browser_that_does_not_answer_is_told_and_replaced(engine: Engine, press: Press) -> None:
    with pytest.raises(NotPrinted, match=r"^the browser that prints did not answer within 0\.2 s$"):
        await Press(engine, 0.2).pdf(HEAVY)
    assert (await press.pdf(b"<p>weer")).startswith(b"%PDF-")


async def test_a_browser_that_dies_is_told_and_replaced(engine: Engine, press: Press) -> None:
    printing = asyncio.create_task(press.pdf(HEAVY))
    while not engine.in_flight:
        await asyncio.sleep(0.01)
    engine.end_now()
    with pytest.raises(NotPrinted, match=r"^the browser that prints broke off: [^\n]+$"):
        await printing
    assert (await press.pdf(b"<p>weer")).startswith(b"%PDF-")


async def test_a_press_is_a_browser_of_its_own_and_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    async with open_press(BrowserSettings(), tmp_path):
        (folder,) = tmp_path.glob(f"{PREFIX}*")
        own = {one.pid for one in processes.everyone() if processes.mentions(one.pid, f"{folder}")}
        async with engine.lease() as lease:
            assert lease.pid not in own
        assert own
    assert not folder.exists()
    assert [pid for pid in own if processes.process(pid) is not None and processes.process(pid).alive] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["nl", "en"])
async def test_axe_finds_nothing(engine: Engine, language: str, scheme: str) -> None:
    async with engine.lease() as lease:
        context = await lease.browser.new_context(
            color_scheme=scheme, bypass_csp=True, viewport={"width": 320, "height": 800}
        )
        page = await context.new_page()
        await page.set_content(as_html(broken(), language).decode())
        found = await Axe().run(page)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        await context.close()
    assert [(one["id"], one["nodes"][0]["html"]) for one in found.response["violations"]] == []
    assert wide <= 320
