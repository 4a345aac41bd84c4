"""A customer's maintenance as iCalendar (RFC 5545), to subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import parseaddr

from slawatch.model import Instant
from slawatch.reporters.mail.facts import Addressee
from slawatch.rules.calendar import moment
from slawatch.rules.stands import Window

_SUMMARY = {"nl": "Onderhoud van {service}, {name}", "en": "Maintenance of {service}, {name}"}
#: A line has at most so many octets; what is longer goes on in the next one, after a space.
_LINE = 75


def feed(customer: str, windows: Iterable[Window], to: Addressee, language: str, sender: str) -> bytes:
    """All these windows by start, also cancelled ones. `sender`: the mailbox that mails come from.

    The same windows give the same bytes.
    """
    domain = parseaddr(sender)[1].rpartition("@")[2]
    summary = _SUMMARY[language].format(service=to.service, name=to.name)
    found = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//slawatch//maintenance//EN", "METHOD:PUBLISH"]
    found.append(f"X-WR-CALNAME:{_escaped(summary)}")
    for one in sorted(windows, key=lambda one: (one.latest.starts, one.id)):
        found += _event(one, f"{one.id}.{customer}@{domain}", summary)
    return "".join(map(_folded, (*found, "END:VCALENDAR"))).encode()


def _event(window: Window, uid: str, summary: str) -> list[str]:
    latest, cancelled = window.latest, window.cancelled
    declared = latest.starts if latest.entered is None else latest.entered
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"SEQUENCE:{len(window.versions) - 1 + (cancelled is not None)}",
        f"DTSTAMP:{_time(declared if cancelled is None else cancelled)}",
        f"DTSTART:{_time(latest.starts)}",
        f"DTEND:{_time(latest.ends)}",
        f"SUMMARY:{_escaped(summary)}",
        *([] if window.text is None else [f"DESCRIPTION:{_escaped(window.text)}"]),
        f"STATUS:{'CONFIRMED' if cancelled is None else 'CANCELLED'}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
    ]


def _time(at: Instant) -> str:
    return f"{moment(at):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for character in "\\;,":
        text = text.replace(character, f"\\{character}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """With its end; no character is cut in two."""
    parts, size = [""], 0
    for character in line:
        width = len(character.encode())
        if size + width > _LINE:
            parts.append(" ")
            size = 1
        parts[-1] += character
        size += width
    return "\r\n".join(parts) + "\r\n"
