"""The HTTP client: every request on a new connection, every name asked for anew."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from slawatch import __version__

_RESOLVER_THREADS = 16


class SystemResolver(AbstractResolver):
    """The system's resolver, in threads of its own: names that hang must not hold up the store or other names."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_RESOLVER_THREADS, thread_name_prefix="slawatch-dns")

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _addresses, host, port, family)
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=protocol, flags=_NUMERIC)
            for kind, protocol, address in found
        ]

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


_NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


def _addresses(host: str, port: int, family: socket.AddressFamily) -> list[tuple[int, int, str]]:
    found = socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return [(kind, protocol, str(address[0])) for kind, _, protocol, _, address in found]


@asynccontextmanager
async def open_http() -> AsyncIterator[aiohttp.ClientSession]:
    """A session that keeps nothing: no connection, no name, no cookie."""
    tracing = aiohttp.TraceConfig()
    _mark(tracing)
    resolver = SystemResolver()
    connector = aiohttp.TCPConnector(force_close=True, use_dns_cache=False, limit=0, resolver=resolver)
    async with aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[tracing],
        headers={"User-Agent": f"slawatch/{__version__}"},
        trust_env=False,
    ) as session:
        yield session
    await resolver.close()


class Steps:
    """When each step of one request began and ended, in the event loop's seconds; given as `trace_request_ctx`."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}

    def length(self, step: str) -> float | None:
        """A step's milliseconds; None when it did not end."""
        began, ended = self.at.get(f"{step}_start"), self.at.get(f"{step}_end")
        return None if began is None or ended is None else (ended - began) * 1000

    def in_step(self, step: str) -> bool:
        """Whether the step began and has not ended."""
        return f"{step}_start" in self.at and f"{step}_end" not in self.at


def _mark(tracing: aiohttp.TraceConfig) -> None:
    """Write the steps' times into the request's `Steps`, where one was given."""

    async def mark(name: str, _session: object, context: object, _parameters: object) -> None:
        steps = getattr(context, "trace_request_ctx", None)
        if isinstance(steps, Steps):
            steps.at[name] = asyncio.get_running_loop().time()

    tracing.on_dns_resolvehost_start.append(partial(mark, "dns_start"))
    tracing.on_dns_resolvehost_end.append(partial(mark, "dns_end"))
    tracing.on_connection_create_start.append(partial(mark, "connect_start"))
    tracing.on_connection_create_end.append(partial(mark, "connect_end"))
