"""A daemon's browser in a process of its own, to be killed: prints its folder and browser's pid, then waits."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from slawatch.browser import open_engine
from slawatch.config import BrowserSettings


async def main() -> None:
    async with open_engine(BrowserSettings(), Path(sys.argv[1])) as engine, engine.lease() as lease:
        page = await (await lease.browser.new_context()).new_page()
        await page.set_content("<p>hier")
        print(lease.pid, flush=True)
        await asyncio.Event().wait()


asyncio.run(main())
