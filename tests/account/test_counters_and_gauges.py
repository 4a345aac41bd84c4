"""The series that dashboards and alerts read, case by case."""

from dataclasses import replace
from itertools import chain
from pathlib import Path

from small_slawatch import DOWN, GONE, PARK, SLOW, UNKNOWN, UP, Small, at, living, terms

from slawatch.account import standing
from slawatch.model import HOUR, MINUTE, SECOND, Exclusion, ExclusionKind

BEGIN = at("2026-03-10T12:00:00Z")


def window(starts: int, ends: int, **more: object) -> Exclusion:
    told = {"announced": starts - 10 * 24 * HOUR, "announced_by": "servicedesk"}
    return Exclusion(ExclusionKind.MAINTENANCE, starts, ends, **{**told, **more})  # type: ignore[arg-type]


def seconds(small: Small, objective: str) -> dict[str, float | None]:
    return {name: small.metric(f"sla_{name}_seconds_total", PARK, objective) for name in ("bad", "eligible", "unknown")}


def slow_budget(small: Small) -> tuple[float | None, float | None]:
    """How many loads of the month may be slow, and the share of them that is left."""
    loads = small.metric("sla_error_budget_loads", PARK, "speed")
    return loads, small.metric("sla_error_budget_remaining_ratio", PARK, "speed")


def state(small: Small) -> str:
    shown: str = standing("Duinzicht", small.account.statement(PARK, small.now + 1), small.account.latest)["state"]
    return shown


async def minutes(small: Small, number: int, **sees: object) -> None:
    for _ in range(number):
        small.now += MINUTE
        await small.see(*(small.look(name, sees.get(name, UP)) for name in small.terms.checks))  # type: ignore[arg-type]
        await small.publish()


async def test_the_network_figure_waits_for_its_own_looks(tmp_path: Path):
    async with living(tmp_path, BEGIN, terms(within=10 * MINUTE)) as small:
        await small.seen_by_all(UP)
        small.now += 10 * SECOND
        await small.see(small.look("http", GONE))
        small.now += 30 * SECOND
        await small.see(small.look("dashboard", UP), small.look("reservations", UP))
        await small.publish()
        assert seconds(small, "network") == {"bad": 0, "eligible": 10, "unknown": 0}

        await small.see(small.look("http", GONE))
        await small.publish()
        assert seconds(small, "network") == {"bad": 30, "eligible": 40, "unknown": 0}
        assert seconds(small, "availability") == {"bad": 0, "eligible": 40, "unknown": 0}


async def test_a_slow_look_of_a_page_that_is_in_the_speed_figure_alone_is_counted(tmp_path: Path):
    async with living(tmp_path, BEGIN, terms(counting=("dashboard",))) as small:
        await minutes(small, 1)
        small.now += MINUTE
        await small.see(small.look("dashboard", UP))
        await small.publish()
        small.now += 10 * SECOND
        await small.see(small.look("reservations", SLOW, ago=20 * SECOND))
        await minutes(small, 2)

        assert small.metric("page_loads_slow_total", PARK, "reservations") == 1


