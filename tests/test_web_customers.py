"""Customers' own pages, asked for over real sockets, on a real store and desk."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from icalendar_reading import events

from slawatch import clock, web
from slawatch.account import Desk
from slawatch.app.links import Links
from slawatch.app.mailing import all_recipients
from slawatch.app.pages import Pages
from slawatch.config import Config, load
from slawatch.model import DAY, HOUR, DeclarationKind, Topic
from slawatch.reporters.metrics import Metrics
from slawatch.rules.agreed import Agreed
from slawatch.rules.choices import choices
from slawatch.rules.wishes import Announce, Cancel
from slawatch.store import Store, open_store
from slawatch.watch import Watched

CONFIG = """
pages: {dashboard: {path: /, ready: main}}
customers:
  - id: duinzicht
    name: "Duinzicht <b>&</b> zee"
    url: https://duinzicht.example
    contacts: [pia@duinzicht.example, {address: jan@duinzicht.example, language: en, wants: [maintenance]}]
  - {id: bosrand, url: "https://bosrand.example", contacts: [pia@duinzicht.example]}
mail: {sender: "Storingen <storing@example.org>", reply_to: servicedesk@example.org, relays: ["smtp://mail.example.org"]}
web: {public_url: "https://status.example.org/tommy/"}
"""
PIA, JAN = "pia@duinzicht.example", "jan@duinzicht.example"
FORM = {"chosen": "yes"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@dataclass
class House:
    """What the pages ask of the daemon's wiring, and a client that sees them."""

    store: Store
    file: Path
    config: Config
    desk: Desk = field(init=False)
    links: Links = field(init=False)
    watched: dict[str, Watched] = field(default_factory=dict)
    client: aiohttp.ClientSession = field(init=False)

    async def open(self) -> None:
        self.desk = Desk(self.store, clock.now, self._terms, self._told, self._recipients)
        self.links = Links(await self.store.key("links"))
        self.links.configure(self.config)
        await self._told(())

    async def _told(self, _: Collection[str]) -> None:
        chose = choices(await self.store.declarations(kind=DeclarationKind.CONTACT_CHOSE))
        mailed = all_recipients(self.config, chose)
        self.watched = {
            one.id: Watched(Agreed.always(one.terms()), mailed.get(one.id)) for one in self.config.customers
        }

    def _terms(self) -> dict[str, Any]:
        return {id_: one.terms for id_, one in self.watched.items()}

    def _recipients(self) -> dict[str, Any]:
        return {id_: one.recipients for id_, one in self.watched.items()}

    def page(self, address: str, customer: str = "duinzicht") -> str:
        link = self.links.preferences(customer, address)
        assert link is not None
        return link.removeprefix("https://status.example.org/tommy")

    async def get(self, path: str) -> tuple[int, str]:
        async with self.client.get(path) as answer:
            return answer.status, await answer.text()

    async def post(self, path: str, form: Any) -> tuple[int, str]:
        async with self.client.post(path, data=form) as answer:
            return answer.status, await answer.text()

    def wants(self, address: str, customer: str = "duinzicht") -> set[Topic]:
        to = self.watched[customer].recipients
        assert to is not None
        return next(set(one.wants) for one in to.contacts if one.address == address)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    config = tmp_path / "slawatch.yaml"
    config.write_text(CONFIG)
    file = tmp_path / "slawatch.db"
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(
            open_store(f"sqlite:///{file}", write=True, patience=timedelta(milliseconds=100))
        )
        house = House(store, file, load(config))
        await house.open()
        pages = Pages(house, house.links)  # type: ignore[arg-type]
        served = web.serve(
            "127.0.0.1:0", None, metrics=Metrics(), health=web.Health(), status=dict, desk=house.desk, pages=pages
        )
        server = await stack.enter_async_context(served)
        house.client = await stack.enter_async_context(aiohttp.ClientSession(f"http://{server.addresses[0]}"))
        yield house


def ticked(page: str) -> set[str]:
    return {topic for topic in Topic if f'name="{topic}" value="yes" checked>' in page}


async def test_a_contact_sees_what_it_is_mailed_of_in_its_language(house: House):
    status, dutch = await house.get(house.page(PIA))
    _, english = await house.get(house.page(JAN))

    assert status == 200
    assert '<html lang="nl">' in dutch
    assert "Welke mails wilt u ontvangen?" in dutch
    assert "Over Duinzicht &lt;b&gt;&amp;&lt;/b&gt; zee, naar:<br>pia@duinzicht.example" in dutch
    assert ticked(dutch) == {"outages", "updates", "maintenance"}
    assert "Which mails do you want?" in english
    assert ticked(english) == {"maintenance"}
    assert "servicedesk@example.org" in english


async def test_what_is_chosen_holds_at_once_and_for_that_customer_only(house: House):
    status, page = await house.post(house.page(JAN), FORM | {"outages": "yes", "updates": "yes"})

    assert status == 200
    assert "Your choice is saved" in page
    assert ticked(page) == {"outages", "updates"}
    assert house.wants(JAN) == {Topic.OUTAGES, Topic.UPDATES}
    await house.post(house.page(PIA), FORM)
    assert house.wants(PIA) == set()
    assert house.wants(PIA, "bosrand") == set(Topic)
    (first, second) = await house.store.declarations(kind=DeclarationKind.CONTACT_CHOSE)
    assert (first.customer, first.subject, first.who, first.facts) == (
        "duinzicht",
        JAN,
        JAN,
        {"wants": ["outages", "updates"]},
    )
    assert second.facts == {"wants": []}


