"""From a message in the outbox to the mail itself. The same message and facts give the same bytes, whenever."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from email.headerregistry import BaseHeader, HeaderRegistry
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from functools import cache, lru_cache
from typing import Any

from slawatch.model import Instant, Message, Saying
from slawatch.reporters.mail.addresses import identifier, mailbox
from slawatch.reporters.mail.facts import Addressee, DigestFacts, SenderSettings, WindowFacts, known, says
from slawatch.reporters.mail.forms import as_html, as_text
from slawatch.reporters.mail.ics import attachment
from slawatch.reporters.mail.letter import Letter, Writing
from slawatch.reporters.mail.letters import Facts, close, write_letter, write_test
from slawatch.reporters.mail.outcome import Unrenderable
from slawatch.reporters.mail.summary_facts import SummaryFacts
from slawatch.reporters.mail.window_letters import file_name
from slawatch.reporters.wording.phrasing import local
from slawatch.reporters.wording.tongue import MAIL, tongue
from slawatch.rules.calendar import stamp

#: What goes out as it is: the standard policy would make a long one an encoded word, and no identifier or address.
_WHOLE = frozenset({"message-id", "in-reply-to", "references", "list-unsubscribe"})


class _Policy(EmailPolicy):
    def fold(self, name: str, value: str) -> str:
        if name.lower() in _WHOLE:
            return f"{name}: {value}{self.linesep}"
        folded: str = super().fold(name, value)
        return folded

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii")


_KINDS = HeaderRegistry()


class _Headers(HeaderRegistry):
    """The standard registry, which makes a class for each header of each mail and reads the same texts each time."""

    def __getitem__(self, name: str) -> type[BaseHeader]:
        return _kind_of(name)

    def __call__(self, name: str, value: Any) -> BaseHeader:
        return _read(name, value) if type(value) is str else _kind_of(name)(name, value)


@cache
def _kind_of(name: str) -> type[BaseHeader]:
    return _KINDS[name]


@lru_cache(maxsize=256)
def _read(name: str, value: str) -> BaseHeader:
    return _kind_of(name)(name, value)


_POLICY = _Policy(linesep=SMTP.linesep, cte_type="7bit", header_factory=_Headers())


@dataclass(frozen=True, slots=True)
class _Attached:
    """A file of the mail. `parameters`: of its content type."""

    name: str
    media_type: str
    content: bytes
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Cover:
    """What stands around a letter. `answers`: the Message-ID of the mail that began the thread, if that is another."""

    contact: str
    at: Instant
    message_id: str
    answers: str | None = None
    preferences: str | None = None
    calendar: str | None = None
    summaries: str | None = None
    attached: _Attached | None = None


def render(message: Message, facts: Facts, sender: SenderSettings) -> EmailMessage:
    """The mail to the message's one contact, dated as of when it tells what is known. Raises Unrenderable."""
    try:
        if isinstance(facts, SummaryFacts):
            facts = replace(facts, page=sender.summaries(message.customer, message.contact, facts.month))
        writing = _writing(facts.to, known(message), message.language, sender)
        cover = _cover(message, facts, sender)
        return _mail(write_letter(says(message), facts, writing), writing, cover, sender)
    except (LookupError, ValueError) as error:
        raise Unrenderable(f"{message.id}: {error}") from error


def render_test(contact: str, language: str, to: Addressee, at: Instant, sender: SenderSettings) -> EmailMessage:
    """A mail that only shows that mail arrives. Raises Unrenderable for an address that is none."""
    try:
        name = hashlib.sha256(contact.encode()).hexdigest()[:16]
        cover = _Cover(contact, at, f"<test.{stamp(at)}.{name}@{mailbox(sender.sender).domain}>")
        writing = _writing(to, at, language, sender)
        return _mail(write_test(writing), writing, cover, sender)
    except (LookupError, ValueError) as error:
        raise Unrenderable(str(error)) from error


def _writing(to: Addressee, at: Instant, language: str, sender: SenderSettings) -> Writing:
    answers_to = None if sender.reply_to is None else mailbox(sender.reply_to).addr_spec
    return Writing(to, at, answers_to, tongue(language, MAIL))


def _cover(message: Message, facts: Facts, sender: SenderSettings) -> _Cover:
    # One that tells of several things at once is no answer to the mail about one of them.
    answers = message.thread != message.message_id and not isinstance(facts, DigestFacts)
    cover = _Cover(
        contact=message.contact,
        at=known(message),
        message_id=message.message_id,
        answers=message.thread if answers else None,
        preferences=sender.preferences(message.customer, message.contact),
    )
    if isinstance(facts, SummaryFacts):
        return replace(cover, summaries=facts.page, attached=_enclosed(facts))
    if not isinstance(facts, WindowFacts):
        return cover
    cancelled = says(message) is Saying.CANCELLED
    content = attachment(message.customer, facts, message.language, sender.sender, known(message), cancelled=cancelled)
    parameters = {"method": "CANCEL" if cancelled else "PUBLISH", "charset": "utf-8"}
    return replace(
        cover,
        calendar=sender.calendar(message.customer),
        attached=_Attached(file_name(tongue(message.language, MAIL)), "text/calendar", content, parameters),
    )


def _enclosed(facts: SummaryFacts) -> _Attached | None:
    one = facts.enclosure
    if one.content is None:
        return None
    return _Attached(
        one.name, one.media_type, one.content, {"charset": "utf-8"} if one.media_type == "text/html" else {}
    )


def _mail(letter: Letter, writing: Writing, cover: _Cover, sender: SenderSettings) -> EmailMessage:
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = mailbox(sender.sender)
    mail["To"] = mailbox(cover.contact)
    if sender.reply_to is not None:
        mail["Reply-To"] = mailbox(sender.reply_to)
    mail["Subject"] = letter.subject if cover.answers is None else f"Re: {letter.subject}"
    mail["Date"] = local(cover.at, writing.zone)
    mail["Message-ID"] = identifier(cover.message_id)
    if cover.answers is not None:
        mail["In-Reply-To"] = identifier(cover.answers)
        mail["References"] = identifier(cover.answers)
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834
    mail["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # not `All`, which would keep bounces from us
    if cover.preferences is not None:
        mail["List-Unsubscribe"] = f"<{cover.preferences}>"
        if cover.preferences.startswith("https:"):
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058, which asks for https
    _fill(mail, letter, writing, cover)
    mail["Content-Language"] = writing.tongue.language  # last: setting the content moves a Content-* header inside
    return mail


def _fill(mail: EmailMessage, letter: Letter, writing: Writing, cover: _Cover) -> None:
    """The parts. Their boundaries follow from the Message-ID."""
    closing = close(writing, preferences=cover.preferences, calendar=cover.calendar, summaries=cover.summaries)
    boundary = "=_" + hashlib.sha256(cover.message_id.encode()).hexdigest()[:32]
    mail.set_content(as_text(letter, closing), cte="quoted-printable")
    html = as_html(letter, closing, mail["Subject"], writing.tongue.language)
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    mail.set_boundary(boundary)
    if cover.attached is None:
        return
    main, _, sub = cover.attached.media_type.partition("/")
    mail.add_attachment(
        cover.attached.content, main, sub, filename=cover.attached.name, params=cover.attached.parameters
    )
    mail.set_boundary(f"{boundary}=")
