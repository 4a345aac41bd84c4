"""Keeps Playwright's afterthoughts out of the log: futures of a driver or browser that died, which nobody awaits."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from playwright.async_api import Error

log = structlog.get_logger()

#: What Playwright's transport says, in an exception without a class of its own, when the driver's pipe ends.
_PIPE_ENDED = "Connection closed while reading from the driver"


@contextmanager
def quiet() -> Iterator[None]:
    """While inside, the running loop's exception handler passes over what a dead driver's futures say."""
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if _is_afterthought(context):
            log.debug("browser.afterthought", error=type(context["exception"]).__name__)
        elif before is not None:
            before(loop, context)
        else:
            loop.default_exception_handler(context)

    loop.set_exception_handler(handle)
    try:
        yield
    finally:
        # A future speaks up when it is collected: let that be now, while somebody listens.
        gc.collect()
        loop.set_exception_handler(before)


def _is_afterthought(context: dict[str, Any]) -> bool:
    error = context.get("exception")
    unread = "never retrieved" in str(context.get("message"))
    return unread and (isinstance(error, Error) or str(error) == _PIPE_ENDED)
