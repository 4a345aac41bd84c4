"""A month that is over is closed once, corrected by revisions, and comes out the same whoever computes it again."""

import asyncio
import json
import sqlite3
from contextlib import closing as closed
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_slawatch import DOWN, PARK, UP, Small, at, living, terms

from slawatch.account import Closing, Sealing, verify, with_words
from slawatch.cli.main import cli
from slawatch.config import load
from slawatch.model import HOUR, MINUTE, Declaration, DeclarationKind, Instant
from slawatch.rules.calendar import text
from slawatch.store import StoredStatement

#: March ends in Amsterdam, and is settled an hour later.
MIDNIGHT = at("2026-03-31T22:00:00Z")
SETTLED = MIDNIGHT + HOUR
#: When all looks of the settling time are in.
CLOSED = SETTLED + 10 * MINUTE
CONFIG = """
pages:
  dashboard: {{path: /dashboard, ready: main, every: 60s}}
  reservations: {{path: /reserveringen, ready: main, every: 60s}}
customers:
  - {{id: duinzicht, url: "https://duinzicht.example", http: {{path: /health, every: 15s}}}}
store: sqlite:///{folder}/slawatch.db
"""


async def a_month(small: Small, folder: Path) -> None:
    """The terms of a configuration, an outage of ten minutes on the last evening, and one over midnight until 01:30."""
    (folder / "slawatch.yaml").write_text(CONFIG.format(folder=folder))
    document = json.dumps(load(folder / "slawatch.yaml").document(PARK))
    await small.store.save_terms(PARK, "d", document, small.now)
    for begins, ends in ((-60, -50), (-10, 210)):
        for minute, look in ((begins - 1, UP), (begins, DOWN), (begins + 1, DOWN), (ends, UP), (ends + 1, UP)):
            small.now = MIDNIGHT + minute * MINUTE
            await small.seen_by_all(look)


def force_majeure(recorded: Instant, number: int = 1) -> Declaration:
    facts = {
        "starts": text(MIDNIGHT - HOUR),
        "ends": text(MIDNIGHT - 55 * MINUTE),
        "reason": "power cut",
        "approved_by": "A. Jansen",
    }
    return Declaration(
        f"x{number}/added", PARK, DeclarationKind.EXCLUSION_ADDED, f"x{number}", recorded, "A. Jansen", facts
    )


async def settle(small: Small, now: Instant) -> tuple[StoredStatement, ...]:
    small.now = now
    await Closing(small.store, small.clock).settle([PARK])
    return await small.store.statements(PARK)


async def faults(small: Small) -> list[str | None]:
    return [one.fault async for one in verify(small.store, PARK, None, small.now)]


def down(statement: StoredStatement) -> float:
    seconds: float = json.loads(statement.document)["availability"]["seconds"]["down"]
    return seconds


