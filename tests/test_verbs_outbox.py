"""The verb outbox, on a real store without a daemon, and through a real server over its socket."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import structlog
from click.testing import CliRunner, Result
from mail_samples import CONFIRMED, message
from structlog.testing import capture_logs

from slawatch import web
from slawatch.account import Postmaster
from slawatch.cli.main import cli
from slawatch.cli.refusal import refusal_of
from slawatch.model import HOUR, MessageKind, MessageState
from slawatch.reporters.metrics import Metrics
from slawatch.store import Batch, Store, open_store

CONFIG = """
pages: {{dashboard: {{path: /, ready: main}}}}
agreement: {{availability: {{checks: [dashboard]}}, speed: {{pages: [dashboard]}}}}
customers:
  - {{id: duinzicht, name: Duinzicht, url: "https://duinzicht.example"}}
  - {{id: bosrand, name: Bosrand, url: "https://bosrand.example"}}
store: sqlite:///{folder}/slawatch.db
"""
Slawatch = Callable[..., Result]
WAITING, REFUSED = message(contact="waiting@park.example"), message(contact="refused@park.example")
TAKEN, SENT = message(contact="taken@park.example"), message(contact="sent@park.example")


@pytest.fixture
def slawatch(tmp_path: Path) -> Iterator[Slawatch]:
    config = tmp_path / "slawatch.yaml"
    config.write_text(CONFIG.format(folder=tmp_path))

    def call(*arguments: str) -> Result:
        return CliRunner(env={"SLAWATCH_CONFIG": str(config)}).invoke(cli, arguments)

    yield call
    structlog.reset_defaults()


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{folder / 'slawatch.db'}", write=True, clock=lambda: CONFIRMED + HOUR) as store:
        yield store


async def fill(store: Store) -> None:
    """A message that waits, one that was refused, one that was accepted, and one that is being sent."""
    await store.record(Batch(messages=(REFUSED, TAKEN, SENT)))
    await store.claim(CONFIRMED, 3, lease=1000 * HOUR)
    await store.settle_failed(REFUSED.id, "mail.example:25: 550 5.1.1 no such user")
    await store.settle_accepted(TAKEN.id, CONFIRMED, "mail.example:25", "250 2.0.0 queued")
    await store.record(Batch(messages=(WAITING,)))


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    async def make() -> None:
        async with opened(tmp_path) as store:
            await fill(store)

    asyncio.run(make())
    return tmp_path


def states(slawatch: Slawatch) -> dict[str, str]:
    rows = json.loads(slawatch("outbox", "list", "--format", "json").stdout)
    return {row["contact"].partition("@")[0]: row["state"] for row in rows}


def refused(result: Result) -> tuple[tuple[str, ...], int]:
    assert result.exception is not None
    refusal = refusal_of(result.exception)
    assert refusal is not None
    return refusal.lines, refusal.status


def test_the_list_says_who_is_owed_what_and_what_the_relay_said(slawatch: Slawatch, filled: Path) -> None:
    table = slawatch("outbox", "list").stdout.splitlines()

    (failed,) = [line for line in table if "refused@park.example" in line]
    assert failed.split() == [
        REFUSED.id, "refused@park.example", "failed", "2026-11-23", "14:32", "1", "outage",
        "mail.example:25:", "550", "5.1.1", "no", "such", "user",
    ]  # fmt: skip
    (taken,) = [line for line in table if "taken@park.example" in line]
    assert " ".join(taken.split()) == (
        f"{TAKEN.id} taken@park.example accepted 2026-11-23 14:32 2026-11-23 14:32 1 outage 250 2.0.0 queued"
    )


def test_the_list_can_be_of_one_state_or_customer(slawatch: Slawatch, filled: Path) -> None:
    (row,) = json.loads(slawatch("outbox", "list", "--state", "failed", "--format", "json").stdout)
    assert (row["id"], row["error"]) == (REFUSED.id, "mail.example:25: 550 5.1.1 no such user")
    assert (row["created"], row["accepted"], row["says"]) == ("2026-11-23T13:32:11Z", None, "outage")
    assert json.loads(slawatch("outbox", "list", "--customer", "bosrand", "--format", "json").stdout) == []
    assert refused(slawatch("outbox", "list", "--customer", "bosland")) == (
        ("no customer 'bosland', did you mean 'bosrand'?",),
        2,
    )


def test_what_was_refused_is_sent_again(slawatch: Slawatch, filled: Path) -> None:
    assert slawatch("outbox", "retry", REFUSED.id).stdout == f"queued again {REFUSED.id}\n"
    assert states(slawatch)["refused"] == "queued"
    assert slawatch("outbox", "retry", "--failed").stdout == "nothing was refused for good\n"


def test_all_that_was_refused_is_sent_again_at_once(slawatch: Slawatch, filled: Path) -> None:
    assert slawatch("outbox", "retry", "--failed").stdout == f"queued again {REFUSED.id}\n"
    assert states(slawatch) == {"refused": "queued", "waiting": "queued", "taken": "accepted", "sent": "sending"}


def test_what_need_not_go_is_dropped_and_says_who_did_it_and_why(slawatch: Slawatch, filled: Path) -> None:
    dropped = slawatch("outbox", "drop", WAITING.id, "--reason", "Gebeld", "--by", "pia")
    assert (dropped.stdout, dropped.exit_code) == (f"dropped {WAITING.id}\n", 0)
    (row,) = json.loads(slawatch("outbox", "list", "--state", "dropped", "--format", "json").stdout)
    assert (row["id"], row["error"]) == (WAITING.id, "dropped by pia: Gebeld")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("retry", "m9"), "no message 'm9', expected one that `slawatch outbox list` shows"),
        (("drop", "m9", "--reason", "x"), "no message 'm9', expected one that `slawatch outbox list` shows"),
        (("retry", TAKEN.id), f"{TAKEN.id} is accepted, expected one that is queued or failed"),
        (
            ("drop", SENT.id, "--reason", "x"),
            f"{SENT.id} is being sent, expected one that is queued or failed; try again in a minute",
        ),
        (("drop", WAITING.id, "--reason", " "), "reason: empty, expected words"),
        (("retry", WAITING.id, "--by", ""), "by: empty, expected words"),
        (
            ("retry",),
            "cli outbox retry: expected a message's id or --failed, one of them (see cli outbox retry --help)",
        ),
        (
            ("retry", "m9", "--failed"),
            "cli outbox retry: expected a message's id or --failed, one of them (see cli outbox retry --help)",
        ),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    slawatch: Slawatch, filled: Path, arguments: tuple[str, ...], line: str
) -> None:
    result = CliRunner(env={"SLAWATCH_CONFIG": str(filled / "slawatch.yaml")}).invoke(
        cli, ("outbox", *arguments), standalone_mode=False
    )
    assert refused(result) == ((line,), 2)


def test_a_list_without_a_store_says_what_is_missing(slawatch: Slawatch) -> None:
    lines, status = refused(slawatch("outbox", "list"))
    assert status == 3
    assert lines[0].endswith("slawatch.db: there is no store yet; `slawatch run` makes it")


# -- through the daemon -----------------------------------------------------------------------------------------------


@asynccontextmanager
async def serving(folder: Path, store: Store, woken: list[str], told: list[str]) -> AsyncIterator[str]:
    async def tell(customers: object) -> None:
        told.extend(customers)  # type: ignore[arg-type]

    postmaster = Postmaster(store, lambda: woken.append("woken"), tell)
    async with web.serve(
        "127.0.0.1:0",
        folder / "slawatch.db.sock",
        metrics=Metrics(),
        health=web.Health(),
        status=dict,
        postmaster=postmaster,
    ) as server:
        yield server.addresses[0]


async def test_a_running_daemon_is_asked_and_wakes_its_delivery(slawatch: Slawatch, tmp_path: Path) -> None:
    woken: list[str] = []
    drop = ("outbox", "drop", "--by", "jan", "--reason")
    async with opened(tmp_path) as store, serving(tmp_path, store, woken, []):
        await fill(store)
        again = await asyncio.to_thread(slawatch, "outbox", "retry", "--failed", "--by", "pia")
        dropped = await asyncio.to_thread(slawatch, *drop, "Gebeld", REFUSED.id)
        unknown = await asyncio.to_thread(slawatch, *drop, "Gebeld", "a/b")
    assert (again.stdout, dropped.stdout) == (f"queued again {REFUSED.id}\n", f"dropped {REFUSED.id}\n")
    assert refused(unknown) == (("no message 'a/b', expected one that `slawatch outbox list` shows",), 2)
    assert woken == ["woken"]


async def test_the_log_says_who_sent_again_and_who_dropped_and_why(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await fill(store)
        with capture_logs() as logged:
            await Postmaster(store).retry_failed("pia")
            await Postmaster(store).drop(REFUSED.id, "Gebeld", "jan")
    about = {"message": REFUSED.id, "customer": "duinzicht", "log_level": "info"}
    assert logged == [
        {"event": "message.retried", "who": "pia", **about},
        {"event": "message.dropped", "who": "jan", "reason": "Gebeld", **about},
    ]


async def test_who_drops_an_announcement_changes_what_proves_it(tmp_path: Path) -> None:
    told: list[str] = []
    owed = message(MessageKind.MAINTENANCE, outage="w1")
    async with opened(tmp_path) as store:
        await store.record(Batch(messages=(owed, WAITING)))

        async def tell(customers: object) -> None:
            told.extend(customers)  # type: ignore[arg-type]

        postmaster = Postmaster(store, tell=tell)
        await postmaster.drop(WAITING.id, "Gebeld", "pia")
        assert told == []
        await postmaster.drop(owed.id, "Gebeld", "pia")
        assert told == ["duinzicht"]
        assert await store.messages(state=MessageState.QUEUED) == ()


@pytest.mark.parametrize(
    ("message", "body", "status", "detail"),
    [
        ("m9", "{}", 400, "by: missing"),
        ("m9", '{"by": "pia", "why": "x"}', 400, "why: unknown, expected one of the documented keys"),
        ("m9", '{"by": "pia"}', 404, "no message 'm9', expected one that `slawatch outbox list` shows"),
        ("", '{"by": "pia"}', 404, "no message '', expected one that `slawatch outbox list` shows"),
    ],
)
async def test_what_cannot_be_done_is_told_as_a_problem(
    tmp_path: Path, message: str, body: str, status: int, detail: str
) -> None:
    async with opened(tmp_path) as store, serving(tmp_path, store, [], []):
        connector = aiohttp.UnixConnector(str(tmp_path / "slawatch.db.sock"))
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.post(f"http://slawatch/api/v1/outbox/{message}/retry", data=body) as answer,
        ):
            assert answer.status == status
            assert (await answer.json(content_type=None))["detail"] == detail


async def test_over_the_port_nobody_unknown_has_anything_sent_again(tmp_path: Path) -> None:
    async with opened(tmp_path) as store, serving(tmp_path, store, [], []) as address:
        await fill(store)
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"http://{address}/api/v1/outbox/retry", json={"by": "pia"}) as answer,
        ):
            assert answer.status == 401
        assert len(await store.messages(state=MessageState.FAILED)) == 1
