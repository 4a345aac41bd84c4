"""The page probe: a look is a visit, judged; repeated where our own machine was too busy, and never without an end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial

import structlog
from playwright.async_api import Error, StorageState

from slawatch.browser import BrowserLost, Engine, Lease, Strain
from slawatch.config import Customer, Page
from slawatch.model import VERDICTS, Cause, CheckId, Look, Verdict
from slawatch.probes.page.context import new_context
from slawatch.probes.page.judge import OF_TIME, judge
from slawatch.probes.page.phases import phases, whole_milliseconds
from slawatch.probes.page.script import Wanted
from slawatch.probes.page.signed_in import Entered, Entrance, signed_out
from slawatch.probes.page.tale import facts
from slawatch.probes.page.visit import Visit, visitor
from slawatch.probes.tools import Tools

log = structlog.get_logger()

#: Beside two visits: a login, the browser's start, and asking what was wrong.
_ALLOWANCE_SECONDS = 20.0


class _Frozen(BrowserLost):
    """The browser does not answer any more: this look is over."""


class _Starved(Exception):
    """A step of the browser ran out of time while it waited for a core."""


@dataclass(frozen=True, slots=True)
class _Measured:
    """One visit, judged, with what this machine felt meanwhile. `milliseconds`: the load's, or how long it took."""

    entered: Entered
    cause: Cause | None
    milliseconds: int
    strain: Strain


