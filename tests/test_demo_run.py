"""The demo as a whole: its world in a child process, its configuration, its beginning and its end."""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from slawatch.cli.daemon import called_as
from slawatch.config import Config, load
from slawatch.demo.child import DemoError, start_world
from slawatch.demo.console import Terminal
from slawatch.demo.places import VARIABLE, Places, Wishes
from slawatch.demo.run import demo
from slawatch.demo.visitor import admit
from slawatch.observers import Observer
from slawatch.store import open_store


@dataclass
class Daemon:
    """What the demo runs: tells that it is ready, and waits for its end."""

    configs: list[Config] = field(default_factory=list)
    status: int = 0
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, config_path: Path, /, *, observers: Sequence[Observer], stop: asyncio.Event | None) -> int:
        assert stop is not None
        self.configs.append(load(config_path))
        for observer in observers:
            observer.on_ready({"metrics": f"http://{self.configs[-1].web.listen}/metrics"})
        self.ready.set()
        await stop.wait()
        return self.status


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session


async def test_the_demo_runs_slawatch_on_its_world_and_ends_by_itself(tmp_path: Path) -> None:
    daemon, file = Daemon(status=0), io.StringIO()
    status = await demo(
        daemon, directory=tmp_path / "var", port=0, duration=timedelta(seconds=0.1), terminal=Terminal(file)
    )

    (config,) = daemon.configs
    assert status == 0
    assert [customer.id for customer in config.customers] == ["duinzicht", "heiderand", "woodland"]
    assert [customer.language for customer in config.customers] == ["nl", "nl", "en"]
    assert config.mail is not None
    assert [(relay.host, relay.tls) for relay in config.mail.relays] == [("127.0.0.1", "off")]
    assert config.store == f"sqlite:///{tmp_path}/var/slawatch.db"
    lines = file.getvalue().splitlines()
    assert lines[0] == "slawatch demo: a browser watches three parks. Ctrl-C ends it."
    labels = [line[2:10].strip() for line in lines if line.startswith("  ")]
    assert labels == ["Switches", "Parks", "", "", "Sign in", "Mails", "Status", "Metrics"]
    assert f"slawatch status --config {tmp_path}/var/slawatch.yaml" in file.getvalue()
    for customer in config.customers:
        assert str(customer.url).rstrip("/") + "/" in file.getvalue()


async def test_who_visits_the_demo_may_sign_in_to_slawatch_itself(tmp_path: Path) -> None:
    file = io.StringIO()
    await demo(
        Daemon(), directory=tmp_path, port=0, duration=timedelta(seconds=0.1), terminal=Terminal(file), admit=admit
    )
    assert re.search(
        r"\n  Pages +http://127.0.0.1:\d+/login +slawatch's own, for demo / kijk-maar-rond\n", file.getvalue()
    )
    await admit(f"sqlite:///{tmp_path / 'slawatch.db'}")
    async with open_store(f"sqlite:///{tmp_path / 'slawatch.db'}", write=False) as store:
        assert [(one.name, one.role) for one in await store.people.users()] == [("demo", "admin")]


async def test_the_password_is_not_in_the_configuration(tmp_path: Path) -> None:
    daemon = Daemon()
    await demo(daemon, directory=tmp_path, port=0, duration=timedelta(0), terminal=Terminal(io.StringIO()))
    (config,) = daemon.configs
    credentials = config.customers[0].credentials
    assert credentials is not None
    password = credentials.password.reveal()
    assert password == os.environ[VARIABLE]
    assert password not in (tmp_path / "slawatch.yaml").read_text()


async def test_the_daemons_exit_status_is_the_demos(tmp_path: Path) -> None:
    status = await demo(
        Daemon(status=3), directory=tmp_path, port=0, duration=timedelta(0), terminal=Terminal(io.StringIO())
    )
    assert status == 3


@pytest.mark.parametrize("keep", [True, False])
async def test_the_store_of_an_earlier_demo_is_kept_only_when_asked(tmp_path: Path, *, keep: bool) -> None:
    for name in ("slawatch.db", "slawatch.db-wal", "notes.txt"):
        (tmp_path / name).write_text("earlier")
    terminal = Terminal(io.StringIO())
    await demo(Daemon(), directory=tmp_path, port=0, keep=keep, duration=timedelta(0), terminal=terminal)
    assert (tmp_path / "slawatch.db").exists() is keep
    assert (tmp_path / "slawatch.db-wal").exists() is keep
    assert (tmp_path / "notes.txt").exists()


async def test_two_demos_in_one_directory_are_refused(tmp_path: Path) -> None:
    daemon, stop = Daemon(), asyncio.Event()
    first = asyncio.create_task(demo(daemon, directory=tmp_path, port=0, stop=stop, terminal=Terminal(io.StringIO())))
    await asyncio.wait_for(daemon.ready.wait(), 20)
    with pytest.raises(DemoError) as refused:
        await demo(Daemon(), directory=tmp_path, port=0)
    assert str(refused.value) == f"{tmp_path}: another demo runs here; end it, or name another directory"
    stop.set()
    assert await first == 0


