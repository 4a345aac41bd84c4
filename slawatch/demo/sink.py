"""The mail sink: an SMTP server on loopback that keeps what it receives, in memory and within bounds."""

from __future__ import annotations

import asyncio
import email
import email.policy
import weakref
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from types import SimpleNamespace

from aiosmtpd.smtp import SMTP, Envelope, Session

from slawatch.clock import Clock
from slawatch.demo.faults import Bell
from slawatch.demo.places import HOST
from slawatch.model import Instant

#: How many mails are kept; beyond that the oldest goes.
KEPT = 500
#: The largest mail that is taken, in bytes.
LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, eq=False)
class Mail:
    """One received mail. `sender` and `recipients` are the envelope's, `parsed` is what the mail itself says.

    `thread`: the Message-ID that the thread began with; the mail's own when it began one.
    """

    number: int
    received: Instant
    sender: str
    recipients: tuple[str, ...]
    source: bytes
    parsed: EmailMessage

    @property
    def subject(self) -> str:
        return self.header("Subject")

    @property
    def message_id(self) -> str:
        return self.header("Message-ID")

    @property
    def thread(self) -> str:
        earlier = self.header("References").split() or self.header("In-Reply-To").split()
        return earlier[0] if earlier else self.message_id or f"mail {self.number}"

    @property
    def replies(self) -> bool:
        return self.thread != self.message_id and bool(self.header("In-Reply-To") or self.header("References"))

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, str(value)) for name, value in self.parsed.items())

    @property
    def text(self) -> str | None:
        return self._body("plain")

    @property
    def html(self) -> str | None:
        return self._body("html")

    @property
    def attachments(self) -> tuple[tuple[str, str, bytes], ...]:
        """Name, type and content of each."""
        found = []
        for part in self.parsed.iter_attachments():
            content = part.get_payload(decode=True)
            found.append(
                (
                    part.get_filename() or "unnamed",
                    part.get_content_type(),
                    content if isinstance(content, bytes) else bytes(part),
                )
            )
        return tuple(found)

    def header(self, name: str) -> str:
        """The header's value, empty when the mail has none."""
        return str(self.parsed.get(name, ""))

    def _body(self, kind: str) -> str | None:
        part = self.parsed.get_body(preferencelist=(kind,))
        if part is None:
            return None
        content = part.get_content()
        return content.replace("\r\n", "\n") if isinstance(content, str) else None


class Mailbox:
    """What the sink received, oldest first. Rings its bell at every change."""

    def __init__(self, bell: Bell | None = None, *, kept: int = KEPT) -> None:
        self.bell = bell or Bell()
        self._mails: deque[Mail] = deque(maxlen=kept)
        self._count = 0
        self._threads: dict[str, int] = {}

    def take(self, received: Instant, sender: str, recipients: tuple[str, ...], source: bytes) -> Mail:
        self._count += 1
        parsed = email.message_from_bytes(source, policy=email.policy.default)
        mail = Mail(self._count, received, sender, recipients, source, parsed)
        self._mails.append(mail)
        self._threads.setdefault(mail.thread, len(self._threads) + 1)
        self.bell.ring()
        return mail

    def empty(self) -> None:
        self._mails.clear()
        self._threads.clear()
        self.bell.ring()

    def find(self, number: int) -> Mail | None:
        return next((mail for mail in self._mails if mail.number == number), None)

    def after(self, number: int = 0) -> tuple[Mail, ...]:
        """The mails with a higher number, oldest first."""
        return tuple(mail for mail in self._mails if mail.number > number)

    def sent_to(self, address: str) -> tuple[Mail, ...]:
        """The mails to that address, newest first."""
        return tuple(mail for mail in reversed(self._mails) if address in mail.recipients)

    def thread_number(self, mail: Mail) -> int:
        """A small number for the mail's thread, for a person."""
        return self._threads[mail.thread]


@asynccontextmanager
async def receive(mailbox: Mailbox, *, clock: Clock, port: int = 0) -> AsyncIterator[int]:
    """Take mail on 127.0.0.1 into the mailbox; gives the port. Raises OSError when the port is taken."""
    loop = asyncio.get_running_loop()

    async def take(_server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        source = content.encode() if isinstance(content, str) else content or b""
        mail = mailbox.take(clock(), envelope.mail_from or "", tuple(envelope.rcpt_tos), source)
        return f"250 2.0.0 OK: kept as mail {mail.number}"

    hooks = SimpleNamespace(handle_DATA=take)
    sessions: weakref.WeakSet[SMTP] = weakref.WeakSet()

    def session() -> SMTP:
        smtp = SMTP(
            hooks, loop=loop, hostname="mail.demo.example", ident="slawatch demo", data_size_limit=LARGEST, timeout=60
        )
        sessions.add(smtp)
        return smtp

    server = await loop.create_server(session, HOST, port)
    try:
        yield int(server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for smtp in sessions:
            if isinstance(smtp.transport, asyncio.Transport):
                smtp.transport.abort()
