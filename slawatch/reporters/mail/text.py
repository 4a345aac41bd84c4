"""From a message in the outbox to the mail itself. The same message and facts give the same bytes, whenever."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import parseaddr
from zoneinfo import ZoneInfo

from slawatch.model import Message
from slawatch.reporters.mail.facts import OutageFacts, SenderSettings
from slawatch.reporters.mail.forms import as_html, as_text
from slawatch.reporters.mail.letter import write_letter
from slawatch.reporters.mail.outcome import Unrenderable
from slawatch.reporters.mail.phrasing import local, one_line

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,400}@[!-;=?-~]{1,400}>")


class _Policy(EmailPolicy):
    """Identifiers go out as they are: the standard policy would make long ones encoded words, and no thread."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() in {"message-id", "in-reply-to", "references"}:
            return f"{name}: {value}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


_POLICY = _Policy(linesep=SMTP.linesep, cte_type="7bit")


def render(message: Message, facts: OutageFacts, sender: SenderSettings) -> EmailMessage:
    """The mail to the message's one contact, dated when it came to be owed. Raises Unrenderable."""
    try:
        return _render(message, facts, sender)
    except (LookupError, ValueError) as error:
        raise Unrenderable(f"{message.id}: {error}") from error


def _render(message: Message, facts: OutageFacts, sender: SenderSettings) -> EmailMessage:
    answers_to = None if sender.reply_to is None else _mailbox(sender.reply_to)
    letter = write_letter(message, facts, None if answers_to is None else answers_to.addr_spec)
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = _mailbox(sender.sender)
    mail["To"] = _mailbox(message.contact)
    if answers_to is not None:
        mail["Reply-To"] = answers_to
    mail["Subject"] = letter.subject
    mail["Date"] = _date(message, facts)
    mail["Message-ID"] = _identifier(message.message_id)
    if message.thread != message.message_id:
        mail["In-Reply-To"] = _identifier(message.thread)
        mail["References"] = _identifier(message.thread)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # not `All`, which would keep bounces from us
    mail.set_content(as_text(letter), cte="quoted-printable")
    mail.add_alternative(as_html(letter), subtype="html", cte="quoted-printable")
    mail.set_boundary("=_" + hashlib.sha256(message.message_id.encode()).hexdigest()[:32])
    mail["Content-Language"] = facts.language  # last: setting the content moves a Content-* header inside
    return mail


def _date(message: Message, facts: OutageFacts) -> datetime:
    return local(message.created, ZoneInfo(facts.to.zone))


def _mailbox(written: str) -> Address:
    """`Name <address>` or an address. A domain outside ASCII goes as IDNA; ValueError for a local part outside it."""
    name, address = parseaddr(one_line(written)) if "<" in written else ("", written)
    local_part, at, domain = address.rpartition("@")
    if not at or not local_part.isascii():
        raise ValueError("expected a mail address with an ASCII name before its @")
    try:
        return Address(display_name=name, addr_spec=f"{local_part}@{domain.encode('idna').decode('ascii')}")
    except (ValueError, MessageError):
        raise ValueError("a mail address cannot be read") from None  # whose it is stays out of the log


def _identifier(written: str) -> str:
    if not _MESSAGE_ID.fullmatch(written):
        raise ValueError(f"expected a Message-ID such as <name@example.org>, got {written!r}")
    return written
