"""Signing in: in a context of its own, never part of a page's time, and without the password in any text."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import structlog
from playwright.async_api import BrowserContext, Error, Page, Response, StorageState
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from slawatch.browser import Lease
from slawatch.clock import Clock
from slawatch.config import Login, Secret, SecretUnreadable
from slawatch.model import Cause
from slawatch.probes.page.judge import KEPT_OUT, judge
from slawatch.probes.page.script import Wanted
from slawatch.probes.page.visit import Visitor, visitor

log = structlog.get_logger()

_STEP_SECONDS = 5.0
#: How long the form may stay after an answer to it, for applications that open their pages by script.
_SETTLE_SECONDS = 3.0

#: Sets a field as a user would, so that frameworks see it; null only asks whether it is there. Playwright's own
#: `fill` writes the value into its errors.
_FILL = """([selector, value]) => {
  const field = document.querySelector(selector);
  if (!field || value === null) return !!field;
  field.focus();
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, value);
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}"""

_NETWORK = frozenset({Cause.DNS, Cause.CONNECT, Cause.TLS, Cause.TIMEOUT_SERVER, Cause.MONITOR_NETWORK})
_OURS = frozenset({Cause.BLOCKED, Cause.MONITOR_BROWSER})


class Said(StrEnum):
    """What the application said to the form."""

    INSIDE = "inside"
    REJECTED = "rejected"
    UNAVAILABLE = "unavailable"
    KEPT_OUT = "kept_out"
    UNFAMILIAR = "unfamiliar"  # it has not what our selectors say


@dataclass(frozen=True, slots=True)
class SignedIn:
    """`state` when we are in; else the cause and a few words on it. `submitted`: our credentials were sent.

    `unfamiliar`: the application answered, and its login is not as our selectors say.
    """

    state: StorageState | None = None
    cause: Cause | None = None
    why: str = ""
    submitted: bool = False
    unfamiliar: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What signing in takes."""

    url: str
    login: Login
    username: str
    password: Secret
    seconds: float


async def sign_in(lease: Lease, context: BrowserContext, form: Form, clock: Clock) -> SignedIn:
    """Fill in the form and wait for the application's word, for at most `form.seconds` twice. Raises BrowserLost."""
    try:
        password = form.password.reveal()
    except SecretUnreadable as error:
        return SignedIn(cause=Cause.LOGIN_REJECTED, why=f"the password cannot be read: {error}")
    login = form.login
    try:
        guide = await visitor(lease, context, Wanted(login.inside, outside=login.outside, go_on=True), clock)
        page = await guide.page()
        visit = await guide.visit(page, form.url, form.seconds)
        if visit.ready is not None:  # somebody else's sign-on, or a session in a certificate
            return await _kept(lease, context)
        cause = judge(visit, seen_ready=True)
        if not visit.outside and cause is not None:
            kept = cause if cause in _NETWORK | _OURS else Cause.LOGIN_UNAVAILABLE
            unfamiliar = cause is Cause.SELECTOR_MISSING
            met = "neither inside nor outside is on it" if unfamiliar else visit.error or visit.status or "no answer"
            return SignedIn(cause=kept, why=f"the login page: {met}", unfamiliar=unfamiliar)
        said, why = await _submit(guide, page, form, password)
        if said is Said.INSIDE:
            return await _kept(lease, context)
        return SignedIn(cause=_CAUSES[said], why=why, submitted=True, unfamiliar=said is Said.UNFAMILIAR)
    except (Error, TimeoutError) as error:
        # Never the error's text: it may quote what it was about.
        return SignedIn(cause=Cause.LOGIN_UNAVAILABLE, why=f"the login page: {type(error).__name__}")


_CAUSES = {
    Said.REJECTED: Cause.LOGIN_REJECTED,
    Said.UNAVAILABLE: Cause.LOGIN_UNAVAILABLE,
    Said.KEPT_OUT: Cause.BLOCKED,
    Said.UNFAMILIAR: Cause.LOGIN_UNAVAILABLE,
}


