"""The door of one web application: a listening socket on loopback that can be closed and opened again."""

from __future__ import annotations

import asyncio
import socket
from types import TracebackType
from typing import Self

from aiohttp import web

from slawatch.demo.places import HOST


def reserve(port: int) -> socket.socket:
    """A bound socket that does not listen: it keeps the port ours, and whoever connects is refused. Raises OSError."""
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # REUSEPORT lets the listening socket have the port beside this one. Set before the first bind it would also
        # let two demos share a port without a word, so a port that was asked for by number is tried without it first.
        if port:
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
                trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                trial.bind((HOST, port))
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        holder.bind((HOST, port))
    except OSError:
        holder.close()
        raise
    return holder


def address(holder: socket.socket) -> str:
    """The address of what is or will be served on a reserved port."""
    return f"http://{HOST}:{holder.getsockname()[1]}/"


class Door:
    """Serves an application on a reserved port. Opened on entering, shut for good on leaving."""

    def __init__(self, app: web.Application, holder: socket.socket) -> None:
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0.2)
        self._holder = holder
        self._site: web.SockSite | None = None
        self._turning = asyncio.Lock()

    @property
    def url(self) -> str:
        return address(self._holder)

    async def open(self) -> None:
        """Take who comes. Nothing happens when it is open already."""
        async with self._turning:
            if self._site is not None:
                return
            listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            listener.bind(self._holder.getsockname())
            self._site = web.SockSite(self._runner, listener, backlog=128)
            await self._site.start()

    async def close(self) -> None:
        """Refuse who comes, and cut off who is there. Nothing happens when it is closed already."""
        async with self._turning:
            if self._site is None:
                return
            site, self._site = self._site, None
            await site.stop()
            server = self._runner.server
            for connection in list(server.connections) if server is not None else []:
                if connection.transport is not None:
                    connection.transport.abort()

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        self._holder.close()
