"""A real SMTP server that misbehaves on request: in a thread of its own, or as a process of its own.

As a process: `python smtp_server.py --port 0 --mails FILE [--certificate FILE --key FILE]` prints its port, and writes
each mail to FILE as a line of JSON, on the disk before the mail is acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import functools
import json
import os
import ssl
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Literal, Self, TextIO, TypeAlias, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

Command: TypeAlias = Callable[[str | None], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """What happens once, at the next such stage: an answer such as `451 later`, `close`, or `stall`.

    Stage `answer` comes after the mail was taken, so `close` and `stall` there lose the answer. Stage `tls` comes when
    the server has said that it is ready for it; any text there goes over the line in the place of TLS.
    """

    stage: Literal["greeting", "tls", "mail", "rcpt", "data", "answer"]
    does: str


@dataclass(frozen=True)
class Received:
    sender: str
    recipient: str
    content: bytes
    encrypted: bool
    session: int

    @property
    def parsed(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    @property
    def message_id(self) -> str:
        return str(self.parsed["Message-ID"])


@dataclass
class Behaviour:
    """`seen`: every command, so that a test can say what never came over the line.

    `refuses`: recipients that are refused for good. `greylists`: who comes for the first time is told to come later.
    `whim`: what else happens at a stage.
    """

    faults: deque[Fault] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    sessions: int = 0
    open: set[asyncio.Transport] = field(default_factory=set)
    tls: ssl.SSLContext | None = None
    implicit_tls: bool = False
    password: str | None = None
    refuses: frozenset[str] = frozenset()
    greylists: bool = False
    known: set[tuple[str | None, str]] = field(default_factory=set)
    whim: Callable[[str], str | None] = lambda _: None
    on_received: Callable[[Received], None] = lambda _: None
    changed: threading.Condition = field(default_factory=threading.Condition)

    def see(self, command: str) -> None:
        with self.changed:
            self.seen.append(command)
            self.changed.notify_all()

    def hang_up(self) -> None:
        for transport in self.open:
            with contextlib.suppress(AttributeError):  # Python before 3.11.5: one whose TLS has ended cannot be aborted
                transport.abort()
        self.open.clear()

    def fault(self, stage: str) -> str | None:
        if self.faults and self.faults[0].stage == stage:
            return self.faults.popleft().does
        return self.whim(stage)

    def refusal(self, sender: str | None, recipient: str) -> str | None:
        """Of a recipient, by who it is or because nobody knows who asks."""
        if recipient in self.refuses:
            return "550 5.1.1 no such user"
        if self.greylists and (sender, recipient) not in self.known:
            self.known.add((sender, recipient))
            return "451 4.7.1 greylisted, come back later"
        return None

    def take(self, mail: Received) -> None:
        self.on_received(mail)
        with self.changed:
            self.received.append(mail)
            self.changed.notify_all()


class _Protocol(SMTP):
    """One connection."""

    def __init__(self, behaviour: Behaviour, **settings: Any) -> None:
        self.behaviour = behaviour
        behaviour.sessions += 1
        self.number = behaviour.sessions
        super().__init__(_Handler(behaviour), **settings)
        self._smtp_methods = {name: self._noted(name, method) for name, method in self._smtp_methods.items()}

    def _noted(self, name: str, method: Command) -> Command:
        @functools.wraps(method)
        async def noted(argument: str | None) -> None:
            self.behaviour.see(f"{name} {argument or ''}".strip())
            broken = self.behaviour.fault("tls") if name == "STARTTLS" else None
            if broken is None:
                await method(argument)
                return
            await self.push("220 ready for TLS")
            said = await misbehave(self, broken)
            self.transport.write(f"{said}\r\n".encode())

        return noted

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.behaviour.open.add(cast("asyncio.Transport", transport))
        super().connection_made(transport)

    async def push(self, status: str | bytes) -> None:
        if self.session is not None and self.session.host_name is None and str(status).startswith("220 "):
            status = await misbehave(self, self.behaviour.fault("greeting")) or status
        await super().push(status)


async def misbehave(server: SMTP, does: str | None) -> str | None:
    """Another answer, if the fault is one."""
    if does == "stall":
        await asyncio.Event().wait()
    if does == "close":
        server.transport.abort()
        await asyncio.Event().wait()
    return does


class _Handler:
    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour

    async def handle_MAIL(  # noqa: N802 - the name that the server looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = await misbehave(server, self.behaviour.fault("mail"))
        if refusal is None:
            envelope.mail_from = address
        return refusal or "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name that the server looks for
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = await misbehave(server, self.behaviour.fault("rcpt"))
        refusal = refusal or self.behaviour.refusal(envelope.mail_from, address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(  # noqa: N802 - the name that the server looks for
        self, server: _Protocol, session: Session, envelope: Envelope
    ) -> str:
        refusal = await misbehave(server, self.behaviour.fault("data"))
        if refusal is not None:
            return refusal
        (recipient,) = envelope.rcpt_tos
        content = envelope.original_content or b""
        encrypted = session.ssl is not None or self.behaviour.implicit_tls
        self.behaviour.take(Received(envelope.mail_from or "", recipient, content, encrypted, server.number))
        number = len(self.behaviour.received)
        return await misbehave(server, self.behaviour.fault("answer")) or f"250 2.0.0 Ok: queued as {number:05}"


async def listen(behaviour: Behaviour, port: int) -> asyncio.Server:
    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        return AuthResult(success=data.password.decode() == behaviour.password, handled=False)

    def connection() -> _Protocol:
        return _Protocol(
            behaviour,
            hostname="mail.example",
            tls_context=None if behaviour.implicit_tls else behaviour.tls,
            authenticator=authenticate if behaviour.password else None,
            auth_require_tls=not behaviour.implicit_tls,
            timeout=60,
        )

    implicit = behaviour.tls if behaviour.implicit_tls else None
    return await asyncio.get_running_loop().create_server(connection, "127.0.0.1", port, ssl=implicit)


class SmtpServer:
    """In a thread of its own. `behaviour` may be changed while it runs; it can be stopped and started on its port."""

    def __init__(self, behaviour: Behaviour | None = None) -> None:
        self.behaviour = behaviour or Behaviour()
        self.port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def received(self) -> list[Received]:
        return list(self.behaviour.received)

    def start(self) -> None:
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(started)), name="smtp server")
        self._thread.start()
        assert started.wait(10)

    async def _run(self, started: threading.Event) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        server = await listen(self.behaviour, self.port)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stopping.wait()
        server.close()
        serving = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        self.behaviour.hang_up()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await asyncio.sleep(0.01)  # the loop closes what was hung up

    def stop(self) -> None:
        if self._thread is not None and self._loop is not None:
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(10)
            assert not self._thread.is_alive()
            self._thread = None

    async def seeing(self, command: str, seconds: float = 10) -> None:
        """Returns once a command that begins so has come."""
        await self._until(lambda: any(seen.startswith(command) for seen in self.behaviour.seen), seconds)

    async def receiving(self, count: int, seconds: float = 10) -> None:
        """Returns once so many mails have come."""
        await self._until(lambda: len(self.behaviour.received) >= count, seconds)

    async def _until(self, condition: Callable[[], bool], seconds: float) -> None:
        def wait() -> bool:
            with self.behaviour.changed:
                return self.behaviour.changed.wait_for(condition, seconds)

        assert await asyncio.to_thread(wait), self.behaviour.seen

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


async def _serve(arguments: argparse.Namespace, file: TextIO) -> None:
    behaviour = Behaviour()
    if arguments.certificate:
        behaviour.tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        behaviour.tls.load_cert_chain(arguments.certificate, arguments.key)

    def keep(mail: Received) -> None:
        file.write(json.dumps({"message_id": mail.message_id, "recipient": mail.recipient}) + "\n")
        file.flush()
        os.fsync(file.fileno())

    behaviour.on_received = keep
    server = await listen(behaviour, arguments.port)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mails", required=True)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    parsed = parser.parse_args()
    with Path(parsed.mails).open("a", encoding="utf-8") as mails:
        asyncio.run(_serve(parsed, mails))
