"""The verbs incidents and heartbeat, in a store without a daemon and through a daemon's socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from api_house import api
from click.testing import CliRunner, Result

from slawatch.cli.main import cli
from slawatch.cli.refusal import refusal_of

CONFIG = """
pages: {{dashboard: {{path: /, ready: main}}}}
agreement: {{availability: {{checks: [dashboard]}}, speed: {{pages: [dashboard]}}}}
customers:
  - {{id: duinzicht, name: Park Duinzicht, url: "https://duinzicht.example"}}
store: sqlite:///{folder}/slawatch.db
web: {{socket: {folder}/house/sock}}
"""
TABLE = """Klant;Nummer;Prio;Gemeld;Beantwoord;Opgelost;Onderwerp
Park Duinzicht;1042;1;02-11-2026 09:15;;02-11-2026 14:00;Kassa
Park Duinzicht;1043;3;03-11-2026 09:15;;;Vraag
Park Duinzicht;1044;geen;02-11-2026 09:15;;;Wens
"""
Slawatch = Callable[..., Result]


@pytest.fixture
def slawatch(tmp_path: Path) -> Iterator[Slawatch]:
    config = tmp_path / "slawatch.yaml"
    config.write_text(CONFIG.format(folder=tmp_path))
    (tmp_path / "week.csv").write_text(TABLE)
    (tmp_path / "house").mkdir()

    def call(*arguments: str, typed: str | None = None) -> Result:
        return CliRunner(env={"SLAWATCH_CONFIG": str(config)}).invoke(cli, arguments, input=typed)

    yield call
    structlog.reset_defaults()


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(result: Result) -> tuple[int, tuple[str, ...]]:
    assert result.exception is not None
    refusal = refusal_of(result.exception)
    assert refusal is not None, result.exception
    return refusal.status, refusal.lines


def test_incidents_are_imported_once_and_the_overdue_are_listed_first(slawatch: Slawatch, tmp_path: Path):
    file = str(tmp_path / "week.csv")

    assert said(slawatch("incidents", "import", file)) == f"{file}: 3 new, 0 changed, 0 the same\n"
    assert said(slawatch("incidents", "import", "-", typed=TABLE)) == "stdin: 0 new, 0 changed, 3 the same\n"
    more = TABLE.replace("gemeld", "Gemeld") + "Elders;1;1;02-11-2026 09:15;;;\n"
    again = slawatch("incidents", "import", "-", "--skip-unknown", typed=more)
    assert said(again) == "stdin: 0 new, 0 changed, 3 the same; 1 of others left out\n"

    lines = said(slawatch("incidents", "list")).splitlines()
    assert [line.split() for line in lines] == [
        ["customer", "id", "priority", "opened", "due", "subject"],
        ["duinzicht", "1043", "3", "2026-11-03", "09:15", "2026-11-04", "17:00", "overdue", "Vraag"],
        ["duinzicht", "1044", "none", "2026-11-02", "09:15", "Wens"],
    ]
    rows = json.loads(said(slawatch("incidents", "list", "--all", "--json", "--customer", "duinzicht")))
    assert [(one["id"], one["in_time"], one["source"]) for one in rows] == [
        ("1043", False, "week.csv"),
        ("1042", True, "week.csv"),
        ("1044", None, "week.csv"),
    ]


def test_nothing_is_imported_of_a_file_with_an_error_and_each_is_one_line(slawatch: Slawatch, tmp_path: Path):
    file = tmp_path / "week.csv"
    file.write_text(TABLE + "duinzicht;1045;9;02-11-2026 09:15;;;\n")
    slawatch("heartbeat", "db1", "--kind", "hourly")

    assert refused(slawatch("incidents", "import", str(file))) == (
        2,
        (f"{file}:5: priority: expected 1, 2, 3 or none, got '9'",),
    )
    missing = str(tmp_path / "missing.csv")
    assert refused(slawatch("incidents", "import", missing)) == (
        2,
        (f"{missing}: cannot be read: No such file or directory",),
    )
    assert json.loads(said(slawatch("incidents", "list", "--json"))) == []


def test_a_backup_is_reported_in_the_store_where_no_daemon_runs(slawatch: Slawatch):
    first = slawatch("heartbeat", "db1", "--kind", "hourly", "--at", "2026-11-02 09:15", "--duration", "95")
    again = slawatch("heartbeat", "db1", "--kind", "hourly", "--at", "2026-11-02 09:15", "--failed")

    assert said(first) == "db1 hourly at 2026-11-02T08:15:00Z\n"
    assert said(again) == "db1 hourly at 2026-11-02T08:15:00Z: was reported before\n"
    assert said(slawatch("heartbeat", "db1", "--kind", "replica", "--lag", "0.4")).startswith("db1 replica at 20")
    assert refused(slawatch("heartbeat", "db1", "--kind", "replica")) == (
        2,
        ("lag: missing, expected how many seconds the replica is behind",),
    )
    for lag in ("nan", "-1", "veel"):
        assert slawatch("heartbeat", "db1", "--kind", "replica", "--lag", lag).exit_code == 2
    both = slawatch("heartbeat", "db1", "--kind", "daily", "--failed", "--retired")
    assert both.exit_code == 2
    assert "expected --failed or --retired, one of them" in both.stderr


async def test_a_running_daemon_is_told_of_both(slawatch: Slawatch, tmp_path: Path):
    async with api(tmp_path / "house") as served:
        token = await served.token()
        imported = await asyncio.to_thread(slawatch, "incidents", "import", str(tmp_path / "week.csv"), "--by", "pia")
        assert said(imported).endswith("week.csv: 2 new, 1 changed, 0 the same\n")
        assert "1043" in said(await asyncio.to_thread(slawatch, "incidents", "list"))
        beat = await asyncio.to_thread(slawatch, "heartbeat", "db2", "--kind", "hourly", "--by", "cron")
        assert said(beat) == "db2 hourly at 2026-12-02T09:00:00Z\n"
        wrong = await asyncio.to_thread(slawatch, "heartbeat", "DB2", "--kind", "hourly")
        assert refused(wrong) == (
            2,
            ("source: expected a name of a-z, 0-9, '.', '-' and '_', such as db1, got 'DB2'",),
        )
        _, told, _ = await served.ask("/heartbeats", token)
        assert [(one["source"], one["who"]) for one in told["heartbeats"]] == [("db1", ""), ("db2", "cron")]
        _, audit, _ = await served.ask("/audit?what=declared", token)
        assert [(one["who"], one["facts"]["request"]) for one in audit["audit"]] == [("pia", "/api/v1/incidents")]
