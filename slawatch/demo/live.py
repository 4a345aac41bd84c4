"""Pages that show what changes, as it changes: server-sent events, and a script that fetches the page anew."""

from __future__ import annotations

import asyncio

from aiohttp import web

from slawatch.demo.faults import Bell


def live(bell: Bell, app: web.Application) -> None:
    """Give `app` the address /live: an event at every ring of the bell, until the reader or the server goes."""

    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        await response.write(b"retry: 1000\n\n")
        closing = app[_CLOSING]
        while not closing.is_set():
            waits = [asyncio.create_task(bell.wait()), asyncio.create_task(closing.wait())]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
            await response.write(b"data: changed\n\n")
        return response

    async def shut(_app: web.Application) -> None:
        app[_CLOSING].set()

    app[_CLOSING] = asyncio.Event()
    app.on_shutdown.append(shut)
    app.router.add_get("/live", stream)


_CLOSING = web.AppKey("closing", asyncio.Event)
