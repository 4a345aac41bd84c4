"""What systemd is told about the daemon, where systemd started it: sd_notify(3), a datagram of a line or two."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog

from slawatch.web import Health

log = structlog.get_logger()

#: Signs of life in the time that systemd waits for one.
_BEATS = 3
READY, STOPPING, ALIVE = "READY=1", "STOPPING=1", "WATCHDOG=1"


@dataclass(frozen=True, slots=True)
class Manager:
    """`address`: systemd's socket, or None where nobody listens. `patience_seconds`: its watchdog's, or None."""

    address: str | None = None
    patience_seconds: float | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Manager:
        """By NOTIFY_SOCKET and WATCHDOG_USEC; the watchdog only where WATCHDOG_PID names this process, or none."""
        address = environment.get("NOTIFY_SOCKET") or None
        patience = environment.get("WATCHDOG_USEC", "")
        ours = environment.get("WATCHDOG_PID") in {None, str(os.getpid())}
        watched = address is not None and ours and patience.isdecimal() and int(patience) > 0
        return cls(address, int(patience) / 1e6 if watched else None)

    def tell(self, *lines: str) -> None:
        """Without waiting; where nobody takes it, it is lost."""
        if self.address is None:
            return
        name = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as to:
            to.sendto("\n".join(lines).encode(), name)

    @contextmanager
    def reloading(self) -> Iterator[None]:
        """What is inside is a reload, which has ended, well or not, when it is left."""
        self.tell("RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")
        try:
            yield
        finally:
            self.tell(READY)

    async def beat(self, health: Health) -> None:
        """Give signs of life until cancelled, but only while every loop that is expected to gives its own."""
        if self.patience_seconds is None:
            return
        silent = False
        while True:
            stuck = health.stuck()
            if not stuck:
                self.tell(ALIVE)
            elif not silent:
                log.error("watchdog.silent", stuck=stuck)
            silent = bool(stuck)
            await asyncio.sleep(self.patience_seconds / _BEATS)
