"""What is asked for twice, by a second click or a page loaded anew, is done once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

#: So many are remembered.
MOST = 1000


class Once:
    """By a key that the form brings, which was made for it."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._known: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def do(self, key: str, act: Callable[[], Awaitable[dict[str, Any]]]) -> tuple[dict[str, Any], bool]:
        """What the act gives, and whether it was done now. What failed was not done, and may be asked for again."""
        if key in self._known:
            return await asyncio.shield(self._known[key]), False
        future = self._known[key] = asyncio.get_running_loop().create_future()
        while len(self._known) > self._most:
            del self._known[next(iter(self._known))]
        try:
            done = await act()
        except BaseException as error:
            self._known.pop(key, None)
            future.set_exception(error if isinstance(error, Exception) else ConnectionError("broken off"))
            future.exception()  # whether somebody waits for it or not
            raise
        future.set_result(done)
        return done, True
