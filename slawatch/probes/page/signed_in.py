"""A page of an application that one signs in to: with the session there is, or a new one, in the same look."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import structlog
from playwright.async_api import StorageState

from slawatch.browser import Lease
from slawatch.clock import Clock
from slawatch.config import Credentials, Customer, Login
from slawatch.model import Cause
from slawatch.probes.page.context import new_context
from slawatch.probes.page.login import Form, SignedIn, sign_in
from slawatch.probes.page.sessions import Session, Sessions
from slawatch.probes.page.visit import Visit

log = structlog.get_logger()

#: And never longer than this.
_LOGIN_SECONDS = 10.0


class Open(Protocol):
    """Opens the page signed in with `state`. `fresh`: that login was just now. Gives the state as it is after."""

    async def __call__(self, state: StorageState | None, *, fresh: bool) -> tuple[Visit, StorageState | None]: ...


@dataclass(frozen=True, slots=True)
class Entered:
    """The last visit, if there was one, and the login's cause where it stood in the way. `login`: how we were in.

    `unfamiliar`: the login is not as our selectors say; of one that never worked that is our own mistake.
    """

    visit: Visit | None
    cause: Cause | None = None
    login: str = ""
    why: str = ""
    unfamiliar: bool = False


def signed_out(visit: Visit) -> bool:
    """Whether the page says that nobody is signed in."""
    return visit.outside or visit.status == 401


class Entrance:
    """Signs one customer in, when needed. `seconds`: how long the login page, and its answer, may take at most."""

    def __init__(
        self,
        customer: Customer,
        login: Login,
        credentials: Credentials,
        sessions: Sessions,
        clock: Clock,
        *,
        seconds: float,
    ) -> None:
        self._customer = customer
        self._sessions = sessions
        self._clock = clock
        self._form = Form(
            customer.at(login.path),
            login,
            credentials.username,
            credentials.password,
            seconds=min(seconds, _LOGIN_SECONDS),
        )

    async def enter(self, lease: Lease, open_page: Open) -> Entered:
        """Open the page signed in; where the session has expired sign in and open it afresh."""
        session = self._sessions.of(self._customer)
        fresh = False
        if session.state is None and self._sessions.may_try(session):
            refusal = await self._sign_in(lease, session, session.serial)
            if refusal is not None:
                return refusal
            fresh = True
        serial = session.serial
        visit, state = await open_page(session.state, fresh=fresh)
        if not signed_out(visit):
            if state is not None:
                self._sessions.refreshed(session, serial, state)
            return Entered(visit, login="new" if fresh else "kept" if session.state else "none")
        if fresh:
            self._sessions.ended(session, serial)
            return Entered(visit, Cause.LOGIN_UNAVAILABLE, "new", "signed out again right after the login")
        log.info("session.expired", customer=self._customer.id)
        return await self._enter_again(lease, session, serial, open_page, visit)

    async def _enter_again(self, lease: Lease, session: Session, serial: int, open_page: Open, visit: Visit) -> Entered:
        self._sessions.ended(session, serial)
        if not self._sessions.may_try(session):
            return Entered(visit, session.refusal, "none", "waiting before the next login")
        refusal = await self._sign_in(lease, session, serial)
        if refusal is not None:
            return refusal
        visit, state = await open_page(session.state, fresh=True)
        if signed_out(visit):
            self._sessions.ended(session, session.serial)
            return Entered(visit, Cause.LOGIN_UNAVAILABLE, "new", "signed out again right after the login")
        if state is not None:
            self._sessions.refreshed(session, session.serial, state)
        return Entered(visit, login="new")

    async def _sign_in(self, lease: Lease, session: Session, serial: int) -> Entered | None:
        """Sign in, unless another look did meanwhile; None when we are in."""
        async with session.lock:
            if session.serial != serial and session.state is not None:
                return None
            if not self._sessions.may_try(session):
                return Entered(None, session.refusal, "none", "waiting before the next login")
            async with new_context(lease, self._customer) as context:
                said: SignedIn = await sign_in(lease, context, self._form, self._clock)
            if said.state is not None:
                self._sessions.opened(session, said.state)
                log.info("session.opened", customer=self._customer.id)
                return None
            cause = said.cause or Cause.LOGIN_UNAVAILABLE
            if said.submitted and cause in {Cause.LOGIN_REJECTED, Cause.BLOCKED}:
                self._sessions.rejected(session, cause)
            log.warning("login.failed", customer=self._customer.id, cause=cause, why=said.why)
            return Entered(None, cause, "none", said.why, said.unfamiliar)
