"""The browser contexts that looks take place in: each one new, with an empty cache and no connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import BrowserContext, Error, StorageState

from slawatch import __version__
from slawatch.browser import BrowserLost, Lease
from slawatch.config import Customer

_STEP_SECONDS = 5.0
_CLOSE_SECONDS = 3.0
_LOCALES = {"nl": "nl-NL", "en": "en-GB"}


@asynccontextmanager
async def new_context(
    lease: Lease, customer: Customer, state: StorageState | None = None
) -> AsyncIterator[BrowserContext]:
    """A fresh context, signed in with `state`; closed afterwards. A browser that cannot close it is killed.

    Raises BrowserLost, Playwright's Error, TimeoutError.
    """
    making = lease.browser.new_context(
        viewport={"width": 1366, "height": 768},
        user_agent=user_agent(lease.browser.version),
        locale=_LOCALES[customer.language],
        timezone_id=customer.agreement.timezone,
        service_workers="block",
        accept_downloads=False,
        storage_state=state,
    )
    context = await lease.within(_STEP_SECONDS, making)
    try:
        yield context
    except BaseException:
        # Cancelled, or the browser hangs: leaving must not wait.
        if not lease.lost:
            lease.later(_CLOSE_SECONDS, context.close(), "context.close")
        raise
    try:
        await lease.within(_CLOSE_SECONDS, context.close())
    except TimeoutError:
        lease.kill()
    except (Error, BrowserLost):
        pass  # what was measured stands


def user_agent(version: str) -> str:
    """Chromium's own, and who we are."""
    chrome = f"Chrome/{version.partition('.')[0]}.0.0.0 Safari/537.36"
    return f"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) {chrome} slawatch/{__version__}"
