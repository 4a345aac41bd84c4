"""A month day by day and strip by strip is the statement's month, to the microsecond and to the load."""

from collections import Counter
from itertools import pairwise
from zoneinfo import ZoneInfo

import agreeing
import pytest
from drawn import LASTS, PERIOD, Sight, agreements, exclusions, recorded, sights, statement
from hypothesis import given
from hypothesis import strategies as st

from slawatch.model import HOUR, MINUTE, Exclusion, Terms
from slawatch.rules.agreed import Agreed
from slawatch.rules.availability import Booking
from slawatch.rules.calendar import Period, month
from slawatch.rules.daily import Booked, Daily, daily
from slawatch.rules.exclusions import flatten
from slawatch.rules.ranks import Ranks
from slawatch.rules.statement import judged_exclusions

#: Midnight here is an hour into the three of `drawn`.
ZONE = ZoneInfo("Etc/GMT-11")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def by_day(terms: Terms, seen: list[Sight], declared: list[Exclusion]) -> Daily:
    agreed = Agreed.always(terms)
    return daily(agreed, recorded(terms, seen), flatten(judged_exclusions(agreed, declared), PERIOD), PERIOD, ZONE)


def places(booking: Booking) -> dict[Booked, int]:
    return {
        Booked.UP: booking.up,
        Booked.DOWN: booking.down,
        Booked.EXCLUDED: booking.left_out,
        Booked.UNKNOWN: booking.unknown,
    }


@given(agreements, sights, exclusions)
def test_the_days_are_the_statements_time_and_loads(terms: Terms, seen: list[Sight], declared: list[Exclusion]):
    told, made = statement(terms, seen, declared), by_day(terms, seen, declared)

    assert [(one.starts, one.ends) for one in made.days] == [
        (PERIOD.starts, PERIOD.starts + HOUR),
        (PERIOD.starts + HOUR, PERIOD.ends),
    ]
    assert {place: sum(one.seconds[place] for one in made.days) for place in Booked} == places(told.booking)
    assert sum(one.loads for one in made.days) == told.speed.loads
    assert sum(one.slow for one in made.days) == told.speed.slow
    for page, figure in told.speed.pages.items():
        assert Ranks.of(made.times[page]).p95(figure.loads) == figure.p95_milliseconds


@given(agreements, sights, exclusions, st.sets(st.integers(0, LASTS // MINUTE - 1), min_size=1, max_size=5))
def test_the_strips_say_of_each_minute_where_a_statement_of_it_alone_has_it(
    terms: Terms, seen: list[Sight], declared: list[Exclusion], minutes: set[int]
):
    strips = by_day(terms, seen, declared).strips

    assert [strips[0].starts, *(one.ends for one in strips)] == [*(one.starts for one in strips), PERIOD.ends]
    assert all(before.booked is not after.booked for before, after in pairwise(strips))
    for minute in minutes:
        alone = Period(PERIOD.starts + minute * MINUTE, PERIOD.starts + (minute + 1) * MINUTE)
        found = Counter[Booked]()
        for one in strips:
            found[one.booked] += max(0, min(one.ends, alone.ends) - max(one.starts, alone.starts))
        assert dict.fromkeys(Booked, 0) | found == places(statement(terms, seen, declared, alone).booking)


@pytest.mark.parametrize(
    ("written", "number", "odd", "hours"), [("2026-03", 31, 28, 23), ("2026-10", 31, 24, 25), ("2026-02", 28, 0, 24)]
)
def test_a_day_on_which_the_clocks_change_has_its_own_length(written: str, number: int, odd: int, hours: int):
    agreed, period = Agreed.always(agreeing.terms("dashboard")), month(written, AMSTERDAM)
    days = daily(agreed, {}, (), period, AMSTERDAM).days

    assert len(days) == number
    assert {
        index: (one.ends - one.starts) // HOUR
        for index, one in enumerate(days)
        if index == odd or one.ends - one.starts != 24 * HOUR
    } == {odd: hours}
    assert all(one.seconds[Booked.UNKNOWN] == one.ends - one.starts for one in days)
