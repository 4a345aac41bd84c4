"""The page that is measured, served by a process of its own: rows that are put in after a known delay.

The page finds out by itself when its rows were painted: Chromium's Element Timing gives the time at which the frame
with the marked cell was presented (`renderTime`), independent of anything that slawatch does.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

READY = "#rows tbody tr"
BUSY = ".spinner"

PAGE = """<!doctype html><html lang=nl><head><meta charset=utf-8><title>Reserveringen</title>
<style>td {{ padding: 4px; border-bottom: 1px solid #ccc }}</style></head>
<body><h1>Overzicht reserveringen</h1><p class=spinner>Even geduld</p><table id=rows><tbody></tbody></table>
<script>
new PerformanceObserver((list) => {{
  for (const entry of list.getEntries()) window.truth = entry.renderTime;
}}).observe({{ type: "element", buffered: true }});
fetch("/rows?delay={delay}").then((answer) => answer.json()).then((rows) => {{
  document.querySelector("tbody").innerHTML = rows.map((row) =>
    `<tr><td ${{row ? "" : "elementtiming=ready"}}>Reservering ${{row}}<td>Kavel ${{row}}<td>2 nachten</tr>`
  ).join("");
  document.querySelector(".spinner").remove();
}});
</script></body></html>"""


async def page(request: web.Request) -> web.Response:
    return web.Response(text=PAGE.format(delay=int(request.query["delay"])), content_type="text/html")


async def rows(request: web.Request) -> web.Response:
    await asyncio.sleep(int(request.query["delay"]) / 1000)
    return web.json_response(list(range(200)))


async def serve() -> None:
    app = web.Application()
    app.router.add_get("/page", page)
    app.router.add_get("/rows", rows)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


@asynccontextmanager
async def target() -> AsyncIterator[str]:
    """The target's URL, while its process runs."""
    process = await asyncio.create_subprocess_exec(sys.executable, __file__, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(await process.stdout.readline())}"
    finally:
        process.kill()
        await process.communicate()


if __name__ == "__main__":
    asyncio.run(serve())