async def test_a_directory_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DemoError) as refused:
        await demo(Daemon(), directory=tmp_path / "file" / "var", port=0)
    assert str(refused.value) == f"{tmp_path}/file/var: cannot be written: Not a directory"


async def test_ctrl_c_ends_the_demo(tmp_path: Path) -> None:
    daemon = Daemon()
    running = asyncio.create_task(demo(daemon, directory=tmp_path, port=0, terminal=Terminal(io.StringIO())))
    await asyncio.wait_for(daemon.ready.wait(), 20)
    os.kill(os.getpid(), signal.SIGINT)
    assert await asyncio.wait_for(running, 5) == 0


async def test_a_world_that_ends_by_itself_ends_the_demo_and_is_said(tmp_path: Path) -> None:
    daemon, file = Daemon(), io.StringIO()
    running = asyncio.create_task(demo(daemon, directory=tmp_path, port=0, terminal=Terminal(file)))
    await asyncio.wait_for(daemon.ready.wait(), 20)
    os.kill(_the_world(), signal.SIGKILL)
    assert await asyncio.wait_for(running, 5) == 1
    assert file.getvalue().endswith(f"the stand-in ended by itself: see {tmp_path}/world.log\n")


async def test_a_world_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(DemoError) as refused:
        async with start_world(Wishes(port=70_000), log=tmp_path / "world.log"):
            pass
    assert str(refused.value).startswith("the stand-in did not start: OverflowError: ")


async def test_the_world_answers_in_a_process_of_its_own(tmp_path: Path, http: aiohttp.ClientSession) -> None:
    async with start_world(Wishes(pace=0.0), log=tmp_path / "world.log") as places:
        async with http.get(places.parks["heiderand"] + "health") as answer:
            assert await answer.json() == {"status": "ok", "park": "heiderand"}
        async with http.get(places.mails + "mails.json") as answer:
            assert await answer.json() == []
    with pytest.raises(aiohttp.ClientConnectorError):
        await http.get(places.switches)
    assert (tmp_path / "world.log").read_text() == ""


async def test_the_world_does_not_outlive_a_parent_that_was_killed(http: aiohttp.ClientSession) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import subprocess, sys\n"
        "child = subprocess.Popen([sys.executable, '-m', 'slawatch.demo.world'], stdin=subprocess.PIPE)\n"
        "child.wait()",
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    places = Places.from_json((await asyncio.wait_for(parent.stdout.readline(), 20)).decode())
    async with http.get(places.switches + "live") as stream:
        await stream.content.readuntil(b"\n\n")
        parent.kill()
        await parent.wait()
        # The stream ends when the world does; otherwise this runs into the session's deadline.
        while await stream.content.readany():
            pass


def test_places_survive_the_way_from_the_child() -> None:
    places = Places("http://a/", {"duinzicht": "http://b/"}, "http://c/", "127.0.0.1:25", ("port 1 is in use",))
    assert Places.from_json(places.to_json()) == places
    assert json.loads(places.to_json())["parks"] == {"duinzicht": "http://b/"}


async def test_a_reader_that_goes_ends_the_demo(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    stop = asyncio.Event()
    with os.fdopen(writing, "w") as file:
        terminal = Terminal(file, lost=stop.set)
        os.close(reading)
        status = await asyncio.wait_for(
            demo(Daemon(), directory=tmp_path, port=0, stop=stop, terminal=terminal), timeout=20
        )
    assert status == 0


def _the_world() -> int:
    """The id of our child that is the world."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    (world,) = [pid for pid in children if "slawatch.demo.world" in Path(f"/proc/{pid}/cmdline").read_text()]
    return int(world)


def test_the_demo_names_slawatch_as_whoever_started_it_can(tmp_path: Path) -> None:
    installed = tmp_path / ".venv" / "bin" / "slawatch"
    installed.parent.mkdir(parents=True)
    installed.touch()
    (other := tmp_path / "slawatch").touch()
    (tmp_path / "linked").symlink_to(installed)

    # As `make demo` does it, in a checkout whose .venv nobody has activated.
    assert called_as(installed, None, tmp_path) == ".venv/bin/slawatch"
    assert called_as(installed, str(other), tmp_path) == ".venv/bin/slawatch"
    assert called_as(installed, None, tmp_path / "var") == str(installed)
    assert called_as(installed, str(installed), tmp_path) == "slawatch"
    assert called_as(installed, str(tmp_path / "linked"), tmp_path) == "slawatch"
    assert called_as(tmp_path / "slawatch" / "__main__.py", None, tmp_path) == "slawatch"
