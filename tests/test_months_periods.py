"""Rule 1 by hand: where a month begins and ends, and what lies over its edges."""

from pathlib import Path

import pytest
from by_hand import MARCH, Case, worked_out

CASES = (
    Case(
        "spring's month has 743 hours",
        "02-28 23:00:00 dashboard up 0.9",
        {"period.seconds": MARCH, "period.starts": "2026-02-28T23:00:00Z", "period.ends": "2026-03-31T22:00:00Z",
         "availability.seconds.up": MARCH, "availability.ratio": 1.0, "availability.coverage": 1.0, "availability.met": True},
    ),
    Case(
        "autumn's month has 745 hours",
        "09-30 22:00:00 dashboard up 0.9",
        {"period.seconds": 745 * 3600.0, "period.starts": "2026-09-30T22:00:00Z", "period.ends": "2026-10-31T23:00:00Z",
         "availability.seconds.up": 745 * 3600.0},
        month="2026-10",
    ),
    Case(
        "april in Auckland has 721 hours and begins in March",  # 30 x 24 + 1; NZDT is UTC+13, NZST UTC+12
        "03-31 11:00:00 dashboard up 0.9",
        {"period.seconds": 721 * 3600.0, "period.starts": "2026-03-31T11:00:00Z", "period.ends": "2026-04-30T12:00:00Z"},
        settings={"timezone": "Pacific/Auckland"},
        month="2026-04",
    ),
    Case(
        "a month that begins in a doubled hour begins at the earlier one",
        # Havana, 2026-11-01: 00:00 CDT is 04:00Z; at 01:00 CDT clocks go back to 00:00 CST, which is 05:00Z. 30 x 24 + 1 h
        "11-01 04:00:00 dashboard up 0.9",
        {"period.seconds": 721 * 3600.0, "period.starts": "2026-11-01T04:00:00Z", "period.ends": "2026-12-01T05:00:00Z"},
        settings={"timezone": "America/Havana"},
        month="2026-11",
    ),
    Case(
        "an outage over the month's start counts here from the month's start, and is shown whole",
        """02-28 12:00:00 dashboard up 0.9
           02-28 22:50:00 dashboard down connect
           02-28 22:51:00 dashboard down connect
           02-28 23:10:00 dashboard up 0.9""",
        {"availability.seconds.down": 600.0,  # 23:00 to 23:10
         "outages": [("2026-02-28T22:50:00Z", "2026-02-28T23:10:00Z", 600.0, "connect", ["dashboard"])]},
    ),
    Case(
        "and the month before has the rest of it",
        """01-31 23:00:00 dashboard up 0.9
           02-28 22:50:00 dashboard down connect
           02-28 22:51:00 dashboard down connect
           02-28 23:10:00 dashboard up 0.9""",
        {"availability.seconds.down": 600.0,  # 22:50 to 23:00
         "outages": [("2026-02-28T22:50:00Z", "2026-02-28T23:10:00Z", 600.0, "connect", ["dashboard"])]},
        month="2026-02",
    ),
    Case(
        "an outage that ended as the month began is not of this month",
        """02-28 22:50:00 dashboard down connect
           02-28 22:51:00 dashboard down connect
           02-28 23:00:00 dashboard up 0.9""",
        {"availability.seconds.down": 0.0, "outages": [], "availability.seconds.up": MARCH},
    ),
    Case(
        "a look after the month's end may confirm a failure before it",
        """02-28 23:00:00 dashboard up 0.9
           03-31 21:59:00 dashboard down dns
           03-31 22:00:30 dashboard down dns
           03-31 22:04:00 dashboard up 0.9""",
        {"complete": True, "availability.seconds.down": 60.0, "blips": 0,  # 21:59 to 22:00
         "outages": [("2026-03-31T21:59:00Z", "2026-03-31T22:04:00Z", 60.0, "dns", ["dashboard"])]},
    ),
    Case(
        "with until, looks from then on are not read",
        """02-28 23:00:00 dashboard up 0.9
           03-31 21:59:00 dashboard down dns
           03-31 22:00:00 dashboard down dns""",
        {"complete": True, "availability.seconds.down": 0.0, "blips": 1, "outages": []},
        until="2026-03-31T22:00:00Z",
    ),
    Case(
        "an outage that nothing ended stays open",
        """02-28 23:00:00 dashboard up 0.9
           03-31 21:00:00 dashboard down dns
           03-31 21:10:00 dashboard down dns""",
        # down 21:00 to 22:00 = 3600; lower: from the up at the month's start all is down; upper: up from 21:10 on, so 600
        {"availability.seconds.down": 3600.0, "availability.lower": 0.0, "availability.upper": 2_674_200 / 2_674_800,
         "outages": [("2026-03-31T21:00:00Z", None, 3600.0, "dns", ["dashboard"])]},
    ),
    Case(
        "a window over the month's edge excludes its part of the month",
        "02-28 20:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 7200.0,  # 23:00 to 01:00
         "exclusions": [("maintenance", "2026-02-28T22:00:00Z", "2026-03-01T01:00:00Z", True)]},
        windows="maintenance 02-28 22:00:00 03-01 01:00:00 announced=02-01 12:00:00",
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fact)
def test_a_month_worked_out_by_hand(case: Case, tmp_path: Path) -> None:
    worked_out(case, tmp_path)
