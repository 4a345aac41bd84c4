"""One visit of one page: go there, wait until the page says that it is ready, or find out what is missing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from playwright.async_api import BrowserContext, Error, Page, Request, Response
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from slawatch.browser import BrowserLost, Lease
from slawatch.clock import Clock
from slawatch.probes.page.net_errors import name_of
from slawatch.probes.page.script import TELL, Wanted, script
from slawatch.probes.redact import path_of

T = TypeVar("T")

_STEP_SECONDS = 5.0
_ASK_SECONDS = 2.0
#: Playwright keeps its own deadline in the driver; ours comes after it and means that the driver or browser hangs.
_GRACE_SECONDS = 2.0
#: A page that is waited for in vain because of these is still loading.
_NEEDED = frozenset({"fetch", "xhr", "script", "stylesheet", "document"})


#: Playwright's words for an answer that is a download, and for a page that went on elsewhere before it was there.
_NO_DOCUMENT = ("Download is starting", "interrupted by another navigation")


class PageCrashed(BrowserLost):
    """The page's renderer process died."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was there when a page was not ready in time. `missing`: requests without an answer, or a failed one."""

    answers: bool = False
    loaded: bool = False
    found: bool = False
    busy: bool = False
    outside: bool = False
    painted: bool = False
    script_errors: int = 0
    rejections: int = 0
    missing: int = 0
    console_errors: int = 0
    first_error: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit saw.

    `ready`: milliseconds from the navigation's start to the painted ready page, None when it never was. `outside`: the
    page shows that nobody is signed in. `status`: of the last answer to the navigation; None without one. `error`:
    Chromium's name of what went wrong in the network. `told`: what the page said of its navigation. `waiting`: only
    where the page answered and was not ready in time. `began`: wall clock at the start, microseconds.
    """

    path: str
    began: int
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None
    ready: float | None = None
    outside: bool = False
    selector_invalid: bool = False
    told: Mapping[str, Any] = field(default_factory=dict)
    waiting: Waiting | None = None


class Visitor:
    """Visits pages in one context of one lease. Make it with `visitor`, which puts the script into the context."""

    def __init__(self, lease: Lease, context: BrowserContext, clock: Clock) -> None:
        self.lease = lease
        self.context = context
        self._clock = clock
        self._told: dict[Page, asyncio.Future[dict[str, Any]]] = {}

    async def prepare(self, wanted: Wanted) -> None:
        await self.lease.within(_STEP_SECONDS, self.context.expose_binding(TELL, self._hear))
        await self.lease.within(_STEP_SECONDS, self.context.add_init_script(script=script(wanted)))

    def _hear(self, source: Mapping[str, Any], said: str) -> None:
        """The page's word; whatever is not of our script's making is not taken."""
        future = self._told.get(source["page"])
        if future is None or future.done() or source["frame"] is not source["page"].main_frame:
            return
        try:
            message = json.loads(said)
        except ValueError:
            return
        if isinstance(message, dict) and message.get("what") in {"ready", "outside", "selector_invalid"}:
            future.set_result(message)

    async def page(self) -> Page:
        """A new page, heard and watched for a crash."""
        page = await self.lease.within(_STEP_SECONDS, self.context.new_page())
        told: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.listen_anew(page, told)
        page.on("crash", lambda _: self._crashed(page))
        return page

    def listen_anew(self, page: Page, told: asyncio.Future[dict[str, Any]] | None = None) -> None:
        """Wait for the page's next word."""
        self._told[page] = told or asyncio.get_running_loop().create_future()

    def _crashed(self, page: Page) -> None:
        told = self._told[page]
        if not told.done():
            told.set_exception(PageCrashed("the page's renderer died"))
            told.exception()  # read, so that nobody is told of it when the visit ended by another way

    async def word(self, page: Page, seconds: float) -> dict[str, Any] | None:
        """What the page tells within `seconds`, or None. Raises PageCrashed, or BrowserLost when the browser goes."""
        done, _ = await asyncio.wait({self._told[page]}, timeout=max(0.0, seconds))
        if done:
            return self._told[page].result()
        if self.lease.lost:
            raise BrowserLost("the browser is gone")
        return None

    async def visit(self, page: Page, url: str, seconds: float, login_path: str | None = None) -> Visit:
        """Open the URL and wait for at most `seconds` from its start. Raises BrowserLost and PageCrashed."""
        loop = asyncio.get_running_loop()
        ends, began = loop.time() + seconds, self._clock()
        response, error = await self._go(page, url, seconds)
        if response is None:
            return Visit(path=path_of(url), began=began, error=error)
        seen = Visit(
            path=path_of(response.url), began=began, status=response.status, headers=dict(response.headers), error=error
        )
        if response.status >= 400 or refused(seen.headers):
            return seen
        if login_path is not None and seen.path == login_path != path_of(url):
            return replace(seen, outside=True)
        word = await self.word(page, ends - loop.time())
        if word is None:
            waiting, told = await self._waiting(page)
            return replace(seen, waiting=waiting, told=told, outside=waiting.outside)
        match word:
            case {"what": "ready", "at": int() | float() as at}:
                return replace(seen, ready=float(at), told=word)
            case {"what": "outside"}:
                return replace(seen, outside=True)
            case {"what": "selector_invalid"}:
                return replace(seen, selector_invalid=True)
        raise BrowserLost("the page told what no script of ours tells")

    async def _go(self, page: Page, url: str, seconds: float) -> tuple[Response | None, str | None]:
        """The navigation's answer, or the name of what went wrong; neither when time ran out."""
        going = page.goto(url, wait_until="commit", timeout=seconds * 1000)
        try:
            response = await self._unless_crashed(page, self.lease.within(seconds + _GRACE_SECONDS, going))
        except PlaywrightTimeoutError:
            return None, None
        except TimeoutError as error:
            raise BrowserLost("the browser does not keep its deadline") from error
        except Error as error:
            name = name_of(str(error))
            if name is None and not any(sign in str(error) for sign in _NO_DOCUMENT):
                raise
            if name in {None, "ERR_ABORTED"}:
                await self._still_there(page)
            return None, name or "ERR_ABORTED"
        return response, None if response is not None else "ERR_ABORTED"

    async def _still_there(self, page: Page) -> None:
        """A navigation is also aborted when the renderer dies. Raises PageCrashed when the page does not answer."""
        try:
            await self._unless_crashed(page, self.lease.within(_ASK_SECONDS, page.evaluate("() => null")))
        except (Error, TimeoutError) as error:
            raise PageCrashed("the page's renderer died") from error

    async def _unless_crashed(self, page: Page, operation: Coroutine[Any, Any, T]) -> T:
        """The operation's outcome. Raises PageCrashed as soon as the renderer dies, which Playwright may sit out."""
        told, going = self._told[page], asyncio.ensure_future(operation)
        either: set[asyncio.Future[Any]] = {told, going}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if told.done() and told.exception() is not None:
                raise PageCrashed("the page's renderer died")
            return await going
        finally:
            going.cancel()

    async def _waiting(self, page: Page) -> tuple[Waiting, Mapping[str, Any]]:
        """What there is of a page that is not ready; `answers` is False when its main thread does not."""
        try:
            state = await self.lease.within(_ASK_SECONDS, page.evaluate("() => window.__slawatchState?.()"))
            requests = await self.lease.within(_ASK_SECONDS, page.requests())
            errors = await self.lease.within(_ASK_SECONDS, page.page_errors())
            messages = await self.lease.within(_ASK_SECONDS, page.console_messages())
        except (TimeoutError, Error):
            return Waiting(), {}
        if not isinstance(state, dict):
            return Waiting(), {}
        answered = state.pop("answered", [])
        waiting = Waiting(
            answers=True,
            loaded=bool(state["loaded"]),
            found=bool(state["found"]),
            busy=bool(state["busy"]),
            outside=bool(state["outside"]),
            painted=bool(state["lcp"]),
            script_errors=int(state["scriptErrors"]),
            rejections=int(state["rejections"]),
            missing=_missing(requests, answered),
            console_errors=sum(one.type == "error" for one in messages),
            first_error=str(errors[0]) if errors else "",
        )
        return waiting, state


def refused(headers: Mapping[str, str]) -> bool:
    """Whether an answer's headers say that it is a challenge page instead of what was asked for.

    Cloudflare (`cf-mitigated: challenge`) and AWS WAF (`x-amzn-waf-action: challenge | captcha`) document them.
    """
    return headers.get("cf-mitigated") == "challenge" or headers.get("x-amzn-waf-action") in {"challenge", "captcha"}


def _missing(requests: list[Request], answered: list[str]) -> int:
    """How many of the needed requests have no answer yet, or a failed one. `answered`: what the page saw the end of."""
    rest = list(answered)
    missing = 0
    for request in requests:
        if request.resource_type not in _NEEDED or request.is_navigation_request():
            continue
        response = request.existing_response
        ended = request.url in rest
        if ended:
            rest.remove(request.url)
        good = ended and response is not None and response.status < 400 and request.failure is None
        missing += not good
    return missing


async def visitor(lease: Lease, context: BrowserContext, wanted: Wanted, clock: Clock) -> Visitor:
    """A visitor whose context has the script. Raises BrowserLost, Playwright's Error, TimeoutError."""
    made = Visitor(lease, context, clock)
    await made.prepare(wanted)
    return made
