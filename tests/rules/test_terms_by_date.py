"""Rule 10: each second is judged by what was agreed at its time, and what is agreed later changes nothing before it."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import agreeing
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slawatch.model import (
    HOUR,
    MINUTE,
    SECOND,
    Cause,
    ConfirmTerms,
    Terms,
    Verdict,
)
from slawatch.rules import records
from slawatch.rules.agreed import FOREVER, Agreed
from slawatch.rules.calendar import Period
from slawatch.rules.document import document
from slawatch.rules.statement import Span, Statement, settle
from slawatch.rules.timeline import Seen

#: Two hours, told in minutes.
PERIOD = Period(1_773_180_000 * SECOND, 1_773_180_000 * SECOND + 2 * HOUR)
HELD = 3 * MINUTE


def terms(
    objective: str = "0.9",
    checks: tuple[str, ...] = ("dashboard", "reservations"),
    *,
    counting: tuple[str, ...] | None = None,
    within: int = 3000,
    **confirm: Any,
) -> Terms:
    return agreeing.terms(
        *checks,
        objective=objective,
        coverage="0.5",
        counting=counting,
        within=within,
        holds=HELD,
        confirm=ConfirmTerms(**confirm),
    )


def minute(number: float) -> int:
    return PERIOD.starts + round(number * MINUTE)


def agreed(*versions: tuple[float, Terms | None]) -> Agreed:
    return Agreed(tuple((minute(at) if at else 0, one) for at, one in versions))


def month(agreed: Agreed, down: dict[str, range], *, slow: range = range(0)) -> Statement:
    """Each check is looked at every minute, and down in its minutes."""
    books = records.books(agreed)
    for number in range(120):
        for name, book in books.items():
            failing = number in down.get(name, range(0))
            verdict, cause = (Verdict.DOWN, Cause.HTTP_5XX) if failing else (Verdict.UP, None)
            took = 3500 if number in slow else 800
            book.add(Seen(minute(number), verdict, cause, HELD), None if failing else took, recheck=False)
    span = Span("2026-03", PERIOD, complete=True, as_of=PERIOD.ends + HOUR)
    return settle(agreed, span, records.records(books), ())


def outages(statement: Statement) -> list[tuple[float, float | None, tuple[str, ...]]]:
    def number(at: int | None) -> float | None:
        return None if at is None else (at - PERIOD.starts) / MINUTE

    return [(number(one.outage.starts), number(one.outage.ends), one.outage.checks) for one in statement.outages]  # type: ignore[misc]


def test_the_objective_is_the_mean_of_the_stages_by_what_was_measured_in_each():
    # An hour at 90 %, an hour at 80 %: 85 %, so 18 of the 120 minutes may be down.
    said = month(agreed((0, terms("0.9")), (60, terms("0.8"))), {"dashboard": range(100, 118)})
    assert (said.judgement.objective, said.booking.down, said.judgement.met) == (Fraction("0.85"), 18 * MINUTE, True)
    assert month(agreed((0, terms("0.9")), (60, terms("0.8"))), {"dashboard": range(99, 118)}).judgement.met is False


def test_a_change_at_the_very_end_hardly_changes_what_the_month_is_held_against():
    said = month(agreed((0, terms("0.9")), (119, terms("0.1"))), {"dashboard": range(30, 50)})
    assert said.judgement.met is False
    assert said.judgement.objective == Fraction(119 * 9 + 1, 1200)


def test_a_failure_is_confirmed_by_the_settings_of_its_time():
    """Three failures in a row; two are enough from minute 60 on, four were needed before."""
    both = agreed((0, terms(failures=4)), (60, terms(failures=2)))
    assert outages(month(both, {"dashboard": range(30, 33)})) == []
    assert outages(month(both, {"dashboard": range(90, 93)})) == [(90, 93, ("dashboard",))]


def test_a_failure_alone_is_an_outage_once_one_is_enough_and_the_one_before_it_stays_a_blip():
    both = agreed((0, terms(failures=2)), (15, terms(failures=1)))
    books = records.books(both)
    for at, verdict in ((0, Verdict.UP), (1, Verdict.DOWN), (20, Verdict.DOWN), (21, Verdict.UP)):
        cause = Cause.HTTP_5XX if verdict is Verdict.DOWN else None
        books["dashboard"].add(Seen(minute(at), verdict, cause, HELD), 800, recheck=False)
    said = settle(both, Span("2026-03", PERIOD, complete=True, as_of=PERIOD.ends), records.records(books), ())
    assert (outages(said), said.blips, said.booking.down) == ([(20, 21, ("dashboard",))], 1, MINUTE)


def test_a_check_that_leaves_ends_its_outage_and_its_time_counts_no_more():
    both = agreed((0, terms()), (60, terms(checks=("reservations",))))
    said = month(both, {"dashboard": range(50, 120)})
    assert outages(said) == [(50, 60, ("dashboard",))]
    assert (said.booking.down, said.booking.up) == (10 * MINUTE, 110 * MINUTE)


def test_a_check_that_leaves_and_comes_back_is_down_only_while_it_is_there():
    parts = agreed((0, terms()), (60, terms(checks=("reservations",))), (80, terms()))
    said = month(parts, {"dashboard": range(50, 100)})
    assert outages(said) == [(50, 60, ("dashboard",)), (80, 100, ("dashboard",))]
    assert said.booking.down == 30 * MINUTE


@pytest.mark.parametrize(("counting_first", "expected"), [(True, (50, 60)), (False, (60, 70))])
def test_an_outage_lasts_as_long_as_its_check_counts(counting_first: bool, expected: tuple[int, int]):
    with_it, without = terms(), terms(counting=("reservations",))
    order = (with_it, without) if counting_first else (without, with_it)
    said = month(agreed((0, order[0]), (60, order[1])), {"dashboard": range(50, 70)})
    assert outages(said) == [(*expected, ("dashboard",))]
    assert said.booking.down == (expected[1] - expected[0]) * MINUTE


def test_a_load_is_held_against_the_limit_of_its_time():
    both = agreed((0, terms(within=4000)), (60, terms(within=3000)))
    said = month(both, {}, slow=range(50, 70))
    assert {name: (page.loads, page.slow) for name, page in said.speed.pages.items()} == {
        "dashboard": (120, 10),
        "reservations": (120, 10),
    }


def test_time_without_any_terms_is_unknown_and_ends_every_outage():
    said = month(agreed((0, terms()), (60, None), (90, terms())), {"dashboard": range(55, 65)})
    assert outages(said) == [(55, 60, ("dashboard",))]
    assert (said.booking.up, said.booking.down, said.booking.unknown) == (85 * MINUTE, 5 * MINUTE, 30 * MINUTE)
    assert [stage.watched for stage in said.stages] == [True, False, True]


def test_the_statement_names_the_terms_before_the_last():
    said = document(month(agreed((0, terms("0.9")), (60, terms("0.8"))), {}))
    (earlier,) = said["earlier_terms"]
    assert (earlier["until"], earlier["availability"]["objective"]) == ("2026-03-10T23:00:00Z", "0.9")
    assert said["terms"]["availability"]["objective"] == "0.8"


changes = st.lists(st.integers(1, 119), unique=True, max_size=3).map(sorted)
kinds = st.sampled_from(
    [terms(), terms("0.5"), terms(failures=1), terms(failures=3), terms(checks=("dashboard",)), terms(within=500), None]
)
failing = st.lists(st.tuples(st.integers(0, 119), st.integers(1, 20)), max_size=4)


@settings(max_examples=60, deadline=None)
@given(changes, st.lists(kinds, min_size=3, max_size=3), failing)
def test_what_is_agreed_later_changes_nothing_before_it(
    at: list[int], kinds: list[Terms | None], runs: list[tuple[int, int]]
):
    down = {"dashboard": [number for first, length in runs for number in range(first, first + length)]}
    versions = [(0.0, terms()), *zip(map(float, at), kinds, strict=False)]
    for last in range(1, len(versions)):
        until = Period(PERIOD.starts, minute(versions[last][0]))
        before, after = (_until(agreed(*versions[:number]), down, until) for number in (last, last + 1))
        assert before.booking == after.booking
        assert before.speed == after.speed
        assert before.blips == after.blips


def _until(agreed: Agreed, down: dict[str, list[int]], period: Period) -> Statement:
    books = records.books(agreed)
    for number in range(120):
        for name, book in books.items():
            if minute(number) < period.ends:
                failing = number in down.get(name, [])
                verdict, cause = (Verdict.DOWN, Cause.CONNECT) if failing else (Verdict.UP, None)
                book.add(Seen(minute(number), verdict, cause, HELD), None if failing else 900, recheck=False)
    return settle(agreed, Span("2026-03", period, complete=False, as_of=period.ends), records.records(books), ())


@settings(max_examples=60, deadline=None)
@given(changes, failing)
def test_the_same_terms_again_are_no_change(at: list[int], runs: list[tuple[int, int]]):
    down = {"dashboard": [number for first, length in runs for number in range(first, first + length)]}
    once, again = agreed((0, terms())), agreed((0, terms()), *((float(each), terms()) for each in at))
    wanted, found = (month(one, down) for one in (once, again))  # type: ignore[arg-type]
    assert replace(found, parts=wanted.parts) == wanted
    assert found.judgement == wanted.judgement


def test_a_spell_is_open_at_both_ends_where_nothing_bounds_it():
    parts = agreed((0, terms()), (60, terms(checks=("reservations",))), (80, terms()))
    assert parts.counting("dashboard") == ((0, minute(60)), (minute(80), FOREVER))
    assert parts.counting("reservations") == ((0, FOREVER),)


def test_what_lies_before_an_instant_is_judged_by_the_versions_until_then():
    first, second, third = versions = ((0, terms()), (minute(10), None), (minute(20), terms("0.8")))
    agreed = Agreed(versions)

    assert agreed.before(0) == agreed.before(minute(10)) == (first,)
    assert agreed.before(minute(10) + 1) == agreed.before(minute(20)) == (first, second)
    assert agreed.before(minute(20) + 1) == (first, second, third)
