"""A watch in small: a real store, probes that see what the test says, and the recorder between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from fractions import Fraction
from pathlib import Path

from slawatch import clock
from slawatch.model import (
    MINUTE,
    SECOND,
    AvailabilityTerms,
    Cause,
    CheckId,
    CheckTerms,
    ConfirmTerms,
    Contact,
    Instant,
    Look,
    MaintenanceTerms,
    Micros,
    Notice,
    Observation,
    SpeedTerms,
    Terms,
    Verdict,
)
from slawatch.rules.agreed import Agreed
from slawatch.rules.owed import Recipients
from slawatch.store import Store
from slawatch.watch import Committed, Recorder, Watched

UP = Look(Verdict.UP, None, 800)
DOWN = Look(Verdict.DOWN, Cause.HTTP_5XX)
KINDS = {"dashboard": "page", "reservations": "page", "http": "http"}
RECIPIENTS = Recipients(
    (Contact("beheer@duinzicht.example", "nl"), Contact("directie@duinzicht.example", "nl")), "example.org"
)


def check(name: str, customer: str = "duinzicht") -> CheckId:
    return CheckId(customer, KINDS[name], name)


def terms(customer: str = "duinzicht", *, every: Micros = MINUTE, recheck: Micros = 20_000) -> Terms:
    return Terms(
        customer=customer,
        agreement="Tommy 2.0",
        timezone="Europe/Amsterdam",
        availability=AvailabilityTerms(Fraction("0.999"), Fraction("0.99"), ("dashboard", "reservations")),
        speed=SpeedTerms(Fraction("0.95"), 3000, ("dashboard", "reservations")),
        maintenance=MaintenanceTerms(Notice(5)),
        confirm=ConfirmTerms(recheck=recheck),
        checks={name: CheckTerms(check(name, customer), every, 3 * every) for name in KINDS},
    )


def seen(name: str, at: int, look: Look = UP) -> Observation:
    """An observation so many seconds after an arbitrary instant."""
    return Observation(check(name), "main", BEGIN + at * SECOND, look)


BEGIN = 1_790_000_000 * SECOND


class Scripted:
    """A probe that sees what the test says. `began` counts; `overlapped` tells whether two looks ever ran at once."""

    def __init__(self, id_: CheckId, sees: Callable[[int], Awaitable[Look]]) -> None:
        self.id = id_
        self._sees = sees
        self.began = 0
        self.running = 0
        self.overlapped = False

    async def look(self) -> Look:
        self.began += 1
        self.running += 1
        self.overlapped |= self.running > 1
        try:
            return await self._sees(self.began)
        finally:
            self.running -= 1


def always(look: Look) -> Callable[[int], Awaitable[Look]]:
    async def sees(_: int) -> Look:
        return look

    return sees


@asynccontextmanager
async def recording(
    store: Store,
    watched: Watched | None = None,
    *,
    on_write_failure: Callable[[], None] = lambda: None,
    now: Callable[[], Instant] = clock.now,
) -> AsyncIterator[Recorder]:
    """A recorder at work for one customer, on an empty ledger."""
    recorder = Recorder(store, now, states={}, latest={}, on_write_failure=on_write_failure)
    recorder.configure({"duinzicht": watched or Watched(Agreed.always(terms()), RECIPIENTS)})
    task = asyncio.create_task(recorder.run())
    try:
        yield recorder
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def committed(recorder: Recorder, observations: int) -> Committed:
    """What was made true until so many looks are in the ledger, as one."""
    parts: list[Committed] = []
    async with asyncio.timeout(20):
        while sum(len(part.observations) for part in parts) < observations:
            parts.append(await recorder.committed.get())
    return Committed(
        tuple(one for part in parts for one in part.observations),
        tuple(one for part in parts for one in part.events),
        tuple(one for part in parts for one in part.messages),
        tuple(one for part in parts for one in part.blips),
    )


def database(folder: Path) -> str:
    return f"sqlite:///{folder / 'slawatch.db'}"
