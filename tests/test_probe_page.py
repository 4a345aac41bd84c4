"""The page probe on a real Chromium and real sites: the figure, and each cause produced for real."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sites import PASSWORD, Site, customer, open_site, self_signed

from slawatch import clock
from slawatch.browser import Engine, open_engine
from slawatch.config import BrowserSettings, Monitor
from slawatch.model import SECOND, Cause, Look, Verdict
from slawatch.probes import Tools, build, open_tools

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine() -> AsyncIterator[Engine]:
    async with open_engine(BrowserSettings()) as engine:
        yield engine


@pytest_asyncio.fixture(loop_scope="module")
async def tools(engine: Engine) -> AsyncIterator[Tools]:
    async with open_tools(engine, Monitor()) as tools:
        yield tools


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[tuple[Site, str]]:
    async with open_site() as opened:
        yield opened


async def look(tools: Tools, url: str, *, seen_ready: bool = True, **settings: object) -> Look:
    return await build(customer(url, **settings), "rows", tools, seen_ready=seen_ready).look()


def found(seen: Look) -> str:
    """The cause; on a machine that is so busy that time says nothing, the one that it would have been."""
    return str(seen.facts["seen"] if seen.cause is Cause.MONITOR_OVERLOAD else seen.cause)


@pytest.mark.parametrize("delay", [0.0, 0.35, 0.9])
async def test_the_figure_is_the_time_to_the_painted_rows(tools: Tools, site: tuple[Site, str], delay: float) -> None:
    site[0].delay = delay
    seen = await look(tools, site[1])
    assert seen.verdict is Verdict.UP
    assert seen.milliseconds is not None
    assert delay * 1000 <= seen.milliseconds < delay * 1000 + 400
    spent = sum(seen.phases[name] for name in ("dns", "connect", "tls", "ttfb", "response", "dom", "ready"))
    assert spent <= seen.milliseconds
    assert seen.phases["ready"] >= delay * 1000 - seen.phases["dom"]
    assert seen.phases["server_db"] == 12.5
    # The browser tells of a paint a moment after it: at once-ready pages that may be too late.
    assert seen.phases.get("lcp", 0) <= seen.milliseconds
    assert delay == 0 or seen.phases["lcp"] > 0
    assert seen.facts["status"] == 200
    assert "clock_suspect" not in seen.facts


@pytest.mark.parametrize("fault", ["taken_away", "css_only", "late_body"])
async def test_rows_that_nobody_can_see_yet_are_not_ready(tools: Tools, site: tuple[Site, str], fault: str) -> None:
    site[0].fault = fault
    seen = await look(tools, site[1])
    assert seen.verdict is Verdict.UP
    assert seen.milliseconds is not None
    assert 400 <= seen.milliseconds < 800


async def test_a_cold_look_fetches_everything_anew(tools: Tools, site: tuple[Site, str]) -> None:
    site[0].fault = "cached"
    for _ in range(2):
        assert (await look(tools, site[1])).verdict is Verdict.UP
    assert site[0].styles == 2
    assert site[0].page_visits == 2


async def test_a_warm_look_has_been_there_just_before(tools: Tools, site: tuple[Site, str]) -> None:
    site[0].fault = "cached"
    seen = await look(tools, site[1], cache="warm")
    assert seen.verdict is Verdict.UP
    assert seen.phases["connect"] == 0
    assert site[0].styles == 1
    assert site[0].page_visits == 2


async def test_the_site_can_tell_who_looks(tools: Tools, site: tuple[Site, str]) -> None:
    await look(tools, site[1])
    (agent,) = site[0].user_agents
    assert agent.startswith("Mozilla/5.0 ")
    assert agent.endswith(" slawatch/0.1.0")


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("503", Cause.HTTP_5XX),
        ("404", Cause.HTTP_4XX),
        ("401", Cause.HTTP_4XX),
        ("403", Cause.BLOCKED),
        ("429", Cause.BLOCKED),
        ("challenge", Cause.BLOCKED),
        ("no_content", Cause.TIMEOUT_READY),
    ],
)
async def test_an_answer_that_is_no_page_is_judged_at_once(
    tools: Tools, site: tuple[Site, str], fault: str, cause: Cause
) -> None:
    site[0].fault = fault
    seen = await look(tools, site[1], timeout=20)
    assert seen.cause is cause
    assert seen.milliseconds is not None
    assert seen.milliseconds < 3000


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("hang", Cause.TIMEOUT_SERVER),
        ("hang_in_body", Cause.TIMEOUT_READY),
        ("endless", Cause.TIMEOUT_READY),
        ("fetch_500", Cause.TIMEOUT_READY),
        ("loop", Cause.TIMEOUT_READY),
        ("script_error", Cause.SCRIPT_ERROR),
        ("empty", Cause.SELECTOR_MISSING),
    ],
)
async def test_a_page_that_is_never_ready(tools: Tools, site: tuple[Site, str], fault: str, cause: Cause) -> None:
    site[0].fault = fault
    seen = await look(tools, site[1], timeout=1)
    assert found(seen) == cause
    assert seen.milliseconds is not None
    assert seen.milliseconds >= 1000
    assert PASSWORD not in str(seen)
    assert "token" not in str(seen)


async def test_a_complete_page_that_never_had_what_we_look_for_is_drift(tools: Tools, site: tuple[Site, str]) -> None:
    seen = await look(tools, site[1], timeout=0.8, seen_ready=False, ready="#nergens", busy=None)
    assert found(seen) == Cause.SELECTOR_DRIFT


async def test_a_page_seen_ready_since_the_start_never_drifts(tools: Tools, site: tuple[Site, str]) -> None:
    assert (await look(tools, site[1], seen_ready=False)).verdict is Verdict.UP
    site[0].fault = "empty"
    assert found(await look(tools, site[1], timeout=0.8, seen_ready=False)) == Cause.SELECTOR_MISSING


async def test_a_selector_that_is_no_css_is_our_fault(tools: Tools, site: tuple[Site, str]) -> None:
    seen = await look(tools, site[1], ready="tr:::")
    assert seen.cause is Cause.SELECTOR_DRIFT
    assert seen.facts["error"] == "a selector is not valid CSS"


async def test_a_name_that_does_not_exist_is_dns(tools: Tools) -> None:
    assert (await look(tools, "http://duinzicht.invalid")).cause is Cause.DNS


async def test_a_closed_port_is_connect(tools: Tools) -> None:
    async with open_site() as (_, url):
        pass
    assert (await look(tools, url)).cause is Cause.CONNECT


async def test_a_certificate_that_nobody_trusts_is_tls(tools: Tools, tmp_path: Path) -> None:
    async with open_site(self_signed(tmp_path)) as (_, url):
        seen = await look(tools, url)
    assert seen.cause is Cause.TLS
    assert seen.facts["error"] == "ERR_CERT_AUTHORITY_INVALID"


async def test_with_a_silent_witness_a_refused_connection_is_our_network(engine: Engine) -> None:
    async with open_site() as (_, url):
        pass
    async with open_tools(engine, Monitor(witnesses=(url.removeprefix("http://"),))) as tools:
        assert (await look(tools, url)).cause is Cause.MONITOR_NETWORK


async def test_a_clock_that_differs_is_told(engine: Engine, site: tuple[Site, str]) -> None:
    async with open_tools(engine, Monitor(), lambda: clock.now() + 5 * SECOND) as tools:
        assert (await look(tools, site[1])).facts["clock_suspect"] is True
