"""The statement as JSON-able values: the agreed names, numbers unrounded."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TypeAlias

from slawatch.model import SECOND, ExclusionKind, Micros, Terms, Version
from slawatch.rules.availability import Booking
from slawatch.rules.calendar import Period, text
from slawatch.rules.exclusions import JudgedExclusion, flatten, meets
from slawatch.rules.speed import PageSpeed
from slawatch.rules.statement import JudgedOutage, Statement

Document: TypeAlias = dict[str, Any]


def document(statement: Statement, *, inputs_sha256: str | None = None, revision: int = 1) -> Document:
    """The statement in the agreed shape, with keys of its own beside it."""
    span = statement.span
    return {
        "customer": statement.terms.customer,
        "month": span.month,
        "revision": revision,
        "complete": span.complete,
        "as_of": text(span.as_of),
        "period": {
            "starts": text(span.period.starts),
            "ends": text(span.period.ends),
            "seconds": _seconds(span.period.length),
        },
        "availability": _availability(statement),
        "network": None if statement.network is None else _network(statement.network),
        "speed": _speed(statement),
        "outages": [_outage(one) for one in statement.outages],
        "blips": statement.blips,
        "exclusions": exclusions_document(statement.exclusions, span.period),
        "terms": terms_document(statement.terms),
        "earlier_terms": [
            {"until": text(stage.period.ends), "watched": stage.watched, **terms_document(stage.terms)}
            for stage in statement.stages[:-1]
        ],
        "inputs_sha256": inputs_sha256,
    }


def _availability(statement: Statement) -> Document:
    booking, judgement = statement.booking, statement.judgement
    return {
        "objective": float(judgement.objective),
        "ratio": _number(booking.ratio),
        "lower": _number(booking.lower),
        "upper": _number(booking.upper),
        "coverage": _number(booking.coverage),
        "met": judgement.met,
        "why": judgement.why,
        "proven_breach": judgement.proven_breach,
        "seconds": _booked(booking),
    }


def _network(booking: Booking) -> Document:
    return {
        "ratio": _number(booking.ratio),
        "lower": _number(booking.lower),
        "upper": _number(booking.upper),
        "coverage": _number(booking.coverage),
        "seconds": _booked(booking),
    }


def _booked(booking: Booking) -> Document:
    return {
        "up": _seconds(booking.up),
        "down": _seconds(booking.down),
        "excluded": _seconds(booking.left_out),
        "unknown": _seconds(booking.unknown),
    }


def _speed(statement: Statement) -> Document:
    figure, terms = statement.speed, statement.terms.speed
    return {
        "threshold_seconds": terms.within_milliseconds / 1000,
        "objective": float(figure.objective),
        "loads": figure.loads,
        "slow": figure.slow,
        "share": _number(figure.share),
        "p95_seconds": _thousandth(figure.p95_milliseconds),
        "met": figure.met,
        "pages": {name: _page(page) for name, page in figure.pages.items()},
    }


def _page(page: PageSpeed) -> Document:
    return {
        "loads": page.loads,
        "slow": page.slow,
        "share": (page.loads - page.slow) / page.loads if page.loads else None,
        "p95_seconds": _thousandth(page.p95_milliseconds),
    }


def _outage(judged: JudgedOutage) -> Document:
    outage = judged.outage
    return {
        "starts": text(outage.starts),
        "ends": None if outage.ends is None else text(outage.ends),
        "seconds": _seconds(judged.cost),
        "cause": str(outage.cause),
        "checks": list(outage.checks),
    }


def exclusions_document(judged: Iterable[JudgedExclusion], period: Period) -> list[Document]:
    """Those that meet the period, in the order given."""
    return [_exclusion(one, period) for one in judged if meets(one, period)]


def _exclusion(judged: JudgedExclusion, period: Period) -> Document:
    """`seconds` are those left out inside `period`; `left_out` has the pieces whole."""
    declared = judged.exclusion
    shown: Document = {
        "id": declared.id,
        "kind": str(declared.kind),
        "starts": text(judged.starts),
        "ends": text(judged.ends),
        "counted": judged.counted,
        "seconds": _seconds(sum(one.ends - one.starts for one in flatten([judged], period))),
        "left_out": [{"starts": text(starts), "ends": text(ends)} for starts, ends in judged.left_out],
        "proof": judged.proof,
        "why": judged.why,
    }
    if declared.kind is ExclusionKind.MAINTENANCE:
        shown["announced"] = None if declared.announced is None else text(declared.announced)
        shown["announced_by"] = declared.announced_by
    else:
        shown["approved_by"] = declared.approved_by
    shown["reason"] = declared.reason
    shown["text"] = declared.text
    if declared.earlier:
        shown["versions"] = [version_document(one) for one in declared.earlier]
    return shown


def version_document(version: Version) -> Document:
    """A window as it was declared once, with the keys of a recorded line."""
    return {
        "starts": text(version.starts),
        "ends": text(version.ends),
        "announced": None if version.announced is None else text(version.announced),
        "announced_by": version.announced_by,
        "entered": None if version.entered is None else text(version.entered),
    }


def terms_document(terms: Terms) -> Document:
    """The settings that a statement was made with, for a person and for `inputs_sha256`."""
    maintenance, confirm, business = terms.maintenance, terms.confirm, terms.business
    return {
        "agreement": terms.agreement,
        "timezone": terms.timezone,
        "availability": {
            "objective": _written(terms.availability.objective),
            "coverage": _written(terms.availability.coverage),
            "checks": list(terms.availability.checks),
        },
        "speed": {
            "objective": _written(terms.speed.objective),
            "within_seconds": terms.speed.within_milliseconds / 1000,
            "pages": list(terms.speed.pages),
        },
        "maintenance": {
            "notice_days": maintenance.notice.days,
            "notice_seconds": _seconds(maintenance.notice.rest),
            "late_notice": "excluded" if maintenance.late_excluded else "counts",
            "hotfix": "excluded" if maintenance.hotfix_excluded else "counts",
            "arithmetic": "as_up" if maintenance.as_up else "removed",
        },
        "confirm": {
            "failures": confirm.failures,
            "within_seconds": _seconds(confirm.within),
            "recheck_seconds": _seconds(confirm.recheck),
            "blips": "down" if confirm.blips_down else "up",
        },
        "business": {
            "hours": "-".join(business.hours),
            "days": list(business.days),
            "holidays": business.holidays,
            "extra": [day.isoformat() for day in business.extra],
            "removed": [day.isoformat() for day in business.removed],
        },
        "checks": {
            name: {
                "kind": check.id.kind,
                "every_seconds": _seconds(check.every),
                "stale_after_seconds": _seconds(check.stale_after),
                **({} if check.cache is None else {"cache": check.cache}),
            }
            for name, check in terms.checks.items()
        },
    }


def _written(share: Fraction) -> str:
    """A share exactly, as a decimal where it is one: `0.999`."""
    decimal = float(share)
    return repr(decimal) if Fraction(repr(decimal)) == share else f"{share.numerator}/{share.denominator}"


def micros(seconds: float) -> Micros:
    """The length of time that a document's seconds say: exact, as a double holds more than a month's microseconds."""
    return round(seconds * SECOND)


def _seconds(length: Micros) -> float:
    return length / SECOND


def _thousandth(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000


def _number(share: Fraction | None) -> float | None:
    return None if share is None else float(share)
