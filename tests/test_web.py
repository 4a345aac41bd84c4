"""What is served, asked for over real sockets."""

import asyncio
import gzip
import hashlib
import os
import re
import socket
import stat
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest
from structlog.testing import capture_logs

from slawatch import web
from slawatch.reporters.metrics import Format, Metrics
from slawatch.web.scrape import Scrapes, Wanted


@dataclass
class Seconds:
    """A clock that moves when it is told."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


async def nothing() -> Mapping[str, object]:
    return {}


@dataclass
class Daemon:
    """A served daemon with a client on its TCP port."""

    client: aiohttp.ClientSession
    server: web.Server
    seconds: Seconds
    health: web.Health
    metrics: Metrics


@pytest.fixture
async def daemon() -> AsyncIterator[Daemon]:
    seconds, metrics = Seconds(), Metrics()
    health = web.Health(monotonic=seconds)

    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            web.serve("127.0.0.1:0", None, metrics=metrics, health=health, status=nothing)
        )
        client = await stack.enter_async_context(aiohttp.ClientSession(f"http://{server.addresses[0]}"))
        yield Daemon(client, server, seconds, health, metrics)


async def asked(daemon: Daemon, path: str, **headers: str) -> tuple[int, str]:
    async with daemon.client.get(path, headers=headers) as answer:
        return answer.status, await answer.text()


async def test_metrics_are_text_for_who_asks_for_nothing_else(daemon: Daemon):
    async with daemon.client.get("/metrics", headers={"Accept-Encoding": "identity"}) as answer:
        assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert answer.headers["Vary"] == "Accept, Accept-Encoding"
        assert "Content-Encoding" not in answer.headers
        assert "# TYPE slawatch_ledger_write_failures_total counter\n" in await answer.text()


async def test_metrics_are_openmetrics_and_compressed_for_who_takes_that(daemon: Daemon):
    headers = {"Accept": "application/openmetrics-text; version=1.0.0", "Accept-Encoding": "br, gzip"}
    async with daemon.client.get("/metrics", headers=headers, auto_decompress=False) as answer:
        assert answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
        assert answer.headers["Content-Encoding"] == "gzip"
        text = gzip.decompress(await answer.read()).decode()
    assert "# TYPE slawatch_ledger_write_failures counter\n" in text
    assert text.endswith("# EOF\n")


async def test_metrics_can_be_asked_for_by_name(daemon: Daemon):
    _, text = await asked(daemon, "/metrics?name[]=slawatch_blips_total&name[]=slawatch_config_last_reload_successful")
    assert text.splitlines()[2:] == ["slawatch_config_last_reload_successful 1"]


async def test_a_scrape_tells_what_was_told_last(daemon: Daemon):
    daemon.metrics.ledger_write_failed()
    _, text = await asked(daemon, "/metrics")
    assert "\nslawatch_ledger_write_failures_total 1\n" in text


async def test_who_asks_for_the_same_while_it_is_rendered_shares_it():
    scrapes, wanted = Scrapes(Metrics()), Wanted(Format.TEXT, gzip=False)
    first, second = await asyncio.gather(scrapes.body(wanted), scrapes.body(wanted))
    assert first is second
    assert await scrapes.body(wanted) is not first


async def test_a_scraper_that_goes_away_does_not_stop_the_others():
    scrapes, wanted = Scrapes(Metrics()), Wanted(Format.TEXT, gzip=False)
    gone = asyncio.create_task(scrapes.body(wanted))
    stays = asyncio.create_task(scrapes.body(wanted))
    await asyncio.sleep(0)  # one turn of the loop: both have asked
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert b"".join(await stays).startswith(b"# HELP slawatch_")


async def test_the_daemon_is_alive_while_every_loop_beats_in_time(daemon: Daemon):
    assert await asked(daemon, "/healthz") == (200, "ok\n")
    daemon.health.expect("watch", within_seconds=30)
    daemon.health.expect("deliver", within_seconds=60)
    daemon.seconds.now = 31
    assert await asked(daemon, "/healthz") == (503, "watch: no sign of life for 31 s, expected within 30 s\n")
    daemon.health.beat("watch")
    assert await asked(daemon, "/healthz") == (200, "ok\n")


async def test_the_daemon_is_ready_when_all_it_needs_is_up(daemon: Daemon):
    missing = "configuration: not up yet\nstore: not up yet\nschedule: not up yet\n"
    assert await asked(daemon, "/readyz") == (503, missing)
    daemon.health.ready("store")
    daemon.health.ready("configuration")
    assert await asked(daemon, "/readyz") == (503, "schedule: not up yet\n")
    daemon.health.ready("schedule")
    assert await asked(daemon, "/readyz") == (200, "ok\n")


async def test_a_beat_of_a_loop_that_nobody_expects_is_an_error():
    with pytest.raises(KeyError, match="wacth"):
        web.Health().beat("wacth")


@asynccontextmanager
async def by_socket(
    path: Path, status: Callable[[], Awaitable[Mapping[str, object]]]
) -> AsyncIterator[aiohttp.ClientSession]:
    """A client on the Unix socket of a daemon with this status."""
    connector = aiohttp.UnixConnector(str(path))
    async with (
        web.serve("127.0.0.1:0", path, metrics=Metrics(), health=web.Health(), status=status),
        aiohttp.ClientSession("http://slawatch", connector=connector) as client,
    ):
        yield client


async def test_the_status_is_json(path: Path):
    said: dict[str, object] = {
        "running": True,
        "customers": [{"id": "coöp", "up": None}, {"id": "b"}],
        "none": [],
        "outbox": {"sent": 1},
    }

    async def status() -> Mapping[str, object]:
        return said

    async with by_socket(path, status) as client, client.get("/api/v1/status") as answer:
        assert answer.content_type == "application/json"
        assert await answer.json() == said


async def test_the_front_page_says_how_the_daemon_is_and_links_to_the_rest(daemon: Daemon):
    daemon.health.expect("<watch>", within_seconds=1)
    daemon.seconds.now = 5
    status, text = await asked(daemon, "/")
    assert status == 200
    assert "&lt;watch&gt;: no sign of life for 5 s" in text
    assert "not yet: configuration, store, schedule" in text
    for path in ("/metrics", "/healthz", "/readyz", "/api/v1/status"):
        assert f'href=".{path}"' in text


async def test_what_a_page_is_made_of_is_kept_for_a_year_under_a_name_that_says_what_is_in_it(daemon: Daemon):
    _, text = await asked(daemon, "/")
    path = re.search(r'href="\./(static/look\.[0-9a-f]{12}\.css)"', text)
    assert path is not None
    async with daemon.client.get(f"/{path[1]}") as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert hashlib.sha256(await answer.read()).hexdigest()[:12] in path[1]


@pytest.mark.parametrize(
    ("asked_for", "cookie", "path", "language"),
    [
        ("", "", "/", "en"),
        ("de, nl-BE;q=0.8, en;q=0.5", "", "/", "nl"),
        ("fr", "", "/", "en"),
        ("nl", "en", "/", "en"),
        ("nl", "nl", "/?lang=en", "en"),
        ("nl", "<x>", "/?lang=fy", "nl"),
    ],
)
async def test_a_page_is_in_the_chosen_language_or_else_in_the_browsers(
    daemon: Daemon, asked_for: str, cookie: str, path: str, language: str
):
    _, text = await asked(daemon, path, **{"Accept-Language": asked_for, "Cookie": f"lang={cookie}"})
    assert f'<html lang="{language}">' in text


async def test_a_language_that_was_chosen_is_kept(daemon: Daemon):
    async with daemon.client.get("/?lang=nl") as answer:
        cookie = answer.cookies["lang"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("nl", True, "Lax")
    _, text = await asked(daemon, "/", Cookie="lang=nl")
    assert "Hoe het met slawatch gaat" in text


@pytest.mark.parametrize("path", ["/", "/metrics", "/healthz", "/readyz", "/api/v1/status", "/no/such"])
async def test_every_answer_may_load_nothing_and_be_kept_by_nobody(daemon: Daemon, path: str):
    async with daemon.client.get(path) as answer:
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; ")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Server"] == "slawatch"


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/no/such", 404, "404: Not Found"),
        ("GET", "/metrics/../../etc/passwd", 404, "404: Not Found"),
        ("POST", "/metrics", 405, "405: Method Not Allowed"),
    ],
)
async def test_a_wrong_request_is_told_in_plain_words(daemon: Daemon, method: str, path: str, status: int, text: str):
    async with daemon.client.request(method, path) as answer:
        assert (answer.status, answer.content_type, await answer.text()) == (status, "text/plain", text)


async def test_a_fault_of_ours_tells_the_client_nothing_and_the_log_everything(path: Path):
    async def broken() -> Mapping[str, object]:
        raise RuntimeError("with a secret in it")

    async with by_socket(path, broken) as client:
        with capture_logs() as logged:
            async with client.get("/api/v1/status") as answer:
                told = await answer.json(content_type="application/problem+json")
    assert (answer.status, told["detail"]) == (500, "Internal Server Error")
    failed = next(entry for entry in logged if entry["event"] == "web.failed")
    assert (failed["path"], failed["exc_info"], failed["log_level"]) == ("/api/v1/status", True, "error")


async def served(listen: str, path: Path | None = None) -> web.Server:
    """Serve and stop at once."""
    async with web.serve(listen, path, metrics=Metrics(), health=web.Health(), status=nothing) as server:
        return server


async def test_a_port_in_use_is_one_clear_line(daemon: Daemon):
    address = daemon.server.addresses[0]
    with pytest.raises(web.PortInUse) as refused:
        await served(address)
    assert str(refused.value) == f"{address}: already in use; set web.listen to another address"


@pytest.mark.parametrize(
    ("listen", "told"),
    [
        ("9464", "9464: expected host:port, as in 127.0.0.1:9464; set web.listen"),
        (":9464", ":9464: expected host:port, as in 127.0.0.1:9464; set web.listen"),
        ("127.0.0.1:99999", "127.0.0.1:99999: expected host:port, as in 127.0.0.1:9464; set web.listen"),
        ("127.0.0.1:0/metrics", "127.0.0.1:0/metrics: expected host:port, as in 127.0.0.1:9464; set web.listen"),
        (
            "192.0.2.1:0",
            "192.0.2.1:0: cannot listen there: Cannot assign requested address; set web.listen to another address",
        ),
    ],
)
async def test_an_address_that_cannot_be_served_is_one_clear_line(listen: str, told: str):
    with pytest.raises(web.CannotListen) as refused:
        await served(listen)
    assert str(refused.value) == told


async def asked_at(path: Path) -> int:
    """The status of `/healthz` on a Unix socket."""
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path))) as client,
        client.get("http://slawatch/healthz") as answer,
    ):
        return answer.status


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "slawatch.db.sock"


def mode(path: Path) -> str | None:
    """As `ls` writes it; None when there is no such file."""
    return stat.filemode(path.stat().st_mode) if path.exists() else None


@pytest.fixture
def generous_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


async def test_the_unix_socket_is_for_its_own_user_only_and_gone_at_the_end(path: Path, generous_umask: None):
    async with web.serve("127.0.0.1:0", path, metrics=Metrics(), health=web.Health(), status=nothing) as server:
        assert server.socket == path
        assert mode(path) == "srw-------"
        assert await asked_at(path) == 200
    assert mode(path) is None


def left_behind(path: Path) -> None:
    """The socket file of a daemon that was killed."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as dead:
        dead.bind(str(path))


