"""The verbs with which people declare, on a real store without a daemon."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result

from slawatch import clock
from slawatch.cli.main import cli
from slawatch.cli.refusal import refusal_of
from slawatch.config import load
from slawatch.model import DAY, Cause, Event, EventKind
from slawatch.store import Batch, open_store

CONFIG = """
pages: {{dashboard: {{path: /, ready: main}}}}
agreement: {{availability: {{checks: [dashboard]}}, speed: {{pages: [dashboard]}}}}
customers:
  - {{id: duinzicht, name: Duinzicht, url: "https://duinzicht.example"}}
  - {{id: bosrand, name: Bosrand, url: "https://bosrand.example"}}
store: sqlite:///{folder}/slawatch.db
"""
Slawatch = Callable[..., Result]


@pytest.fixture
def slawatch(tmp_path: Path) -> Slawatch:
    """One call of a verb; a refusal is what `main` would say of it."""
    config = tmp_path / "slawatch.yaml"
    config.write_text(CONFIG.format(folder=tmp_path))

    def call(*arguments: str) -> Result:
        return CliRunner(env={"SLAWATCH_CONFIG": str(config)}).invoke(cli, arguments)

    return call


def refused(result: Result) -> tuple[tuple[str, ...], int]:
    assert result.exception is not None
    refusal = refusal_of(result.exception)
    assert refusal is not None
    return refusal.lines, refusal.status


def amsterdam(days: float, time: str = "23:30") -> str:
    """The time of day, so many days from now."""
    return f"{datetime.now(UTC).astimezone(ZoneInfo('Europe/Amsterdam')) + timedelta(days=days):%Y-%m-%d} {time}"


def rows(result: Result) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(result.stdout)
    return found


def announce(slawatch: Slawatch, *more: str, starts: float = 20) -> Result:
    times = ("--starts", amsterdam(starts), "--ends", amsterdam(starts + 1, "05:00"))
    return slawatch("maintenance", "announce", *times, "--by", "pia", *more)


def test_a_window_is_announced_listed_moved_and_cancelled(slawatch: Slawatch) -> None:
    said = announce(slawatch, "--reason", "new_version", "--text", "Nieuwe [versie]")
    assert (said.stdout, said.stderr, said.exit_code) == ("announced w1\n", "", 0)

    table = slawatch("maintenance", "list", "--customer", "bosrand").stdout
    assert "w1" in table
    assert "yes: declared" in table
    assert "Nieuwe [versie]" in table
    assert amsterdam(20) in table
    assert "duinzicht" not in table

    assert slawatch("maintenance", "move", "w1", "--ends", amsterdam(21, "06:00"), "--by", "jan").stdout == "moved w1\n"
    assert [len(row["versions"]) for row in rows(slawatch("maintenance", "list", "--json"))] == [2, 2]

    assert slawatch("maintenance", "cancel", "w1").stdout == "cancelled w1\n"
    assert {row["state"] for row in rows(slawatch("maintenance", "list", "--json"))} == {"cancelled"}


def test_without_a_daemon_too_what_is_declared_is_owed_to_the_contacts(slawatch: Slawatch, tmp_path: Path) -> None:
    config = tmp_path / "slawatch.yaml"
    contacts = 'contacts: [pia@duinzicht.example], url: "https://duinzicht.example"'
    mail = "mail: {sender: storing@example.org, relays: ['smtp://mail.example.org:587']}\n"
    config.write_text(config.read_text().replace('url: "https://duinzicht.example"', contacts) + mail)
    announce(slawatch)

    async def owed() -> list[tuple[str, str, str]]:
        async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=False) as store:
            return [(one.customer, one.contact, one.outage) for one in await store.messages()]

    assert asyncio.run(owed()) == [("duinzicht", "pia@duinzicht.example", "w1")]


def test_a_warning_goes_to_stderr_and_the_list_says_why_a_window_counts(slawatch: Slawatch) -> None:
    said = announce(slawatch, starts=2)

    assert said.stdout == "announced w1\n"
    assert said.stderr.startswith("warning: announced: too late, expected by ")
    assert said.stderr.endswith(": its downtime counts (late_notice: counts)\n")
    assert "no: told too late" in slawatch("maintenance", "list").stdout


def test_a_window_that_has_not_begun_cannot_be_ended(slawatch: Slawatch) -> None:
    announce(slawatch)
    line = f"w1 begins {amsterdam(20)}, expected one that has begun; cancel it"

    assert refused(slawatch("maintenance", "end", "w1")) == ((line,), 2)


def test_a_series_is_announced_by_its_rule(slawatch: Slawatch) -> None:
    assert announce(slawatch, "--repeat", "FREQ=WEEKLY;COUNT=3").stdout == "announced w1\n"

    ids = [row["id"] for row in rows(slawatch("maintenance", "list", "--json", "--customer", "duinzicht"))]
    assert ids == ["w1.1", "w1.2", "w1.3"]


def test_force_majeure_is_added_listed_and_withdrawn(slawatch: Slawatch) -> None:
    times = ("--starts", amsterdam(-2, "11:00"), "--ends", amsterdam(-2, "11:30"))
    words = ("--approved-by", "A. Jansen", "--reason", "Stroomstoring")
    assert slawatch("exclusion", "add", "--customer", "duinzicht", *times, *words).stdout == "added x1\n"
    assert "A. Jansen" in slawatch("exclusion", "list").stdout

    assert slawatch("exclusion", "withdraw", "x1", "--reason", "Vergissing").stdout == "withdrew x1\n"
    assert [row["withdrawn"] is None for row in rows(slawatch("exclusion", "list", "--json"))] == [False]


def test_a_void_notice_proves_nothing(slawatch: Slawatch) -> None:
    announce(slawatch)

    assert slawatch("notice", "void", "w1", "--reason", "Teruggekomen").stdout == "voided w1\n"
    assert "no: nothing proves the notice" in slawatch("maintenance", "list").stdout


async def test_an_outage_is_listed_noted_and_acknowledged(slawatch: Slawatch, tmp_path: Path) -> None:
    at = clock.now()
    opened = Event("e1", "duinzicht", EventKind.OPENED, "o1", at, at, ("dashboard",), Cause.HTTP_5XX)
    async with open_store(f"sqlite:///{tmp_path / 'slawatch.db'}", write=True) as store:
        await store.record(Batch(events=(opened,)))

    def said() -> tuple[str, ...]:
        noted = slawatch("outage", "note", "o1", "Schijf vol", "--ticket", "INC-204").stdout
        acknowledged = slawatch("outage", "ack", "o1", "--by", "pia").stdout
        updated = slawatch("outage", "update", "o1", "Klaar om 15:00", "--by", "pia")
        assert updated.stderr == "warning: nobody is mailed: nobody who wants updates was told of the outage\n"
        return noted, acknowledged, updated.stdout, slawatch("outage", "list").stdout

    noted, acknowledged, updated, table = await _beside(said)
    assert (noted, acknowledged, updated) == ("noted on o1\n", "acknowledged o1\n", "updated o1\n")
    assert "http_5xx" in table
    assert "Schijf vol (INC-204)" in table


async def _beside(call: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
    """A verb has an event loop of its own, so it runs in another thread than the test's."""
    return await asyncio.to_thread(call)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (
            ("announce", "--starts", "2027-03-28 02:30", "--ends", "2027-03-28 05:00"),
            "--starts: '2027-03-28 02:30' does not exist in Europe/Amsterdam, "
            "expected 2027-03-28T01:30:00+01:00 or 2027-03-28T03:30:00+02:00",
        ),
        (
            ("announce", "--starts", "2027-10-31 00:30", "--ends", "2027-10-31 02:30"),
            "--ends: '2027-10-31 02:30' comes twice in Europe/Amsterdam, "
            "expected 2027-10-31T02:30:00+02:00 or 2027-10-31T02:30:00+01:00",
        ),
        (
            ("announce", "--starts", "morgen", "--ends", "2027-10-31 02:30"),
            "--starts: expected a time such as \"2026-12-01 23:00\", got 'morgen'",
        ),
        (
            ("announce", "--customer", "duinzigt", "--starts", "2027-01-01 23:00", "--ends", "2027-01-02 02:30"),
            "no customer 'duinzigt', did you mean 'duinzicht'?",
        ),
        (("cancel", "w7"), "no window 'w7'"),
    ],
)
def test_bad_input_is_one_line_and_status_2(slawatch: Slawatch, arguments: tuple[str, ...], line: str) -> None:
    assert refused(slawatch("maintenance", *arguments)) == ((line,), 2)


