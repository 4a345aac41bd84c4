"""The world in a child process: started, waited for, and never left behind."""

from __future__ import annotations

import asyncio
import importlib.util
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from slawatch.demo.places import Places, Wishes

#: How many seconds the world may take to start, and to end.
STARTS_WITHIN, ENDS_WITHIN = 20.0, 3.0


class DemoError(Exception):
    """The demo cannot start; str is one clear line."""


@asynccontextmanager
async def start_world(wishes: Wishes, *, log: Path, ended: Callable[[], None] = lambda: None) -> AsyncIterator[Places]:
    """The world in a child process that ends with us, however we end; what it complains of goes to `log`.

    `ended` is called when it ends by itself. Raises DemoError when it does not start.
    """
    if importlib.util.find_spec("aiosmtpd") is None:
        raise DemoError("the demo's mail sink needs aiosmtpd: pip install 'slawatch[demo]'")
    with log.open("wb") as complaints:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "slawatch.demo.world", *_arguments(wishes)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,  # Ctrl-C in the terminal is for us; the world ends when we close its input
        )
    assert child.stdin is not None
    assert child.stdout is not None
    gone = asyncio.create_task(child.wait(), name="demo-world")

    def tell(_: asyncio.Task[int]) -> None:
        ended()

    try:
        try:
            line = await asyncio.wait_for(child.stdout.readline(), STARTS_WITHIN)
        except TimeoutError:
            line = b""
        if not line:
            raise DemoError(f"the stand-in did not start: {_last_line(log)}")
        gone.add_done_callback(tell)
        yield Places.from_json(line.decode())
    finally:
        gone.remove_done_callback(tell)
        # The end of its standard input is the end of the world.
        child.stdin.close()
        try:
            await asyncio.wait_for(asyncio.shield(gone), ENDS_WITHIN)
        except TimeoutError:
            child.kill()
            await gone


def _arguments(wishes: Wishes) -> list[str]:
    given = {
        "--port": wishes.port,
        "--mail-port": wishes.mail_port,
        "--session-seconds": wishes.session_seconds,
        "--pace": wishes.pace,
        "--metrics": wishes.metrics,
        "--mails": wishes.mails,
    }
    return [str(part) for name, value in given.items() if value is not None for part in (name, value)]


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else f"it said nothing within {STARTS_WITHIN:g} s"