async def test_a_dead_daemons_socket_is_replaced(path: Path):
    left_behind(path)
    async with web.serve("127.0.0.1:0", path, metrics=Metrics(), health=web.Health(), status=nothing):
        assert await asked_at(path) == 200


async def test_a_living_daemons_socket_is_left_alone(path: Path):
    async with web.serve("127.0.0.1:0", path, metrics=Metrics(), health=web.Health(), status=nothing):
        with pytest.raises(web.PortInUse) as refused:
            await served("127.0.0.1:0", path)
        assert str(refused.value).startswith(f"{path}: already in use by a running slawatch;")
        assert await asked_at(path) == 200


def as_a_file(path: Path) -> None:
    path.touch(0o644)


def as_nothing_in_no_folder(path: Path) -> None:
    path.parent.rmdir()


@pytest.mark.parametrize(
    ("prepare", "told"),
    [
        (as_a_file, "is there and is no socket; set web.socket to another path"),
        (as_nothing_in_no_folder, "cannot listen there: No such file or directory; set web.socket"),
    ],
)
async def test_a_path_that_cannot_be_a_socket_is_one_clear_line(path: Path, prepare: Callable[[Path], None], told: str):
    prepare(path)
    with pytest.raises(web.CannotListen) as refused:
        await served("127.0.0.1:0", path)
    assert str(refused.value) == f"{path}: {told}"


