"""One connection to one relay: opened encrypted or not at all, then one mail after another."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeGuard

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException, SMTPSenderRefused

from slawatch.config.mail import Relay
from slawatch.config.secret import SecretUnreadable
from slawatch.reporters.mail.outcome import Accepted, RelayUnusable, Undeliverable
from slawatch.reporters.mail.reach import reach
from slawatch.reporters.wording.phrasing import one_line

#: Longer answers are cut: they go into the store.
_LONGEST_ANSWER = 300
#: RFC 4954: the relay wants a sign-in, or one that it does not get. That is between us and it, not about the mail.
_SIGN_IN = frozenset({530, 534, 535, 538})
_CLOSING = 421


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: until a connection stands, greeted, encrypted and signed in; for one mail, from MAIL to the answer."""

    connect: float = 10.0
    mail: float = 30.0


@dataclass(frozen=True, slots=True)
class Envelope:
    """The mail as it goes over the line, and its two bare ASCII addresses."""

    sender: str
    recipient: str
    content: bytes


class Connection:
    """Serves one mail at a time."""

    def __init__(self, smtp: SMTP, relay: str, patience: Patience) -> None:
        self._smtp = smtp
        self._relay = relay
        self._patience = patience

    @property
    def alive(self) -> bool:
        return self._smtp.is_connected

    async def send(self, envelope: Envelope) -> Accepted:
        """Raises RelayUnusable when nothing was handed over and the connection is of no use; else Undeliverable."""
        handed_over = False

        def handing_over() -> None:
            nonlocal handed_over
            handed_over = True

        try:
            async with asyncio.timeout(self._patience.mail):
                answer = await self._dialogue(envelope, handing_over)
        except (OSError, SMTPException, ValueError) as error:
            if not (_is_answer(error) and await self._reset()):
                self.drop()
            raise self._meaning(error, envelope, handed_over=handed_over) from None
        except BaseException:
            self.drop()
            raise
        return Accepted(self._relay, answer)

    async def _dialogue(self, envelope: Envelope, handing_over: Callable[[], None]) -> str:
        smtp = self._smtp
        options = [f"SIZE={len(envelope.content)}"] if smtp.supports_extension("size") else []
        await smtp.mail(envelope.sender, options=options)
        await smtp.rcpt(envelope.recipient)
        handing_over()
        response = await smtp.data(envelope.content)
        return one_answer(response.code, response.message)

    async def _reset(self) -> bool:
        """Whether the relay is ready for another mail after it refused one."""
        try:
            async with asyncio.timeout(5):
                await self._smtp.rset()
        except (OSError, SMTPException):
            return False
        return True

    def _meaning(self, error: Exception, envelope: Envelope, *, handed_over: bool) -> Exception:
        if _is_answer(error):
            answer = re.sub(re.escape(envelope.recipient), "<recipient>", error.message, flags=re.IGNORECASE)
            reason = f"{self._relay}: {one_answer(error.code, answer)}"
            if error.code in _SIGN_IN or (error.code == _CLOSING and not handed_over):
                return RelayUnusable(reason)
            judged = not isinstance(error, SMTPSenderRefused)  # then nobody was named yet
            return Undeliverable(reason, permanent=error.code >= 500, judged=judged)
        if isinstance(error, ValueError):
            return Undeliverable(f"{self._relay}: the address cannot be sent to", permanent=True, judged=True)
        what = "no answer in time" if isinstance(error, TimeoutError) else "connection lost"
        if isinstance(error, SMTPResponseException):
            what = "an answer that is not SMTP"
        if handed_over:
            reason = f"{self._relay}: {what} after the mail was sent"
            return Undeliverable(reason, permanent=False, handed_to=self._relay)
        return RelayUnusable(f"{self._relay}: {what}")

    def say_goodbye(self) -> None:
        """Close in peace, without waiting for the relay's own goodbye."""
        if self._smtp.protocol is not None and self._smtp.is_connected:
            self._smtp.protocol.write(b"QUIT\r\n")
        self.drop()

    def drop(self) -> None:
        """Close at once, whatever the relay is doing."""
        if isinstance(self._smtp.transport, asyncio.WriteTransport):
            self._smtp.transport.abort()
        self._smtp.close()


def _is_answer(error: BaseException) -> TypeGuard[SMTPResponseException]:
    """Whether the relay refused in so many words; anything else leaves the two sides out of step."""
    return isinstance(error, SMTPResponseException) and 400 <= error.code < 600


def one_answer(code: int, message: str) -> str:
    """A relay's answer on one line, of bounded length."""
    return one_line(f"{code} {message}")[:_LONGEST_ANSWER]


def name_of(relay: Relay) -> str:
    return f"{relay.host}:{relay.port}"


async def open_connection(relay: Relay, tls: ssl.SSLContext, own_name: str, patience: Patience) -> Connection:
    """Connected, encrypted as the relay's settings say, and signed in. `own_name`: what we call ourselves.

    Raises RelayUnusable; whatever the relay offers, nothing goes in the clear unless its settings say so.
    """
    name = name_of(relay)
    try:
        password = None if relay.password is None else relay.password.reveal()
        async with asyncio.timeout(patience.connect):
            smtp = SMTP(
                hostname=relay.host,
                sock=await reach(relay.host, relay.port),
                local_hostname=own_name,
                timeout=patience.connect,
                use_tls=relay.tls == "implicit",
                start_tls=relay.tls == "starttls",
                tls_context=tls,
                username=relay.username,
                password=password,
            )
            await smtp.connect()
    except (OSError, SMTPException, SecretUnreadable, UnicodeError) as error:
        raise RelayUnusable(f"{name}: {_why_not(error)}") from None
    return Connection(smtp, name, patience)


def _why_not(error: Exception) -> str:
    """Never the relay's own words about a sign-in: they may repeat what we said."""
    if isinstance(error, SMTPAuthenticationError):
        return f"refuses our sign-in ({error.code})"
    if isinstance(error, SMTPResponseException):
        return one_answer(error.code, error.message) if _is_answer(error) else "an answer that is not SMTP"
    if isinstance(error, ssl.SSLError):
        return one_line(f"TLS fails: {getattr(error, 'verify_message', '') or error.reason or 'broken off'}")
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return one_line(str(error))[:_LONGEST_ANSWER] or type(error).__name__
