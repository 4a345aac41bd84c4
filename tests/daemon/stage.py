"""The demo's world and a daemon on it, with a mail server in a process of its own: all of it can be stopped and killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
from lineage import alive, called, descendants
from living import ENVIRONMENT, PATIENCE, Scene

from slawatch.demo.child import start_world
from slawatch.demo.places import Wishes
from slawatch.model import SECOND

MAIL_SERVER = Path(__file__).parents[1] / "smtp_server.py"
FAST = {"every: 1s, timeout: 3s": "every: 1s, timeout: 2s", "timeout: 8s": "timeout: 2s"}


@dataclass
class MailServer:
    """Writes each mail down before it answers. Restarts on its port."""

    folder: Path
    port: int = 0
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        command = (
            sys.executable,
            str(MAIL_SERVER),
            "--port",
            str(self.port),
            "--mails",
            str(self.folder / "mails.jsonl"),
        )
        self.process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        assert self.process.stdout is not None
        self.port = int(await asyncio.wait_for(self.process.stdout.readline(), PATIENCE))

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    async def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            await self.process.communicate()
            self.process = None

    @property
    def received(self) -> list[str]:
        """The Message-IDs in the order in which they came."""
        return [json.loads(line)["message_id"] for line in (self.folder / "mails.jsonl").read_text().splitlines()]


@dataclass(frozen=True)
class Footprint:
    """What a process holds."""

    files: int
    threads: int
    children: int
    kilobytes: int


@dataclass
class Stage(Scene):
    """`temporary` is the daemon's folder for temporary files, and nobody else's."""

    mail_server: MailServer = field(init=False)

    def __post_init__(self) -> None:
        self.mail_server = MailServer(self.folder)
        self.temporary.mkdir()

    @property
    def temporary(self) -> Path:
        return self.folder / "temporary"

    @property
    def log(self) -> Path:
        return self.folder / "daemon.log"

    @property
    def daemon(self) -> asyncio.subprocess.Process:
        return self.daemons[-1]

    def configured(self, *, pages: str = "1s", **more: str) -> str:
        """A configuration with short intervals; `more`: texts that replace others."""
        self.write_config(pages=pages, **FAST, **{self.places.smtp: f"127.0.0.1:{self.mail_server.port}"}, **more)
        return self.config.read_text()

    async def spawn(self) -> asyncio.subprocess.Process:
        """A daemon that is starting."""
        with self.log.open("ab") as log:
            daemon = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "slawatch", "run", "--config", str(self.config)),
                env={**ENVIRONMENT, "TMPDIR": str(self.temporary)},
                stderr=log,
            )
        self.daemons.append(daemon)
        return daemon

    async def start(self) -> asyncio.subprocess.Process:
        begins = self.log.stat().st_size if self.log.exists() else 0
        daemon = await self.spawn()
        await self.logged("daemon.ready", after=begins)
        return daemon

    def world(self) -> int:
        (pid,) = called(descendants(os.getpid()), "-m slawatch.demo.world")
        return pid

    def browsers(self) -> list[int]:
        """The daemon's browsers: the first process of each, which is its process group too."""
        below = descendants(self.daemon.pid)
        return [pid for pid in called(below, "--remote-debugging-pipe") if os.getpgid(pid) == pid and alive(pid)]

    def select(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the ledger, read as another program would."""
        with closing(sqlite3.connect(f"file:{self.folder}/slawatch.db?mode=ro", uri=True)) as ledger:
            return ledger.execute(sql, values).fetchall()

    def now(self) -> int:
        """The recorded time of the last look."""
        ((at,),) = self.select("SELECT coalesce(max(recorded), 0) FROM observations")
        return int(at)

    def seen(self, since: int) -> Counter[tuple[str, str, str | None]]:
        """How many looks of each check, verdict and cause were recorded after `since`."""
        rows = self.select("SELECT check_name, verdict, cause FROM observations WHERE recorded > ?", since)
        return Counter((str(check), str(verdict), cause) for check, verdict, cause in rows)

    def well(self) -> bool:
        """Whether the last look of each check was up."""
        last = self.select("SELECT verdict, max(at) FROM observations GROUP BY check_name")
        return len(last) == 3 and all(verdict == "up" for verdict, _ in last)

    def outages(self) -> int:
        ((number,),) = self.select("SELECT count(*) FROM events WHERE kind = 'outage_opened'")
        return int(number)

    async def until(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Wait for what can only be asked for."""
        try:
            async with asyncio.timeout(seconds):
                while not holds():
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"not within {seconds:g} s: {what}\n{self.log.read_text()[-4000:]}") from None

    async def seeing(self, verdict: str, *checks: str, causes: Sequence[str | None] | None = None) -> None:
        """Until each of the checks (default: all) was looked at anew with this verdict, and one of the causes."""
        since, wanted = self.now(), set(checks or ("http", "dashboard", "reservations"))

        def all_seen() -> bool:
            return wanted <= {
                check
                for check, was, cause in self.seen(since)
                if was == verdict and (causes is None or cause in causes)
            }

        await self.until(all_seen, f"{verdict} at {', '.join(wanted)}, after {dict(self.seen(since))}")

    def looks(self, check: str, since: int) -> int:
        return sum(number for (name, _, _), number in self.seen(since).items() if name == check)

    def most_at_once(self) -> int:
        """How many looks the largest transaction holds."""
        ((number,),) = self.select("SELECT count(*) FROM observations GROUP BY recorded ORDER BY 1 DESC LIMIT 1")
        return int(number)

    def gaps(self, check: str, since: int) -> list[tuple[int, int]]:
        """Where two neighbouring slots of a check that is looked at every second are further apart."""
        rows = self.select(
            "SELECT at FROM observations WHERE check_name = ? AND recorded > ? AND NOT recheck", check, since
        )
        at = sorted(int(row[0]) for row in rows)
        return [(one, other) for one, other in pairwise(at) if other - one > SECOND]

    async def status(self) -> dict[str, Any]:
        connector = aiohttp.UnixConnector(str(self.folder / "slawatch.db.sock"))
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.get("http://slawatch/api/v1/status") as answer,
        ):
            told: dict[str, Any] = await answer.json()
            return told

    async def until_unwritten(self, looks: int) -> None:
        """Until so many looks wait for the store."""
        async with asyncio.timeout(PATIENCE):
            while (await self.status())["unwritten"] < looks:
                await asyncio.sleep(0.05)

    @property
    def wal(self) -> Path:
        return self.folder / "slawatch.db-wal"

    async def reload(self, text: str, event: str) -> dict[str, Any]:
        """A configuration, and what the daemon says about it."""
        self.config.write_text(text)
        after = self.log.stat().st_size
        self.daemon.send_signal(signal.SIGHUP)
        return await self.logged(event, after=after)

    def footprint(self) -> Footprint:
        pid = self.daemon.pid
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        return Footprint(
            files=len(list(Path(f"/proc/{pid}/fd").iterdir())),
            threads=int(status["Threads"]),
            children=len([child for child in descendants(pid) if alive(child)]),
            kilobytes=int(status["VmRSS"].split()[0]),
        )

    def events(self, *names: str, after: int = 0) -> list[dict[str, Any]]:
        """What was logged under these names."""
        lines = self.log.read_bytes()[after:].splitlines()
        logged = [json.loads(line) for line in lines if line.startswith(b"{") and line.endswith(b"}")]
        return [one for one in logged if one["event"] in names]

    def ids_of_accepted(self) -> list[str]:
        return [id_ for (id_,) in self.select("SELECT message_id FROM messages WHERE state = 'accepted'")]

    async def stop(self) -> int:
        self.daemon.send_signal(signal.SIGTERM)
        return await asyncio.wait_for(self.daemon.wait(), 10)

    async def report_and_replay(self, month: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The month's figures from the ledger, and from what it exports. No daemon may run.

        Without what tells of reloads in the month: replay knows one configuration.
        """
        exported = self.folder / "observations.jsonl"
        exported.write_text(await self.told("export-observations", "duinzicht", month))
        report = json.loads(await self.told("report", "duinzicht", month))
        asked = ("--month", month, "--customer", "duinzicht", "--until", report["as_of"])
        replayed = json.loads(await self.told("replay", *asked, "--observations", str(exported)))
        for said in (report, replayed):
            del said["earlier_terms"], said["inputs_sha256"]
        return report, replayed


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    """The world, a mail server and a configuration; daemons that the test leaves running are ended."""
    async with AsyncExitStack() as stack:
        places = await stack.enter_async_context(start_world(Wishes(), log=folder / "world.log"))
        session = await stack.enter_async_context(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)))
        here = Stage(places, folder, session)
        await here.mail_server.start()
        stack.push_async_callback(here.mail_server.kill)
        here.configured()
        stack.push_async_callback(end, here.daemons)
        yield here


async def end(daemons: Iterable[asyncio.subprocess.Process]) -> None:
    for daemon in daemons:
        if daemon.returncode is None:
            daemon.send_signal(signal.SIGCONT)
            daemon.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(daemon.wait(), 10)
            except TimeoutError:
                daemon.kill()
                await daemon.wait()


@asynccontextmanager
async def rationed(pid: int, *, runs: float = 0.002, rests: float = 1.0) -> AsyncIterator[None]:
    """The process runs 2 ms of each second: it starves, whatever the scheduler does for those who ask little."""

    async def ration() -> None:
        while True:
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(rests)
            os.kill(pid, signal.SIGCONT)
            await asyncio.sleep(runs)

    rationing = asyncio.create_task(ration())
    try:
        yield
    finally:
        rationing.cancel()
        os.kill(pid, signal.SIGCONT)


@asynccontextmanager
async def starved(pids: Iterable[int]) -> AsyncIterator[None]:
    """The processes on the first core with what two busy ones leave over: next to nothing. Theirs again afterwards."""
    loops = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "import os\nos.sched_setaffinity(0, {0})\nprint(flush=True)\nwhile True: pass"),
            stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(2)
    ]
    cores = os.sched_getaffinity(0)
    threads = [int(task.name) for pid in pids for task in Path(f"/proc/{pid}/task").iterdir()]
    try:
        for loop in loops:
            assert loop.stdout is not None
            await loop.stdout.readline()
        for thread in threads:
            rank(thread, os.SCHED_IDLE, {0})
        yield
    finally:
        for loop in loops:
            loop.kill()
            await loop.communicate()
        for thread in threads:
            rank(thread, os.SCHED_OTHER, cores)


def rank(thread: int, policy: int, cores: set[int]) -> None:
    """Nothing when the thread ended meanwhile."""
    with suppress(ProcessLookupError):
        os.sched_setscheduler(thread, policy, os.sched_param(0))
        os.sched_setaffinity(thread, cores)