class PageProbe:
    """Looks at one page of one customer. `slow`: milliseconds from which a load is slow, for the question whether
    our own machine made it so. `seen_ready`: the page was ready before, by the ledger.
    """

    def __init__(self, customer: Customer, name: str, page: Page, tools: Tools, *, slow: int, seen_ready: bool) -> None:
        self.id = CheckId(customer.id, "page", name)
        self._customer = customer
        self._page = page
        self._tools = tools
        self._slow = slow
        self._url = customer.at(page.path)
        self._seconds = page.timeout.total_seconds()
        self._key = (self.id, page.ready)
        self._seen_before = seen_ready
        self._entrance: Entrance | None = None
        if customer.login is not None and customer.credentials is not None:
            self._entrance = Entrance(
                customer,
                customer.login,
                customer.credentials,
                tools.sessions,
                tools.clock,
                seconds=self._seconds,
            )

    async def look(self) -> Look:
        """One look. A browser that is lost is replaced and the look begun again once, if there is time."""
        engine, loop = self._engine(), asyncio.get_running_loop()
        ends, lost = 0.0, ""
        for attempt in (1, 2):
            try:
                async with engine.lease() as lease:
                    ends = ends or loop.time() + 2 * self._seconds + _ALLOWANCE_SECONDS
                    return await self._within(lease, ends, attempt)
            except BrowserLost as error:
                lost = str(error)
                log.warning("look.browser_lost", check=str(self.id), attempt=attempt, error=lost)
                if isinstance(error, _Frozen) or (ends and loop.time() + self._seconds > ends):
                    break
        browser = f"{engine.kind} {engine.version}"
        told = {"browser": browser, "error": lost[:200], "path": self._page.path}
        return Look(Verdict.UNKNOWN, Cause.MONITOR_BROWSER, facts=told)

    def _engine(self) -> Engine:
        if self._tools.engine is None:
            raise RuntimeError("a page cannot be looked at without a browser engine")
        return self._tools.engine

    async def _within(self, lease: Lease, ends: float, attempt: int) -> Look:
        """The look with its hard deadline: past it the browser's processes are killed, and nothing is waited for."""
        try:
            async with asyncio.timeout_at(ends) as hard:
                return await self._look_on(lease, ends, attempt)
        except _Starved as error:
            told = {"browser": f"{self._engine().kind} {self._engine().version}", "error": str(error)}
            return Look(Verdict.UNKNOWN, Cause.MONITOR_OVERLOAD, facts=told | {"path": self._page.path})
        except TimeoutError as error:
            lease.kill()
            if hard.expired():
                raise _Frozen("the look did not end by its hard deadline") from error
            raise BrowserLost("the browser did not answer in time") from error
        except Error as error:
            raise BrowserLost(f"the browser refused a step: {type(error).__name__}") from error

    async def _look_on(self, lease: Lease, ends: float, attempt: int) -> Look:
        first = await self._measure(lease)
        if not self._doubtful(first):
            return await self._told(lease, first, attempt)
        log.info("look.repeated", check=str(self.id), waited=first.strain.waited, cause=first.cause)
        if asyncio.get_running_loop().time() + self._seconds + 5 > ends:
            return self._overloaded(lease, first)
        second = await self._measure(lease)
        if self._doubtful(second):
            return self._overloaded(lease, second)
        return await self._told(lease, second, attempt + 1)

    def _doubtful(self, measured: _Measured) -> bool:
        """Whether our own machine may have made it so: a slow load that would have been in time without the waiting,
        or a look that ran out of time while the browser was starved. Every other answer is a definite one.
        """
        if measured.cause is None:
            late = measured.milliseconds - self._slow
            return late > 0 and measured.strain.explains(late)
        return _ran_out_of_time(measured) and measured.strain.starved

    async def _measure(self, lease: Lease) -> _Measured:
        loop = asyncio.get_running_loop()
        began, meter = loop.time(), lease.strain()
        try:
            entered = await self._enter(lease)
            strain = meter.read()
        except TimeoutError as error:
            if meter.read().starved:
                raise _Starved("the browser had no core to run on") from error
            raise
        finally:
            meter.stop()
        visit = entered.visit
        cause = entered.cause or (judge(visit, seen_ready=self._seen_ready()) if visit is not None else None)
        if entered.unfamiliar and not self._seen_ready():
            cause = Cause.SELECTOR_DRIFT
        if visit is not None and visit.ready is not None and cause is None:
            self._tools.seen_ready.add(self._key)
            return _Measured(entered, None, whole_milliseconds(visit.ready), strain)
        measured = _Measured(entered, cause, whole_milliseconds((loop.time() - began) * 1000), strain)
        if _ran_out_of_time(measured) and not strain.starved and not await lease.answers():
            lease.kill()
            raise _Frozen("the browser does not answer")
        return measured

    async def _enter(self, lease: Lease) -> Entered:
        open_page = partial(self._visit, lease)
        if self._entrance is not None:
            return await self._entrance.enter(lease, open_page)
        return Entered((await open_page(None, fresh=False))[0])

    async def _visit(
        self, lease: Lease, state: StorageState | None, *, fresh: bool
    ) -> tuple[Visit, StorageState | None]:
        """One measured visit in a context of its own, and the cookies that it came back with."""
        login = self._customer.login if self._entrance is not None else None
        wanted = Wanted(self._page.ready, self._page.busy, login.outside if login else None, patient=fresh)
        async with new_context(lease, self._customer, state) as context:
            guide = await visitor(lease, context, wanted, self._tools.clock)
            for measured in (False, True) if self._page.cache == "warm" else (True,):
                page = await guide.page()
                visit = await guide.visit(page, self._url, self._seconds, login.path if login else None)
                if measured or visit.ready is None:
                    break
                await lease.within(5, page.close())
            if visit.ready is not None and state is not None:
                cookies = await lease.within(5, context.cookies())
                state = StorageState(cookies=[*cookies], origins=state.get("origins", []))
        return visit, state

    def _seen_ready(self) -> bool:
        return self._seen_before or self._key in self._tools.seen_ready

    def _overloaded(self, lease: Lease, measured: _Measured) -> Look:
        told = self._facts(lease, measured) | {"seen": str(measured.cause or "slow")}
        return Look(Verdict.UNKNOWN, Cause.MONITOR_OVERLOAD, measured.milliseconds, facts=told)

    async def _told(self, lease: Lease, measured: _Measured, attempt: int) -> Look:
        cause, visit = measured.cause, measured.entered.visit
        if cause is not None:
            cause = await self._tools.witnesses.judge(cause)
            if cause is Cause.TIMEOUT_SERVER and visit is None:
                cause = Cause.LOGIN_UNAVAILABLE  # it was the login page that did not answer
        told = self._facts(lease, measured)
        if attempt > 1:
            told["attempt"] = attempt
        return Look(
            verdict=Verdict.UP if cause is None else VERDICTS[cause],
            cause=cause,
            milliseconds=measured.milliseconds,
            phases=phases(visit.told, visit.ready) if visit is not None and visit.told else {},
            facts=told,
        )

    def _facts(self, lease: Lease, measured: _Measured) -> dict[str, str | int | float | bool]:
        engine = self._engine()
        return facts(
            self._customer, self._page, measured.entered, measured.strain, f"{engine.kind} {lease.browser.version}"
        )


def _ran_out_of_time(measured: _Measured) -> bool:
    """Whether it was time that ended the visit or the login, and no definite answer."""
    visit = measured.entered.visit
    if visit is None or signed_out(visit):
        return measured.cause in {Cause.TIMEOUT_SERVER, Cause.LOGIN_UNAVAILABLE}
    return measured.cause in OF_TIME
