"""Declarations for tests, short to write, at times of one quiet month."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import agreeing

from slawatch.model import DAY, HOUR, Declaration, DeclarationKind, Instant, Terms
from slawatch.rules.calendar import parse, text
from slawatch.rules.declared import standing
from slawatch.rules.wishes import Known

#: Tuesday noon in Amsterdam.
NOW = parse("2026-11-10T11:00:00Z")


def at(written: str) -> Instant:
    """`11-20 23:00` of 2026, in Amsterdam's winter."""
    return parse(f"2026-{written.replace(' ', 'T')}:00+01:00")


def window(
    id_: str = "w1",
    starts: str = "11-20 23:00",
    ends: str = "11-21 05:00",
    recorded: Instant = NOW - DAY,
    customer: str = "duinzicht",
    **more: Any,
) -> Declaration:
    facts = {
        "starts": text(at(starts)),
        "ends": text(at(ends)),
        "announced": text(recorded),
        "announced_by": "pia",
        "reason": "new_version",
        **more,
    }
    kind = DeclarationKind.WINDOW_ANNOUNCED
    return Declaration(f"{id_}/1/{customer}", customer, kind, id_, recorded, "pia", facts)


def moved(starts: str, ends: str, recorded: Instant = NOW - HOUR, number: int = 2, id_: str = "w1") -> Declaration:
    return replace(
        window(id_, starts, ends, recorded), kind=DeclarationKind.WINDOW_MOVED, id=f"{id_}/{number}/duinzicht"
    )


def about(kind: DeclarationKind, subject: str, recorded: Instant = NOW - HOUR, **facts: Any) -> Declaration:
    return Declaration(f"{subject}/{kind}/{recorded}", "duinzicht", kind, subject, recorded, "jan", facts)


def known(terms: Terms, *declarations: Declaration, customers: tuple[str, ...] = ("duinzicht",), **more: Any) -> Known:
    return Known(
        {one: replace(terms, customer=one) for one in customers},
        {one: standing(declarations, one) for one in customers},
        **more,
    )


TERMS = agreeing.terms()
