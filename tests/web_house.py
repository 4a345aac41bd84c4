"""Six parks in a November, each in another state, on a real ledger and account; and their pages served."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web as aiohttp_web
from aiohttp.typedefs import Handler

from slawatch import web
from slawatch.account import Account, Closing, Desk, in_force
from slawatch.app.board import Board
from slawatch.app.links import Links
from slawatch.app.mailing import all_recipients
from slawatch.app.promises import promises
from slawatch.app.rows import Rows
from slawatch.config import Config, load
from slawatch.model import (
    HOUR,
    MINUTE,
    SECOND,
    Cause,
    Event,
    EventKind,
    Instant,
    Look,
    Observation,
    Terms,
    Topic,
    Verdict,
)
from slawatch.reporters.metrics import Metrics
from slawatch.rules.calendar import parse
from slawatch.rules.owed import Recipients
from slawatch.rules.permissions import ROLES, Permission, Role
from slawatch.rules.wishes import Acknowledge, Announce, Exclude, Remark
from slawatch.store import Batch, Store, open_store
from slawatch.web import pages
from slawatch.web.application import Part, application
from slawatch.web.people.asker import Asker, Way, recognise
from slawatch.web.scrape import Scrapes

NOW = parse("2026-11-25T14:36:17Z")
BEGAN = parse("2026-10-31T23:00:00Z")
EVERY = HOUR
#: What the forms of who is signed in bring back.
FORM_KEY = "of pia's session"
HOUSE = """
agreement: {availability: {checks: [dashboard, reservations]}, speed: {pages: [dashboard, reservations]}}
pages:
  dashboard: {path: /dashboard, ready: "#dashboard", every: 1h}
  reservations: {path: /reserveringen, ready: "#reservations", every: 1h}
http: {path: /health, every: 1h}
web: {public_url: "https://status.example.org/tommy"}
mail: {sender: "Storingen Tommy <storing@example.org>", relays: ["smtp://127.0.0.1:2525"]}
customers:
  - id: duinzicht
    name: Vakantiepark Duinzicht
    url: "https://duinzicht.example"
    contacts: [beheer@duinzicht.example, {address: office@duinzicht.example, language: en}]
  - {id: bosrand, name: Camping De Bosrand, url: "https://bosrand.example", status_page: public, contacts: [info@bosrand.example]}
  - {id: heidehof, name: Heidehof, url: "https://heidehof.example", status_page: off}
  - {id: waterkant, name: Park Waterkant, url: "https://waterkant.example"}
  - {id: zandbank, name: Zandbank, url: "https://zandbank.example"}
  - {id: nieuw, name: "Nieuw <b>&</b> \\"stil\\"", url: "https://nieuw.example"}
"""
UP, SLOW = Look(Verdict.UP, None, 840), Look(Verdict.UP, None, 3900)
DOWN, LOST = Look(Verdict.DOWN, Cause.HTTP_5XX), Look(Verdict.UNKNOWN, Cause.MONITOR_NETWORK)


@dataclass
class House:
    """What a board asks of the daemon's wiring."""

    store: Store
    config: Config
    at: Instant
    rows: Rows = field(default_factory=Rows)
    metrics: Metrics = field(default_factory=Metrics)
    account: Account = field(init=False)
    links: Links = field(init=False)
    desk: Desk = field(init=False)

    def clock(self) -> Instant:
        return self.at

    @property
    def board(self) -> Board:
        return Board(self)  # type: ignore[arg-type]

    @property
    def terms(self) -> Mapping[str, Terms]:
        return {one.id: one.terms() for one in self.config.customers}

    async def open(self) -> None:
        self.links = Links(await self.store.key("links"))
        self.links.configure(self.config)
        self.account = Account(self.store, self.clock, self.metrics, self.rows)
        self.desk = Desk(self.store, self.clock, lambda: self.terms, self.declared, self.mailed)
        self.metrics.configure(self.terms.values())
        self.rows.configure(self.config)
        promised = await promises(self.store, self.config, self.at)
        await self.account.open({id_: (agreed, ()) for id_, agreed in promised.items()})

    def in_force(self) -> Config:
        return self.config

    def mailed(self) -> Mapping[str, Recipients]:
        return all_recipients(self.config, {})

    async def declared(self, customers: Collection[str]) -> None:
        for customer in customers:
            self.account.declare(customer, await in_force(self.store, customer))
        self.rows.news.tell(customers)

    async def see(self, customer: str, *seen: tuple[Instant, Look], checks: Collection[str] = ()) -> None:
        """These looks of the customer's checks, of all unless some are named; published afterwards."""
        named = self.terms[customer].checks
        looks = [
            Observation(check.id, "main", at, look, holds=check.stale_after)
            for at, look in seen
            for name, check in named.items()
            if not checks or name in checks
        ]
        await self.store.record(Batch(observations=looks))
        self.account.applied(looks)

    async def publish(self) -> None:
        await self.account.publish(everyone=True)


