"""What holds for every stream of looks and every exclusion, whatever the figures are."""

from dataclasses import replace
from zoneinfo import ZoneInfo

from drawn import (
    LASTS,
    PERIOD,
    STARTS,
    Sight,
    agreements,
    exclusions,
    majeures,
    sights,
    statement,
    versions,
    windows,
)
from hypothesis import given
from hypothesis import strategies as st

from slawatch.model import DAY, MINUTE, Exclusion, Terms, Verdict, Version
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import judge
from slawatch.rules.statement import Statement


def parts(made: Statement) -> list[int]:
    """Of availability and network: excluded, down, up, unknown; then each page's loads, and what the outages cost."""
    assert made.network is not None
    booked = [part for one in (made.booking, made.network) for part in (one.left_out, one.down, one.up, one.unknown)]
    loads = [figure for page in made.speed.pages.values() for figure in (page.loads, page.slow)]
    return [*booked, *loads, sum(outage.cost for outage in made.outages)]


@given(agreements, sights, exclusions)
def test_the_four_parts_sum_to_the_period(terms: Terms, seen: list[Sight], declared: list[Exclusion]):
    *booked, _, _, _, _, _ = parts(statement(terms, seen, declared))

    assert sum(booked[:4]) == sum(booked[4:]) == LASTS
    assert min(booked) >= 0


@given(agreements, sights, exclusions)
def test_the_bounds_lie_on_both_sides_of_the_figure(terms: Terms, seen: list[Sight], declared: list[Exclusion]):
    booking = statement(terms, seen, declared).booking

    bounds = [bound for bound in (booking.lower, booking.ratio, booking.upper) if bound is not None]
    assert bounds == sorted(bounds)
    assert len(bounds) == (3 if booking.measured else 0)


@given(agreements, sights, exclusions, st.integers(1, LASTS - 1))
def test_a_period_cut_in_two_gives_the_same_time_and_loads(
    terms: Terms, seen: list[Sight], declared: list[Exclusion], cut: int
):
    halves = (Period(STARTS, STARTS + cut), Period(STARTS + cut, PERIOD.ends))
    first, second = (parts(statement(terms, seen, declared, half)) for half in halves)

    assert [one + other for one, other in zip(first, second, strict=True)] == parts(statement(terms, seen, declared))


@given(agreements, sights, exclusions, st.data())
def test_a_success_that_turns_into_a_failure_never_raises_the_ratio(
    terms: Terms, seen: list[Sight], declared: list[Exclusion], data: st.DataObject
):
    turned = data.draw(st.sets(st.sampled_from(range(len(seen))))) if seen else set()
    worse = [
        (check, at, Verdict.DOWN if number in turned and verdict is Verdict.UP else verdict)
        for number, (check, at, verdict) in enumerate(seen)
    ]

    before, after = statement(terms, seen, declared).booking, statement(terms, worse, declared).booking

    assert after.measured == before.measured
    assert after.down >= before.down
    assert (after.ratio or 0) <= (before.ratio or 0)


@given(agreements, sights, exclusions, windows | majeures)
def test_one_exclusion_more_never_adds_down_or_unknown_time(
    terms: Terms, seen: list[Sight], declared: list[Exclusion], more: Exclusion
):
    before, after = statement(terms, seen, declared), statement(terms, seen, [*declared, more])

    assert after.booking.down <= before.booking.down
    assert after.booking.unknown <= before.booking.unknown
    assert sum(after.booking.excluded.values()) >= sum(before.booking.excluded.values())
    assert after.speed.loads <= before.speed.loads


ZONE = ZoneInfo("Europe/Amsterdam")


def left_out(window: Exclusion, terms: Terms) -> int:
    return sum(ends - starts for starts, ends in judge(window, terms.maintenance, ZONE).left_out)


@given(agreements, windows, st.integers(0, 3), versions)
def test_one_earlier_version_more_never_leaves_out_less(terms: Terms, window: Exclusion, place: int, more: Version):
    earlier = (*window.earlier[:place], more, *window.earlier[place:])

    assert left_out(replace(window, earlier=earlier), terms) >= left_out(window, terms)


@given(agreements, windows, st.integers(1, 10))
def test_what_was_told_earlier_never_leaves_out_less(terms: Terms, window: Exclusion, days: int):
    told = STARTS - 5 * DAY if window.announced is None else window.announced
    later = replace(window, announced=told)
    sooner = replace(window, announced=told - days * DAY)

    assert left_out(sooner, terms) >= left_out(later, terms)


@given(agreements, windows, st.integers(0, 100))
def test_a_window_leaves_out_only_its_own_time_and_no_more_by_ending_early(
    terms: Terms, window: Exclusion, minutes: int
):
    ended = replace(window, ended=window.starts + minutes * MINUTE)
    planned = replace(window, ended=None)

    assert left_out(ended, terms) <= min(left_out(planned, terms), minutes * MINUTE)
    assert left_out(planned, terms) <= window.ends - window.starts
