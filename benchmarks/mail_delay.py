"""From the first failing look to the accepted mail, by a real daemon; beside the same daemon that needs no second look.

The second is what nobody can do better with the same parts; the difference is what being sure costs.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from slawatch.demo.child import start_world
from slawatch.demo.places import VARIABLE, WELCOME, Places, Wishes
from slawatch.model import SECOND, MessageKind
from slawatch.store import open_store

RECHECK_SECONDS = 5.0
CONFIG = """
agreement:
  availability: {{checks: [dashboard, reservations]}}
  confirm: {{failures: {failures}, within: 10m, recheck: 5s}}
login: {{username: "#username", password: "#password", inside: "nav .signed-in", outside: "form#login"}}
pages:
  dashboard: {{path: /dashboard, ready: "#dashboard .card", every: 20s, timeout: 8s}}
  reservations: {{path: /reserveringen, ready: "#reservations tbody tr", busy: ".spinner", every: 20s, timeout: 8s}}
http: {{path: /health, every: 5s, timeout: 3s}}
customers:
  - id: duinzicht
    url: {url}
    contacts: [beheer@duinzicht.example]
    credentials: {{username: monitor, password: {{env: {variable}}}}}
mail: {{sender: storing@example.org, reopens_within: 1ms, relays: [{{url: "smtp://{smtp}", tls: "off"}}]}}
store: sqlite:///{folder}/slawatch.db
web: {{listen: "127.0.0.1:0"}}
"""


async def main(trials: int = 6) -> str:
    """A table of seconds, over `trials` outages each."""
    rows = []
    for failures in (2, 1):
        delays = sorted(await measure(failures, trials))
        middle = statistics.median(delays)
        beyond = middle - RECHECK_SECONDS * (failures - 1)
        rows.append(f"| {failures} | {trials} | {delays[0]:.2f} | {middle:.2f} | {delays[-1]:.2f} | {beyond:.2f} |")
    head = "| looks to be sure | outages | min s | median s | max s | median beyond recheck, s |\n" + "|---" * 6 + "|"
    return "\n".join([head, *rows])


async def measure(failures: int, trials: int) -> list[float]:
    """Seconds from an outage's start, its first failing look, to the accepted mail."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with start_world(Wishes(), log=folder / "world.log") as places, aiohttp.ClientSession() as session:
            config = CONFIG.format(
                failures=failures,
                url=places.parks["duinzicht"].rstrip("/"),
                smtp=places.smtp,
                folder=folder,
                variable=VARIABLE,
            )
            (folder / "slawatch.yaml").write_text(config)
            async with daemon(folder / "slawatch.yaml"):
                await settled(session, places)
                for trial in range(trials):
                    await switch(session, places, unavailable=True)
                    await mails(session, places, 2 * trial + 1)
                    await switch(session, places, all_off=True)
                    await mails(session, places, 2 * trial + 2)
            async with open_store(f"sqlite:///{folder}/slawatch.db", write=False) as store:
                starts = {event.outage: event.at for event in reversed(await store.events("duinzicht"))}
                owed = await store.messages("duinzicht")
    told = [one for one in owed if one.kind is MessageKind.OUTAGE and one.accepted is not None]
    return [(one.accepted - starts[one.outage]) / SECOND for one in told if one.accepted is not None]


@asynccontextmanager
async def daemon(config: Path) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "slawatch", "run", "--config", str(config)),
        env={**os.environ, VARIABLE: WELCOME},
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async for line in process.stderr:
        if line.startswith(b"{") and json.loads(line)["event"] == "daemon.ready":
            break
    drained = asyncio.create_task(process.stderr.read())
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()
        await drained


async def settled(session: aiohttp.ClientSession, places: Places) -> None:
    """Both pages were looked at once, so that the login is done: an outage begins with a look, not with a login."""
    await asyncio.sleep(25)
    async with session.get(places.switches) as answer:
        answer.raise_for_status()


async def switch(session: aiohttp.ClientSession, places: Places, **faults: object) -> None:
    async with session.post(f"{places.switches}faults/duinzicht", json=faults) as answer:
        answer.raise_for_status()


async def mails(session: aiohttp.ClientSession, places: Places, number: int) -> None:
    """Wait until so many mails came."""
    while True:
        async with session.get(f"{places.mails}mails.json?after={number - 1}&wait=20") as answer:
            if await answer.json():
                return


if __name__ == "__main__":
    print(asyncio.run(main()))
