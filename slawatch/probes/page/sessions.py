"""Who is signed in where: storage states in memory, one login per customer at a time, and back-off for our own faults.

A session is in one of three states:

- none: nobody is signed in; a look signs in first, unless it has to wait.
- open: looks start with its storage state. A page that shows the login form, sends there or answers 401 ends it.
- rejected: the application refused our credentials, or us. The next try comes after 1, 5, then 15 minutes each; looks
  until then visit the page signed out, so that an outage is still seen, and say the same cause of the form they find.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.async_api import StorageState

from slawatch.config import Customer
from slawatch.model import Cause

#: Seconds to the next try after the first, second, and every later rejection: no account is locked by us.
BACK_OFF = (60.0, 300.0, 900.0)


@dataclass(slots=True)
class Session:
    """One customer's. `state`: cookies and local storage as Playwright keeps them; a credential, never written down."""

    account: tuple[str, str | None]
    state: StorageState | None = field(default=None, repr=False)
    serial: int = 0
    rejections: int = 0
    refusal: Cause = Cause.LOGIN_REJECTED
    not_before: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Sessions:
    """All customers' sessions. `elapsed`: seconds on a clock that never goes back."""

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._elapsed = elapsed
        self._sessions: dict[str, Session] = {}

    def of(self, customer: Customer) -> Session:
        """The customer's session; a new one when the address or the name to sign in with has changed."""
        account = (customer.url, customer.credentials.username if customer.credentials else None)
        session = self._sessions.get(customer.id)
        if session is None or session.account != account:
            session = self._sessions[customer.id] = Session(account)
        return session

    def forget(self, customer_id: str) -> None:
        """Drop the session and its back-off, as after a new password."""
        self._sessions.pop(customer_id, None)

    def opened(self, session: Session, state: StorageState) -> None:
        session.state, session.rejections, session.not_before = state, 0, 0.0
        session.serial += 1

    def refreshed(self, session: Session, serial: int, state: StorageState) -> None:
        """Cookies that a look came back with; only for the session that it went out with."""
        if session.serial == serial and session.state is not None:
            session.state = state

    def ended(self, session: Session, serial: int) -> None:
        """The session with this serial is over; one that somebody opened since stays."""
        if session.serial == serial:
            session.state = None

    def rejected(self, session: Session, cause: Cause) -> None:
        wait = BACK_OFF[min(session.rejections, len(BACK_OFF) - 1)]
        session.rejections += 1
        session.refusal = cause
        session.state, session.not_before = None, self._elapsed() + wait

    def may_try(self, session: Session) -> bool:
        return self._elapsed() >= session.not_before