async def test_what_a_store_takes_late_is_counted_as_what_it_was(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await small.seen_by_all(UP)
        waiting = []
        for _ in range(30):
            small.now += MINUTE
            await small.publish()
            waiting.append([small.look(name, UP) for name in small.terms.checks])
        await small.see(*chain.from_iterable(waiting))
        await small.publish()

        assert seconds(small, "availability") == {"bad": 0, "eligible": 1800, "unknown": 0}


async def test_silence_is_counted_as_unknown_when_no_look_can_come_any_more(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await small.seen_by_all(UP)
        small.now += 2 * HOUR
        await small.publish()

        assert seconds(small, "availability") == {"bad": 0, "eligible": 180, "unknown": 3600 - 180}


async def test_maintenance_that_is_booked_as_up_is_not_counted_as_excluded_too(tmp_path: Path):
    agreed = terms()
    for as_up, counted in ((False, (240, 360)), (True, (600, 0))):
        folder = tmp_path / str(as_up)
        folder.mkdir()
        upkeep = replace(agreed, maintenance=replace(agreed.maintenance, as_up=as_up))
        planned = window(BEGIN + 2 * MINUTE, BEGIN + 8 * MINUTE)
        async with living(folder, BEGIN, upkeep, (planned,)) as small:
            await small.seen_by_all(UP)
            await minutes(small, 10)

            excluded = small.metric("sla_excluded_seconds_total", PARK, "availability", "maintenance")
            assert (seconds(small, "availability")["eligible"], excluded) == counted


async def test_a_failure_that_nothing_confirms_makes_nobody_down_though_its_seconds_count(tmp_path: Path):
    async with living(tmp_path, BEGIN, terms(blips_down=True)) as small:
        await minutes(small, 2)
        await small.see(small.look("dashboard", DOWN, recheck=True, ago=-1))
        small.now += 10 * SECOND
        await small.publish()

        assert small.live()["availability"]["seconds"]["down"] == 10
        assert (small.metric("customer_up", PARK), state(small)) == (1, "up")
        await small.see(small.look("dashboard", DOWN, recheck=True))
        await small.publish()
        assert (small.metric("customer_up", PARK), state(small)) == (0, "down")


async def test_a_customer_of_whom_nothing_is_known_is_neither_up_nor_down(tmp_path: Path):
    async with living(tmp_path, BEGIN) as small:
        await small.publish()
        assert (small.metric("customer_up", PARK), state(small)) == (None, "unknown")
        await minutes(small, 2)
        assert (small.metric("customer_up", PARK), state(small)) == (1, "up")
        await minutes(small, 2, dashboard=UNKNOWN, reservations=UNKNOWN)
        assert (small.metric("customer_up", PARK), state(small)) == (None, "unknown")


async def test_maintenance_is_active_in_every_window_and_shown_where_it_counts(tmp_path: Path):
    starts = BEGIN + 5 * MINUTE
    late = window(starts, starts + 5 * MINUTE, announced=starts - HOUR)
    for declared, shown in ((window(starts, starts + 5 * MINUTE), "maintenance"), (late, "up")):
        folder = tmp_path / shown
        folder.mkdir()
        async with living(folder, BEGIN, declared=(declared,)) as small:
            await minutes(small, 4)
            assert small.metric("maintenance_active", PARK) == 0
            await minutes(small, 2)
            assert small.metric("maintenance_active", PARK) == 1
            assert small.metric("maintenance_end_timestamp_seconds", PARK) == declared.ends / SECOND
            assert state(small) == shown
            await minutes(small, 4)
            assert small.metric("maintenance_active", PARK) == 0
            assert state(small) == "up"


async def test_force_majeure_is_left_out_but_is_no_maintenance(tmp_path: Path):
    flood = Exclusion(ExclusionKind.FORCE_MAJEURE, BEGIN, BEGIN + HOUR, approved_by="directie", reason="overstroming")
    async with living(tmp_path, BEGIN, declared=(flood,)) as small:
        await minutes(small, 2, dashboard=DOWN)
        small.now += SECOND

        assert state(small) == "down"
        assert small.live()["availability"]["seconds"]["excluded"] == small.now / SECOND - BEGIN / SECOND + 1e-6


async def test_the_budget_is_what_the_whole_month_allows_less_what_is_planned(tmp_path: Path):
    planned = window(at("2026-03-20T22:00:00Z"), at("2026-03-21T02:00:00Z"))
    async with living(tmp_path, BEGIN, declared=(planned,)) as small:
        await small.seen_by_all(UP)
        await minutes(small, 3, dashboard=DOWN)
        await minutes(small, 1)

        budget = (743 - 4) * 3600 / 1000
        assert small.metric("sla_error_budget_seconds", PARK, "availability") == budget
        left = small.metric("sla_error_budget_remaining_ratio", PARK, "availability")
        assert left == 1 - 180 / budget
        assert small.metric("sla_uncertainty_seconds", PARK, "availability") == 60 + 60


async def test_of_a_customer_that_began_in_the_month_as_many_loads_may_be_slow_as_what_is_left_of_it_allows(
    tmp_path: Path,
):
    to_come = 2 * (21 * 24 + 10) * 60  # until the month ends, two pages, each minute
    async with living(tmp_path, BEGIN) as small:
        await small.seen_by_all(UP)
        await minutes(small, 3, dashboard=SLOW)
        await minutes(small, 1)
        assert slow_budget(small) == (to_come / 20, 1 - 3 / (to_come / 20))

        await minutes(small, 4, reservations=UNKNOWN)  # loads that will never be
        await minutes(small, 1)
        assert slow_budget(small)[0] == (to_come - 4) / 20


async def test_what_is_planned_has_no_loads_that_may_be_slow(tmp_path: Path):
    planned = window(at("2026-03-20T22:00:00Z"), at("2026-03-21T02:00:00Z"))
    async with living(tmp_path, BEGIN, declared=(planned,)) as small:
        await small.seen_by_all(UP)
        await minutes(small, 1)
        assert slow_budget(small) == (2 * (21 * 24 + 10 - 4) * 60 / 20, 1)


async def test_no_load_that_may_be_slow_is_left_when_the_promise_cannot_be_kept_any_more(tmp_path: Path):
    ends = at("2026-03-31T22:00:00Z")
    async with living(tmp_path, ends - 30 * MINUTE) as small:  # 60 loads to come, of which three may be slow
        await small.seen_by_all(UP)
        await minutes(small, 4, dashboard=SLOW)
        assert slow_budget(small) == (3, 0)
        await minutes(small, 1, dashboard=SLOW)
        assert slow_budget(small) == (3, -1 / 3)
        await minutes(small, 24)
        assert (small.now, slow_budget(small)) == (ends - MINUTE, (3, -2 / 3))
        assert small.live()["speed"]["met"] is False


async def test_a_customer_with_nothing_but_http_has_its_counters(tmp_path: Path):
    agreed = terms(counting=("http",))
    only = replace(agreed, checks={"http": agreed.checks["http"]}, speed=replace(agreed.speed, pages=()))
    async with living(tmp_path, BEGIN, only) as small:
        await small.seen_by_all(UP)
        small.now += 30 * SECOND
        await small.seen_by_all(UP)
        await small.publish()

        assert seconds(small, "availability") == seconds(small, "network") == {"bad": 0, "eligible": 30, "unknown": 0}
        assert small.live() == await small.replayed()
        assert small.live()["speed"]["met"] is None
