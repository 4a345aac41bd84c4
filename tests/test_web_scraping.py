"""What Prometheus asks for, over real sockets; and scrapers that hang, go away or ask for what is not there."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from metrics_terms import terms
from prometheus_client.parser import text_string_to_metric_families
from structlog.testing import capture_logs

from slawatch import web
from slawatch.reporters.metrics import Metrics

REQUEST = b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n"


@asynccontextmanager
async def serving(metrics: Metrics, taken_seconds: float = 60) -> AsyncIterator[tuple[str, aiohttp.ClientSession]]:
    """Where it is served, and a client there."""
    async with (
        web.serve(
            "127.0.0.1:0", None, metrics=metrics, health=web.Health(), status=dict, taken_seconds=taken_seconds
        ) as server,
        aiohttp.ClientSession(f"http://{server.addresses[0]}") as client,
    ):
        yield server.addresses[0], client


def watching(*customers: str) -> Metrics:
    metrics = Metrics()
    metrics.configure(map(terms, customers))
    return metrics


async def samples(client: aiohttp.ClientSession, path: str) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """Each sample's name and labels."""
    async with client.get(path) as answer:
        assert answer.status == 200
        text = await answer.text()
    return [
        (sample.name, tuple(sorted(sample.labels.items())))
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    ]


async def test_the_parts_are_the_whole():
    async with serving(watching("duinzicht", "bosrand")) as (_, client):
        whole = await samples(client, "/metrics")
        parts = [await samples(client, f"/metrics/{part}") for part in ("-", "duinzicht", "bosrand")]
    assert sorted(whole) == sorted(sample for part in parts for sample in part)
    assert [{dict(labels).get("customer") for _, labels in part} for part in parts] == [
        {None},
        {"duinzicht"},
        {"bosrand"},
    ]


async def test_a_part_is_given_in_the_form_and_the_metrics_that_are_asked_for():
    headers = {"Accept": "application/openmetrics-text; version=1.0.0"}
    path = "/metrics/duinzicht?name[]=slawatch_blips_total"
    async with serving(watching("duinzicht", "bosrand")) as (_, client), client.get(path, headers=headers) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        lines = (await answer.text()).splitlines()
    assert lines[2:] == ['slawatch_blips_total{customer="duinzicht"} 0', "# EOF"]


@pytest.mark.parametrize(
    "path", ["/metrics/bosrand", "/metrics/", "/metrics/Duinzicht", "/metrics/%22%0a", "/metrics/--"]
)
async def test_who_is_not_configured_is_not_found(path: str):
    async with serving(watching("duinzicht")) as (_, client), client.get(path) as answer:
        assert answer.status == 404
        assert "duinzicht" not in await answer.text()


async def test_a_customer_that_a_reload_removes_is_found_no_more():
    metrics = watching("duinzicht", "bosrand")
    async with serving(metrics) as (_, client):
        before = await samples(client, "/metrics/duinzicht")
        metrics.configure([terms("bosrand")])
        async with client.get("/metrics/duinzicht") as answer:
            assert answer.status == 404
        left = await samples(client, "/metrics")
    assert before
    assert not set(before) & set(left)


async def test_prometheus_is_told_a_target_for_each_customer_at_the_address_that_it_asked():
    async with serving(watching("duinzicht", "bosrand")) as (address, client), client.get("/sd") as answer:
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
        assert await answer.json() == [
            {
                "targets": [address],
                "labels": {
                    "__metrics_path__": f"/metrics/{customer}",
                    "__meta_slawatch_customer": customer,
                    "instance": f"{address}/{customer}",
                },
            }
            for customer in ("duinzicht", "bosrand")
        ]


async def test_without_customers_there_is_an_empty_list_of_targets():
    async with serving(Metrics()) as (_, client), client.get("/sd") as answer:
        assert await answer.json() == []


async def test_who_asks_for_the_head_only_is_told_how_long_the_text_is():
    async with serving(watching("duinzicht")) as (_, client):
        plain = {"Accept-Encoding": "identity"}
        async with client.head("/metrics", headers=plain) as head:
            length = int(head.headers["Content-Length"])
        async with client.get("/metrics", headers=plain) as answer:  # over the same connection: nothing was left in it
            assert len(await answer.read()) == length


