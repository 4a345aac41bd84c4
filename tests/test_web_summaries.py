"""A customer's months and their documents, asked for over real sockets; documents by a real child."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from web_house import BEGAN, NOW, House, house, served
from web_parts import in_december

from slawatch.rules.document import Document
from slawatch.rules.permissions import ROLES, Role
from slawatch.web import Ask, Edition, MonthKept, NoDocument, Shelf, summaries
from slawatch.web.summaries.places import Full, Places
from slawatch.web.summaries.taking import disposition

pytestmark = pytest.mark.asyncio(loop_scope="module")
OWN = "/customers/bosrand/summaries"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def read(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[aiohttp.ClientSession]:
    async with in_december(tmp_path_factory.mktemp("house")) as (_, address), aiohttp.ClientSession(address) as client:
        yield client


async def told(client: aiohttp.ClientSession, path: str) -> tuple[int, str]:
    async with client.get(path) as answer:
        return answer.status, await answer.text()


async def test_the_latest_closed_month_is_shown_with_who_corrected_it_and_what(read: aiohttp.ClientSession):
    status, page = await told(read, OWN)
    assert status == 200
    assert '<h2 id="this">November 2026</h2>' in page
    assert "closed, corrected 1 time" in page
    assert "<dd>\N{MINUS SIGN}1\N{NO-BREAK SPACE}h</dd>" in page
    assert "Force majeure x2 was declared." in page
    assert "availability.seconds.down: told 3600.0, found 0.0" in page


async def test_another_month_and_an_earlier_revision_are_chosen_by_the_address(read: aiohttp.ClientSession):
    _, page = await told(read, f"{OWN}?month=2026-12")
    assert "running: as far as now" in page
    assert "Evidence" not in page
    _, page = await told(read, f"{OWN}?month=2026-11&revision=1")
    assert "This is not the latest text." in page
    assert "2026-11/pdf?language=nl&amp;revision=1" in page


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"{OWN}?month=2026-10", 404),
        (f"{OWN}?month=november", 400),
        (f"{OWN}?month=2026-11&revision=7", 404),
        (f"{OWN}?month=2026-11&revision=first", 400),
        (f"{OWN}?month=2026-11&from=1&to=9", 404),
        ("/customers/nobody/summaries", 404),
        (f"{OWN}/2026-13/html", 404),
        (f"{OWN}/2030-01/html", 404),
        (f"{OWN}/2026-11/html?revision=3", 404),
        (f"{OWN}/2026-12/zip", 404),
        (f"{OWN}/2026-11/docx", 404),
        (f"{OWN}/2026-11/html?language=fy", 400),
        (f"{OWN}/2026-11/html?revision=-1", 400),
        (f"{OWN}/%2e%2e%2f%2e%2e%2fetc/html", 400),
        ("/customers/%2e%2e%2fbosrand/summaries/2026-11/html", 404),
    ],
)
async def test_what_there_is_none_of_is_said_on_a_page(read: aiohttp.ClientSession, path: str, status: int):
    found, page = await told(read, path)
    assert found == status
    assert "<h1>" in page


async def test_a_page_to_look_at_may_do_nothing_else(read: aiohttp.ClientSession):
    async with read.get(f"{OWN}/2026-11/html?language=en") as answer:
        body = await answer.read()
        headers = answer.headers
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert headers["Content-Security-Policy"].endswith("sandbox")
    assert headers["Content-Disposition"].startswith('inline; filename="bosrand-2026-11-r2-en.html"')
    assert headers["Content-Length"] == str(len(body))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Camping De Bosrand" in body.decode()


@pytest.mark.parametrize(
    ("form", "kind", "name", "begins"),
    [
        ("json?revision=1", "application/json", "bosrand-2026-11-r1.json", b"{"),
        ("csv", "text/csv; charset=utf-8", "bosrand-2026-11-r2.csv", b"customer,"),
        ("csv-excel?language=nl", "text/csv; charset=utf-8", "bosrand-2026-11-r2-nl.csv", "\N{BOM}".encode()),
        ("zip?language=en", "application/zip", "bosrand-2026-11-r2-en.zip", b"PK"),
        ("xlsx", WORKBOOK, "bosrand-2026-11-r2-nl.xlsx", b"PK"),
    ],
)
async def test_each_form_comes_as_a_file(read: aiohttp.ClientSession, form: str, kind: str, name: str, begins: bytes):
    async with read.get(f"{OWN}/2026-11/{form}") as answer:
        body = await answer.read()
    assert answer.status == 200
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"] == f"attachment; filename=\"{name}\"; filename*=UTF-8''{name}"
    assert body.startswith(begins)


async def test_what_was_made_for_somebody_is_removed(read: aiohttp.ClientSession):
    before = set(Path(tempfile.gettempdir()).glob("slawatch-summary-*"))
    async with read.get(f"{OWN}/2026-11/json") as answer:
        assert json.loads(await answer.read())["revision"] == 2
    assert set(Path(tempfile.gettempdir()).glob("slawatch-summary-*")) <= before


@dataclass
class Slow:
    """An archive that makes a document once it may; `why`: or does not."""

    may: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    why: NoDocument | None = None

    async def shelf(self, customer: str) -> Shelf | None:
        month = MonthKept("2026-11", BEGAN, None, (Edition(1, NOW, "slawatch", "closed", "0" * 64),))
        return Shelf(customer, customer, "Europe/Amsterdam", "nl", NOW, (month,))

    async def differences(self, customer: str, month: str, between: tuple[int, int]) -> Document:
        raise NoDocument(month)

    async def make(self, ask: Ask, out: Path) -> Made:
        if self.why is not None:
            raise self.why
        self.asked.set()
        await self.may.wait()
        await asyncio.to_thread(out.write_bytes, b"{}")
        return Made()


@dataclass(frozen=True)
class Made:
    name: str = "a.json"
    media_type: str = "application/json"
    size: int = 2


@dataclass
class Front:
    house: House
    client: aiohttp.ClientSession


async def front(stack: AsyncExitStack, folder: Path, archive: Slow, *, role: Role = Role.ACCOUNT_MANAGER) -> Front:
    lived = await stack.enter_async_context(house(folder))
    places = Places(2, 1)
    address = await stack.enter_async_context(served(lived.board, may=ROLES[role], parts=[summaries(archive, places)]))
    return Front(lived, await stack.enter_async_context(aiohttp.ClientSession(address)))


async def test_who_has_a_place_takes_no_second_one_and_is_asked_to_come_back(tmp_path: Path):
    async with AsyncExitStack() as stack:
        slow = Slow()
        here = await front(stack, tmp_path, slow)
        async with asyncio.TaskGroup() as tasks:
            first = tasks.create_task(told(here.client, f"{OWN}/2026-11/json"))
            await slow.asked.wait()
            async with here.client.get(f"{OWN}/2026-11/json") as second:
                assert (second.status, second.headers["Retry-After"]) == (503, "20")
                assert "Please try again in half a minute." in await second.text()
            slow.may.set()
        assert first.result() == (200, "{}")


@pytest.mark.parametrize(
    ("why", "status"),
    [(NoDocument("/srv/secret: no", fault=True), 500), (NoDocument("full", busy=True), 503), (NoDocument("no"), 404)],
)
async def test_a_document_that_is_not_made_is_one_line_that_leaks_nothing(tmp_path: Path, why: NoDocument, status: int):
    async with AsyncExitStack() as stack:
        here = await front(stack, tmp_path, Slow(why=why))
        found, page = await told(here.client, f"{OWN}/2026-11/html")
        assert found == status
        assert "/srv/secret" not in page
        assert (await told(here.client, "/overview"))[0] == 200


async def test_who_may_only_read_sees_the_months_and_takes_nothing(tmp_path: Path):
    async with AsyncExitStack() as stack:
        here = await front(stack, tmp_path, Slow(), role=Role.VIEWER)
        status, page = await told(here.client, OWN)
        assert status == 200
        assert "November 2026" in page
        assert "Download" not in page
        assert (await told(here.client, f"{OWN}/2026-11/json"))[0] == 403


async def test_nobody_takes_all_places():
    places = Places(3, 2)
    with places.one("pia"), places.one("pia"):
        with pytest.raises(Full), places.one("pia"):
            pass
        with places.one("jan"), pytest.raises(Full), places.one("eva"):
            pass
    with places.one("pia"), places.one("pia"):
        pass


async def test_a_name_with_other_letters_is_told_in_both_ways():
    assert disposition("zée é.pdf", shown=False) == (
        "attachment; filename=\"z_e__.pdf\"; filename*=UTF-8''z%C3%A9e%20%C3%A9.pdf"
    )
