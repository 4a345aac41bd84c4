"""Whose fault a silent network is: other addresses are asked at that moment."""

from __future__ import annotations

import asyncio

import aiohttp
import structlog

from slawatch.model import Cause

log = structlog.get_logger()

#: The causes that a dead network of our own would give, too.
DOUBTFUL = frozenset({Cause.DNS, Cause.CONNECT, Cause.TIMEOUT_SERVER})

ANSWER_SECONDS = 3.0
#: One round serves all looks that fail within this time.
FRESH_SECONDS = 2.0


class Witnesses:
    """`addresses`: URLs (any HTTP answer will do) or host:port (a TCP connection will do)."""

    def __init__(self, addresses: tuple[str, ...], http: aiohttp.ClientSession) -> None:
        self._addresses = addresses
        self._http = http
        self._round: asyncio.Task[bool] | None = None
        self._began = 0.0

    async def judge(self, cause: Cause) -> Cause:
        """`monitor_network` when the cause is doubtful and every witness is silent as well; else the cause."""
        if cause not in DOUBTFUL or not self._addresses:
            return cause
        return cause if await self._any_answers() else Cause.MONITOR_NETWORK

    async def _any_answers(self) -> bool:
        now = asyncio.get_running_loop().time()
        if self._round is None or now - self._began > FRESH_SECONDS:
            self._began = now
            self._round = asyncio.create_task(self._ask_all(), name="witnesses")
        # Shielded: one look that is cancelled must not take the answer from the others.
        return await asyncio.shield(self._round)

    async def _ask_all(self) -> bool:
        answers = await asyncio.gather(*(self._ask(address) for address in self._addresses))
        log.info("witnesses.asked", answered=sum(answers), of=len(answers))
        return any(answers)

    async def _ask(self, address: str) -> bool:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                if "://" in address:
                    async with self._http.head(address, allow_redirects=False):
                        return True
                host, _, port = address.rpartition(":")
                _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
                writer.close()
                return True
        except (OSError, aiohttp.ClientError, TimeoutError, ValueError):
            return False
