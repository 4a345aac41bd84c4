"""A statement's outages by the day: how long each day saw the customer down."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from slawatch.model import SECOND, Instant, Micros
from slawatch.rules.calendar import Period, day, parse
from slawatch.rules.document import Document


def down_days(outages: Iterable[Document], period: Period, zone: ZoneInfo) -> dict[Instant, Micros]:
    """By its midnight, each day of the period with an outage, and how long that day saw the customer down.

    Together they are the seconds that the statement counts, so of a day it may be 0. `outages`: as a statement of the
    period lists them. An outage over midnight is split where all of its time counts; where some was left out or unknown
    the statement does not say when, and its first day has it all.
    """
    found: dict[Instant, Micros] = {}
    for one in outages:
        starts = max(period.starts, parse(one["starts"]))
        ends = period.ends if one["ends"] is None else min(period.ends, parse(one["ends"]))
        counted = round(one["seconds"] * SECOND)
        whole, rest, at = counted == ends - starts, counted, starts
        while at < ends:
            today = day(at, zone)
            spent = min(ends, today.ends) - at if whole else rest
            found[today.starts] = found.get(today.starts, 0) + spent
            rest -= spent
            at = today.ends
    return found
