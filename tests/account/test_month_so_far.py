"""What an outage's mail says of its month: the statement's own figure, as of the outage's end."""

from __future__ import annotations

import json
from pathlib import Path

from small_slawatch import DOWN, PARK, UP, Small, at, living, terms
from test_month_close import CONFIG, MIDNIGHT, force_majeure

from slawatch.account import month_so_far
from slawatch.config import load
from slawatch.model import HOUR, MINUTE, SECOND, Instant
from slawatch.reporters.mail import MonthSoFar

#: April begins at midnight in Amsterdam, and has 720 hours, of which a thousandth may be down.
ALLOWED = 720 * HOUR // 1000
BEGAN, ENDED = MIDNIGHT + 60 * MINUTE, MIDNIGHT + 70 * MINUTE


async def an_evening(small: Small, folder: Path, until: Instant = ENDED + 5 * MINUTE) -> None:
    """Looks each minute from an hour before April on, and an outage of ten minutes an hour after its beginning."""
    (folder / "slawatch.yaml").write_text(CONFIG.format(folder=folder))
    document = json.dumps(load(folder / "slawatch.yaml").document(PARK))
    await small.store.save_terms(PARK, "d", document, small.now)
    while small.now < until:
        await small.seen_by_all(DOWN if BEGAN <= small.now < ENDED else UP)
        small.now += MINUTE


async def test_the_figure_is_the_statements_at_the_outages_end(tmp_path: Path) -> None:
    async with living(tmp_path, MIDNIGHT - HOUR, terms()) as small:
        await an_evening(small, tmp_path)
        found = await month_so_far(small.store, PARK, ENDED, ENDED + SECOND)
        assert found == MonthSoFar(ENDED - 1, 10 * MINUTE, ALLOWED)


async def test_what_is_seen_and_declared_later_does_not_change_it(tmp_path: Path) -> None:
    async with living(tmp_path, MIDNIGHT - HOUR, terms()) as small:
        await an_evening(small, tmp_path)
        before = await month_so_far(small.store, PARK, ENDED, ENDED + SECOND)
        await small.store.declare([force_majeure(small.now)])
        small.now += HOUR
        await small.seen_by_all(DOWN)
        await small.seen_by_all(DOWN, recheck=True)
        assert await month_so_far(small.store, PARK, ENDED, ENDED + SECOND) == before


async def test_where_too_little_was_measured_nothing_is_said(tmp_path: Path) -> None:
    async with living(tmp_path, MIDNIGHT + 30 * MINUTE, terms()) as small:
        await an_evening(small, tmp_path)
        assert await month_so_far(small.store, PARK, ENDED, ENDED + SECOND) is None


async def test_where_nothing_was_agreed_nothing_is_said(tmp_path: Path) -> None:
    async with living(tmp_path, at("2026-04-01T00:00:00Z"), terms()) as small:
        assert await month_so_far(small.store, PARK, ENDED, ENDED + SECOND) is None
