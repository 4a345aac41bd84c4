"""What the world does to a daemon: everything around it, and it itself, is killed, stopped, starved, filled and locked."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from random import Random
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit
from zoneinfo import ZoneInfo

import pytest
import pytest_asyncio
from lineage import descendants, gone
from soak import soak
from stage import Stage, rationed, stage, starved

from slawatch import clock
from slawatch.model import SECOND
from slawatch.rules.calendar import month_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

OURS = {"monitor_browser", "monitor_overload", "monitor_missed", None}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with stage(tmp_path_factory.mktemp("stage")) as here:
        await here.start()
        yield here


@pytest_asyncio.fixture(loop_scope="module")
async def here(shared: Stage) -> Stage:
    """The daemon that the tests share, looking at a world that is well."""
    await shared.switch(all_off=True)
    assert shared.daemon.returncode is None, "the daemon ended in an earlier test"
    await shared.until(shared.well, "all is well")
    return shared


# -- the browser ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
async def test_a_browser_that_goes_is_nobodys_outage(here: Stage, number: signal.Signals) -> None:
    since, outages, mails = here.now(), here.outages(), here.mail_server.received
    (browser,) = here.browsers()
    os.killpg(browser, number)
    await gone([browser])
    await here.seeing("up")
    assert {cause for _, verdict, cause in here.seen(since) if verdict != "up"} <= OURS
    assert not [check for check, verdict, _ in here.seen(since) if verdict == "down"]
    assert (here.outages(), here.mail_server.received) == (outages, mails)


async def test_a_starved_browser_is_nobodys_outage(here: Stage) -> None:
    since, outages, mails = here.now(), here.outages(), here.mail_server.received
    async with starved([*here.browsers(), *descendants(here.browsers()[0])]):
        await here.until(lambda: here.looks("dashboard", since) >= 2, "two looks with a starved browser")
    await here.seeing("up")
    assert not [check for check, verdict, _ in here.seen(since) if verdict == "down"]
    assert (here.outages(), here.mail_server.received) == (outages, mails)


# -- the target -------------------------------------------------------------------------------------------------------


async def test_a_target_that_is_starved_or_stopped_is_down_and_its_customer_is_told(here: Stage) -> None:
    since, outages, mails, world = here.now(), here.outages(), len(here.mail_server.received), here.world()
    async with rationed(world):
        await here.until(lambda: here.outages() == outages + 1, "an outage of who hardly gets to answer")
        await here.until(lambda: len(here.mail_server.received) == mails + 1, "its customer is told")
    os.kill(world, signal.SIGSTOP)
    try:
        await here.seeing("down", "http", "dashboard", causes=["timeout_server"])
    finally:
        os.kill(world, signal.SIGCONT)
    await here.seeing("up")
    causes = {cause for _, verdict, cause in here.seen(since) if verdict != "up"}
    assert causes <= {"timeout_server", "timeout_ready", "login_unavailable"}
    await here.until(lambda: len(here.mail_server.received) >= mails + 2, "and of the recovery")


# -- the mail server --------------------------------------------------------------------------------------------------


async def test_a_mail_server_that_is_stopped_or_starved_gets_each_mail_later(here: Stage) -> None:
    """One that is killed: tests/test_deliver_processes.py, and the soak below."""
    server, before, logged = here.mail_server, len(here.mail_server.received), here.log.stat().st_size
    os.kill(server.pid, signal.SIGSTOP)
    await here.switch(unavailable=True)
    await here.logged("outage_opened", after=logged)
    assert len(server.received) == before
    os.kill(server.pid, signal.SIGCONT)
    await here.until(lambda: len(server.received) == before + 1, "the outage's mail")
    async with rationed(server.pid, rests=0.5):
        await here.switch(all_off=True)
        await here.until(lambda: len(server.received) == before + 2, "the recovery's mail")
    await here.until(lambda: set(here.ids_of_accepted()) == set(server.received), "both are settled")
    assert len(set(server.received)) == len(server.received)


# -- the store --------------------------------------------------------------------------------------------------------


async def test_a_store_that_is_full_or_locked_is_told_once_and_loses_nothing(here: Stage) -> None:
    outages, mails, logged = here.outages(), len(here.mail_server.received), here.log.stat().st_size
    prlimit(here.daemon.pid, RLIMIT_FSIZE, (here.wal.stat().st_size, RLIM_INFINITY))
    await here.logged("store.failing", after=logged)
    await here.switch(unavailable=True)
    await here.until_unwritten(8)
    assert here.outages() == outages
    prlimit(here.daemon.pid, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))
    recovered = await here.logged("store.recovered", after=logged)
    await here.until(lambda: len(here.mail_server.received) == mails + 1, "the outage's mail")
    assert here.outages() == outages + 1
    assert recovered["written"] == here.most_at_once() >= 8

    logged_then = here.log.stat().st_size
    with closing(sqlite3.connect(here.folder / "slawatch.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        await here.switch(all_off=True)
        await here.logged("store.failing", after=logged_then)
        await here.until_unwritten(3)
        other.execute("ROLLBACK")
    await here.logged("store.recovered", after=logged_then)
    await here.until(lambda: len(here.mail_server.received) == mails + 2, "the recovery's mail")
    await here.seeing("up")
    assert len(here.events("store.failing", after=logged)) == len(here.events("store.recovered", after=logged)) == 2


async def test_a_backup_beside_the_daemon_takes_no_log_from_under_it(here: Stage) -> None:
    """The way that the documentation names; the program that closes last would remove the log."""
    with closing(sqlite3.connect(here.folder / "slawatch.db", isolation_level=None)) as other:
        other.execute("VACUUM INTO ?", (str(here.folder / "backup.db"),))
    logs = [
        path.readlink()
        for path in Path(f"/proc/{here.daemon.pid}/fd").iterdir()
        if "slawatch.db" in str(path.readlink())
    ]
    assert here.wal in logs
    assert not [path for path in logs if "deleted" in str(path)]
    await here.seeing("up")


# -- the daemon itself ------------------------------------------------------------------------------------------------


async def test_a_daemon_that_is_stopped_misses_looks_and_blames_nobody(here: Stage) -> None:
    since, outages, mails = here.now(), here.outages(), here.mail_server.received
    await here.switch(slow=0.6)  # so that there are looks in flight
    await here.seeing("up", "dashboard")
    here.daemon.send_signal(signal.SIGSTOP)
    await asyncio.sleep(4)  # four slots of each check
    here.daemon.send_signal(signal.SIGCONT)
    await here.seeing("up")
    seen = here.seen(since)
    assert seen["http", "unknown", "monitor_missed"] >= 3
    assert not [check for check, verdict, _ in seen if verdict == "down"]
    assert (here.outages(), here.mail_server.received) == (outages, mails)
    # A slot that came while its own look was under way is no miss: one may lack, but never the four.
    assert [gap for gap in here.gaps("http", since) if gap[1] - gap[0] > 2 * SECOND] == []


async def test_many_reloads_of_good_bad_and_other_configurations_leave_nothing_behind(here: Stage) -> None:
    good = here.config.read_text()
    other = good.replace("customers:", "customers:\n  - {id: zeezicht, url: 'http://127.0.0.1:2', login: null}", 1)
    assert await here.reload(other, "config.loaded")
    assert await here.reload(good, "config.loaded")
    await here.seeing("up")
    before = here.footprint()
    for number in range(50):
        text = (good, good.replace("every: 1s", "evry: 1s"), other, good.replace("every: 1s", "every: 2s"))[number % 4]
        here.config.write_text(text)
        here.daemon.send_signal(signal.SIGHUP)
        await asyncio.sleep(0.02)
    assert await here.reload(good, "config.loaded")
    await here.seeing("up")
    after = here.footprint()
    assert after.files <= before.files + 5  # connections come and go
    assert after.threads <= before.threads + 6  # asyncio's own for names and files
    assert after.kilobytes < before.kilobytes + 20_000
    assert len(here.browsers()) == 1


async def test_a_target_that_is_killed_is_down_and_the_figures_are_those_of_the_export(here: Stage) -> None:
    """The last test with this daemon: after it nothing is left of either."""
    outages, below = here.outages(), descendants(here.daemon.pid)
    os.kill(here.world(), signal.SIGKILL)
    await here.seeing("down", causes=["connect"])
    await here.until(lambda: here.outages() == outages + 1, "an outage of who is gone")
    await here.until(lambda: not here.select("SELECT 1 FROM messages WHERE state != 'accepted'"), "it is mailed")
    assert await here.stop() == 0
    await gone(below)
    assert list(here.temporary.iterdir()) == []
    month = month_of(clock.now(), ZoneInfo("Europe/Amsterdam"))
    report, replayed = await here.report_and_replay(month)
    assert report == replayed
    owed = here.select("SELECT outage, contact, kind, sequence, message_id, state FROM messages")
    assert len({row[:4] for row in owed}) == len({row[4] for row in owed}) == len(owed)
    assert {row[5] for row in owed} == {"accepted"}
    assert sorted(here.mail_server.received) == sorted(row[4] for row in owed)
    assert not re.search(r"Traceback|exception", here.log.read_text())


async def test_killed_at_any_moment_it_loses_nothing_and_leaves_nothing(tmp_path: Path) -> None:
    """A short form of tests/daemon/soak.py, which asserts it all."""
    async with stage(tmp_path) as there:
        assert (await soak(there, 1, Random(5))).keys() >= {"outages", "mails"}
