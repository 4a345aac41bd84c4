"""The same looks as samples in a real Prometheus, and the questions that people ask it about a month.

At each look one sample `probe_up` (1 or 0) and, where it opened, `load_seconds`; an unknown look leaves no sample, for
there is no value that says so. `maintenance` is 1 in the window and 0 outside, each 15 s.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp

from slawatch.model import SECOND, Exclusion, Instant, Observation, Verdict
from slawatch.rules.calendar import Period

UP = 'probe_up{check=~"dashboard|reservations"}'
LOADS = 'load_seconds{check=~"dashboard|reservations"}'
#: What is asked for: the share of the month that was up.
SHARES = {
    "the worse page, all samples": f"min(avg_over_time({UP}[745h]))",
    "the worse page, each 15 s": f"min(avg_over_time({UP}[745h:15s]))",
    "both pages, each 15 s": f"avg_over_time(min({UP})[745h:15s])",
    "both, without maintenance": f"avg_over_time((min({UP}) unless on() maintenance == 1)[745h:15s])",
}
#: And the p95 in seconds.
P95S = {
    "p95 of the slower page": f"max(quantile_over_time(0.95, {LOADS}[745h]))",
    "mean of the pages' p95": f"avg(quantile_over_time(0.95, {LOADS}[745h]))",
}


async def load(folder: Path, looks: Iterable[Observation], window: Exclusion, period: Period) -> None:
    """Writes the samples into blocks of `folder`, as `promtool` backfills them."""
    text = folder / "month.om"
    with text.open("w") as file:
        file.writelines(samples(list(looks), window, period))
    command = ("promtool", "tsdb", "create-blocks-from", "--quiet", "openmetrics", str(text), str(folder / "tsdb"))
    process = await asyncio.create_subprocess_exec(*command)
    if await process.wait() != 0:
        raise SystemExit("in_prometheus: promtool could not make the blocks; its reason stands above")


def samples(looks: list[Observation], window: Exclusion, period: Period) -> Iterator[str]:
    yield "# TYPE probe_up gauge\n"
    for one in looks:
        if one.verdict is not Verdict.UNKNOWN:
            yield sample(f'probe_up{{check="{one.check.name}"}}', int(one.verdict is Verdict.UP), one.at)
    yield "# TYPE load_seconds gauge\n"
    for one in looks:
        if one.verdict is Verdict.UP and one.look.milliseconds is not None:
            yield sample(f'load_seconds{{check="{one.check.name}"}}', one.look.milliseconds / 1000, one.at)
    yield "# TYPE maintenance gauge\n"
    for at in range(period.starts, period.ends, 15 * SECOND):
        yield sample("maintenance", int(window.starts <= at < window.ends), at)
    yield "# EOF\n"


def sample(series: str, value: float, at: Instant) -> str:
    return f"{series} {value} {at / SECOND:.3f}\n"


@asynccontextmanager
async def prometheus(folder: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """A Prometheus on what was loaded into `folder`; a client of its API."""
    config = folder / "prometheus.yml"
    config.write_text("{}")
    process = await asyncio.create_subprocess_exec(
        "prometheus",
        f"--config.file={config}",
        f"--storage.tsdb.path={folder / 'tsdb'}",
        "--storage.tsdb.retention.time=100y",
        "--web.listen-address=127.0.0.1:0",
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            said = b""  # what comes later is little, and need not be read
            while b"Server is ready to receive web requests" not in said:
                line = await process.stderr.readline()
                if not line:
                    raise SystemExit(f"in_prometheus: expected that Prometheus gets ready, but it ended: {said!r}")
                said += line
        listening = re.search(rb'"Listening on" address=(\S+)', said)
        assert listening is not None, said
        async with aiohttp.ClientSession(f"http://{listening[1].decode()}") as client:
            yield client
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def asked(client: aiohttp.ClientSession, query: str, period: Period) -> float:
    """The one number that the query gives at the period's end."""
    async with client.get("/api/v1/query", params={"query": query, "time": str(period.ends // SECOND)}) as answer:
        told = await answer.json()
        if told["status"] != "success":
            raise SystemExit(f"in_prometheus: {query}: {told['error']}")
        (series,) = told["data"]["result"]
        return float(series["value"][1])


async def version(client: aiohttp.ClientSession) -> str:
    async with client.get("/api/v1/status/buildinfo") as answer:
        return str((await answer.json())["data"]["version"])
