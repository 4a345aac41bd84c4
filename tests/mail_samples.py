"""An outage and the messages that it owes, and a mail of each kind, for tests of mail."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

from slawatch.app.specimens import Story, specimen
from slawatch.config import Customer
from slawatch.model import Cause, Event, EventKind, Instant, Message, MessageKind
from slawatch.reporters.mail import Addressee, OutageFacts, SenderSettings
from slawatch.rules.calendar import parse

SENDER = SenderSettings("Storingen Tommy <storing@example.org>", "Servicedesk <servicedesk@example.org>")
PARK = Addressee("Vakantiepark Duinzicht", "Tommy 2.0", "Europe/Amsterdam")
OPENED = parse("2026-11-23T13:32:05.123Z")
CONFIRMED = parse("2026-11-23T13:32:11Z")
CLOSED = parse("2026-11-23T14:36:17.9Z")
OUTAGE = "duinzicht-20261123T133205123"
LINKED = replace(
    SENDER,
    preferences=lambda customer, _: f"https://status.example.org/contacts/{customer}",
    calendar=lambda customer: f"https://status.example.org/calendar/{customer}.ics",
)
CONTACT = "beheer@duinzicht.example"
CUSTOMER = Customer.model_validate(
    {
        "id": "duinzicht",
        "name": "Vakantiepark Duinzicht",
        "url": "https://duinzicht.example",
        "pages": {"dashboard": {"path": "/", "ready": "main"}, "reservations": {"path": "/r", "ready": "main"}},
    }
)
NOW = parse("2026-11-25T14:36:17Z")


def message(
    kind: MessageKind = MessageKind.OUTAGE,
    *,
    language: str = "nl",
    sequence: int = 1,
    contact: str = "beheer@duinzicht.example",
    outage: str = OUTAGE,
    created: Instant = CONFIRMED,
) -> Message:
    name = f"{outage}.{kind}.{sequence}.{contact.partition('@')[0]}"
    first = f"{outage}.{MessageKind.OUTAGE}.1.{contact.partition('@')[0]}"
    return Message(
        id=name,
        customer="duinzicht",
        contact=contact,
        language=language,
        kind=kind,
        outage=outage,
        sequence=sequence,
        message_id=f"<{name}@storing.example.org>",
        thread=f"<{first}@storing.example.org>",
        created=created,
        due=created,
    )


def facts(of: Message, to: Addressee = PARK, *, cause: Cause | None = Cause.HTTP_5XX) -> OutageFacts:
    return OutageFacts(
        outage=of.outage,
        to=to,
        opened=OPENED,
        starts=OPENED,
        ends=CLOSED if of.kind is MessageKind.RECOVERY else None,
        checks=("dashboard", "reservations"),
        cause=cause,
    )


def event(kind: EventKind, at: Instant, recorded: Instant, checks: tuple[str, ...] = ("dashboard",)) -> Event:
    return Event(f"{kind}-{recorded}", "duinzicht", kind, OUTAGE, at, recorded, checks, Cause.HTTP_5XX)


def opening(of: Message) -> Event:
    """The event by which the message's outage opened."""
    opened = event(EventKind.OPENED, of.created - 6_000_000, of.created)
    return replace(opened, id=f"{of.outage}/opened", outage=of.outage)


def mail(
    name: str, language: str = "nl", sender: SenderSettings = LINKED, customer: Customer = CUSTOMER
) -> EmailMessage:
    """The mail of that name, as whoever receives it reads it."""
    return received(specimen(name, Story(customer, language, NOW), CONTACT, sender))


def received(mail: EmailMessage) -> EmailMessage:
    """The mail as whoever receives it reads it."""
    parsed = message_from_bytes(mail.as_bytes(), policy=default)
    assert isinstance(parsed, EmailMessage)
    assert parsed.defects == []
    return parsed


def body(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


class Page(HTMLParser):
    """The text and the attributes of an HTML page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        if data.strip() and self.tags[-1] != "style":
            self.text.append(" ".join(data.split()))
