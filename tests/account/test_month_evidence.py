"""What was tampered with or came at a bad moment does not pass for what was told; nor the other way round."""

import asyncio
import json
import sqlite3
from contextlib import closing as closed
from dataclasses import replace
from pathlib import Path

from small_slawatch import DOWN, PARK, UP, Small, living, terms
from test_month_close import CLOSED, CONFIG, MIDNIGHT, SETTLED, a_month, faults, force_majeure, settle

from slawatch.account import Closing, Desk, ledger
from slawatch.config import load
from slawatch.model import DAY, HOUR, MINUTE, SECOND, CheckId, Declaration, DeclarationKind
from slawatch.rules.calendar import text
from slawatch.rules.wishes import Announce, End, Exclude
from slawatch.store import Batch


def by_hand(folder: Path, *sql: str) -> None:
    with closed(sqlite3.connect(folder / "slawatch.db")) as db:
        for one in sql:
            db.execute(one)
        db.commit()


def window(recorded: int, announced: int | None, who: str | None = None, **more) -> Declaration:
    facts = {"starts": text(MIDNIGHT - HOUR), "ends": text(MIDNIGHT - 55 * MINUTE), "reason": "other"}
    if who and announced is not None:
        facts |= {"announced": text(announced), "announced_by": who}
    return Declaration(f"w1/1/{PARK}", PARK, DeclarationKind.WINDOW_ANNOUNCED, "w1", recorded, "pia", facts | more)


async def quiet_evening(small: Small) -> None:
    small.now = MIDNIGHT - 5 * MINUTE
    await small.seen_by_all(UP)
    small.now = MIDNIGHT + MINUTE
    await small.seen_by_all(UP)


