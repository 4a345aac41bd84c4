"""The verb `demo`: starts the world in a process of its own, writes a configuration for it, and runs slawatch on it."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from slawatch.demo.child import DemoError, start_world
from slawatch.demo.console import Console, Line, Terminal
from slawatch.demo.pages import render
from slawatch.demo.parks import PARKS
from slawatch.demo.places import HOST, USERNAME, VARIABLE, WELCOME, Places, Wishes
from slawatch.demo.visitor import NAME, PASSWORD
from slawatch.observers import Observer

PORT, MAIL_PORT, WEB_PORT = 8800, 8025, 9464
DIRECTORY = Path("var/demo")


class Daemon(Protocol):
    """`slawatch.app.daemon.run`."""

    async def __call__(
        self, config_path: Path, /, *, observers: tuple[Observer, ...], stop: asyncio.Event | None
    ) -> int: ...


async def demo(
    daemon: Daemon,
    *,
    directory: Path = DIRECTORY,
    port: int = PORT,
    keep: bool = False,
    duration: timedelta | None = None,
    command: str = "slawatch",
    stop: asyncio.Event | None = None,
    terminal: Terminal | None = None,
    admit: Callable[[str], Awaitable[None]] | None = None,
) -> int:
    """Run `daemon` (`slawatch.app.daemon.run`) on a world of its own; gives its exit status, or 1 if the world ended.

    Ends at Ctrl-C, SIGTERM, `stop`, or after `duration`. `port`: of the switches, the parks have the ones after it; 0
    takes any free ports for everything. What is in use is replaced by a free one, and said. `directory` gets the
    configuration, the store and the world's log; the store of an earlier demo is deleted unless `keep`. `command`: how
    who reads it calls slawatch. `admit`: lets the visitor sign in, by the store's address. Raises DemoError when the
    demo cannot start.
    """
    stop = stop or asyncio.Event()
    terminal = terminal or Terminal(sys.stdout, lost=stop.set)
    os.environ.setdefault(VARIABLE, WELCOME)
    with contextlib.ExitStack() as stack:
        stack.enter_context(_alone(directory))
        stack.enter_context(_signals(stop.set))
        if not keep:
            _start_afresh(directory)
        listen = f"{HOST}:{_free(WEB_PORT if port else 0)}"
        wishes = Wishes(port=port, mail_port=port and MAIL_PORT, metrics=f"http://{listen}/metrics")
        ended = asyncio.Event()

        def end_of_the_world() -> None:
            ended.set()
            stop.set()

        log = directory / "world.log"
        async with start_world(wishes, log=log, ended=end_of_the_world) as places:
            config = directory / "slawatch.yaml"
            config.write_text(_config(places, directory, listen), encoding="utf-8")
            lines = _lines(places, f"{command} status --config {config}", moved=places.moved)
            if admit is not None:
                await admit(_store(directory))
                lines.append(Line("Pages", f"http://{listen}/login", f"slawatch's own, for {NAME} / {PASSWORD}"))
            console = Console(terminal, names={park.id: park.name for park in PARKS}, lines=lines)
            console.say("slawatch demo: a browser watches three parks. Ctrl-C ends it.", "bold")
            if stop.is_set():
                return 0
            if duration is not None:
                asyncio.get_running_loop().call_later(duration.total_seconds(), stop.set)
            status = await daemon(config, observers=(console,), stop=stop)
        if ended.is_set():
            console.on_notice(f"the stand-in ended by itself: see {log}")
            return status or 1
        return status


def _start_afresh(directory: Path) -> None:
    for leftover in directory.glob("slawatch.db*"):
        leftover.unlink()


def _config(places: Places, directory: Path, listen: str) -> str:
    store = _store(directory)
    return render(
        "demo.yaml", parks=PARKS, places=places, store=store, listen=listen, username=USERNAME, variable=VARIABLE
    )


def _store(directory: Path) -> str:
    return f"sqlite:///{(directory / 'slawatch.db').resolve()}"


def _lines(places: Places, status: str, *, moved: tuple[str, ...]) -> list[Line]:
    password = os.environ[VARIABLE]
    parks = [Line("" if index else "Parks", places.parks[park.id], park.name) for index, park in enumerate(PARKS)]
    return [
        Line("Switches", places.switches, "flip one, and see what happens"),
        *parks,
        Line("Sign in", f"{USERNAME} / {password}", "at a park, as slawatch does"),
        Line("Mails", places.mails, "what slawatch sent"),
        Line("Status", status),
        *(Line("Note", each) for each in moved),
    ]


@contextlib.contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """No two demos in one directory. Raises DemoError."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / "lock").open("w")
    except OSError as error:
        raise DemoError(f"{directory}: cannot be written: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise DemoError(f"{directory}: another demo runs here; end it, or name another directory") from error
        yield


@contextlib.contextmanager
def _signals(end: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C and SIGTERM call `end`, also before slawatch itself listens to them and after."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _free(port: int) -> int:
    """`port` when nobody listens there, otherwise some free one."""
    for wanted in (port, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((HOST, wanted))
            except OSError:
                continue
            found: int = trial.getsockname()[1]
            return found
    raise DemoError(f"no port is free on {HOST}")