async def test_summaries_may_be_chosen_where_contacts_are_mailed_any_and_else_stay_as_they_were(
    house: House, tmp_path: Path
):
    _, page = await house.post(house.page(PIA), FORM | {"outages": "yes"})
    assert "Maandoverzicht" not in page
    assert house.wants(PIA) == {Topic.OUTAGES, Topic.SUMMARIES}

    file = tmp_path / "slawatch.yaml"
    file.write_text(CONFIG + "summaries: {contacts: true}\n")
    house.config = load(file)
    assert ticked((await house.get(house.page(PIA)))[1]) == {"outages", "summaries"}
    await house.post(house.page(PIA), FORM | {"outages": "yes"})
    assert house.wants(PIA) == {Topic.OUTAGES}


@pytest.mark.parametrize("multipart", [False, True])
async def test_one_click_on_unsubscribe_turns_all_off(house: House, multipart: bool):
    form = aiohttp.FormData(ONE_CLICK, default_to_multipart=multipart)
    status, page = await house.post(house.page(JAN), form)

    assert status == 200
    assert "You will get no more mails." in page
    assert house.wants(JAN) == set()


@pytest.mark.parametrize("form", [ONE_CLICK, FORM, FORM | {"maintenance": "yes"}])
async def test_the_last_who_hears_of_outages_stays_and_is_told_whom_to_ask(house: House, form: dict[str, str]):
    status, page = await house.post(house.page(PIA), form)

    assert status == 200
    assert "u bent de enige van Duinzicht" in page
    assert "Vraag het aan servicedesk@example.org." in page
    assert ticked(page) == {"outages", "updates", "maintenance"}
    assert await house.store.declarations() == ()


@pytest.mark.parametrize("path", ["/contacts/AAAAAAAAAAAAAAAAAAAAAA", "/contacts/x", "/calendar/x.ics"])
async def test_a_link_that_is_none_is_not_found(house: House, path: str):
    assert (await house.get(path))[0] == 404


async def test_a_link_that_is_none_says_so_in_both_languages_and_changes_nothing(house: House):
    status, page = await house.post("/contacts/AAAAAAAAAAAAAAAAAAAAAA", ONE_CLICK)

    assert status == 404
    assert "Deze link werkt niet (meer)." in page
    assert "This link does not work (any more)." in page
    assert await house.store.declarations() == ()


async def test_a_contact_who_left_the_configuration_has_no_page(house: House):
    page = house.page(JAN)
    config = house.config.model_copy(update={"customers": house.config.customers[1:]})
    house.links.configure(config)

    assert (await house.get(page))[0] == 404


@pytest.mark.parametrize("form", [{}, {"outages": "yes"}, {"List-Unsubscribe": "Two-Clicks"}])
async def test_what_no_form_of_ours_sends_changes_nothing(house: House, form: dict[str, str]):
    assert (await house.post(house.page(JAN), form))[0] == 400
    assert await house.store.declarations() == ()


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded; charset=none", "multipart/form-data"])
async def test_a_body_that_cannot_be_read_changes_nothing(house: House, kind: str):
    async with house.client.post(house.page(JAN), data=b"chosen=yes", headers={"Content-Type": kind}) as answer:
        assert answer.status == 400
    assert await house.store.declarations() == ()


@pytest.mark.parametrize("multipart", [False, True])
async def test_a_body_beyond_its_bound_is_refused(house: House, multipart: bool):
    form = aiohttp.FormData(FORM | {"x": "x" * 70_000}, default_to_multipart=multipart)

    assert (await house.post(house.page(JAN), form))[0] == 413
    assert await house.store.declarations() == ()


async def test_a_store_that_is_busy_asks_to_try_again(house: House):
    with closing(sqlite3.connect(house.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        status, page = await house.post(house.page(JAN), FORM | {"outages": "yes"})
        other.execute("ROLLBACK")

    assert status == 503
    assert "Please try again in a few minutes." in page
    assert ticked(page) == {"maintenance"}


async def test_the_page_loads_nothing_and_may_send_its_form_to_itself_only(house: House):
    async with house.client.get(house.page(PIA)) as answer:
        policy, page = answer.headers["Content-Security-Policy"], await answer.text()

    assert "default-src 'none'" in policy
    assert "form-action 'self'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")


async def test_the_calendar_has_the_customers_windows(house: House):
    starts = clock.now() // HOUR * HOUR + 10 * DAY
    await house.desk.ask(Announce("duinzicht", starts, starts + HOUR, "pia", text="Nieuwe versie; met, tekens\n" * 9))
    await house.desk.ask(Announce("bosrand", starts, starts + HOUR, "pia"))
    await house.desk.ask(Announce("duinzicht", starts + DAY, starts + DAY + HOUR, "pia"))
    await house.desk.ask(Cancel("w3", "pia"))
    link = house.links.calendar("duinzicht")
    assert link is not None
    async with house.client.get(link.removeprefix("https://status.example.org/tommy")) as answer:
        assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
        read = events(await answer.read())

    assert [(one["UID"], one["STATUS"], one["SEQUENCE"]) for one in read] == [
        ("w1.duinzicht@example.org", "CONFIRMED", "0"),
        ("w3.duinzicht@example.org", "CANCELLED", "1"),
    ]


def test_without_a_public_address_there_are_no_links(house: House):
    house.links.configure(
        house.config.model_copy(update={"web": house.config.web.model_copy(update={"public_url": None})})
    )

    assert house.links.preferences("duinzicht", PIA) is None
    assert house.links.calendar("duinzicht") is None


async def test_links_are_the_same_after_a_restart_and_below_the_public_address(house: House):
    again = Links(await house.store.key("links"))
    again.configure(house.config)

    assert again.preferences("duinzicht", PIA) == house.links.preferences("duinzicht", PIA)
    assert str(again.calendar("duinzicht")).startswith("https://status.example.org/tommy/calendar/")
