"""The port's door: how many come in, how long they may say nothing, and what is told to who speaks no HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus

from aiohttp import web

#: So many connections are open at once; who comes then is cut off. Each takes a file, and looks need files too.
MOST = 500
#: Who asks for nothing for so long is cut off, also in the middle of the first request's headers.
IDLE_SECONDS = 75.0
#: Within so long TLS is agreed on.
HANDSHAKE_SECONDS = 10.0


def door(
    server: web.Server, headers: Mapping[str, str], *, most: int = MOST, idle_seconds: float = IDLE_SECONDS
) -> Callable[[], asyncio.Protocol]:
    """Makes the protocol of each connection. `headers`: of an answer to what is no request."""
    loop = asyncio.get_running_loop()

    def enter() -> asyncio.Protocol:
        if len(server.connections) >= most:
            return _Full()
        return _Visit(server, headers, loop, idle_seconds)

    return enter


class _Full(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.abort()


class _Visit(web.RequestHandler):
    """Bodies stay as they come: none of ours is compressed, and a little unpacks to much."""

    def __init__(
        self, server: web.Server, headers: Mapping[str, str], loop: asyncio.AbstractEventLoop, idle_seconds: float
    ) -> None:
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=idle_seconds,
            access_log=None,  # type: ignore[arg-type]
            auto_decompress=False,
        )
        self._headers = headers

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Of what cannot be read nothing is logged or told: it may be a cookie or a token in a broken line."""
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return super().handle_error(request, status, exc, message)
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is under way already")
        told = f"{status}: this is no request that can be read\n"
        response = web.Response(status=status, text=told, headers=self._headers)
        response.force_close()
        return response
