"""Opening and closing what is served, on a TCP address and on a Unix socket."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from slawatch.reporters.metrics import Metrics
from slawatch.web.application import Part, Status, application
from slawatch.web.customers import Pages
from slawatch.web.declaring import Desk
from slawatch.web.errors import CannotListen, PortInUse
from slawatch.web.health import Health
from slawatch.web.outbox import Postmaster
from slawatch.web.pages import Board
from slawatch.web.people.entrance import Entrance
from slawatch.web.scrape import Scrapes
from slawatch.web.scraping import TAKEN_SECONDS
from slawatch.web.unix import bound, has_leftover

log = structlog.get_logger()

#: How long an answer that is under way at shutdown may take. aiohttp waits for it twice (to end, to be cancelled).
SHUTDOWN_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Server:
    """What is being served. `addresses`: each `host:port` that is listened on, with the port that 0 became."""

    addresses: tuple[str, ...]
    socket: Path | None
    scheme: str = "http"


@asynccontextmanager
async def serve(
    listen: str,
    socket: Path | None,
    *,
    metrics: Metrics,
    health: Health,
    status: Status,
    desk: Desk | None = None,
    postmaster: Postmaster | None = None,
    pages: Pages | None = None,
    board: Board | None = None,
    taken_seconds: float = TAKEN_SECONDS,
    entrance: Entrance | None = None,
    parts: Sequence[Part] = (),
) -> AsyncIterator[Server]:
    """Serve on `listen` (`host:port`, `[::1]:0`) and, when given, on a Unix socket of mode 0600.

    `status`: gives the daemon's state as values that JSON can carry; awaited for each request. A scraper has
    `taken_seconds` to take its answer. `entrance`: who is let in over the port, and the certificate that it has. Ends
    within a second, also with connections open. Raises PortInUse, or CannotListen for any other address that cannot be
    served.
    """
    (host, port), tls = _parsed(listen), None if entrance is None else entrance.tls
    scrapes = Scrapes(metrics)
    runner = web.AppRunner(
        application(
            scrapes,
            health,
            status,
            desk,
            postmaster,
            pages,
            board=board,
            taken_seconds=taken_seconds,
            entrance=entrance,
            parts=parts,
        ),
        access_log=None,
        shutdown_timeout=SHUTDOWN_SECONDS,
        handle_signals=False,
    )
    async with AsyncExitStack() as stack:
        stack.push_async_callback(scrapes.close)
        if socket is not None:
            listener = stack.enter_context(bound(socket))
        stack.push_async_callback(_stop, runner)
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port, ssl_context=tls).start()
        except (OSError, UnicodeError) as error:
            raise _refusal(listen, error) from error
        addresses = tuple(_written(address) for address in runner.addresses)
        if socket is not None:
            await web.SockSite(runner, listener).start()
        log.info("web.listening", addresses=addresses, socket=None if socket is None else str(socket))
        yield Server(addresses, socket, "http" if tls is None else "https")


async def ensure_free(listen: str, socket: Path | None) -> None:
    """Raises what `serve` would raise, and makes nothing: for a start that leaves no trace when it fails.

    The socket comes first: of two daemons with one configuration the second learns that the first runs.
    """
    if socket is not None:
        has_leftover(socket)
    host, port = _parsed(listen)
    try:
        trial = await asyncio.get_running_loop().create_server(asyncio.Protocol, host, port, start_serving=False)
    except (OSError, UnicodeError) as error:
        raise _refusal(listen, error) from error
    trial.close()


async def _stop(runner: web.AppRunner) -> None:
    connections = [] if runner.server is None else runner.server.connections
    transports = [connection.transport for connection in connections]
    await runner.cleanup()
    for transport in transports:
        if transport is not None:
            transport.abort()  # who does not read its answer would keep it open, closed or not
    await asyncio.sleep(0)  # the loop's turn in which they end


def _parsed(listen: str) -> tuple[str, int]:
    try:
        parts = urlsplit(f"//{listen}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if host is None or port is None or listen != parts.netloc or "@" in listen:
        raise CannotListen(f"{listen}: expected host:port, as in 127.0.0.1:9464; set web.listen")
    return host, port


def _refusal(listen: str, error: OSError | UnicodeError) -> CannotListen:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.EADDRINUSE:
        return PortInUse(f"{listen}: already in use; set web.listen to another address")
    why = os.strerror(number) if number is not None and number > 0 else "no such host"  # name look-ups number below 0
    return CannotListen(f"{listen}: cannot listen there: {why}; set web.listen to another address")


def _written(address: tuple[str, int] | tuple[str, int, int, int]) -> str:
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
