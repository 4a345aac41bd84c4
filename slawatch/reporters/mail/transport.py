"""The way out: relays in order, and on each the connections that a burst of mail keeps open."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from types import TracebackType
from typing import Protocol, Self

from slawatch.config.mail import Relay
from slawatch.reporters.mail.connection import Connection, Envelope, Patience, name_of, open_connection
from slawatch.reporters.mail.outcome import Accepted, RelayUnusable, Undeliverable

#: Seconds that a connection is kept for the next mail.
IDLE = 10.0


class Tried(Protocol):
    def __call__(self, relay: str, *, usable: bool) -> None:
        """`relay`: `host:port`. `usable`: it took the mail, or judged the mail or whom it is for."""


class Transport:
    """Sends from any number of tasks at once, each over a connection of its own. Close it, or use it with `async with`.

    `tls`: what certificates are checked with, by default the system's authorities. `own_name`: what the relays are
    told that this machine is called. `on_relay`: hears of each relay that is tried.
    """

    def __init__(
        self,
        relays: Sequence[Relay],
        *,
        tls: ssl.SSLContext | None = None,
        own_name: str | None = None,
        patience: Patience | None = None,
        idle: float = IDLE,
        on_relay: Tried | None = None,
    ) -> None:
        self._on_relay = on_relay
        self._ways = tuple(
            _Way(relay, tls or ssl.create_default_context(), own_name or _own_name(), patience or Patience(), idle)
            for relay in relays
        )

    @property
    def relays(self) -> tuple[str, ...]:
        """What they are called: `host:port`."""
        return tuple(way.name for way in self._ways)

    async def send(self, email: EmailMessage, *, only: str | None = None, bounces_to: str | None = None) -> Accepted:
        """Hand the mail over for the one address in its To. Raises Undeliverable.

        The next relay is tried only while no relay was handed the mail and none has judged it. `only`: the relay
        (`host:port`) that may have it already; any, when there is no such relay any more. `bounces_to`: the address
        that it comes back to, by default the one in its From.
        """
        envelope = _envelope(email, bounces_to)
        reasons = []
        ways = [way for way in self._ways if way.name == only] or self._ways
        for way in ways:
            try:
                accepted = await way.send(envelope)
            except RelayUnusable as unusable:
                self._tell(way, usable=False)
                reasons.append(str(unusable))
            except Undeliverable as refused:
                self._tell(way, usable=refused.judged)
                raise
            else:
                self._tell(way, usable=True)
                return accepted
        raise Undeliverable("; ".join(reasons) or "no relay is configured", permanent=False)

    def _tell(self, way: _Way, *, usable: bool) -> None:
        if self._on_relay is not None:
            self._on_relay(way.name, usable=usable)

    async def close(self) -> None:
        """Let go of the connections that are kept; those in use go with their sends."""
        for way in self._ways:
            way.close()
        await asyncio.sleep(0)  # lets the loop close what was dropped

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class _Way:
    """One relay and its idle connections."""

    def __init__(self, relay: Relay, tls: ssl.SSLContext, own_name: str, patience: Patience, idle: float) -> None:
        self.name = name_of(relay)
        self._relay = relay
        self._tls = tls
        self._own_name = own_name
        self._patience = patience
        self._idle = idle
        self._kept: dict[Connection, asyncio.TimerHandle] = {}
        self._closed = False

    async def send(self, envelope: Envelope) -> Accepted:
        """Raises RelayUnusable or Undeliverable. A kept connection that turns out to be dead is no verdict."""
        kept = self._take()
        if kept is not None:
            try:
                return await self._over(kept, envelope)
            except RelayUnusable:
                self._let_all_go()
        fresh = await open_connection(self._relay, self._tls, self._own_name, self._patience)
        return await self._over(fresh, envelope)

    async def _over(self, connection: Connection, envelope: Envelope) -> Accepted:
        try:
            return await connection.send(envelope)
        finally:
            if connection.alive:
                self._keep(connection)

    def _take(self) -> Connection | None:
        while self._kept:
            connection, timer = self._kept.popitem()
            timer.cancel()
            if connection.alive:
                return connection
        return None

    def _keep(self, connection: Connection) -> None:
        if self._closed:
            connection.say_goodbye()
            return
        self._kept[connection] = asyncio.get_running_loop().call_later(self._idle, self._let_go, connection)

    def _let_go(self, connection: Connection) -> None:
        del self._kept[connection]
        connection.say_goodbye()

    def close(self) -> None:
        self._closed = True
        self._let_all_go()

    def _let_all_go(self) -> None:
        for connection, timer in self._kept.items():
            timer.cancel()
            connection.say_goodbye()
        self._kept.clear()


def _envelope(email: EmailMessage, bounces_to: str | None) -> Envelope:
    (sender,), (recipient,) = email["From"].addresses, email["To"].addresses
    return Envelope(bounces_to or sender.addr_spec, recipient.addr_spec, email.as_bytes())


def _own_name() -> str:
    """Without asking DNS, which may be down when mail matters most."""
    name = socket.gethostname()
    return name if "." in name and name.isascii() else "[127.0.0.1]"
