"""Who is owed the summary of a month when it is closed, and when it is corrected."""

from __future__ import annotations

import asyncio
from pathlib import Path

from click.testing import CliRunner
from small_slawatch import PARK, Small, living, terms
from test_month_close import CLOSED, MIDNIGHT, SETTLED, a_month, force_majeure, settle

from slawatch.account import Closing
from slawatch.cli.main import cli
from slawatch.model import DAY, HOUR, Contact, Instant, MessageKind
from slawatch.rules.owed import Recipients
from slawatch.store import open_store

PIA, JAN = Contact("pia@vendor.example", "nl"), Contact("jan@duinzicht.example", "en")


async def close(small: Small, now: Instant, *readers: Contact) -> list[tuple[str, int, str]]:
    """Settle with these readers; gives all that is owed of summaries: month, revision, reader."""
    small.now, woken = now, []
    before = len(await small.store.messages(PARK, kind=MessageKind.SUMMARY))
    to = {PARK: Recipients(readers, "example.org")} if readers else {}
    await Closing(small.store, small.clock, readers=to, owed=lambda: woken.append(True)).settle([PARK])
    owed = await small.store.messages(PARK, kind=MessageKind.SUMMARY)
    assert bool(woken) == (len(owed) > before)
    return [(one.outage, one.sequence, one.contact) for one in owed]


async def test_a_closed_month_is_owed_once_to_each_reader(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        assert await close(small, CLOSED - 1, PIA) == []
        owed = [("2026-03", 1, PIA.address), ("2026-03", 1, JAN.address)]
        assert sorted(await close(small, CLOSED, PIA, JAN)) == sorted(owed)
        assert sorted(await close(small, CLOSED + HOUR, PIA, JAN)) == sorted(owed)


async def test_who_was_away_for_long_is_owed_the_latest_month_only(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        assert await close(small, CLOSED + 70 * DAY, PIA) == [("2026-05", 1, PIA.address)]
        assert [one.month for one in await small.store.statements(PARK)] == ["2026-03", "2026-04", "2026-05"]


async def test_a_correction_is_owed_in_the_thread_of_the_first_mail(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        await close(small, CLOSED, PIA)
        await small.store.declare([force_majeure(SETTLED + 5 * HOUR)])
        owed = [("2026-03", 1, PIA.address), ("2026-03", 2, PIA.address)]
        assert await close(small, SETTLED + 6 * HOUR, PIA) == owed
        first, second = await small.store.messages(PARK, kind=MessageKind.SUMMARY)
        assert second.thread == first.message_id


async def test_a_month_that_nobody_read_owes_its_corrections_only_while_it_is_the_latest(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        await settle(small, CLOSED)
        await small.store.declare([force_majeure(SETTLED + HOUR)])
        assert await close(small, SETTLED + 2 * HOUR) == []
        await settle(small, CLOSED + 31 * DAY)
        await small.store.declare([force_majeure(small.now, 2)])
        assert await close(small, small.now + HOUR, PIA) == []
        assert [one.revision for one in await small.store.statements(PARK, "2026-03")] == [1, 2, 3]


def test_what_is_declared_where_no_daemon_runs_owes_the_correction_too(tmp_path: Path):
    async def life() -> None:
        async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
            await a_month(small, tmp_path)
            await close(small, CLOSED, PIA)

    asyncio.run(life())
    file = tmp_path / "slawatch.yaml"
    mail = 'mail: {sender: storing@example.org, relays: ["smtp://mail.example.org"]}'
    file.write_text(f"{file.read_text()}account_manager: {PIA.address}\n{mail}\n")
    said = [
        "--starts",
        "2026-03-31 23:00",
        "--ends",
        "2026-03-31 23:05",
        "--approved-by",
        "A. Jansen",
        "--reason",
        "power cut",
    ]
    done = CliRunner().invoke(cli, ["exclusion", "add", "--customer", PARK, *said, "--config", str(file)])
    assert done.exit_code == 0, done.output

    async def owed() -> list[tuple[int, str]]:
        async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=False) as store:
            rows = await store.messages(PARK, kind=MessageKind.SUMMARY)
            return [(one.sequence, one.contact) for one in rows]

    assert asyncio.run(owed()) == [(1, PIA.address), (2, PIA.address)]