async def test_a_month_is_closed_when_it_is_settled_and_once(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        assert await settle(small, CLOSED - 1) == ()
        (one,) = await settle(small, CLOSED)
        assert await settle(small, SETTLED + 9 * HOUR) == (one,)

        said = json.loads(one.document)
        assert (one.month, one.revision, one.as_of, one.why) == ("2026-03", 1, SETTLED, "the month was closed")
        assert (said["month"], said["revision"], said["as_of"]) == ("2026-03", 1, "2026-03-31T23:00:00Z")
        # 21:00 to 21:10, of which a look holds three minutes from 21:01 on: 240 s; 21:50 to 21:54: 240 s
        assert said["availability"]["seconds"]["down"] == 480
        assert [outage["ends"] for outage in said["outages"]] == ["2026-03-31T21:10:00Z", None]


async def test_what_is_declared_afterwards_makes_a_revision_and_the_first_stays_as_it_was(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        (first,) = await settle(small, CLOSED)
        await small.store.declare([force_majeure(SETTLED + 5 * HOUR)])
        kept, second = await settle(small, SETTLED + 6 * HOUR)
        assert await settle(small, SETTLED + 7 * HOUR) == (kept, second)

        assert kept == first
        assert (second.revision, second.who, second.why) == (2, "A. Jansen", "exclusion_added x1")
        assert down(first) - down(second) == 240
        # What was not over at the close is over at the revision.
        assert [outage["ends"] for outage in json.loads(second.document)["outages"]][-1] == "2026-04-01T01:30:00Z"
        assert await faults(small) == [None, None]


async def test_what_is_withdrawn_gives_the_figures_back_in_a_third_revision(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        await settle(small, CLOSED)
        await small.store.declare([force_majeure(SETTLED + HOUR)])
        await settle(small, SETTLED + 2 * HOUR)
        gone = Declaration(
            "x1/withdrawn",
            PARK,
            DeclarationKind.EXCLUSION_WITHDRAWN,
            "x1",
            SETTLED + 3 * HOUR,
            "B. Smit",
            {"reason": "wrong park"},
        )
        await small.store.declare([gone])
        first, second, third = await settle(small, SETTLED + 4 * HOUR)

        assert (third.revision, third.who) == (3, "B. Smit")
        assert down(third) == down(first) == down(second) + 240
        assert await faults(small) == [None, None, None]


async def test_terms_that_come_after_the_close_change_no_closed_month(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        (first,) = await settle(small, CLOSED)
        document = json.loads((await small.store.terms(PARK)).document)  # type: ignore[union-attr]
        document["availability"]["objective"] = "1/2"
        small.now = SETTLED + HOUR
        await small.store.save_terms(PARK, "e", json.dumps(document), small.now)

        assert await settle(small, SETTLED + 2 * HOUR) == (first,)
        assert await faults(small) == [None]


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        (
            "UPDATE observations SET verdict = 'up', cause = NULL WHERE verdict = 'down' AND at = {at}",
            "is not what was recorded",
        ),
        ("UPDATE statements SET document = replace(document, '480.0', '48.0')", "digest"),
        ("UPDATE observations SET facts = 'null' WHERE at = {at}", "is not what was recorded"),
        ("UPDATE statements SET month = '2026,03'", "its text is of duinzicht 2026-03"),
    ],
)
async def test_what_was_changed_behind_the_ledgers_back_is_named(tmp_path: Path, tampering: str, named: str):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        await settle(small, CLOSED)
        assert await faults(small) == [None]
        with closed(sqlite3.connect(tmp_path / "slawatch.db")) as other, other:
            assert other.execute(tampering.format(at=MIDNIGHT - 59 * MINUTE)).rowcount >= 1
        (fault,) = await faults(small)

        assert fault is not None
        assert named in fault


async def test_the_operators_words_stand_at_their_outage_also_when_the_month_is_closed(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        (stood,) = await settle(small, CLOSED)
        first, second = dict.fromkeys(event.outage for event in await small.store.events(PARK))
        facts = {"text": "disk of the database full", "ticket": "INC-7"}
        noted = Declaration("n1", PARK, DeclarationKind.OUTAGE_NOTED, first, SETTLED + HOUR, "ops", facts)
        taken = Declaration("n2", PARK, DeclarationKind.OUTAGE_ACKNOWLEDGED, second, SETTLED + HOUR, "ops", {})
        await small.store.declare([noted, taken])
        said = (await with_words(small.store, json.loads(stood.document)))["outages"]

        assert [(note["text"], note["ticket"], note["who"]) for note in said[0]["notes"]] == [
            ("disk of the database full", "INC-7", "ops")
        ]
        assert (said[1]["notes"], said[1]["acknowledged_by"]) == ([], "ops")
        assert await settle(small, SETTLED + 2 * HOUR) == (stood,)


def test_the_verbs_tell_revisions_their_difference_and_whether_they_hold(tmp_path: Path):
    async def life() -> None:
        async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
            await a_month(small, tmp_path)
            await settle(small, CLOSED)
            await small.store.declare([force_majeure(SETTLED + HOUR)])
            await settle(small, SETTLED + 2 * HOUR)

    asyncio.run(life())

    def verb(*arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(
            cli, [*arguments, "--config", str(tmp_path / "slawatch.yaml")], standalone_mode=False
        )
        return (2, str(result.exception)) if result.exception else (result.return_value or 0, result.stdout)

    latest, first = (json.loads(verb("report", PARK, "2026-03", *which)[1]) for which in ((), ("--revision", "1")))
    assert (latest["revision"], latest["closed"]["why"], first["revision"]) == (2, "exclusion_added x1", 1)
    changed = json.loads(verb("report", PARK, "2026-03", "--diff", "1", "2")[1])
    assert changed["seconds"] == {"up": 0, "down": -240, "excluded": 300, "unknown": -60}
    assert "availability.seconds.down: told 480.0, found 240.0" in changed["differences"]
    assert verb("report", PARK, "2026-03", "--revision", "3") == (
        2,
        "duinzicht 2026-03: there is no revision 3; expected one of 1, 2",
    )
    for name in ("observations", "exclusions"):
        (tmp_path / name).write_text(verb(f"export-{name}", PARK, "2026-03")[1])
    files = [word for name in ("observations", "exclusions") for word in (f"--{name}", str(tmp_path / name))]
    again = json.loads(verb("replay", "--customer", PARK, "--month", "2026-03", *files)[1])
    figures = ("availability", "network", "speed", "blips", "exclusions", "terms")
    assert {key: again[key] for key in figures} == {key: latest[key] for key in figures}
    status, told = verb("verify", PARK)
    assert (status, [line.partition(" (")[0] for line in told.splitlines()]) == (
        0,
        ["duinzicht 2026-03 revision 1: holds", "duinzicht 2026-03 revision 2: holds"],
    )


def test_a_difference_over_several_revisions_names_all_that_made_them(tmp_path: Path):
    async def life() -> None:
        async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
            await a_month(small, tmp_path)
            await settle(small, CLOSED)
            for hours in (1, 3):
                await small.store.declare([force_majeure(SETTLED + hours * HOUR, number=hours)])
                await settle(small, SETTLED + (hours + 1) * HOUR)

    asyncio.run(life())

    def difference(*revisions: str) -> Result:
        config = str(tmp_path / "slawatch.yaml")
        return CliRunner().invoke(cli, ["report", PARK, "2026-03", "--diff", *revisions, "--config", config])

    told = json.loads(difference("1", "3").stdout)
    assert (told["why"], told["between"]) == (
        "exclusion_added x3",
        [{"revision": 2, "who": "A. Jansen", "why": "exclusion_added x1"}],
    )
    assert json.loads(difference("2", "3").stdout)["between"] == []
    for wrongly in (("3", "1"), ("2", "2")):
        assert str(difference(*wrongly).exception) == (
            f"--diff: expected the earlier revision first, got {' '.join(wrongly)}"
        )


async def test_a_day_that_was_sealed_with_other_looks_is_named(tmp_path: Path):
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await a_month(small, tmp_path)
        await settle(small, CLOSED)
        await Sealing(small.store, small.clock).settle([PARK])
        assert len(await small.store.sealed_days(PARK, "dashboard", 0, SETTLED)) == 1
        assert await faults(small) == [None]
    with closed(sqlite3.connect(tmp_path / "slawatch.db")) as behind, behind:
        behind.execute("UPDATE days SET digest = 'no' WHERE check_name = 'dashboard'")
    async with living(tmp_path, CLOSED, terms()) as small:
        assert await faults(small) == [
            "dashboard: the day from 2026-03-30T22:00:00Z on was sealed with other looks than the ledger has"
        ]
