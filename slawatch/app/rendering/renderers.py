"""The children in which documents are made: started when there is something to make, niced, replaced when they fail."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from slawatch.app.rendering.wanted import Answer, Made, Order, Wanted
from slawatch.config import Config

log = structlog.get_logger()

#: A document that takes longer is given up, and its child ended.
MAKES_WITHIN = 120.0
#: So many wait for a child; who comes beyond that is told to come again.
MOST_WAITING = 16
#: How long a child may take to end by itself when there is nothing more to make.
ENDS_WITHIN = 3.0


class CannotRender(Exception):
    """There is no such document; str is one line. `busy`: there will be, a little later. `fault`: slawatch is wrong."""

    def __init__(self, why: str, *, busy: bool = False, fault: bool = False) -> None:
        super().__init__(why)
        self.busy = busy
        self.fault = fault


class _Lost(Exception):
    """The child ended without an answer."""


@dataclass(slots=True, eq=False)
class _Child:
    """One process, and the configuration that it was started with."""

    process: Process
    config: Config

    async def ask(self, order: Order) -> Answer:
        """Raises _Lost, TimeoutError."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        try:
            self.process.stdin.write(order.line())
            await self.process.stdin.drain()
            async with asyncio.timeout(MAKES_WITHIN):
                line = await self.process.stdout.readline()
        except (BrokenPipeError, ConnectionResetError):
            line = b""
        if not line:
            raise _Lost
        return Answer.of_line(line)

    async def end(self) -> None:
        """The end of its standard input is its end; else it is killed."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            async with asyncio.timeout(ENDS_WITHIN):
                await self.process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


class Renderers:
    """Made by `open_renderers`."""

    def __init__(self, config: Callable[[], Config], most_waiting: int | None) -> None:
        self._config = config
        self._most_waiting = most_waiting
        self._waiting = 0
        self._free: asyncio.LifoQueue[_Child | None] = asyncio.LifoQueue()  # the warm ones first
        self._all: set[_Child] = set()

    def add(self) -> None:
        """A place for one more child."""
        self._free.put_nowait(None)

    async def render(self, wanted: Wanted, out: Path) -> Made:
        """Have the document written to the file `out`. Raises CannotRender."""
        if self._most_waiting is not None and self._waiting >= self._most_waiting:
            raise CannotRender("too many documents are being made: come again in a minute", busy=True)
        self._waiting += 1
        try:
            child = await self._free.get()
        finally:
            self._waiting -= 1
        try:
            answer, child = await self._asked(child, Order(wanted, out))
        except BaseException:
            self._free.put_nowait(None)  # one that was broken off may still be at it: it is not used again
            raise
        self._free.put_nowait(child)
        if answer.made is None:
            raise CannotRender(answer.why, fault=answer.fault)
        return answer.made

    async def _asked(self, child: _Child | None, order: Order) -> tuple[Answer, _Child | None]:
        """Once more with a fresh child, where the first one has gone: it may have ended as there was nothing to do."""
        for fresh in (False, True):
            try:
                child = await self._ready(None if fresh else child)
                return await child.ask(order), child
            except _Lost:
                if child is not None:
                    await self._forget(child)
            except TimeoutError:
                if child is not None:
                    await self._forget(child)
                log.error("document.too_long", customer=order.wanted.customer, month=order.wanted.month)
                return Answer(why=f"not made within {MAKES_WITHIN:g} s: the log says more", fault=True), None
            except asyncio.CancelledError:
                if child is not None:
                    await asyncio.shield(self._forget(child))
                raise
        log.error("document.lost", customer=order.wanted.customer, month=order.wanted.month)
        return Answer(why="what makes the documents ended twice: the log says more", fault=True), None

    async def _ready(self, child: _Child | None) -> _Child:
        """A child that knows the configuration in force."""
        config = self._config()
        if child is not None and (child.process.returncode is not None or child.config is not config):
            self._all.discard(child)
            await child.end()
            child = None
        if child is None:
            child = await _started(config)
            self._all.add(child)
        return child

    async def _forget(self, child: _Child) -> None:
        self._all.discard(child)
        await child.kill()

    async def close(self) -> None:
        await asyncio.gather(*(child.end() for child in self._all))


async def _started(config: Config) -> _Child:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "slawatch.app.rendering.child"),
        stdin=PIPE,
        stdout=PIPE,
        start_new_session=True,  # Ctrl-C in the terminal is for us
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps({"file": config.file, "text": config.text}).encode() + b"\n")
    return _Child(process, config)


@asynccontextmanager
async def open_renderers(
    config: Callable[[], Config], number: int = 1, *, most_waiting: int | None = MOST_WAITING
) -> AsyncIterator[Renderers]:
    """Up to `number` children at once. `config`: the configuration in force; a child with another one is replaced.

    `most_waiting`: None for whoever never asks for more than it can wait for.
    """
    renderers = Renderers(config, most_waiting)
    for _ in range(number):
        renderers.add()
    try:
        yield renderers
    finally:
        await renderers.close()
