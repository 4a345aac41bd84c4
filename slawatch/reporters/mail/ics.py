"""Maintenance for calendars (RFC 5545), with the marks of the draft for maintenance notices by which tools read it.

The attachment of a mail and the calendar that is subscribed to name each window alike, so one updates the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email.headerregistry import Address

from icalendar import Calendar, Event, vCalAddress, vText

from slawatch.model import Instant, Reason
from slawatch.reporters.mail.addresses import mailbox
from slawatch.reporters.mail.facts import Addressee, Occurrence, WindowFacts
from slawatch.reporters.mail.window_facts import revision
from slawatch.reporters.mail.window_letters import REASONS
from slawatch.reporters.wording.phrasing import lines, one_line
from slawatch.reporters.wording.tongue import MAIL, Tongue, tongue
from slawatch.rules.calendar import moment
from slawatch.rules.stands import Window

PRODUCT = "-//slawatch//maintenance//EN"
#: So many times of a series stand in a mail's attachment.
MOST = 60


@dataclass(frozen=True, slots=True)
class _Entry:
    """What an event says beside its time. `status`: by the draft; that of the event follows from it."""

    stamp: Instant
    reason: str
    text: str | None
    status: str


@dataclass(frozen=True, slots=True)
class _Owner:
    """Whose calendar it is, who organizes what stands in it, and in which language."""

    customer: str
    to: Addressee
    organizer: Address
    tongue: Tongue

    def say(self, sentence: str, /) -> str:
        return self.tongue.say(sentence, service=one_line(self.to.service), name=one_line(self.to.name))


def attachment(
    customer: str, facts: WindowFacts, language: str, sender: str, known: Instant, *, cancelled: bool
) -> bytes:
    """The calendar that goes with a mail: METHOD PUBLISH, or CANCEL. `sender`: the mailbox that the mail comes from."""
    owner = _Owner(customer, facts.to, mailbox(sender), tongue(language, MAIL))
    entry = _Entry(known, facts.reason, facts.text, "CANCELLED" if cancelled else "CONFIRMED")
    made = _calendar("CANCEL" if cancelled else "PUBLISH")
    for one in facts.occurrences[:MOST]:
        made.add_component(_event(owner, one, entry))
    return bytes(made.to_ical())


def feed(customer: str, windows: Iterable[Window], to: Addressee, language: str, sender: str) -> bytes:
    """A customer's maintenance as a calendar to subscribe to: all these windows, by start, also cancelled ones.

    Each is stamped with when it was declared so: the same windows give the same bytes.
    """
    owner = _Owner(customer, to, mailbox(sender), tongue(language, MAIL))
    made = _calendar("PUBLISH")
    made.add("X-WR-CALNAME", owner.say("Maintenance of {service}, {name}"))
    for one in sorted(windows, key=lambda one: (one.latest.starts, one.id)):
        number = revision(one, cancelled=one.cancelled is not None)
        occurrence = Occurrence(one.id, one.latest.starts, one.latest.ends, number)
        made.add_component(_event(owner, occurrence, _Entry(_stamp(one), one.reason, one.text, _status(one))))
    return bytes(made.to_ical())


def _calendar(method: str) -> Calendar:
    made = Calendar()
    made.add("VERSION", "2.0")
    made.add("PRODID", PRODUCT)
    made.add("METHOD", method)
    return made


def _event(owner: _Owner, one: Occurrence, entry: _Entry) -> Event:
    """In UTC, so that no zone has to be described; it blocks nobody's day."""
    event = Event()
    event.add("UID", f"{one.id}.{owner.customer}@{owner.organizer.domain}")
    event.add("SEQUENCE", one.revision)
    event.add("DTSTAMP", moment(entry.stamp))
    event.add("DTSTART", moment(one.starts))
    event.add("DTEND", moment(one.ends))
    event.add("SUMMARY", owner.say("Maintenance of {service}, {name}"))
    event.add("DESCRIPTION", _description(owner, entry))
    event.add("STATUS", "CANCELLED" if entry.status == "CANCELLED" else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT")
    event.add("ORGANIZER", _organizer(owner.organizer))
    event.add("X-MAINTNOTE-PROVIDER", owner.organizer.domain)
    event.add("X-MAINTNOTE-ACCOUNT", owner.customer)
    event.add("X-MAINTNOTE-MAINTENANCE-ID", _primary(one.id))
    event.add("X-MAINTNOTE-OBJECT-ID", vText(owner.to.environment or one_line(owner.to.service)))
    event.add("X-MAINTNOTE-IMPACT", "OUTAGE")
    event.add("X-MAINTNOTE-STATUS", entry.status)
    return event


def _description(owner: _Owner, entry: _Entry) -> str:
    said = () if entry.text is None else lines(entry.text)
    return "\n".join((owner.say(REASONS.get(entry.reason, REASONS[Reason.OTHER])), *said))


def _organizer(organizer: Address) -> vCalAddress:
    address = vCalAddress(f"mailto:{organizer.addr_spec}")
    if organizer.display_name:
        address.params["CN"] = organizer.display_name
    return address


def _primary(id_: str) -> vText:
    said = vText(id_)
    said.params["X-MAINTNOTE-PRECEDENCE"] = "PRIMARY"
    return said


def _stamp(window: Window) -> Instant:
    entered = window.latest.starts if window.latest.entered is None else window.latest.entered
    return entered if window.cancelled is None else window.cancelled


def _status(window: Window) -> str:
    if window.cancelled is not None:
        return "CANCELLED"
    return "CONFIRMED" if window.ended is None else "COMPLETED"
