"""The light http probe and the witnesses, on real sockets."""

from __future__ import annotations

import asyncio
import resource
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sites import Site, customer, open_site, self_signed

from slawatch.config import Monitor
from slawatch.model import Cause, Look, Verdict
from slawatch.probes import Tools, build, open_tools


@pytest_asyncio.fixture
async def tools() -> AsyncIterator[Tools]:
    async with open_tools(None, Monitor()) as tools:
        yield tools


@pytest_asyncio.fixture
async def site() -> AsyncIterator[tuple[Site, str]]:
    async with open_site() as opened:
        yield opened


async def look(tools: Tools, url: str, seconds: float = 3.0) -> Look:
    return await build(customer(url, timeout=seconds), "http", tools).look()


async def test_an_answer_is_up_and_tells_its_phases(tools: Tools, site: tuple[Site, str]) -> None:
    seen = await look(tools, site[1])
    assert seen.verdict is Verdict.UP
    assert set(seen.phases) == {"connect", "ttfb", "response"}
    assert seen.milliseconds is not None
    assert sum(seen.phases.values()) <= seen.milliseconds
    assert dict(seen.facts) == {"path": "/page", "status": 200}


async def test_every_look_is_on_a_connection_of_its_own(tools: Tools, site: tuple[Site, str]) -> None:
    looks = [await look(tools, site[1]) for _ in range(2)]
    assert all(seen.phases["connect"] > 0 for seen in looks)


async def test_a_redirect_is_an_answer(tools: Tools, site: tuple[Site, str]) -> None:
    site[0].login = True
    seen = await look(tools, site[1])
    assert (seen.verdict, seen.facts["status"]) == (Verdict.UP, 302)
    assert site[0].logins == 0


async def test_where_no_file_is_left_to_us_nobody_else_is_down(tools: Tools, site: tuple[Site, str]) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        seen = await look(tools, site[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert (seen.verdict, seen.cause) == (Verdict.UNKNOWN, Cause.MONITOR_OVERLOAD)


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("503", Cause.HTTP_5XX),
        ("404", Cause.HTTP_4XX),
        ("403", Cause.BLOCKED),
        ("429", Cause.BLOCKED),
        ("challenge", Cause.BLOCKED),
        ("hang", Cause.TIMEOUT_SERVER),
        ("hang_in_body", Cause.TIMEOUT_READY),
    ],
)
async def test_what_an_answer_is_called(tools: Tools, site: tuple[Site, str], fault: str, cause: Cause) -> None:
    site[0].fault = fault
    assert (await look(tools, site[1], seconds=0.3)).cause is cause


async def test_what_a_connection_that_fails_is_called(tools: Tools, tmp_path: Path) -> None:
    assert (await look(tools, "http://duinzicht.invalid")).cause is Cause.DNS
    async with open_site() as (_, gone):
        pass
    assert (await look(tools, gone)).cause is Cause.CONNECT
    async with open_site(self_signed(tmp_path)) as (_, url):
        assert (await look(tools, url)).cause is Cause.TLS


async def test_what_speaks_no_http_is_a_servers_fault(tools: Tools) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    async with server:
        seen = await look(tools, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert seen.cause is Cause.HTTP_5XX


async def test_a_connection_that_nobody_takes_is_connect(tools: Tools) -> None:
    # A listener whose queue is full leaves the next connection without an answer.
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        with socket.create_connection(address):
            seen = await look(tools, f"http://127.0.0.1:{address[1]}", seconds=0.4)
    assert seen.cause is Cause.CONNECT


@pytest.mark.parametrize("as_url", [False, True])
async def test_only_when_every_witness_is_silent_it_is_our_network(site: tuple[Site, str], as_url: bool) -> None:
    def witness(url: str) -> str:
        return url if as_url else url.removeprefix("http://")

    async with open_site() as (_, gone), open_site() as (_, silent):
        pass
    for witnesses, cause in (
        ((), Cause.CONNECT),
        ((witness(silent), witness(site[1])), Cause.CONNECT),
        ((witness(silent),), Cause.MONITOR_NETWORK),
    ):
        async with open_tools(None, Monitor(witnesses=witnesses)) as tools:
            assert (await look(tools, gone)).cause is cause


async def test_a_definite_answer_asks_no_witness(site: tuple[Site, str]) -> None:
    async with open_site() as (_, silent):
        pass
    site[0].fault = "503"
    async with open_tools(None, Monitor(witnesses=(silent,))) as tools:
        assert (await look(tools, site[1])).cause is Cause.HTTP_5XX


async def test_looks_that_fail_together_ask_the_witnesses_once(site: tuple[Site, str]) -> None:
    async with open_site() as (_, gone):
        pass
    async with open_tools(None, Monitor(witnesses=(f"{site[1]}/page",))) as tools:
        looks = await asyncio.gather(*(look(tools, gone) for _ in range(4)))
    assert {seen.cause for seen in looks} == {Cause.CONNECT}
    assert site[0].page_visits == 1
