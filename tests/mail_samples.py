"""An outage and the messages that it owes, for tests of mail."""

from __future__ import annotations

from dataclasses import replace

from slawatch.model import Cause, Event, EventKind, Instant, Message, MessageKind
from slawatch.reporters.mail import Addressee, OutageFacts, SenderSettings
from slawatch.rules.calendar import parse

SENDER = SenderSettings("Storingen Tommy <storing@example.org>", "Servicedesk <servicedesk@example.org>")
PARK = Addressee("Vakantiepark Duinzicht", "Tommy 2.0", "Europe/Amsterdam")
OPENED = parse("2026-11-23T13:32:05.123Z")
CONFIRMED = parse("2026-11-23T13:32:11Z")
CLOSED = parse("2026-11-23T14:36:17.9Z")
OUTAGE = "duinzicht-20261123T133205123"


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