async def said(address: str, request: bytes) -> tuple[bytes, bytes]:
    """The head and the body that so old a client gets, which knows no more than HTTP 1.0."""
    reader, writer = await asyncio.open_connection(*address.split(":"))
    writer.write(request)
    head, _, body = (await asyncio.wait_for(reader.read(-1), 10)).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    return head, body


async def test_an_old_client_gets_the_whole_text_and_must_say_where_it_is_to_be_sent():
    async with serving(watching("duinzicht")) as (address, client):
        head, body = await said(address, b"GET /metrics/duinzicht HTTP/1.0\r\n\r\n")
        assert head.startswith(b"HTTP/1.0 200 OK")
        assert body == await read(client, "/metrics/duinzicht")
        head, body = await said(address, b"GET /sd HTTP/1.0\r\n\r\n")
        assert head.startswith(b"HTTP/1.0 400 Bad Request")
        assert body == b"400: say in Host what address was asked"


#: More than the sockets of both ends hold.
MUCH = [f"park-{number}-{'x' * 10_240}" for number in range(12)]


async def read(client: aiohttp.ClientSession, path: str) -> bytes:
    async with client.get(path) as answer:
        return await answer.read()


async def hanging(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A scraper that asked for everything, and reads no further than the first line of the answer."""
    asking = socket.socket()
    asking.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    asking.setblocking(False)
    host, port = address.split(":")
    await asyncio.get_running_loop().sock_connect(asking, (host, int(port)))
    reader, writer = await asyncio.open_connection(sock=asking, limit=1024)
    writer.write(REQUEST)
    assert await reader.readuntil(b"\r\n") == b"HTTP/1.1 200 OK\r\n"
    return reader, writer


def connections() -> int:
    """How many sockets of this process are open."""
    links = list(Path("/proc/self/fd").iterdir())
    return sum(link.is_symlink() and str(link.readlink()).startswith("socket:") for link in links)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():
            await asyncio.sleep(0.01)


async def test_a_scraper_that_hangs_in_the_middle_holds_up_nobody():
    async with serving(watching(*MUCH)) as (address, client):
        _, writer = await hanging(address)
        async with asyncio.timeout(10):
            assert b"slawatch_build_info" in await read(client, "/metrics/-")
            assert MUCH[-1].encode() in await read(client, "/metrics")
        writer.transport.abort()
        await asyncio.sleep(0)  # the loop's turn in which it ends


async def test_a_scraper_that_hangs_in_the_middle_is_cut_off_and_nothing_of_it_is_left():
    async with serving(watching(*MUCH), taken_seconds=0.2) as (address, _):
        sockets, tasks = connections(), len(asyncio.all_tasks())
        reader, writer = await hanging(address)
        with capture_logs() as logged:
            await until(lambda: connections() == sockets + 1)  # its own end; slawatch's is closed
            await until(lambda: len(asyncio.all_tasks()) == tasks)
        headers, begun = (await asyncio.wait_for(reader.read(-1), 10)).split(b"\r\n\r\n", 1)
        writer.close()
        await writer.wait_closed()
    (length,) = re.findall(rb"Content-Length: (\d+)", headers)
    assert len(begun) < int(length)
    assert logged == []


async def test_a_scraper_that_goes_away_in_the_middle_is_no_fault_of_ours():
    async with serving(watching(*MUCH)) as (address, _):
        sockets, tasks = connections(), len(asyncio.all_tasks())
        with capture_logs() as logged:
            for _ in range(3):
                _, writer = await hanging(address)
                writer.transport.abort()
            await until(lambda: (connections(), len(asyncio.all_tasks())) == (sockets, tasks))
    assert logged == []


async def test_many_scrapers_at_once_are_all_told_the_same():
    async with serving(watching(*MUCH)) as (_, client):
        told = await asyncio.gather(*(read(client, "/metrics") for _ in range(8)))
    assert len(told[0]) > 1_000_000
    assert set(told) == {told[0]}
