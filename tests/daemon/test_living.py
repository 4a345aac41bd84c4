"""The main job, end to end: a real daemon, a real browser, a stand-in with faults, a real SMTP server."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from lineage import descendants, gone
from living import Scene, scene

from slawatch import clock
from slawatch.rules.calendar import month_of
from slawatch.store import open_store


def this_month() -> str:
    return month_of(clock.now(), ZoneInfo("Europe/Amsterdam"))


async def test_an_outage_is_seen_mailed_published_and_stands_in_the_figures(tmp_path: Path):
    async with scene(tmp_path) as here:
        daemon = await here.start()
        for page in ("dashboard", "reservations"):
            await here.looked(page, "up")
        await here.switch(unavailable=True)
        told = await here.mail(1)
        await here.switch(all_off=True)
        over = await here.mail(2)

        assert told["recipients"] == over["recipients"] == ["beheer@duinzicht.example"]
        assert told["subject"].startswith("Storing")
        assert over["in_reply_to"] == told["message_id"]
        assert told["message_id"] in over["references"]

        status, shown, _ = await here.verb("status", "--json", "--config", str(here.config))
        assert status == 0
        standing = json.loads(shown)
        assert standing["running"]
        assert [one["state"] for one in standing["customers"]] == ["up"]
        ready = await here.logged("daemon.ready")
        async with here.session.get(ready["metrics"]) as answer:
            metrics = await answer.text()
        assert 'slawatch_outages_total{customer="duinzicht"} 1' in metrics
        assert "slawatch_outage_mail_delay_seconds_count 1" in metrics

        daemon.send_signal(signal.SIGTERM)  # so that no look comes in between the next two
        await daemon.wait()
        month = this_month()
        lines = await here.told("export-observations", "duinzicht", month)
        report = json.loads(await here.told("report", "duinzicht", month))
        arguments = ("--month", month, "--customer", "duinzicht", "--until", report["as_of"], "--observations", "-")
        status, replayed, said = await here.verb(
            "replay", "--config", str(here.config), *arguments, stdin=lines.encode()
        )
        assert (status, said) == (0, "")
        assert json.loads(replayed) == report
        (outage,) = report["outages"]
        assert outage["cause"] == "http_5xx"
        assert outage["seconds"] > 0
        assert report["network"]["seconds"]["down"] == 0  # a 503 is an answer: the network was there


async def test_kill_9_in_an_outage_loses_nothing_and_tells_nobody_twice(tmp_path: Path):
    async with scene(tmp_path) as here:
        first = await here.start()
        browser = descendants(first.pid)
        await here.switch(unavailable=True)
        told = await here.mail(1)
        await here.logged("message.accepted")  # killed before this is written, it would rightly send the mail once more
        first.kill()
        await first.wait()
        await gone(browser)
        before = await here.told("report", "duinzicht", this_month())
        await here.start()
        await here.switch(all_off=True)
        over = await here.mail(2)
        after = await here.told("report", "duinzicht", this_month())

        assert len({mail["message_id"] for mail in await here.mails()}) == 2
        assert over["in_reply_to"] == told["message_id"]
        (was,), (is_now,) = json.loads(before)["outages"], json.loads(after)["outages"]
        assert is_now["starts"] == was["starts"]
        assert is_now["ends"] is not None


async def test_sigterm_ends_it_within_five_seconds_with_a_look_in_flight(tmp_path: Path):
    async with scene(tmp_path) as here:
        daemon = await here.start()
        await here.switch(hang=True)
        # The http check fails by its timeout; then the pages are looked at right away, and hang.
        await here.looked("http", "down")
        below = descendants(daemon.pid)
        began, then = time.monotonic(), clock.now()
        daemon.send_signal(signal.SIGTERM)
        status = await asyncio.wait_for(daemon.wait(), 10)

        assert status == 0
        assert time.monotonic() - began < 5
        async with open_store(f"sqlite:///{tmp_path}/slawatch.db", write=False) as store:
            (kept,) = await store.checkpoints()
        assert kept.customer == "duinzicht"
        assert kept.at >= then
        await gone(below)
        assert not (tmp_path / "slawatch.db.sock").exists()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def here(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """The daemon that the tests below share; after each it runs as before."""
    async with scene(tmp_path_factory.mktemp("living")) as shared:
        await shared.start()
        yield shared


@pytest.mark.asyncio(loop_scope="module")
async def test_sighup_takes_a_good_configuration_and_refuses_a_bad_one(here: Scene):
    (daemon,) = here.daemons
    good = here.config.read_text()
    here.config.write_text(good.replace("every: 2s", "evry: 2s"))
    daemon.send_signal(signal.SIGHUP)
    refused = await here.logged("config.refused")
    here.config.write_text(good.replace("Vakantiepark Duinzicht", "Duinzicht aan Zee"))
    daemon.send_signal(signal.SIGHUP)
    await here.logged("config.loaded")
    _, shown, _ = await here.verb("status", "--json", "--config", str(here.config))

    assert "evry" in refused["errors"][0]
    assert json.loads(shown)["customers"][0]["name"] == "Duinzicht aan Zee"


@pytest.mark.asyncio(loop_scope="module")
async def test_a_second_daemon_on_the_same_store_is_refused_in_one_clear_line(here: Scene):
    """What else keeps it from starting: test_refusals.py."""
    status, _, said = await here.verb("run", "--config", str(here.config))

    socket = here.folder / "slawatch.db.sock"
    told = f"{socket}: already in use by a running slawatch; stop it, or set web.socket to another path"
    assert (status, [line for line in said.splitlines() if not line.startswith("{")]) == (3, [told])


@pytest.mark.asyncio(loop_scope="module")
async def test_the_password_is_in_no_log_no_store_and_no_answer(here: Scene):
    await here.switch(password_changed=True)
    _, shown, _ = await here.verb("probe", "duinzicht", "dashboard", "--config", str(here.config))
    ready = await here.logged("daemon.ready")
    async with here.session.get(ready["metrics"]) as answer:
        metrics = await answer.text()
    await here.switch(all_off=True)

    assert "login_rejected" in shown
    assert "zeelucht" not in shown + metrics
    for file in here.folder.iterdir():
        if file.is_file() and file.name != "world.log":
            assert b"zeelucht" not in file.read_bytes(), file
