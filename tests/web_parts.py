"""The house of the web's tests, with all parts of its pages, and people in front of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

from web_house import HOUSE, House, house, live_into_december, live_through_november, served

from slawatch.app.archive import Archive
from slawatch.app.noticeboard import Noticeboard
from slawatch.app.outage_desk import OutageDesk
from slawatch.app.planning import Planner
from slawatch.app.rendering import Renderers, open_renderers
from slawatch.rules.permissions import ROLES, Permission, Role
from slawatch.web import maintenance, outages, status_pages, summaries
from slawatch.web.application import Part


def parts_of(house: House, renderers: Renderers) -> Sequence[Part]:
    wiring = cast("Any", house)
    return (
        summaries(Archive(wiring, renderers)),
        maintenance(Planner(wiring)),
        outages(OutageDesk(wiring)),
        status_pages(Noticeboard(wiring)),
    )


@asynccontextmanager
async def in_december(
    folder: Path, *, may: Collection[Permission] = ROLES[Role.OPERATOR], text: str = HOUSE
) -> AsyncIterator[tuple[House, str]]:
    """The house once November is closed, and the address of its pages."""
    async with house(folder, text) as lived:
        await live_through_november(lived)
        await live_into_december(lived)
        async with (
            open_renderers(lived.in_force) as renderers,
            served(lived.board, may=may, parts=parts_of(lived, renderers)) as address,
        ):
            yield lived, address
