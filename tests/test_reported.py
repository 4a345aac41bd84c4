"""What others report is published at once, and what ages is published again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from metrics_terms import terms
from test_metrics import scraped

from slawatch.account import Copies, Helpdesk
from slawatch.app.reported import publish_reported
from slawatch.model import HOUR, MINUTE, SECOND, BeatKind, Incident, Instant, Outcome, Priority
from slawatch.reporters.metrics import Metrics
from slawatch.rules.calendar import parse
from slawatch.store import open_store

MONDAY = parse("2026-11-23T09:00:00Z")


class Reporting:
    """A service desk, backups and metrics; its clock says `now`."""

    def __init__(self) -> None:
        self.now: Instant = MONDAY
        self.metrics = Metrics()
        self.news = asyncio.Event()

    def clock(self) -> Instant:
        return self.now

    async def say(self, name: str, *labels: str, value: float) -> None:
        """Until the metrics say so."""
        async with asyncio.timeout(10):
            while scraped(self.metrics).get((name, *labels)) != value:
                await asyncio.sleep(0)


@asynccontextmanager
async def reporting(folder: Path) -> AsyncIterator[tuple[Reporting, Helpdesk, Copies]]:
    here = Reporting()
    async with open_store(f"sqlite:///{folder}/s.db", write=True, clock=here.clock) as store:
        helpdesk = Helpdesk(store, here.clock, lambda: {"duinzicht": terms("duinzicht")}, here.news.set)
        copies = Copies(store, here.clock, here.news.set)
        publishing = asyncio.create_task(publish_reported(helpdesk, copies, here.metrics, here.news))
        try:
            yield here, helpdesk, copies
        finally:
            publishing.cancel()
            await asyncio.gather(publishing, return_exceptions=True)


async def test_incidents_are_counted_once_any_was_reported_and_come_to_be_overdue(tmp_path: Path) -> None:
    async with reporting(tmp_path) as (here, helpdesk, copies):
        await copies.beat("db1", BeatKind.HOURLY, "cron")
        await here.say("backup_age_seconds", "db1", value=0)
        assert not [one for one in scraped(here.metrics) if one[0].startswith("incidents")]

        said = [Incident("duinzicht", "1", Priority.ONE, MONDAY), Incident("duinzicht", "2", Priority.NONE, MONDAY)]
        assert (await helpdesk.take_in(said, "week 48", "pia"))["new"] == 2
        await here.say("incidents_open", "1", value=1)
        samples = scraped(here.metrics)
        assert (samples["incidents_open", "none"], samples["incidents_overdue", "1"]) == (1, 0)

        here.now = MONDAY + 24 * HOUR + SECOND
        here.news.set()
        await here.say("incidents_overdue", "1", value=1)


async def test_a_backup_is_late_when_its_time_is_over_and_ends_when_it_is_retired(tmp_path: Path) -> None:
    async with reporting(tmp_path) as (here, _, copies):
        await copies.beat("db1", BeatKind.REPLICA, "cron", lag=SECOND // 4)
        await copies.beat("vm", BeatKind.RESTORE, "cron", duration=30 * MINUTE)
        await copies.beat("db1", BeatKind.HOURLY, "cron")
        await here.say("backup_age_seconds", "db1", value=0)
        samples = scraped(here.metrics)
        assert (samples["backup_replica_lag_seconds", "db1"], samples["restore_duration_seconds", "vm"]) == (0.25, 1800)
        assert samples["backup_late", "hourly", "db1"] == 0

        here.now += 66 * MINUTE
        await copies.beat("db1", BeatKind.HOURLY, "cron", outcome=Outcome.FAILED)
        await here.say("backup_late", "hourly", "db1", value=1)
        assert scraped(here.metrics)["backup_age_seconds", "db1"] == 66 * 60

        here.now += 1
        await copies.beat("db1", BeatKind.HOURLY, "cron", outcome=Outcome.RETIRED)
        await here.say("backup_late", "replica", "db1", value=1)
        async with asyncio.timeout(10):
            while ("backup_age_seconds", "db1") in scraped(here.metrics):
                await asyncio.sleep(0)
