"""The holidays that a year is frozen with."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from slawatch.holiday_list import proposal, recognised
from slawatch.model import BusinessTerms


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        # Nieuwjaar, Goede Vrijdag, Pasen, Koningsdag, Bevrijdingsdag, Hemelvaart, Pinksteren, Kerst
        (2025, "01-01 04-18 04-21 04-26 05-05 05-29 06-09 12-25 12-26"),  # 27 April is a Sunday
        (2026, "01-01 04-03 04-06 04-27 05-05 05-14 05-25 12-25 12-26"),
        (2027, "01-01 03-26 03-29 04-27 05-05 05-06 05-17 12-25 12-26"),
        (2016, "01-01 03-25 03-28 04-27 05-05 05-16 12-25 12-26"),  # Hemelvaart on Bevrijdingsdag
    ],
)
def test_the_law_recognises_nine_holidays_and_bevrijdingsdag_every_year(year: int, expected: str) -> None:
    assert " ".join(f"{day:%m-%d}" for day in recognised(year)) == expected


def test_every_year_of_this_century_to_come_has_all_of_them() -> None:
    for year in range(2024, 2100):
        days = recognised(year)
        assert all(before < after for before, after in pairwise(days))
        assert {date(year, *day) for day in ((1, 1), (5, 5), (12, 25), (12, 26))} <= set(days)
        assert len(days) == 9 or date(year, 5, 5).weekday() == 3, year  # only Hemelvaart, a Thursday, can meet 5 May


def test_an_agreement_may_add_and_take_away_dates() -> None:
    own = BusinessTerms(extra=(date(2026, 12, 24), date(2027, 12, 24)), removed=(date(2026, 5, 5),))
    year = proposal(own, 2026)
    assert set(year.dates) ^ set(recognised(2026)) == {date(2026, 5, 5), date(2026, 12, 24)}
    assert year.dates == tuple(sorted(year.dates))
    assert year.source.startswith("Algemene termijnenwet (holidays ")
    assert year.source.endswith(", changed by the configuration")
    assert not proposal(own, 2028).source.endswith("configuration")


def test_without_a_list_only_the_agreements_own_dates_are_holidays() -> None:
    assert proposal(BusinessTerms(holidays="none"), 2026).dates == ()
    own = BusinessTerms(holidays="none", extra=(date(2026, 12, 24),))
    assert (proposal(own, 2026).dates, proposal(own, 2027).dates) == ((date(2026, 12, 24),), ())
    assert proposal(own, 2027).source == "none"
