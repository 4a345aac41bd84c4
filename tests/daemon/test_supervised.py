"""A daemon under a service manager: what it tells on its socket, and a backup that is put back under it."""

import asyncio
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

from living import ENVIRONMENT, PATIENCE, Scene, scene

BACK = "slawatch.db.replaced-1"


class Told:
    """What a daemon tells its service manager."""

    def __init__(self, folder: Path) -> None:
        self.address = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.address))
        self._socket.setblocking(False)

    async def until(self, wanted: str) -> list[str]:
        """What it said up to a datagram that begins so, without that one."""
        before: list[str] = []
        async with asyncio.timeout(PATIENCE):
            while True:
                said = (await asyncio.get_running_loop().sock_recv(self._socket, 4096)).decode()
                if said.startswith(wanted):
                    return before
                before.append(said)

    def drain(self) -> None:
        """Read what is there: the system keeps few datagrams that nobody reads, and drops what comes then."""
        with suppress(BlockingIOError):
            while True:
                self._socket.recv(4096)

    def close(self) -> None:
        self._socket.close()


async def supervised(here: Scene, told: Told) -> asyncio.subprocess.Process:
    watched = {"NOTIFY_SOCKET": str(told.address), "WATCHDOG_USEC": "300000"}
    with (here.folder / "daemon.log").open("ab") as log:
        daemon = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "slawatch", "run", "--config", str(here.config)),
            env=ENVIRONMENT | watched,
            stderr=log,
        )
    here.daemons.append(daemon)
    return daemon


async def test_a_daemon_tells_its_life_and_goes_on_from_a_backup_that_was_taken_while_it_ran(tmp_path: Path):
    told = Told(tmp_path)
    async with scene(tmp_path) as here:
        daemon = await supervised(here, told)
        assert set(await told.until("READY=1")) <= {"WATCHDOG=1"}
        await told.until("WATCHDOG=1")
        for change, event in (("", "config.loaded"), ("nonsense: 1\n", "config.refused")):
            here.config.write_text(here.config.read_text() + change)
            daemon.send_signal(signal.SIGHUP)
            assert set(await told.until("RELOADING=1\nMONOTONIC_USEC=")) <= {"WATCHDOG=1"}
            assert set(await told.until("READY=1")) <= {"WATCHDOG=1"}
            await here.logged(event)
        here.write_config()
        await here.looked("http", "up")

        where = ("--config", str(here.config))
        status, said, errors = await here.verb("backup", *where, str(tmp_path / "copy.db"))
        assert (status, errors) == (0, ""), said
        status, _, refused = await here.verb("restore", "--replace", *where, str(tmp_path / "copy.db"))
        holder = f"{tmp_path}/slawatch.db: process {daemon.pid} writes this store already; stop it first\n"
        assert (status, refused) == (2, holder)

        told.drain()
        daemon.send_signal(signal.SIGTERM)
        assert set(await told.until("STOPPING=1")) <= {"WATCHDOG=1"}
        assert await asyncio.wait_for(daemon.wait(), 10) == 0
        status, said, errors = await here.verb("restore", "--replace", *where, str(tmp_path / "copy.db"))
        assert (status, errors) == (0, "")
        assert said.startswith(f"{tmp_path}/{BACK}: the store that was there\n")

        await supervised(here, told)
        await told.until("READY=1")
        for check in ("http", "dashboard", "reservations"):
            await here.looked(check, "up")
    told.close()
