"""The overview and the customer's page, asked for over real sockets, on a real ledger and account."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from web_house import DOWN, EVERY, NOW, SLOW, UP, House, house, live_through_november, served

from slawatch.model import MINUTE, SECOND
from slawatch.reporters.wording.tongue import WEB, tongue
from slawatch.rules.document import document
from slawatch.store import StoreBusy
from slawatch.web import News, Row, Sheet, State
from slawatch.web.look.figures import brief, floored, percent, promised, seconds

pytestmark = pytest.mark.asyncio(loop_scope="module")

NL, EN = tongue("nl", WEB), tongue("en", WEB)


@dataclass
class Read:
    """A house that lived through November, and somebody who reads its pages."""

    house: House
    client: aiohttp.ClientSession

    async def get(self, path: str, **headers: str) -> tuple[int, str]:
        async with self.client.get(path, headers=headers) as answer:
            return answer.status, await answer.text()


@asynccontextmanager
async def reading(folder: Path) -> AsyncIterator[Read]:
    async with AsyncExitStack() as stack:
        lived = await stack.enter_async_context(house(folder))
        await live_through_november(lived)
        address = await stack.enter_async_context(served(lived.board))
        yield Read(lived, await stack.enter_async_context(aiohttp.ClientSession(address)))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def read(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Read]:
    """For who only reads."""
    async with reading(tmp_path_factory.mktemp("house")) as read:
        yield read


def shown(page: str) -> list[str]:
    """Whose rows stand on an overview, in their order."""
    return re.findall(r'<tr id="row-([a-z]+)"', page)


async def test_the_worst_stand_first_and_each_says_how_it_stands(read: Read):
    status, page = await read.get("/overview")
    assert status == 200
    assert shown(page) == ["duinzicht", "bosrand", "nieuw", "waterkant", "heidehof", "zandbank"]
    states = re.findall(r'<td><span class="state ([a-z]+)">', page)
    assert states == ["down", "up", "unknown", "unknown", "maintenance", "up"]
    assert re.findall(r"<b>(\d+)</b>", page) == ["6", "1", "2", "1", "2", "1"]


async def test_a_row_has_the_statements_figures_and_nothing_better(read: Read):
    _, page = await read.get("/overview")
    for row in read.house.rows:
        told = document(read.house.account.statement(row.customer, NOW))
        assert (row.availability, row.met) == (told["availability"]["ratio"], told["availability"]["met"])
        assert (row.speed, row.speed_met) == (told["speed"]["share"], told["speed"]["met"])
        assert row.budget - row.left == round(told["availability"]["seconds"]["down"] * SECOND)
        assert percent(row.availability, EN, 3) in page


async def test_a_search_finds_a_part_of_name_or_id_and_a_filter_a_state(read: Read):
    assert shown((await read.get("/overview?q=PARK"))[1]) == ["duinzicht", "waterkant"]
    assert shown((await read.get("/overview?q=heide&state="))[1]) == ["heidehof"]
    assert shown((await read.get("/overview?state=maintenance"))[1]) == ["heidehof"]
    assert shown((await read.get("/overview?state=missed"))[1]) == ["bosrand"]
    assert len(shown((await read.get("/overview?state=%3Cx%3E"))[1])) == 6
    _, none = await read.get("/overview?q=%22%3E%3Cscript%3E")
    assert shown(none) == []
    assert "No customer matches." in none
    assert 'value="&#34;&gt;&lt;script&gt;"' in none


async def test_what_is_asked_for_alone_is_told_alone(read: Read):
    _, page = await read.get("/overview?only=zandbank&only=bosrand")
    assert shown(page) == ["bosrand", "zandbank"]
    _, around = await read.get("/overview?only=")
    assert shown(around) == []
    assert "as of" in around


async def test_a_name_is_text_wherever_it_stands(read: Read):
    for path in ("/overview", "/customers/nieuw"):
        _, page = await read.get(path)
        assert "Nieuw &lt;b&gt;&amp;&lt;/b&gt; &#34;stil&#34;" in page
        assert "Nieuw <b>" not in page


async def test_a_customer_of_whom_nobody_saw_anything_has_no_figure_and_no_verdict(read: Read):
    status, page = await read.get("/customers/nieuw")
    assert status == 200
    assert page.count("not looked at yet") == 3
    assert "100.000%" not in page
    assert "on course" not in page


async def test_a_customers_page_tells_its_month_its_outages_and_what_was_said_of_them(read: Read):
    _, page = await read.get("/customers/duinzicht")
    told = document(read.house.account.statement("duinzicht", NOW))
    assert percent(told["availability"]["lower"], EN, 3) in page
    assert "De database is vol; er komt schijf bij. <small>Joris" in page
    assert "in hand: Joris" in page
    assert "other work: Versie 2.14" in page
    _, other = await read.get("/customers/zandbank", **{"Accept-Language": "nl"})
    assert "Stroomstoring in de regio" in other


async def test_a_customer_that_is_none_is_not_found_on_a_page_that_says_so(read: Read):
    status, page = await read.get("/customers/%3Cb%3E")
    assert status == 404
    assert "No customer has the id &lt;b&gt;." in page


@dataclass
class Unreadable:
    """A board whose store is busy."""

    news: News = field(default_factory=News)
    rows: tuple[Row, ...] = ()

    def now(self) -> int:
        return NOW

    async def sheet(self, _customer: str) -> Sheet | None:
        raise StoreBusy("<locked>")


async def test_a_customer_that_cannot_be_read_now_is_asked_for_again_later():
    async with served(Unreadable()) as address, aiohttp.ClientSession(address) as client:
        async with client.get("/customers/duinzicht") as answer:
            assert answer.status == 503
            assert "cannot be read at the moment: &lt;locked&gt;. Please try again" in await answer.text()
        async with client.get("/overview") as answer:
            assert "No customers are configured." in await answer.text()


async def test_a_page_leads_to_others_by_addresses_from_its_own_on(read: Read):
    """So a proxy may serve everything under a path."""
    _, page = await read.get("/customers/duinzicht?lang=nl")
    assert 'href="../overview"' in page
    assert 'href="../static/' in page
    assert 'data-events="../events?' in page
    assert not re.search(r'(href|src|action)="/', page)


async def test_times_stand_in_the_customers_zone_with_the_instant_beside_them(read: Read):
    _, page = await read.get("/overview")
    assert '<time datetime="2026-11-25T15:16:00+01:00" title="2026-11-25 15:16 CET">15:16</time>' in page
    assert "times in Europe/Amsterdam" in page


async def test_who_may_see_the_figures_is_led_to_them_and_who_may_not_sees_none(read: Read):
    async with read.client.get("/", allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "overview")
    async with served(read.house.board, known=False) as address, aiohttp.ClientSession(address) as stranger:
        async with stranger.get("/") as answer:
            text = await answer.text()
        assert "Duinzicht" not in text
        for path in ("/overview", "/customers/duinzicht", "/events"):
            async with stranger.get(path) as answer:
                assert answer.status == 401


async def test_a_row_changes_with_what_is_published_and_says_since_when(tmp_path: Path):
    async with reading(tmp_path) as read:
        house = read.house
        before = house.rows.news.number
        await house.publish()
        house.at += SECOND
        await house.publish()
        assert house.rows.news.since(before)[0] <= {"duinzicht"}  # whose budget goes on shrinking

        house.at = NOW + 3 * EVERY
        await house.see("zandbank", (NOW + MINUTE, UP), (NOW + 2 * EVERY, DOWN), (NOW + 2 * EVERY + MINUTE, DOWN))
        await house.publish()
        row = house.rows.of("zandbank")
        assert row is not None
        assert (row.state, row.since, row.lasting) == (State.DOWN, NOW + 2 * EVERY, 1)
        changed, turns = house.rows.news.since(before)
        assert "zandbank" in changed
        assert ("zandbank", "Zandbank", "down") in [(one.customer, one.name, one.state) for one in turns]

        await house.see("zandbank", (NOW + 3 * EVERY - MINUTE, UP))
        await house.publish()
        row = house.rows.of("zandbank")
        assert row is not None
        assert (row.state, row.since, row.lasting) == (State.UP, NOW + 3 * EVERY - MINUTE, 0)

        before = house.rows.news.number
        house.rows.configure(house.config.model_copy(update={"customers": house.config.customers[:-1]}))
        assert house.rows.of("nieuw") is None
        assert house.rows.news.since(before)[0] == {"nieuw"}
        assert "nieuw" not in shown((await read.get("/overview"))[1])
        assert (await read.get("/customers/nieuw"))[0] == 404


async def test_where_figures_only_move_on_a_row_is_of_a_statement_again_once_one_sees_a_difference(tmp_path: Path):
    async with reading(tmp_path) as read:
        house = read.house
        await house.publish()
        before = house.rows.news.number
        house.at = NOW + MINUTE
        await house.see("bosrand", *((NOW + second * SECOND, SLOW) for second in range(5, 60, 5)))
        await house.publish()
        row, moving = house.rows.of("bosrand"), house.account._pages["bosrand"].moving
        assert moving is not None
        assert moving.steady.since < moving.at
        assert row is not None
        assert row.speed == document(house.account.statement("bosrand", house.at))["speed"]["share"] == moving.speed
        assert "bosrand" in house.rows.news.since(before)[0]


async def test_a_thousand_customers_stand_in_one_table(tmp_path: Path):
    async with reading(tmp_path) as read:
        first = read.house.config.customers[0]
        many = tuple(first.model_copy(update={"id": f"p{number}", "name": f"Park {number}"}) for number in range(1000))
        read.house.rows.configure(read.house.config.model_copy(update={"customers": many}))
        _, page = await read.get("/overview")
        assert page.count("<tr id=") == 1000
        assert "1000 customers." in page
        assert (await read.get("/overview?q=park+77"))[1].count("<tr id=") == 11


@pytest.mark.parametrize(
    ("share", "decimals", "said"),
    [(0.9989999, 2, "99,89\N{NO-BREAK SPACE}%"), (0.999, 3, "99,900\N{NO-BREAK SPACE}%"), (None, 2, "\N{EN DASH}")],
)
async def test_a_share_is_never_rounded_up(share: float | None, decimals: int, said: str):
    assert percent(share, NL, decimals) == said


async def test_figures_are_short_and_never_better_than_they_are():
    assert [promised(0.999, EN), promised(0.95, EN), promised(1.0, EN)] == ["99.9%", "95%", "100%"]
    assert seconds(1.841, EN) == "1.85\N{NO-BREAK SPACE}s"
    assert str(floored(0.29, 0)) == "29"
    lengths = [brief(one * SECOND, NL).replace("\N{NO-BREAK SPACE}", " ") for one in (0, 59, 61, 4320, 7200, 187200)]
    assert lengths == ["0 s", "59 s", "1 min", "1 u 12 min", "2 u", "2 d 4 u"]
