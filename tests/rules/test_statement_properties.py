"""What holds for every stream of looks and every exclusion, whatever the figures are."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import agreeing
from hypothesis import given
from hypothesis import strategies as st

from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Cause,
    ConfirmTerms,
    Exclusion,
    ExclusionKind,
    Instant,
    MaintenanceTerms,
    Notice,
    Reason,
    Terms,
    Verdict,
    Version,
)
from slawatch.rules import records
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period, parse
from slawatch.rules.exclusions import judge
from slawatch.rules.statement import Span, Statement, settle
from slawatch.rules.timeline import Seen

CHECKS = {"dashboard": "page", "reservations": "page", "http": "http"}
STARTS = parse("2026-03-10T12:00:00Z")
LASTS = 3 * HOUR
PERIOD = Period(STARTS, STARTS + LASTS)
CAUSES = {Verdict.UP: None, Verdict.DOWN: Cause.CONNECT, Verdict.UNKNOWN: Cause.MONITOR_NETWORK}

#: A check, when it was looked at and what was seen.
Sight = tuple[str, Instant, Verdict]

sights = st.lists(
    st.tuples(
        st.sampled_from([*CHECKS]),
        st.integers(-60, 240).map(lambda minute: STARTS + minute * MINUTE),
        st.sampled_from([Verdict.UP, Verdict.UP, Verdict.DOWN, Verdict.DOWN, Verdict.UNKNOWN]),
    ),
    max_size=60,
    unique_by=lambda sight: sight[:2],
).map(lambda found: sorted(found, key=lambda sight: sight[1]))
agreements = st.builds(
    lambda failures, within, blips_down, maintenance: agreeing.terms(
        "dashboard",
        "reservations",
        http=True,
        holds=20 * MINUTE,
        maintenance=maintenance,
        confirm=ConfirmTerms(failures, within * MINUTE, 5 * SECOND, blips_down),
    ),
    st.integers(1, 3),
    st.integers(1, 60),
    st.booleans(),
    st.builds(
        lambda late, hotfix, as_up: MaintenanceTerms(Notice(5), None, late, hotfix, as_up),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
)


def _version(first: int, length: int, ahead: int | None, by: str | None, entered: int | None) -> Version:
    starts = STARTS + first * MINUTE
    return Version(
        starts,
        starts + length * MINUTE,
        None if ahead is None else starts - ahead * DAY,
        by,
        None if entered is None else starts + entered * SECOND,
    )


versions = st.builds(
    _version,
    st.integers(-30, 200),
    st.integers(1, 90),
    st.none() | st.sampled_from([4, 5, 6]),
    st.none() | st.just("servicedesk"),
    st.none() | st.sampled_from([-1, 0]),
)
windows = st.builds(
    lambda last, earlier, ended, reason: Exclusion(
        ExclusionKind.MAINTENANCE,
        last.starts,
        last.ends,
        last.announced,
        last.announced_by,
        last.entered,
        None if ended is None else last.starts + ended * MINUTE,
        reason,
        earlier=earlier,
    ),
    versions,
    st.lists(versions, max_size=3).map(tuple),
    st.none() | st.integers(0, 100),
    st.sampled_from([*Reason]),
)
majeures = versions.map(
    lambda one: Exclusion(ExclusionKind.FORCE_MAJEURE, one.starts, one.ends, reason="storm", approved_by="J. de Vries")
)
exclusions = st.lists(windows | majeures, max_size=4)


def statement(terms: Terms, seen: list[Sight], declared: list[Exclusion], period: Period = PERIOD) -> Statement:
    agreed = Agreed.always(terms)
    books = records.books(agreed)
    for check, at, verdict in seen:
        books[check].add(Seen(at, verdict, CAUSES[verdict], 20 * MINUTE), 900, recheck=False)
    span = Span("2026-03", period, complete=True, as_of=period.ends)
    return settle(agreed, span, records.records(books), declared)


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
