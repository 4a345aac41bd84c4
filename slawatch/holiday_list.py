"""Which days of a year are holidays: what a year is frozen with when it is first used."""

from __future__ import annotations

from datetime import date
from importlib.metadata import version

import holidays

from slawatch.model import BusinessTerms, Holidays

#: Algemene termijnenwet, article 3: the generally recognised holidays, and Goede Vrijdag, which is treated as one.
#: Unlike in many collective agreements, Bevrijdingsdag is one every year. The two Sundays are none of their own.
_RECOGNISED = frozenset(
    {
        "Nieuwjaarsdag",
        "Goede vrijdag",
        "Tweede paasdag",
        "Koningsdag",
        "Bevrijdingsdag",
        "Hemelvaartsdag",
        "Tweede pinksterdag",
        "Eerste kerstdag",
        "Tweede kerstdag",
    }
)


def recognised(year: int) -> tuple[date, ...]:
    """The holidays of the Dutch Algemene termijnenwet in one year (2014 or later, with Koningsdag), in order."""
    found = holidays.country_holidays("NL", years=year, categories=("public", "optional"), language="nl")
    return tuple(sorted(day for day, names in found.items() if not _RECOGNISED.isdisjoint(names.split("; "))))


def proposal(business: BusinessTerms, year: int) -> Holidays:
    """One year's list as library and agreement have it today, with where it comes from."""
    of_law = recognised(year) if business.holidays == "NL" else ()
    extra = (day for day in business.extra if day.year == year)
    days = {*of_law, *extra} - set(business.removed)
    law = f"Algemene termijnenwet (holidays {version('holidays')})" if business.holidays == "NL" else "none"
    own = "" if days == set(of_law) else ", changed by the configuration"
    return Holidays(tuple(sorted(days)), f"{law}{own}")
