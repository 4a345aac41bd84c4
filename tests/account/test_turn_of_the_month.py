"""What happens around a month's first midnight: nothing is lost, nothing stands twice, no outage is cut in two."""

from pathlib import Path

from small_slawatch import DOWN, GONE, PARK, SLOW, UP, ZONE, Small, at, living, terms

from slawatch.account import report
from slawatch.model import HOUR, MINUTE, SECOND
from slawatch.replay import span
from slawatch.rules.calendar import text

MIDNIGHT = at("2026-03-31T22:00:00Z")
AGREED = terms(without="http")


async def fails(small: Small, name: str, since: int, look=DOWN) -> None:
    """Confirmed down from so many seconds from midnight on."""
    small.now = MIDNIGHT + since * SECOND
    await small.see(small.look(name, look))
    small.now += 5 * SECOND
    await small.see(small.look(name, look))


async def recovers(small: Small, name: str, when: int) -> None:
    small.now = MIDNIGHT + when * SECOND
    await small.see(small.look(name, UP))


async def settled(small: Small) -> None:
    """Long enough after midnight: the old month is read for good and forgotten."""
    for minutes in (1, 30, 62, 63):
        small.now = MIDNIGHT + minutes * MINUTE
        await small.seen_by_all(UP)
        await small.publish()


async def test_an_outage_over_the_month_end_is_one_with_those_that_it_met_before(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 2 * HOUR, AGREED) as small:
        await small.seen_by_all(UP)
        await fails(small, "dashboard", -3600, GONE)
        await fails(small, "reservations", -1800)
        await recovers(small, "dashboard", -600)
        await fails(small, "reservations", -60)
        await recovers(small, "reservations", 20)
        await settled(small)
        april = await report(small.store, small.agreed, span("2026-04", ZONE, small.now + 1), ())

        (outage,) = small.live()["outages"]
        assert (outage["starts"], outage["cause"]) == (text(MIDNIGHT - HOUR), "connect")
        assert outage["checks"] == ["dashboard", "reservations"]
        assert outage["seconds"] == 20
        assert april["outages"] == [outage]
        assert (await small.replayed())["outages"] == [outage]


async def test_outages_that_touch_at_midnight_are_one(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 2 * HOUR, AGREED) as small:
        await small.seen_by_all(UP)
        await fails(small, "dashboard", -60)
        small.now = MIDNIGHT
        await small.see(small.look("dashboard", UP), small.look("reservations", DOWN))
        await fails(small, "reservations", 5)
        await recovers(small, "reservations", 30)
        await settled(small)

        assert [one["starts"] for one in small.live()["outages"]] == [text(MIDNIGHT - MINUTE)]
        assert small.live() == await small.replayed()


async def test_an_outage_that_is_over_before_midnight_is_none_of_the_new_months(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 2 * HOUR, AGREED) as small:
        await small.seen_by_all(UP)
        await fails(small, "dashboard", -600)
        await recovers(small, "dashboard", -300)
        await settled(small)

        assert small.live()["outages"] == []
        assert small.account.statement(PARK, small.now).blips == 0
        books = small.account._pages[PARK].to_date.books
        assert [book.own.settled.outages for book in books.values()] == [[], []]


async def test_a_load_of_the_old_month_that_comes_after_midnight_is_counted_where_it_belongs(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 10 * MINUTE, AGREED) as small:
        small.now = MIDNIGHT - 60 * SECOND
        await small.seen_by_all(UP)
        await small.publish()
        small.now = MIDNIGHT + SECOND
        await small.publish()
        small.now = MIDNIGHT + 4 * SECOND
        await small.see(small.look("dashboard", SLOW, ago=10 * SECOND), small.look("reservations", UP, ago=6 * SECOND))
        await settled(small)
        march = await small.replayed("2026-03")

        assert march["speed"]["loads"] == 4
        assert small.metric("page_loads_slow_total", PARK, "dashboard") == 1
        loads = sum(small.metric("page_loads_total", PARK, page) or 0 for page in ("dashboard", "reservations"))
        counting = small.live()["speed"]["loads"] - 2  # the last two may still be followed by another of their instant
        assert loads == march["speed"]["loads"] + counting
        assert small.metric("sla_attained_ratio", PARK, "speed", "previous_month") == march["speed"]["share"]


async def test_at_the_first_instant_of_a_month_the_old_one_still_stands(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - MINUTE, AGREED) as small:
        await small.seen_by_all(UP)
        small.now = MIDNIGHT
        await small.publish()

        seen = small.account.statement(PARK, MIDNIGHT)
        assert (seen.span.month, seen.span.complete, seen.span.period.ends) == ("2026-03", True, MIDNIGHT)
        assert small.account.statement(PARK, MIDNIGHT + 1).span.month == "2026-04"


async def test_a_clock_that_is_set_back_over_midnight_finds_the_old_month_again(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - HOUR, AGREED) as small:
        await small.seen_by_all(UP)
        await fails(small, "dashboard", -1800)
        await recovers(small, "dashboard", -1700)
        await settled(small)
        small.now = MIDNIGHT - MINUTE
        before = await small.replayed()
        await small.publish()

        assert small.live() == before
        assert before["outages"][0]["seconds"] == 100


async def test_last_month_is_read_for_good_when_its_late_looks_are_in(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - MINUTE, AGREED) as small:
        await small.seen_by_all(UP)
        small.now = MIDNIGHT + SECOND
        await small.publish()
        assert small.metric("sla_attained_ratio", PARK, "availability", "previous_month") == 1
        small.now += 9 * SECOND
        await small.see(*(small.look(name, DOWN, ago=ago * SECOND) for name, ago in (("dashboard", 40),)))
        await small.see(*(small.look(name, DOWN, ago=ago * SECOND) for name, ago in (("dashboard", 35),)))
        await settled(small)
        march = await small.replayed("2026-03")

        assert march["availability"]["seconds"]["down"] == 30
        ratio = small.metric("sla_attained_ratio", PARK, "availability", "previous_month")
        assert ratio == march["availability"]["ratio"]


async def test_looks_that_the_store_takes_only_after_the_settling_time_are_in_last_months_figures(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 40 * MINUTE, AGREED) as small:
        await small.seen_by_all(UP)
        for minutes in (30, 63):
            small.now = MIDNIGHT + minutes * MINUTE
            await small.publish()
        for minutes in (80, 79):  # before midnight
            await small.see(small.look("reservations", DOWN, ago=minutes * MINUTE))
        await small.publish()
        march = await small.replayed("2026-03")

        assert march["availability"]["seconds"]["down"] == 240
        ratio = small.metric("sla_attained_ratio", PARK, "availability", "previous_month")
        assert ratio == march["availability"]["ratio"]


async def test_a_look_of_the_settling_time_that_comes_late_may_confirm_an_outage_of_last_month(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 10 * MINUTE, terms(without="http", within=2 * HOUR)) as small:
        await small.seen_by_all(UP)
        small.now = MIDNIGHT - 2 * MINUTE
        await small.see(small.look("reservations", DOWN))
        for minutes in (30, 61):
            small.now = MIDNIGHT + minutes * MINUTE
            await small.publish()
        await small.see(small.look("reservations", DOWN, ago=2 * MINUTE))
        await small.publish()
        march = await small.replayed("2026-03", MIDNIGHT + HOUR)

        assert march["availability"]["seconds"]["down"] == 120
        ratio = small.metric("sla_attained_ratio", PARK, "availability", "previous_month")
        assert ratio == march["availability"]["ratio"]
