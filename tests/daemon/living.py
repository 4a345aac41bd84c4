"""A real slawatch in a process of its own, on the demo's world."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from slawatch.cli import main
from slawatch.demo.child import start_world
from slawatch.demo.places import Places, Wishes

ENVIRONMENT = {**os.environ, "SLAWATCH_DEMO_PASSWORD": "zeelucht"}
PATIENCE = 30.0

CONFIG = """
agreement:
  availability: {{checks: [dashboard, reservations]}}
  confirm: {{failures: 2, within: 10m, recheck: 500ms}}
login: {{path: /login, username: "#username", password: "#password", submit: "button[type=submit]", inside: "nav .signed-in", outside: "form#login"}}
pages:
  dashboard: {{path: /dashboard, ready: "#dashboard .card", every: {pages}, timeout: 8s}}
  reservations: {{path: /reserveringen, ready: "#reservations tbody tr", busy: ".spinner", every: {pages}, timeout: 8s}}
http: {{path: /health, every: 1s, timeout: 3s}}
customers:
  - id: duinzicht
    name: Vakantiepark Duinzicht
    url: {url}
    contacts: [beheer@duinzicht.example]
    credentials: {{username: monitor, password: {{env: SLAWATCH_DEMO_PASSWORD}}}}
mail:
  sender: "Storingen Tommy <storing@example.org>"
  reopens_within: 1ms
  relays: [{{url: "smtp://{smtp}", tls: "off"}}]
store: sqlite:///{folder}/slawatch.db
web: {{listen: "127.0.0.1:0"}}
"""


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@dataclass
class Scene:
    """The demo's world, a configuration for it, and the slawatch that the test starts and ends."""

    places: Places
    folder: Path
    session: aiohttp.ClientSession
    daemons: list[asyncio.subprocess.Process] = field(default_factory=list)

    @property
    def config(self) -> Path:
        return self.folder / "slawatch.yaml"

    def write_config(self, *, pages: str = "2s", **other: str) -> None:
        text = CONFIG.format(
            url=self.places.parks["duinzicht"].rstrip("/"), smtp=self.places.smtp, folder=self.folder, pages=pages
        )
        for old, new in other.items():
            text = text.replace(old, new)
        self.config.write_text(text)

    async def start(self) -> asyncio.subprocess.Process:
        """A daemon that is ready."""
        with (self.folder / "daemon.log").open("ab") as log:
            begins = log.tell()
            daemon = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "slawatch", "run", "--config", str(self.config), env=ENVIRONMENT, stderr=log
            )
        self.daemons.append(daemon)
        await self.logged("daemon.ready", after=begins)
        return daemon

    async def logged(self, event: str, *, after: int = 0) -> dict[str, Any]:
        """The first such event in the daemon's log."""
        async with asyncio.timeout(PATIENCE):
            while True:
                with (self.folder / "daemon.log").open("rb") as log:
                    log.seek(after)
                    for line in log:
                        if line.endswith(b"\n") and line.startswith(b"{") and json.loads(line)["event"] == event:
                            return json.loads(line)
                await asyncio.sleep(0.02)

    async def looked(self, check: str, verdict: str) -> None:
        """Until the last look of a check, by the daemon's status, has this verdict."""
        connector = aiohttp.UnixConnector(str(self.folder / "slawatch.db.sock"))
        async with aiohttp.ClientSession(connector=connector) as session, asyncio.timeout(PATIENCE):
            while True:
                async with session.get("http://slawatch/api/v1/status") as answer:
                    (standing,) = (await answer.json())["customers"]
                if any(one["check"] == check and one["verdict"] == verdict for one in standing["checks"]):
                    return
                await asyncio.sleep(0.05)

    async def verb(self, *arguments: str, stdin: bytes | None = None) -> tuple[int, str, str]:
        """Exit status, stdout and stderr of one verb."""
        verb = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "slawatch", *arguments),
            env=ENVIRONMENT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(verb.communicate(stdin), PATIENCE)
        assert verb.returncode is not None
        return verb.returncode, out.decode(), err.decode()

    async def told(self, *arguments: str) -> str:
        """What a verb prints. In this process, in a thread of its own: it is done at once."""

        def run() -> str:
            with redirect_stdout(io.StringIO()) as out, pytest.raises(SystemExit) as ended:
                main([*arguments, "--config", str(self.config)])
            assert ended.value.code == 0, arguments
            return out.getvalue()

        return await asyncio.to_thread(run)

    async def switch(self, park: str = "duinzicht", /, **faults: Any) -> None:
        async with self.session.post(f"{self.places.switches}faults/{park}", json=faults) as answer:
            assert answer.status == 200, await answer.text()

    async def mail(self, number: int) -> Mapping[str, Any]:
        """The mail of this number, from 1, once it is there."""
        async with asyncio.timeout(PATIENCE):
            while True:
                url = f"{self.places.mails}mails.json?after={number - 1}&wait=10"
                async with self.session.get(url) as answer:
                    mails = await answer.json()
                if mails:
                    return mails[0]

    async def mails(self) -> list[Mapping[str, Any]]:
        async with self.session.get(f"{self.places.mails}mails.json") as answer:
            return await answer.json()


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """The world and a configuration; daemons that the test leaves running are ended."""
    async with (
        start_world(Wishes(), log=folder / "world.log") as places,
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as session,
    ):
        here = Scene(places, folder, session)
        here.write_config()
        try:
            yield here
        finally:
            for daemon in here.daemons:
                if daemon.returncode is None:
                    daemon.send_signal(signal.SIGTERM)
                    try:
                        await asyncio.wait_for(daemon.wait(), 10)
                    except TimeoutError:
                        daemon.kill()
                        await daemon.wait()