def test_a_list_without_daemon_and_store_says_what_is_missing(slawatch: Slawatch) -> None:
    lines, status = refused(slawatch("maintenance", "list"))

    assert status == 3
    assert lines[0].startswith("no daemon answers at ")


def test_what_is_of_a_customer_who_has_left_can_be_declared_and_exported(slawatch: Slawatch, tmp_path: Path) -> None:
    config = tmp_path / "slawatch.yaml"
    document = json.dumps(load(config).document("bosrand"))

    async def agree() -> None:
        async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=True) as store:
            await store.save_terms("bosrand", "digest", document, clock.now() - 60 * DAY)

    asyncio.run(agree())
    config.write_text("".join(line for line in config.read_text().splitlines(keepends=True) if "bosrand" not in line))
    times = ("--starts", amsterdam(-2, "11:00"), "--ends", amsterdam(-2, "11:30"))
    why = ("--approved-by", "A. Jansen", "--reason", "stroom", "--by", "pia")

    assert slawatch("exclusion", "add", "--customer", "bosrand", *times, *why).stdout == "added x1\n"
    (line,) = slawatch("export-exclusions", "bosrand", amsterdam(-2)[:7]).stdout.splitlines()
    assert (json.loads(line)["kind"], json.loads(line)["approved_by"]) == ("force_majeure", "A. Jansen")
    told = slawatch("export-observations", "bosrand", amsterdam(-2)[:7])
    assert (told.stdout, told.exit_code) == ("", 0)
    assert refused(slawatch("export-observations", "bosland", "2026-10")) == (
        ("no customer 'bosland', expected duinzicht",),
        2,
    )