async def test_a_file_in_the_sockets_place_is_kept(path: Path):
    as_a_file(path)
    with pytest.raises(web.CannotListen):
        await served("127.0.0.1:0", path)
    assert str(mode(path)).startswith("-")


async def test_a_path_too_long_for_a_socket_is_one_clear_line(tmp_path: Path):
    path = tmp_path / ("s" * 108)
    with pytest.raises(web.CannotListen, match=r"path too long; set web\.socket$"):
        await served("127.0.0.1:0", path)


async def test_a_refused_port_leaves_no_socket_behind(daemon: Daemon, path: Path):
    with pytest.raises(web.PortInUse):
        await served(daemon.server.addresses[0], path)
    assert mode(path) is None


async def test_a_restart_on_the_same_port_works_at_once():
    first = await served("127.0.0.1:0")
    second = await served(first.addresses[0])
    assert second.addresses == first.addresses


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /healthz HTTP/1.1\r\nHos"],
    ids=["silent", "kept alive after an answer", "in the middle of a request"],
)
async def test_an_open_connection_does_not_hold_up_the_end(sent: bytes):
    loop = asyncio.get_running_loop()
    async with web.serve("127.0.0.1:0", None, metrics=Metrics(), health=web.Health(), status=nothing) as server:
        host, port = server.addresses[0].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(sent)
        if sent.endswith(b"\r\n\r\n"):
            await reader.readuntil(b"\r\n\r\nok\n")
        stopping = loop.time()
    assert loop.time() - stopping < 1
    async with asyncio.timeout(1):
        assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()


