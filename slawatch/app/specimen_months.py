"""A closed month that might be, for who wants to see the mail with its summary."""

from __future__ import annotations

import hashlib
from fractions import Fraction
from zoneinfo import ZoneInfo

from slawatch.app.mailing import addressee
from slawatch.config import Customer
from slawatch.model import DAY, HOUR, MINUTE, SECOND, DeclarationKind, Instant, Micros
from slawatch.reporters.mail import Enclosure, Stood, SummaryFacts
from slawatch.rules.calendar import month, month_of, text
from slawatch.rules.document import Document, terms_document
from slawatch.rules.promises import Reports, promises
from slawatch.rules.revised import Cause

#: How long the customer was down, and how much of that turned out to be force majeure.
_DOWN: Micros = 71 * MINUTE + 12 * SECOND
_MAJEURE: Micros = 58 * MINUTE + 30 * SECOND
_UNKNOWN: Micros = 4 * MINUTE + 10 * SECOND
_LOADS, _SLOW = 86_412, 913
#: How long after the month it was corrected.
_CORRECTED: Micros = 2 * DAY + 14 * HOUR + 5 * MINUTE
#: An empty page, where the summary would be.
_PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj
trailer<</Root 1 0 R>>
"""
_PAGE = b"<!doctype html><title>slawatch</title>"


def month_kept(customer: Customer, language: str, now: Instant) -> SummaryFacts:
    """Last month, as it stood once it was corrected."""
    stood = _stood(customer, now, _DOWN - _MAJEURE, _MAJEURE, 1)
    return SummaryFacts(addressee(customer), stood, _enclosure(stood, language, "application/pdf", _PDF))


def month_corrected(customer: Customer, language: str, now: Instant) -> SummaryFacts:
    """The same as a second revision, after one in which the force majeure was not left out."""
    stood = _stood(customer, now, _DOWN - _MAJEURE, _MAJEURE, 2)
    return SummaryFacts(
        addressee(customer),
        stood,
        _enclosure(stood, language, "application/pdf", _PDF),
        before=_stood(customer, now, _DOWN, 0, 1),
        causes=(Cause(DeclarationKind.EXCLUSION_ADDED, "x1"),),
    )


def month_unprinted(customer: Customer, language: str, now: Instant) -> SummaryFacts:
    """Last month as it was first, as a page."""
    stood = _stood(customer, now, _DOWN, 0, 1)
    return SummaryFacts(addressee(customer), stood, _enclosure(stood, language, "text/html", _PAGE))


def _enclosure(stood: Stood, language: str, media_type: str, content: bytes) -> Enclosure:
    told, ending = stood.told, media_type.partition("/")[2]
    return Enclosure(f"{told['customer']}-{told['month']}-r{stood.revision}-{language}.{ending}", media_type, content)


def _stood(customer: Customer, now: Instant, down: Micros, excluded: Micros, revision: int) -> Stood:
    told = _told(customer, now, down, excluded, HOUR if revision == 1 else _CORRECTED)
    zone = ZoneInfo(customer.agreement.timezone)
    digest = hashlib.sha256(f"{told['month']}.{revision}".encode()).hexdigest()
    return Stood(revision, told, promises(told, (), (), Reports(), month(told["month"], zone), now), digest)


def _told(customer: Customer, now: Instant, down: Micros, excluded: Micros, known: Micros) -> Document:
    """Of a statement what the mail and the rules ask for. `known`: so long after the month."""
    terms, zone = customer.terms(), ZoneInfo(customer.agreement.timezone)
    period = month(month_of(month(month_of(now, zone), zone).starts - 1, zone), zone)
    up = period.length - down - excluded - _UNKNOWN
    good = Fraction(_LOADS - _SLOW, _LOADS)
    return {
        "customer": customer.id,
        "month": month_of(period.starts, zone),
        "complete": True,
        "as_of": text(period.ends + known),
        "availability": {
            "objective": float(terms.availability.objective),
            "ratio": up / (up + down),
            "coverage": (up + down) / (period.length - excluded),
            "met": Fraction(up, up + down) >= terms.availability.objective,
            "why": None,
            "seconds": {
                "up": up / SECOND,
                "down": down / SECOND,
                "excluded": excluded / SECOND,
                "unknown": _UNKNOWN / SECOND,
            },
        },
        "speed": {
            "objective": float(terms.speed.objective),
            "share": float(good),
            "met": good >= terms.speed.objective,
        },
        "outages": [],
        "terms": terms_document(terms),
    }
