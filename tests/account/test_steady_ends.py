"""What ends a steady time, case by case. Each publishing on the way shows what the long way shows (`Beside.publish`)."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from beside_small import Beside
from small_slawatch import DOWN, GONE, SLOW, UNKNOWN, UP, at, living, terms
from test_live_declared import majeure, window

from slawatch.model import HOUR, MINUTE, SECOND, Exclusion

BEGIN = at("2026-03-10T12:00:00Z")
MIDNIGHT = at("2026-03-31T22:00:00Z")


async def calm(small: Beside, seconds: int, *, apart: int = 10, without: str = "") -> None:
    """All is up, looked at and published so many seconds apart."""
    for _ in range(seconds // apart):
        small.now += apart * SECOND
        await small.see(*(small.look(name, UP) for name in small.terms.checks if name != without))
        await small.publish()


async def fails(small: Beside) -> None:
    await small.see(small.look("dashboard", DOWN))


async def has_an_outage(small: Beside) -> None:
    for look in (DOWN, DOWN, UP):
        await small.see(small.look("dashboard", look))
        small.now += 5 * SECOND


async def is_unreachable(small: Beside) -> None:
    await small.see(small.look("http", GONE))


async def cannot_be_looked_at(small: Beside) -> None:
    await small.see(small.look("reservations", UNKNOWN))


async def is_silent(small: Beside) -> None:
    small.now += 4 * MINUTE


async def has_a_gap(small: Beside) -> None:
    small.now += 4 * MINUTE
    await small.seen_by_all(UP)


async def had_force_majeure(small: Beside) -> None:
    await small.declare(majeure(small.now - 3 * MINUTE, small.now - 2 * MINUTE))


async def gets_other_terms(small: Beside) -> None:
    await small.reload(terms(counting=("dashboard",)))


async def is_promised_faster_pages(small: Beside) -> None:
    await small.see(small.look("dashboard", UP))
    small.now += SECOND
    await small.reload(replace(small.terms, speed=replace(small.terms.speed, within_milliseconds=500)))


async def loses_a_check(small: Beside) -> None:
    await small.reload(terms(without="reservations"))


async def is_read_again(small: Beside) -> None:
    await small.correct(replace(small.terms, speed=replace(small.terms.speed, within_milliseconds=500)))


async def has_its_clock_set_back(small: Beside) -> None:
    small.now -= 2 * SECOND


@pytest.mark.parametrize(
    "happens",
    [
        fails,
        has_an_outage,
        is_unreachable,
        cannot_be_looked_at,
        is_silent,
        has_a_gap,
        had_force_majeure,
        gets_other_terms,
        is_promised_faster_pages,
        loses_a_check,
        is_read_again,
        has_its_clock_set_back,
    ],
)
async def test_a_steady_time_ends_when_a_customer(happens: Callable[[Beside], Awaitable[None]], tmp_path: Path):
    async with living(tmp_path, BEGIN, life=Beside) as small:
        await calm(small, 5 * 60)
        assert small.is_steady

        small.now += SECOND
        await happens(small)
        await small.publish()
        assert not small.is_steady

        small.now += SECOND
        await small.publish()
        await calm(small, 5 * 60)
        assert small.is_steady


@pytest.mark.parametrize(
    "declared",
    [
        (window(BEGIN + 5 * MINUTE, BEGIN + 8 * MINUTE, told=True),),
        (window(BEGIN + 5 * MINUTE, BEGIN + 8 * MINUTE, told=False),),
        (majeure(BEGIN + 5 * MINUTE, BEGIN + 8 * MINUTE),),
        (majeure(BEGIN + 5 * MINUTE, BEGIN + 8 * MINUTE), window(BEGIN + 5 * MINUTE, BEGIN + 6 * MINUTE, told=True)),
        (replace(window(BEGIN + 5 * MINUTE, BEGIN + HOUR, told=True), ended=BEGIN + 8 * MINUTE),),
    ],
)
async def test_a_steady_time_ends_where_something_declared_begins_and_where_it_ends(
    declared: tuple[Exclusion, ...], tmp_path: Path
):
    async with living(tmp_path, BEGIN, declared=declared, life=Beside) as small:
        await calm(small, 5 * 60 - 10)
        assert small.is_steady
        for minutes in (5, 8):
            await calm(small, 10)
            assert small.now == BEGIN + minutes * MINUTE
            assert not small.is_steady
            await calm(small, 3 * 60 - 10)
        assert small.is_steady


async def test_a_steady_time_ends_with_the_month_and_when_the_last_one_is_read_for_good(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 5 * MINUTE, life=Beside) as small:
        await calm(small, 5 * 60 - 10)
        assert small.is_steady
        for hours in (0, 1):
            await calm(small, 10)
            assert small.now == MIDNIGHT + hours * HOUR
            assert not small.is_steady
            await calm(small, 60 * 60 - 30, apart=30)
            await calm(small, 20)
        assert small.is_steady


async def test_a_load_of_the_old_month_that_comes_in_after_midnight_is_none_of_the_new_one(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 5 * MINUTE, life=Beside) as small:
        await calm(small, 5 * 60 - 10)
        for seconds in (11, 1):
            small.now += seconds * SECOND
            await small.publish()
        await small.see(small.look("dashboard", SLOW, ago=4 * SECOND))
        await calm(small, 60)

        assert small.live()["speed"]["slow"] == 0
        assert small.live() == await small.replayed()


async def test_every_ten_minutes_of_a_steady_time_what_is_sure_is_added_up(tmp_path: Path):
    async with living(tmp_path, BEGIN, life=Beside) as small:
        await calm(small, 60 * 60, apart=20)
        books = small.account._pages[small.terms.customer].to_date.books

        assert small.steady > 160
        assert max(len(book.loads.at) for book in books.values()) <= 32
        assert small.live() == await small.replayed()


async def test_loads_of_a_page_that_does_not_count_for_availability_may_fail_in_a_steady_time(tmp_path: Path):
    async with living(tmp_path, BEGIN, terms(counting=("dashboard",)), life=Beside) as small:
        await calm(small, 60)
        for look in (SLOW, DOWN, DOWN, UNKNOWN, UP):
            small.now += SECOND
            await small.see(small.look("reservations", look))
            await calm(small, 10, without="reservations")
            assert small.is_steady

        assert small.live()["speed"]["pages"]["reservations"]["slow"] == 3
        assert small.live() == await small.replayed()


async def test_a_load_that_comes_in_after_a_publishing_is_counted_at_the_next(tmp_path: Path):
    async with living(tmp_path, BEGIN, life=Beside) as small:
        await calm(small, 60)
        small.now += 5 * SECOND
        await small.publish()
        await small.see(small.look("dashboard", SLOW, ago=2 * SECOND))
        small.now += SECOND
        await small.publish()

        assert small.is_steady
        assert small.live()["speed"]["slow"] == 1
        assert small.live() == await small.replayed()


async def test_a_load_that_comes_in_hours_late_counts_as_the_customer_stood_at_its_slot(tmp_path: Path):
    async with living(tmp_path, BEGIN, terms(counting=("dashboard",)), life=Beside) as small:
        await calm(small, 60)
        for look in (DOWN, DOWN):
            small.now += MINUTE
            await small.see(small.look("dashboard", look))
        await calm(small, 2 * 60 * 60, apart=40, without="reservations")
        await small.see(small.look("reservations", SLOW, ago=2 * HOUR + MINUTE))
        await calm(small, 40, apart=20, without="reservations")

        assert small.live() == await small.replayed()


async def test_a_check_that_was_taken_in_again_is_waited_for(tmp_path: Path):
    slow = {name: replace(check, stale_after=3 * HOUR) for name, check in terms().checks.items()}
    async with living(tmp_path, BEGIN, replace(terms(), checks=slow), life=Beside) as small:
        await calm(small, 60)
        agreed = small.terms
        for again in (terms(without="http"), agreed):
            small.now += SECOND
            await small.reload(again)
        await calm(small, 70 * 60, apart=60, without="http")
        assert not small.is_steady

        await calm(small, 20)
        assert small.is_steady


async def test_a_look_that_comes_late_from_a_check_that_was_taken_out_ends_a_steady_time(tmp_path: Path):
    async with living(tmp_path, BEGIN, life=Beside) as small:
        await calm(small, 20)
        small.now += SECOND
        late = small.look("reservations", DOWN)
        small.now += SECOND
        await small.reload(terms(without="reservations"))
        await calm(small, 30)
        assert small.is_steady

        small.account.applied((late,))
        small.plain.applied((late,))
        await small.publish()
        assert not small.is_steady


async def test_a_customer_whose_checks_do_not_count_is_never_steady(tmp_path: Path):
    async with living(tmp_path, BEGIN, terms(counting=()), life=Beside) as small:
        await calm(small, 5 * 60)

        assert small.steady == 0
