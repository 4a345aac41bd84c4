"""What the world does to a daemon: everything around it, and it itself, is killed, stopped, starved, filled and locked."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from lineage import descendants, gone
from stage import Stage, stage, starved

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
    await shared.seeing("up")
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
    async with starved(descendants(here.browsers()[0])):
        await here.seeing("unknown", "dashboard", causes=["monitor_overload", "monitor_browser"])
    await here.seeing("up")
    assert not [check for check, verdict, _ in here.seen(since) if verdict == "down"]
    assert (here.outages(), here.mail_server.received) == (outages, mails)
