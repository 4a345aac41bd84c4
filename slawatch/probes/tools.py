"""What probes look with, opened once for all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from slawatch import clock
from slawatch.browser import Engine
from slawatch.clock import Clock
from slawatch.config import Monitor
from slawatch.model import CheckId
from slawatch.probes.connections import open_http
from slawatch.probes.page.sessions import Sessions
from slawatch.probes.witnesses import Witnesses


@dataclass(frozen=True, slots=True)
class Tools:
    """Shared by all probes. `engine`: None where nothing but http checks are looked at. `seen_ready`: pages, with
    their ready selector, that were seen ready since the start.
    """

    engine: Engine | None
    http: aiohttp.ClientSession
    witnesses: Witnesses
    sessions: Sessions
    clock: Clock = clock.now
    seen_ready: set[tuple[CheckId, str]] = field(default_factory=set)


@asynccontextmanager
async def open_tools(
    engine: Engine | None, monitor: Monitor, now: Clock = clock.now, *, sessions: Sessions | None = None
) -> AsyncIterator[Tools]:
    """The tools for `build`; they live through reloads of the configuration."""
    async with open_http() as http:
        yield Tools(engine, http, Witnesses(monitor.witnesses, http), sessions or Sessions(), now)