async def _kept(lease: Lease, context: BrowserContext) -> SignedIn:
    return SignedIn(state=await lease.within(_STEP_SECONDS, context.storage_state()))


async def _submit(guide: Visitor, page: Page, form: Form, password: str) -> tuple[Said, str]:
    """Fill in and send the form; what the application said to it."""
    login, lease = form.login, guide.lease
    for selector, value in ((login.submit, None), (login.username, form.username), (login.password, password)):
        try:
            there = await lease.within(_STEP_SECONDS, page.evaluate(_FILL, [selector, value]))
        except (Error, TimeoutError):
            there = False
        if not there:
            return Said.UNFAMILIAR, f"the login page has no {selector}"
    answers: asyncio.Queue[tuple[int, bool]] = asyncio.Queue()
    page.on("response", lambda response: _note(response, answers))
    guide.listen_anew(page)
    try:
        await lease.within(
            _STEP_SECONDS + 1, page.click(login.submit, timeout=_STEP_SECONDS * 1000, no_wait_after=True)
        )
    except (PlaywrightTimeoutError, TimeoutError):
        return Said.UNFAMILIAR, f"{login.submit} on the login page cannot be clicked"
    return await _hear(guide, page, answers, form.seconds)


def _note(response: Response, answers: asyncio.Queue[tuple[int, bool]]) -> None:
    """Keep the status of an answer: to the form itself (True), or of the page that it leads to (False)."""
    request = response.request
    if request.method != "GET" or request.is_navigation_request():
        answers.put_nowait((response.status, request.method != "GET"))


async def _hear(
    guide: Visitor, page: Page, answers: asyncio.Queue[tuple[int, bool]], seconds: float
) -> tuple[Said, str]:
    """Wait for being in, or for a refusal: a status that says so, or the form that comes again or stays."""
    loop = asyncio.get_running_loop()
    ends, status = loop.time() + seconds, None
    settled = ends
    while (now := loop.time()) < min(ends, settled):
        word = await guide.word(page, min(0.1, min(ends, settled) - now))
        if word is not None and word["what"] == "ready":
            return Said.INSIDE, ""
        if word is not None and word["what"] == "outside":
            return Said.REJECTED, "the login form came again"
        while not answers.empty():
            status, to_form = answers.get_nowait()
            if (said := _word_of(status, to_form=to_form)) is not None:
                return said, f"the login was answered with {status}"
            # The document that the form leads to may take its time; the form in it comes again by itself.
            settled = loop.time() + _SETTLE_SECONDS
    if status is None:
        return Said.UNAVAILABLE, "the login had no answer"
    if await _form_is_there(guide, page):
        return Said.REJECTED, "the login form stayed"
    return await _last_word(guide, page, ends - loop.time())


def _word_of(status: int, *, to_form: bool) -> Said | None:
    """What an answer's status says by itself. A page that says 401 after a login has a form, or is broken."""
    if status in {401, 403}:
        return Said.REJECTED if to_form else None
    if status in KEPT_OUT:
        return Said.KEPT_OUT
    return Said.UNAVAILABLE if status >= 500 else None


async def _form_is_there(guide: Visitor, page: Page) -> bool:
    try:
        state = await guide.lease.within(_STEP_SECONDS, page.evaluate("() => window.__slawatchState?.().outside"))
    except (Error, TimeoutError):
        return False
    return bool(state)


async def _last_word(guide: Visitor, page: Page, seconds: float) -> tuple[Said, str]:
    """The form is gone and we are not in yet: until time runs out."""
    word = await guide.word(page, seconds)
    if word is not None and word["what"] == "ready":
        return Said.INSIDE, ""
    if word is not None and word["what"] == "outside":
        return Said.REJECTED, "the login form came again"
    return Said.UNFAMILIAR, "neither in nor out after the login"