@asynccontextmanager
async def house(folder: Path, text: str = HOUSE, now: Instant = BEGAN + HOUR) -> AsyncIterator[House]:
    """A house of whom nobody saw anything yet."""
    url = f"sqlite:///{folder / 'slawatch.db'}"
    (folder / "slawatch.yaml").write_text(f"{text}store: {url}\n")
    async with open_store(url, write=True, clock=lambda: house.at) as store:
        house = House(store, load(folder / "slawatch.yaml"), now)
        await house.open()
        yield house


async def live_through_november(house: House) -> None:
    """Duinzicht is down, Bosrand missed its promises, Heidehof is in maintenance, Waterkant was lost sight of, Zandbank
    is well, and at Nieuw nobody looked.
    """
    times = range(BEGAN, NOW, EVERY)
    begins = parse("2026-11-25T13:30:00Z")
    await house.desk.ask(Announce("heidehof", begins, begins + 3 * HOUR, "pia", text="Databases", announced=BEGAN))
    starts = parse("2026-12-01T22:00:00Z")
    await house.desk.ask(Announce("all", starts, starts + 6 * HOUR, "pia", text="Versie 2.14", announced=BEGAN))
    house.at = NOW
    await house.see("zandbank", *((at, UP) for at in times))
    await house.see("heidehof", *((at, UP) for at in times))
    await house.see("waterkant", *((at, LOST if at > NOW - 3 * HOUR else UP) for at in times))
    failing = parse("2026-11-12T09:00:00Z")
    looks = {at: SLOW if at // EVERY % 8 == 0 else UP for at in times}
    looks |= dict.fromkeys(range(failing, failing + HOUR, 5 * MINUTE), DOWN)
    await house.see("bosrand", *sorted(looks.items(), key=lambda look: look[0]))
    since = NOW - 20 * MINUTE
    await house.see("duinzicht", *((at, UP) for at in times if at < since))
    await house.see("duinzicht", *((since + step * 30 * SECOND, DOWN) for step in range(40)), checks=("dashboard",))
    await house.see("duinzicht", (NOW - MINUTE, UP), checks=("reservations", "http"))
    opened = Event(
        "e1", "duinzicht", EventKind.OPENED, "o1", since, since + 30 * SECOND, ("dashboard",), Cause.HTTP_5XX
    )
    await house.store.record(Batch(events=(opened,)))
    await house.desk.ask(Acknowledge("o1", "Joris"))
    await house.desk.ask(Remark("o1", "De database is vol; er komt schijf bij.", "Joris", "TMY-812"))
    struck = parse("2026-11-05T10:00:00Z")
    await house.desk.ask(
        Exclude("zandbank", struck, struck + 2 * HOUR, "J. de Vries", "Stroomstoring in de regio", by="pia")
    )
    await house.publish()


async def live_into_december(house: House) -> None:
    """November is closed, and that of Bosrand once more: its outage was force majeure, which was said late."""
    before, house.at = house.at, parse("2026-12-01T09:36:17Z")
    for one in ("duinzicht", "bosrand", "heidehof", "zandbank"):
        await house.see(one, *((at, UP) for at in range(before + SECOND, house.at, EVERY)))
    await house.publish()
    closing = Closing(house.store, house.clock)
    await closing.settle(house.terms)
    failed = parse("2026-11-12T09:00:00Z")
    house.at += MINUTE
    await house.desk.ask(Exclude("bosrand", failed, failed + HOUR, "J. de Vries", "Blikseminslag", by="pia"))
    await closing.settle(["bosrand"])
    await house.publish()


class OneContact:
    """The pages of one contact, by the token `jan`; nothing that it chooses is kept."""

    def visitor(self, token: str) -> web.Visitor | None:
        wants = frozenset({Topic.OUTAGES})
        return (
            web.Visitor("Duinzicht", "jan@duinzicht.example", "nl", wants, "desk@example.org")
            if token == "jan"
            else None
        )

    async def choose(self, token: str, wants: frozenset[Topic]) -> None:
        """It stays as it was."""

    async def calendar(self, token: str) -> bytes | None:
        return None


@asynccontextmanager
async def served(
    board: pages.Board,
    *,
    may: Collection[Permission] = ROLES[Role.VIEWER],
    language: str = "en",
    known: bool = True,
    parts: Sequence[Part] = (),
) -> AsyncIterator[str]:
    """The address of its pages, asked for by somebody who is signed in, or not `known`."""

    @aiohttp_web.middleware
    async def signed_in(request: aiohttp_web.Request, handler: Handler) -> aiohttp_web.StreamResponse:
        if known:
            recognise(request, Asker("pia", Way.SESSION, frozenset(may), language, form_key=FORM_KEY))
        return await handler(request)

    app = application(Scrapes(Metrics()), web.Health(), dict, pages=OneContact(), board=board, parts=parts)  # type: ignore[arg-type]
    app.middlewares.append(signed_in)
    runner = aiohttp_web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    try:
        await aiohttp_web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()
