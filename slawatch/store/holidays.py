"""Holidays: the list of a year, as it was when it was first used. Rows are added, never changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from sqlalchemy import Connection, select

from slawatch.model import Holidays, Instant
from slawatch.store.inserting import insert_new
from slawatch.store.schema import holidays as table


def frozen(connection: Connection, calendar: str, years: Iterable[int]) -> dict[int, Holidays]:
    """The lists of those years that have one, by year."""
    query = select(table).where(table.c.calendar == calendar, table.c.year.in_(sorted(years))).order_by(table.c.year)
    return {
        row.year: Holidays(tuple(map(date.fromisoformat, json.loads(row.dates))), row.source)
        for row in connection.execute(query)
    }


def freeze(
    connection: Connection, calendar: str, years: Iterable[int], propose: Callable[[int], Holidays], recorded: Instant
) -> dict[int, Holidays]:
    """As `complete`, and what was proposed is frozen from now on."""
    kept = frozen(connection, calendar, years)
    found = complete(kept, years, propose)
    rows = [
        {
            "calendar": calendar,
            "year": year,
            "dates": json.dumps([day.isoformat() for day in one.dates]),
            "source": one.source,
            "recorded": recorded,
        }
        for year, one in found.items()
        if year not in kept
    ]
    insert_new(connection, table, rows)
    return found


def complete(
    kept: Mapping[int, Holidays], years: Iterable[int], propose: Callable[[int], Holidays]
) -> dict[int, Holidays]:
    """The list of each year: the one that is kept, else what is proposed."""
    return {year: kept[year] if year in kept else propose(year) for year in sorted(years)}
