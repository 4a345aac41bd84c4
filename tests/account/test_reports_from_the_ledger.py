"""The verbs on a ledger: what report says, replay says of what export writes, to the last digest."""

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_slawatch import DOWN, GONE, KINDS, SLOW, UNKNOWN, UP, at

from slawatch.cli.main import cli
from slawatch.model import MINUTE, SECOND, CheckId, Look, Observation, Verdict
from slawatch.store import Batch, open_store

#: The end of March in Amsterdam, and long before today.
MIDNIGHT = at("2026-03-31T22:00:00Z")

CONFIG = """
pages:
  dashboard: {{path: /dashboard, ready: main, every: 60s}}
  reservations: {{path: /reserveringen, ready: main, every: 60s}}
customers:
  - {{id: duinzicht, url: "https://duinzicht.example", http: {{path: /health, every: 15s}}}}
  - {{id: strandhof, url: "https://strandhof.example"}}
  - {{id: bosrand, url: "https://bosrand.example", pages: {{reservations: null}}}}
  - {{id: alleen, url: "https://alleen.example", pages: {{dashboard: null, reservations: null}}, http: {{path: /health}},
      availability: {{checks: [http]}}}}
maintenance:
  - {{starts: "2026-03-31 23:00", ends: "2026-04-01 01:00", announced: "2026-03-20 10:00", announced_by: servicedesk, customers: [bosrand]}}
store: sqlite:///{folder}/slawatch.db
"""


def looks() -> list[Observation]:
    """Each customer's last hours of March and first of April: outages across the edge, a check that was never up."""
    made: list[Observation] = []

    def look(customer: str, name: str, minute: float, seen: Look, *, recheck: bool = False) -> None:
        when = MIDNIGHT + round(minute * MINUTE)
        holds = 45 * SECOND if name == "http" else 3 * MINUTE
        made.append(Observation(CheckId(customer, KINDS[name], name), "main", when, seen, recheck, holds))

    for minute in range(-180, 90):
        down = -50 <= minute < -20
        also_down = -25 <= minute < 4
        look("duinzicht", "dashboard", minute, GONE if down else Look(Verdict.UP, None, 800 + minute % 7))
        look("duinzicht", "reservations", minute + 0.4, DOWN if also_down else SLOW if minute % 31 == 0 else UP)
        look("duinzicht", "http", minute + 0.1, GONE if minute in {-40, -39, 20, 61, 62} else UP)
        look("strandhof", "dashboard", minute, DOWN)
        look("strandhof", "reservations", minute + 0.2, UNKNOWN if minute % 5 == 0 else UP)
        look("bosrand", "dashboard", minute, DOWN if -30 < minute < 30 else UP, recheck=minute % 9 == 0)
        look("bosrand", "reservations", minute, DOWN)  # not configured any more
    return made


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    path = folder / "slawatch.yaml"
    path.write_text(CONFIG.format(folder=folder))

    async def write() -> None:
        async with open_store(f"sqlite:///{folder}/slawatch.db", write=True) as store:
            await store.record(Batch(tuple(looks())))

    asyncio.run(write())
    return path


def verb(*arguments: str, lines: str | None = None) -> str:
    result = CliRunner().invoke(cli, list(arguments), input=lines, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize("month", ["2026-02", "2026-03", "2026-04", "2026-05"])
@pytest.mark.parametrize("customer", ["duinzicht", "strandhof", "bosrand", "alleen"])
def test_replay_of_what_export_writes_is_the_report(config: Path, customer: str, month: str):
    said = json.loads(verb("report", customer, month, "--config", str(config)))
    lines = verb("export-observations", customer, month, "--config", str(config))
    again = json.loads(
        verb(
            "replay",
            *("--config", str(config), "--customer", customer, "--month", month, "--observations", "-"),
            lines=lines,
        )
    )

    assert said == again
    assert sum(said["availability"]["seconds"].values()) == pytest.approx(said["period"]["seconds"])
    assert (said["network"] is None) == (customer in {"strandhof", "bosrand"})


def test_the_months_agree_about_the_outage_that_they_share(config: Path):
    march, april = (
        json.loads(verb("report", "duinzicht", month, "--config", str(config))) for month in ("2026-03", "2026-04")
    )
    (before,), (after,) = march["outages"], april["outages"]

    assert {key: before[key] for key in ("starts", "ends", "cause", "checks")} == {
        "starts": "2026-03-31T21:10:00Z",
        "ends": "2026-03-31T22:04:24Z",
        "cause": "connect",
        "checks": ["dashboard", "reservations"],
    }
    assert {**before, "seconds": 0} == {**after, "seconds": 0}
    assert (before["seconds"], after["seconds"]) == (3000, 264)


def test_a_check_that_was_never_up_is_down_from_its_first_look_on(config: Path):
    april = json.loads(verb("report", "strandhof", "2026-04", "--config", str(config)))

    assert [(one["starts"], one["ends"]) for one in april["outages"]] == [("2026-03-31T19:00:00Z", None)]
    assert april["availability"]["upper"] < 1
    assert april["availability"]["ratio"] < april["availability"]["upper"]


def test_a_month_without_data_is_unknown_and_not_met_nor_missed(config: Path):
    said = json.loads(verb("report", "duinzicht", "2026-02", "--config", str(config)))

    assert said["availability"]["seconds"] == {"up": 0, "down": 0, "excluded": 0, "unknown": 28 * 86400}
    assert (said["availability"]["met"], said["availability"]["why"]) == (None, "insufficient_coverage")
    assert (said["speed"]["met"], said["speed"]["p95_seconds"]) == (None, None)


@pytest.mark.parametrize(
    ("month", "why"),
    [
        ("2199-01", "2199-01: this month has not begun"),
        ("2026-13", "expected a month such as 2026-03, got '2026-13'"),
        ("maart", "expected a month such as 2026-03, got 'maart'"),
    ],
)
def test_a_month_that_is_none_is_refused_in_one_line(config: Path, month: str, why: str):
    result = CliRunner().invoke(cli, ["report", "duinzicht", month, "--config", str(config)], standalone_mode=False)

    assert str(result.exception) == why
