"""The contract of frozen holidays, on each engine."""

from __future__ import annotations

from datetime import date

from slawatch.model import Holidays
from slawatch.store import open_store


class Library:
    """A source of holidays that may change its mind, and remembers which years it was asked for."""

    def __init__(self, *days: tuple[int, int]) -> None:
        self.days = days
        self.asked: list[int] = []

    def __call__(self, year: int) -> Holidays:
        self.asked.append(year)
        return Holidays(tuple(date(year, *day) for day in self.days), f"{len(self.days)} days")


async def test_a_year_stays_as_it_was_when_it_was_first_used(url: str) -> None:
    before, after = Library((1, 1), (12, 25)), Library((1, 1), (5, 5), (12, 25))
    async with open_store(url, write=True) as store:
        first = await store.holidays("duinzicht", (2026,), before)
        assert first == {2026: Holidays((date(2026, 1, 1), date(2026, 12, 25)), "2 days")}
        assert await store.holidays("duinzicht", (2026,), after) == first
    async with open_store(url, write=True) as store:
        assert await store.holidays("duinzicht", (2026,), after) == first
    assert after.asked == []


async def test_only_years_that_are_not_frozen_yet_are_proposed(url: str) -> None:
    before, after = Library((1, 1)), Library((5, 5))
    async with open_store(url, write=True) as store:
        await store.holidays("duinzicht", (2026,), before)
        found = await store.holidays("duinzicht", (2027, 2026, 2025), after)
        assert list(found) == [2025, 2026, 2027]
        assert [one.dates for one in found.values()] == [(date(2025, 5, 5),), (date(2026, 1, 1),), (date(2027, 5, 5),)]
    assert after.asked == [2025, 2027]


async def test_each_calendar_has_years_of_its_own(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.holidays("duinzicht", (2026,), Library((1, 1)))
        other = await store.holidays("heidehof", (2026,), Library((5, 5)))
        assert other[2026].dates == (date(2026, 5, 5),)


async def test_a_reader_takes_what_is_frozen_and_freezes_nothing(url: str) -> None:
    before, after = Library((1, 1)), Library((5, 5))
    async with open_store(url, write=True) as store:
        await store.holidays("duinzicht", (2026,), before)
    async with open_store(url, write=False) as store:
        found = await store.holidays("duinzicht", (2026, 2027), after)
        assert [one.dates for one in found.values()] == [(date(2026, 1, 1),), (date(2027, 5, 5),)]
    async with open_store(url, write=True) as store:
        found = await store.holidays("duinzicht", (2027,), before)
        assert found[2027].dates == (date(2027, 1, 1),)


async def test_a_year_without_holidays_is_frozen_too(url: str) -> None:
    async with open_store(url, write=True) as store:
        assert (await store.holidays("duinzicht", (2026,), Library()))[2026].dates == ()
        assert (await store.holidays("duinzicht", (2026,), Library((1, 1))))[2026].dates == ()
