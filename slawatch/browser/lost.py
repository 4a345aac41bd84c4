"""What the engine raises."""

from __future__ import annotations

from slawatch.model import Unavailable


class NoBrowser(Unavailable):
    """There is no browser that can be started; the text is one line that says what to install."""


class BrowserLost(Exception):
    """The browser or its driver went away under a look, or does not start: our fault, never the watched page's."""


def first_line(error: BaseException) -> str:
    """The first line of an error's text: Playwright adds a call log below it, which may quote the page."""
    return next(iter(str(error).splitlines()), type(error).__name__)[:200]
