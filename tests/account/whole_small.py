"""slawatch in small with all that goes on beside it: terms and declarations in the ledger, sealing, pruning, checkpoints,
the months' close; and each way to a figure held against the others.
"""

from __future__ import annotations

import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from beside_small import Beside
from oracle.compare import expected, first_difference
from oracle.months import Month
from small_slawatch import EVER, PARK, ZONE, figures

from slawatch import recorded
from slawatch.account import Closing, Desk, Pruning, Sealing, all_agreed, in_force, ledger, report, verify
from slawatch.app.promises import promises
from slawatch.config import Config, load
from slawatch.model import HOUR, MINUTE, Instant
from slawatch.replay import SETTLING, replay, span
from slawatch.rules import records
from slawatch.rules.calendar import month_of, text
from slawatch.rules.document import Document
from slawatch.rules.statement import Span, settle
from slawatch.rules.wishes import Refused, Wish

#: Days are pruned long before they may be; for `verify` it is later than that.
YOUNG = 500 * 24 * HOUR

PAGE = {"ready": "main", "every": "2h", "timeout": "20s"}


def said(*, without: str = "", checks: tuple[str, ...] = ("dashboard", "reservations"), **more: Any) -> dict[str, Any]:
    """A configuration of one customer, who is looked at so seldom that weeks are some hundred looks."""
    pages = {name: {"path": f"/{name}", **PAGE, **more.get(name, {})} for name in ("dashboard", "reservations")}
    pages.pop(without, None)
    http = {} if without == "http" else {"http": {"path": "/health", "every": "1h", "timeout": "5s"}}
    return {
        "agreement": {
            "name": "Tommy 2.0",
            "timezone": ZONE.key,
            "availability": {
                "objective": "99.90%", "coverage": more.get("coverage", "10%"),
                "checks": [name for name in checks if name != without],
            },
            "speed": {"objective": "95%", "within": "3s", "pages": [*pages]},
            "maintenance": more.get("maintenance", {}),
            "confirm": {"failures": 2, "within": "6h", **more.get("confirm", {})},
        },
        "pages": pages,
        **http,
        "customers": [{"id": PARK, "url": "https://duinzicht.example"}],
        "store": "sqlite:///slawatch.db",
    }  # fmt: skip


@cache
def configured(number: int) -> Config:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "slawatch.yaml"
        path.write_text(json.dumps(CONFIGS[number]))
        return load(path)


CONFIGS: tuple[dict[str, Any], ...] = (
    said(),
    said(confirm={"failures": 1}),
    said(confirm={"failures": 3, "blips": "down"}),
    said(without="reservations"),
    said(without="http"),
    said(without="dashboard", maintenance={"arithmetic": "as_up"}),
    said(checks=("http",)),
    said(checks=("dashboard",)),
    said(dashboard={"stale_after": "90m"}),
    said(maintenance={"arithmetic": "as_up", "late_notice": "excluded"}, checks=("dashboard", "http")),
    said(confirm={"blips": "down"}, coverage="99%"),
)


class Whole(Beside):
    """The daemon's parts on one clock. `which`: the configuration; `settled`: when days or months were last settled."""

    which = 0
    settled: Instant = 0

    @classmethod
    def beginning(cls, which: int) -> type[Whole]:
        """One whose life begins with this configuration."""
        return type("Whole", (cls,), {"which": which})

    @property
    def config(self) -> Config:
        return configured(self.which)

    async def start(self) -> None:
        self.agreed = (await all_agreed(self.store, {PARK: self.config.customer(PARK).terms()}))[PARK]
        self.declared = await in_force(self.store, PARK)
        await super().start()

    async def _configure(self) -> None:
        self.agreed = (await promises(self.store, self.config, self.now))[PARK]
        self.declared = await in_force(self.store, PARK)
        await super()._configure()

    async def agree_to(self, which: int) -> None:
        self.which = which
        await self._configure()

    async def ask(self, wish: Wish) -> bool:
        """Whether it was granted; it is in force at once."""
        desk = Desk(self.store, self.clock, lambda: {PARK: self.terms})
        try:
            await desk.ask(wish)
        except Refused:
            return False
        await self.declare(*await in_force(self.store, PARK))
        return True

    async def seal(self) -> None:
        self.settled = self.now
        await Sealing(self.store, self.clock).settle([PARK])

    async def prune(self) -> None:
        """Each sealed day; no checkpoint is as old as a day that is pruned."""
        await Pruning(self.store, self.clock, lambda: 0).settle([PARK])
        await self.publish()
        await self.keep()

    async def close(self) -> None:
        self.settled = self.now
        await Closing(self.store, self.clock).settle([PARK])

    # --- what came of it --------------------------------------------------------------------------------------------

    async def agrees(self) -> None:
        """The month so far, and last month, come out the same on each way."""
        until = self.now + 1
        which = span(month_of(until, ZONE), ZONE, until)
        live = self.live()
        for sealed in (True, False):
            told = await report(self.store, self.agreed, which, self.declared, sealed=sealed)
            assert figures(told) == live, sealed
        assert await self.replayed() == live
        await self._previous(which)
        if len(self.agreed.versions) == 1:
            await self._exported(which, live)

    async def _previous(self, which: Span) -> None:
        """Last month as the gauges show it."""
        starts = which.period.starts
        previous = self.account._pages[PARK].previous
        if previous is None or self.now < starts + SETTLING + 10 * MINUTE:
            return
        name = month_of(starts - 1, ZONE)
        whole = Span(name, previous.period, complete=True, as_of=starts + SETTLING)
        filled = await ledger.books(self.store, self.agreed, whole.period.starts, whole.as_of, sealed=False)
        made = settle(self.agreed, whole, records.records(filled), self.declared)
        assert (previous.booking, previous.network, previous.speed) == (made.booking, made.network, made.speed)

    async def _exported(self, which: Span, live: Document) -> None:
        """What `replay` and the oracle make of the exports."""
        seen = await ledger.observations(self.store, self.agreed, which.period.starts, which.as_of)
        lines = [recorded.line(one) for one in seen]
        declared = [recorded.exclusion_line(one) for one in self.declared]
        terms = {PARK: self.terms}
        rows = recorded.observations((one.encode() for one in lines), "export", PARK, terms)
        windows = recorded.exclusions((one.encode() for one in declared), "export", PARK, terms)
        assert figures(replay(self.agreed, which, rows, windows)) == live
        month = Month(0, CONFIGS[self.which], which.month, tuple(lines), tuple(declared), text(which.as_of), False)
        assert first_difference(expected(month), live) is None

    async def replayed(self, month: str | None = None, until: Instant | None = None) -> Document:
        """From the rows themselves: a look holds as long as was agreed when it was looked at."""
        which = span(month_of(self.now + 1, ZONE), ZONE, self.now + 1)
        rows = {
            name: await self.store.observation_rows(PARK, 0, which.as_of, check=name) for name in self.agreed.checks
        }
        return figures(replay(self.agreed, which, rows, self.declared))

    async def holds(self) -> None:
        """All that was closed is what the ledger gives."""
        assert [one.fault async for one in verify(self.store, PARK, None, self.now + YOUNG)] == [
            None for _ in await self.store.statements(PARK)
        ]

    async def met(self) -> dict[str, int]:
        """How much of what is to be tried there was."""
        days = [day for name in self.agreed.checks for day in await self.store.sealed_days(PARK, name, 0, EVER)]
        return {
            "sealed": len(days),
            "pruned": sum(day.pruned for day in days),
            "closed": len(await self.store.statements(PARK)),
            "steady": self.steady,
            "others": self.others,
        }