async def test_a_client_that_stops_reading_does_not_hold_up_the_end():
    loop = asyncio.get_running_loop()

    async def more_than_sockets_hold() -> Mapping[str, object]:
        return {"text": "x" * 20_000_000}

    async with web.serve(
        "127.0.0.1:0", None, metrics=Metrics(), health=web.Health(), status=more_than_sockets_hold
    ) as server:
        host, port = server.addresses[0].split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"GET /api/v1/status HTTP/1.1\r\nHost: a\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        stopping = loop.time()
    assert loop.time() - stopping < 1
    writer.transport.abort()
    await asyncio.sleep(0)  # the loop's turn in which it ends


async def said_at_the_door(server: web.Server, sent: bytes) -> bytes:
    """All that is answered to who sends this, until the connection ends."""
    host, port = server.addresses[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(sent)
    try:
        return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize("sent", [b"POST / HTTP/1.1\r\nCookie: slawatch=secret\x01\r\n\r\n", b"secret\r\n\r\n"])
async def test_what_is_no_request_is_neither_told_nor_logged(
    daemon: Daemon, sent: bytes, caplog: pytest.LogCaptureFixture
):
    told = await said_at_the_door(daemon.server, sent)

    assert told.startswith(b"HTTP/1.0 400 Bad Request\r\n")
    assert b"Content-Security-Policy: default-src 'none'" in told
    assert b"Server: slawatch\r\n" in told
    assert told.endswith(b"\r\n\r\n400: this is no request that can be read\n")
    assert caplog.records == []


async def test_who_says_nothing_for_long_is_shown_out():
    serving = web.serve("127.0.0.1:0", None, metrics=Metrics(), health=web.Health(), status=nothing, idle_seconds=0.01)
    async with serving as server, asyncio.timeout(5):
        assert await said_at_the_door(server, b"") == b""
        assert await said_at_the_door(server, b"GET / HTTP/1.1\r\nX: ") == b""


async def test_the_port_has_so_many_connections_at_once_and_the_socket_more(path: Path):
    serving = web.serve("127.0.0.1:0", path, metrics=Metrics(), health=web.Health(), status=nothing, most=2)
    async with serving as server, asyncio.timeout(5):
        first, second = [await kept_open(server) for _ in range(2)]
        with suppress(ConnectionError):
            assert await said_at_the_door(server, b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n") == b""
        over_socket = aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(path)))
        async with over_socket, over_socket.get("http://slawatch/healthz") as answer:
            assert answer.status == 200
        first.close()
        second.close()


async def kept_open(server: web.Server) -> asyncio.StreamWriter:
    """A connection that was answered once."""
    host, port = server.addresses[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    await reader.readuntil(b"\r\n\r\nok\n")
    return writer
