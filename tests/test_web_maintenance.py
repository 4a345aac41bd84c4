"""Maintenance announced, moved, ended and cancelled by forms, over real sockets, at a real desk."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any, cast

import aiohttp
import pytest
from web_house import FORM_KEY, NOW, House, house, live_through_november, served

from slawatch.app.planning import Planner
from slawatch.model import DAY
from slawatch.rules.calendar import parse, text
from slawatch.rules.permissions import ROLES, Role
from slawatch.web import maintenance

NEW = "/maintenance/announce"
GOOD = {
    "whom": "some",
    "customers": "duinzicht",
    "starts": "2026-12-08T23:00",
    "ends": "2026-12-09T03:00",
    "reason": "new_version",
    "text": "Het <planbord> opent sneller",
    "repeat": "",
}


@dataclass
class Front:
    house: House
    client: aiohttp.ClientSession

    async def get(self, path: str) -> tuple[int, str]:
        async with self.client.get(path) as answer:
            return answer.status, unescape(await answer.text())

    async def post(self, path: str, **said: Any) -> tuple[int, str]:
        """The page, or where one is led to."""
        async with self.client.post(path, data=said | {"form_key": FORM_KEY}, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or unescape(await answer.text())

    async def confirm(self, path: str, **said: Any) -> tuple[int, str]:
        """What the button below the preview sends."""
        _, page = await self.post(path, **said)
        key = re.search(r'name="key" value="([^"]+)"', page)
        assert key is not None, page
        return await self.post(path, **said, step="declare", key=key[1])

    async def windows(self, customer: str = "duinzicht") -> list[dict[str, Any]]:
        return [one for one in await self.house.desk.maintenance() if one["customer"] == customer]


@asynccontextmanager
async def at_the_desk(folder: Path, role: Role = Role.OPERATOR, *, lived: bool = True) -> AsyncIterator[Front]:
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(house(folder))
        if lived:
            await live_through_november(here)
        else:
            here.at = NOW
        planner = Planner(cast("Any", here))
        address = await stack.enter_async_context(served(here.board, may=ROLES[role], parts=[maintenance(planner)]))
        yield Front(here, await stack.enter_async_context(aiohttp.ClientSession(address)))


async def test_the_list_has_what_runs_what_is_planned_and_what_was(tmp_path: Path):
    async with at_the_desk(tmp_path) as front:
        _, page = await front.get("/maintenance")
        running, planned, past = page.split("<section")[1:]
        assert "Heidehof" in running
        assert "/w1/end" in running
        assert "all customers" in planned
        assert planned.count("<tr>") == 2  # its head, and one for all six
        assert "None." in past
        _, own = await front.get("/maintenance?customer=zandbank")
        assert "None runs now." in own
        assert '<td data-label="For whom">Zandbank</td>' in own
        front.house.at = NOW + 100 * DAY
        _, page = await front.get("/maintenance")
        assert "w2" not in page


async def test_before_anything_is_declared_one_sees_whom_it_mails_and_whether_it_counts(tmp_path: Path):
    async with at_the_desk(tmp_path, lived=False) as front:
        status, page = await front.post(NEW, **GOOD)
        assert status == 200
        assert "Onderhoud: Vakantiepark Duinzicht (w1)" in page
        assert "Maintenance: Vakantiepark Duinzicht (w1)" in page
        assert "<li>beheer@duinzicht.example</li>" in page
        assert "<li>office@duinzicht.example</li>" in page
        assert "bosrand" not in page.partition('<h2 id="form">')[0]
        assert "left out of the figures" in page
        assert 'datetime="2026-12-03T23:00:00+01:00"' in page  # by when it is to be told
        assert "Within the agreed hours, 23:00 to 07:00." in page
        assert await front.windows() == []
        assert await front.house.store.messages() == ()


async def test_what_comes_too_late_or_by_day_says_so(tmp_path: Path):
    async with at_the_desk(tmp_path, lived=False) as front:
        said = GOOD | {"starts": "2026-11-27T13:00", "ends": "2026-11-27T14:00", "customers": "zandbank"}
        _, page = await front.post(NEW, **said)
        assert "its downtime counts" in page
        assert "told too late" in page
        assert "(that is past)" in page
        assert "Outside the agreed hours, 23:00 to 07:00" in page
        assert "Of these customers nobody is mailed: Zandbank." in page


async def test_confirmed_it_is_declared_by_who_is_signed_in_and_mailed(tmp_path: Path):
    async with at_the_desk(tmp_path, lived=False) as front:
        status, where = await front.confirm(NEW, **GOOD)
        assert (status, where) == (303, "../maintenance?done=announce&id=w1")
        (window,) = await front.windows()
        assert (window["starts"], window["reason"]) == ("2026-12-08T22:00:00Z", "new_version")
        assert window["versions"][0]["announced_by"] == "pia"
        assert await front.windows("bosrand") == []
        assert {one.contact for one in await front.house.store.messages()} == {
            "beheer@duinzicht.example",
            "office@duinzicht.example",
        }
        _, page = await front.get("/maintenance?done=announce&id=w1")
        assert "Announced: w1. The mails are on their way." in page


async def test_a_second_click_declares_nothing_more(tmp_path: Path):
    async with at_the_desk(tmp_path, lived=False) as front:
        _, page = await front.post(NEW, **GOOD)
        key = re.search(r'name="key" value="([^"]+)"', page)
        assert key is not None
        sent = GOOD | {"step": "declare", "key": key[1]}
        first, second = await front.post(NEW, **sent), await front.post(NEW, **sent)
        assert first == second
        assert len(await front.windows()) == 1


async def test_several_customers_have_it_under_one_id(tmp_path: Path):
    async with at_the_desk(tmp_path, lived=False) as front:
        said = [*GOOD.items(), ("customers", "zandbank"), ("form_key", FORM_KEY)]
        async with front.client.post(NEW, data=said) as answer:
            key = re.search(r'name="key" value="([^"]+)"', await answer.text())
        assert key is not None
        async with front.client.post(NEW, data=[*said, ("step", "declare"), ("key", key[1])]):
            pass
        ids = {(one["customer"], one["id"]) for one in await front.house.desk.maintenance()}
        assert ids == {("duinzicht", "w1"), ("zandbank", "w1")}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"starts": ""}, "Please give a date and a time."),
        ({"starts": "2027-03-28T02:30"}, "this time does not exist. The nearest ones are 01:30 and 03:30."),
        ({"starts": "2027-10-31T02:30", "ends": "2027-10-31T05:00"}, "this time comes twice."),
        ({"whom": "some", "customers": ""}, "Please choose at least one customer."),
        ({"reason": "fun"}, "Please choose what the work is."),
        ({"repeat": "daily"}, "Please choose how often."),
        ({"repeat": "weekly", "times": "0"}, "Please give a number from 1 to 400, or nothing."),
        ({"ends": "2026-12-08T22:00"}, "ends: before it has begun, expected a time after starts"),
        (
            {"starts": "2026-11-20T23:00", "ends": "2026-11-26T03:00"},
            "starts: 2026-11-20 23:00 is past, so nobody can be told before",
        ),
        ({"customers": "duinzichtt"}, "no customer 'duinzichtt'"),
    ],
)
async def test_what_is_not_right_stands_at_the_form_with_all_that_was_typed(
    tmp_path: Path, wrong: dict[str, str], told: str
):
    async with at_the_desk(tmp_path, lived=False) as front:
        status, page = await front.post(NEW, **(GOOD | wrong))
        assert status == 422
        assert told in page
        assert 'role="alert"' in page
        assert "Het <planbord> opent sneller</textarea>" in page
        assert f'value="{(GOOD | wrong)["ends"]}"' in page
        assert await front.windows() == []


async def test_of_a_time_that_comes_twice_the_chosen_one_is_meant(tmp_path: Path):
    async with at_the_desk(tmp_path, lived=False) as front:
        said = GOOD | {"starts": "2027-10-31T02:30", "ends": "2027-10-31T05:00", "starts_which": "second"}
        await front.confirm(NEW, **said)
        (window,) = await front.windows()
        assert window["starts"] == "2027-10-31T01:30:00Z"


async def test_one_that_meets_another_is_refused_with_its_id(tmp_path: Path):
    async with at_the_desk(tmp_path) as front:
        status, page = await front.post(NEW, **(GOOD | {"starts": "2026-12-01T22:00", "ends": "2026-12-01T23:30"}))
        assert status == 422
        assert "overlaps w2 of duinzicht, 2026-12-01 23:00 to 2026-12-02 05:00; move or cancel that one" in page


@pytest.mark.parametrize(
    ("often", "start", "second"),
    [
        ("weekly", "2026-12-08", "2026-12-15"),
        ("fortnightly", "2026-12-08", "2026-12-22"),
        ("monthly", "2026-12-08", "2027-01-12"),
        ("monthly", "2026-12-29", "2027-01-26"),
    ],
)
async def test_one_that_comes_again_keeps_its_day_and_its_time(tmp_path: Path, often: str, start: str, second: str):
    async with at_the_desk(tmp_path, lived=False) as front:
        said = GOOD | {"starts": f"{start}T01:00", "ends": f"{start}T02:00", "repeat": often, "times": "4"}
        await front.confirm(NEW, **said)
        windows = await front.windows()
        assert [one["id"] for one in windows] == ["w1.1", "w1.2", "w1.3", "w1.4"]
        assert [one["starts"] for one in windows][:2] == [text(parse(f"{day}T00:00:00Z")) for day in (start, second)]
        _, page = await front.get("/maintenance")
        assert "w1.2, and 2 times after it" in page
        await front.confirm("/maintenance/w1/cancel")
        assert {one["state"] for one in await front.windows()} == {"cancelled"}


async def test_a_window_is_moved_and_cancelled_and_each_time_one_sees_who_is_mailed(tmp_path: Path):
    async with at_the_desk(tmp_path) as front:
        _, page = await front.get("/maintenance/w2/move")
        assert 'value="2026-12-01T23:00"' in page
        moved = {"starts": "2026-12-07T23:00", "ends": "2026-12-08T01:00"}
        _, page = await front.post("/maintenance/w2/move", **moved)
        assert "Onderhoud" in page
        assert await front.confirm("/maintenance/w2/move", **moved) == (303, "../../maintenance?done=move&id=w2")
        assert [one["starts"] for one in await front.windows()] == ["2026-12-07T22:00:00Z"]
        _, page = await front.get("/maintenance/w2/cancel")
        assert "info@bosrand.example" in page
        await front.confirm("/maintenance/w2/cancel")
        assert [one["state"] for one in await front.windows()] == ["cancelled"]
        status, page = await front.get("/maintenance/w2/cancel")
        assert (status, "w2 was cancelled" in page) == (422, True)


async def test_one_that_runs_ends_now(tmp_path: Path):
    async with at_the_desk(tmp_path) as front:
        _, page = await front.get("/maintenance/w1/end")
        assert "Nobody." in page
        await front.confirm("/maintenance/w1/end")
        (window, _) = await front.windows("heidehof")
        assert (window["state"], window["ended"]) == ("ended", text(front.house.at))


async def test_a_window_that_is_none_is_not_found(tmp_path: Path):
    async with at_the_desk(tmp_path, lived=False) as front:
        for path in ("/maintenance/w9/end", "/maintenance/w9/dance", "/maintenance/%3Cb%3E/move"):
            assert (await front.get(path))[0] == 404


async def test_who_may_not_declare_reads_only(tmp_path: Path):
    async with at_the_desk(tmp_path, Role.ACCOUNT_MANAGER) as front:
        _, page = await front.get("/maintenance")
        assert "w2" in page
        assert "/cancel" not in page
        for path in (NEW, "/maintenance/w2/cancel"):
            assert (await front.get(path))[0] == 403
            assert (await front.post(path, **GOOD))[0] == 403