async def test_a_look_that_was_on_its_way_at_the_close_does_not_make_verify_cry(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        small.now = MIDNIGHT - 2 * HOUR
        (tmp_path / "slawatch.yaml").write_text(CONFIG.format(folder=tmp_path))
        document = json.dumps(load(tmp_path / "slawatch.yaml").document(PARK))
        await small.store.save_terms(PARK, "d", document, small.now)
        await quiet_evening(small)
        assert await settle(small, SETTLED + SECOND) == ()
        small.now = SETTLED + 5 * SECOND
        await small.see(
            small.look("dashboard", UP, ago=10 * SECOND)
        )  # its slot was five seconds before the settled time
        assert len(await settle(small, CLOSED)) == 1
        assert await faults(small) == [None]


async def test_a_statement_that_is_no_json_any_more_is_told_by_verify(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        await settle(small, CLOSED)
        by_hand(tmp_path, "update statements set document = substr(document, 1, 50)")
        assert "text" in str(await faults(small))


async def test_a_statement_that_is_no_json_does_not_end_the_closing_loop(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        await settle(small, CLOSED)
        by_hand(tmp_path, "update statements set document = substr(document, 1, 50)")
        await settle(small, SETTLED + HOUR)


async def test_verify_names_a_declaration_that_was_taken_out(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        await small.store.declare([force_majeure(MIDNIGHT + MINUTE)])
        gone = Declaration(
            "x1/withdrawn", PARK, DeclarationKind.EXCLUSION_WITHDRAWN, "x1", MIDNIGHT + 2 * MINUTE, "B", {"reason": "r"}
        )
        await small.store.declare([gone])
        await settle(small, CLOSED)
        by_hand(tmp_path, "delete from declarations where id = 'x1/added'")
        assert "x1" in str(await faults(small)) or "link" in str(await faults(small))


async def test_verify_names_a_declaration_of_weeks_before_that_was_altered_before_the_close(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 60 * DAY, terms()) as small:
        late = MIDNIGHT - 40 * DAY  # recorded in February
        await small.store.declare([window(late, None, None, text="aaa")])
        small.now = MIDNIGHT - 3 * HOUR
        await a_month(small, tmp_path)
        by_hand(
            tmp_path,
            "update declarations set facts = json_set(facts, '$.announced', '2026-02-01T00:00:00Z', '$.announced_by', 'pia') where subject = 'w1'",
        )
        await settle(small, CLOSED)
        assert await faults(small) != [None]


async def test_verify_names_terms_of_months_before_that_were_altered_before_the_close(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 60 * DAY, terms()) as small:
        (tmp_path / "slawatch.yaml").write_text(CONFIG.format(folder=tmp_path))

        document = json.dumps(load(tmp_path / "slawatch.yaml").document(PARK))
        await small.store.save_terms(PARK, "d", document, small.now)
        small.now = MIDNIGHT - 3 * HOUR
        await a_month(small, tmp_path)
        by_hand(tmp_path, """update terms set document = replace(document, '999/1000', '99/100')""")
        await settle(small, CLOSED)
        assert await faults(small) != [None]


async def test_two_declared_in_a_row_make_revisions_that_hold(tmp_path: Path):
    """The second waits for the writer, which has a batch of looks to write, while the first's revision is made."""
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        await settle(small, CLOSED)
        small.now = SETTLED + HOUR
        desk = Desk(small.store, small.clock, lambda: {PARK: terms()})
        closing = Closing(small.store, small.clock)
        await desk.ask(Exclude(PARK, MIDNIGHT - HOUR, MIDNIGHT - 55 * MINUTE, "A", "r", "pia"))
        looks = tuple(
            replace(small.look("dashboard", UP), check=CheckId("elsewhere", "page", "p"), at=number)
            for number in range(1, 20_000)
        )
        small.now += SECOND
        second = desk.ask(Exclude(PARK, MIDNIGHT - 9 * MINUTE, MIDNIGHT - 7 * MINUTE, "A", "r", "pia"))
        await asyncio.gather(small.store.record(Batch(observations=looks)), second, closing.revise(PARK))
        small.now += SECOND
        await closing.revise(PARK)
        assert set(await faults(small)) == {None}


async def test_a_check_that_left_while_down_does_not_have_all_time_since_read_for_ever(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 400 * DAY, terms()) as small:
        small.now = MIDNIGHT - 399 * DAY
        await small.seen_by_all(UP)
        small.now += MINUTE
        await small.see(small.look("reservations", DOWN))
        small.now += MINUTE
        await small.see(small.look("reservations", DOWN), small.look("dashboard", UP))
        small.now += MINUTE
        small.agree(terms(without="reservations"))
        await small.see(small.look("dashboard", UP))
        small.now = MIDNIGHT
        await small.see(small.look("dashboard", UP))
        begins = await ledger.context(small.store, small.agreed, MIDNIGHT + MINUTE)
        assert begins["dashboard"] == MIDNIGHT


async def test_the_months_after_a_customer_left_are_not_closed_for_ever(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        await small.store.save_terms(PARK, "gone", "null", MIDNIGHT + 211 * MINUTE)
        found = await settle(small, SETTLED + 400 * DAY)
        assert [one.month for one in found] == ["2026-03", "2026-04"]


async def test_a_zone_changed_later_leaves_closed_months_their_period(tmp_path: Path):

    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        (first,) = await settle(small, CLOSED)
        small.now = SETTLED + DAY
        document = load(tmp_path / "slawatch.yaml").document(PARK) | {"timezone": "Europe/London"}
        await small.store.save_terms(PARK, "e", json.dumps(document), small.now)
        await small.store.declare([force_majeure(SETTLED + DAY + HOUR)])
        _, second, *_ = await settle(small, SETTLED + DAY + 2 * HOUR)
        assert json.loads(second.document)["period"] == json.loads(first.document)["period"]


async def test_a_revision_names_who_and_what_changed_the_month_and_nobody_else(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        await settle(small, CLOSED)
        small.now = SETTLED + HOUR
        desk = Desk(small.store, small.clock, lambda: {PARK: terms()})
        starts = SETTLED + 20 * DAY
        await desk.ask(Announce(PARK, starts, starts + HOUR, "jan", repeat="FREQ=DAILY"))
        small.now += HOUR
        await desk.ask(Exclude(PARK, MIDNIGHT - HOUR, MIDNIGHT - 55 * MINUTE, "A", "r", "pia"))
        _, second = await settle(small, small.now + HOUR)
        assert (second.who, second.why) == ("pia", "exclusion_added x1")


async def test_a_window_over_the_months_end_that_ends_early_revises_no_month_whose_figures_stay(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 10 * DAY, terms()) as small:
        early = MIDNIGHT - 8 * DAY
        await small.store.declare([window(early, early, "pia", ends=text(MIDNIGHT + 6 * HOUR))])
        small.now = MIDNIGHT - 3 * HOUR
        await a_month(small, tmp_path)
        await settle(small, CLOSED)
        small.now = MIDNIGHT + 4 * HOUR
        await Desk(small.store, small.clock, lambda: {PARK: terms()}).ask(End("w1", "pia", None))
        assert len(await settle(small, small.now)) == 1


async def test_a_revision_lost_from_the_statements_is_told_by_verify(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        await settle(small, CLOSED)
        await small.store.declare([force_majeure(SETTLED + HOUR)])
        await settle(small, SETTLED + 2 * HOUR)
        by_hand(
            tmp_path,
            "delete from statements where revision = 1",
            "update statements set who = 'nobody', why = 'nothing'",
        )
        assert await faults(small) != [None]
