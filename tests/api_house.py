"""The API with something behind each of its paths: parks in a December, a closed November with two revisions, mails."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
from entering import CHEAP, PASSWORD, US
from web_house import House, house, live_through_november

from slawatch import web
from slawatch.account import Closing, Lists, Postmaster, all_standing, summary
from slawatch.model import HOUR, Cause, Event, EventKind, Message, MessageKind, MessageState
from slawatch.people import Office, SignIn, Standing
from slawatch.rules.calendar import parse, text
from slawatch.rules.permissions import Permission, Role
from slawatch.rules.wishes import Exclude
from slawatch.store import Batch
from slawatch.web.api.described import IDS

NOW = parse("2026-12-02T09:00:00Z")
STRUCK = parse("2026-11-12T09:00:00Z")
OUTAGE, MESSAGE = IDS["outages"][1], IDS["outbox"][1]
OVER = tuple(
    Event(f"e{number}", "duinzicht", kind, OUTAGE, at, at, ("dashboard",), Cause.HTTP_5XX)
    for number, (kind, at) in enumerate(((EventKind.OPENED, STRUCK), (EventKind.CLOSED, STRUCK + HOUR)), start=2)
)
WAITING = Message(
    id=MESSAGE,
    customer="duinzicht",
    contact="jan@duinzicht.example",
    language="nl",
    kind=MessageKind.OUTAGE,
    outage=OUTAGE,
    sequence=1,
    message_id="<m1@slawatch.example>",
    thread="<m1@slawatch.example>",
    created=STRUCK,
    due=STRUCK,
)
REFUSED = replace(
    WAITING,
    id="m2",
    customer="bosrand",
    message_id="<m2@slawatch.example>",
    state=MessageState.FAILED,
    attempts=1,
    settled=STRUCK,
    error="550 5.1.1 <jan@duinzicht.example>: no such user",
)


@dataclass
class Api:
    """What is served, and who asks."""

    folder: Path
    house: House
    office: Office
    client: aiohttp.ClientSession
    url: str

    async def token(self, *scopes: Permission) -> str:
        return (await self.office.create_token(US, "a machine", scopes or tuple(Permission)))[1]

    async def ask(self, path: str, token: str = "", method: str = "GET", **more: Any) -> tuple[int, Any, Any]:
        """Status, what is told, and the headers."""
        headers = {**more.pop("headers", {}), "Authorization": f"Bearer {token}"}
        async with self.client.request(method, f"{self.url}/api/v1{path}", headers=headers, **more) as answer:
            said = await answer.read()
            told = await answer.json(content_type=None) if said else None
            return answer.status, told, answer.headers


@asynccontextmanager
async def api(folder: Path) -> AsyncIterator[Api]:
    async with AsyncExitStack() as stack:
        made = await stack.enter_async_context(house(folder))
        await live_through_november(made)
        await made.store.record(Batch(events=OVER, messages=(WAITING, REFUSED)))
        made.at = NOW
        closing = Closing(made.store, made.clock)
        await closing.settle(made.terms)
        await made.desk.ask(Exclude("bosrand", STRUCK, STRUCK + HOUR, "J. de Vries", "Blikseminslag", by="pia"))
        await closing.revise("bosrand")
        await made.publish()

        async def status() -> Mapping[str, object]:
            standing = await all_standing(made.account, {one.id: one.name for one in made.config.customers}, made.clock)
            return {
                "running": True,
                "version": "0",
                "at": text(made.at),
                "customers": standing,
                "summary": summary(standing),
                "outbox": {str(state): number for state, number in (await made.store.message_counts()).items()},
                "unwritten": 0,
            }

        people = made.store.people
        entrance = web.Entrance(
            Office(people, made.clock, CHEAP),
            SignIn(people, made.clock, CHEAP),
            Standing(people, made.clock),
            forms=await made.store.key("forms"),
        )
        served = web.serve(
            "127.0.0.1:0",
            folder / "sock",
            metrics=made.metrics,
            health=web.Health(),
            status=status,
            desk=made.desk,
            lists=Lists(made.store, made.clock, lambda: made.terms),
            postmaster=Postmaster(made.store),
            board=made.board,
            entrance=entrance,
        )
        server = await stack.enter_async_context(served)
        client = await stack.enter_async_context(aiohttp.ClientSession())
        await entrance.office.add_user(US, IDS["users"][1], PASSWORD, Role.VIEWER)
        yield Api(folder, made, entrance.office, client, f"http://{server.addresses[0]}")
