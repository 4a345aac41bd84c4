"""Rules 2, 3 and 5 by hand: looks, silence, confirmation, blips and bounds."""

from pathlib import Path

import pytest
from by_hand import MARCH, Case, worked_out

CASES = (
    Case(
        "an outage starts at its first failed look and ends at the first up",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down http_5xx
           03-10 12:00:05 dashboard down timeout_ready recheck
           03-10 12:05:00 dashboard up 0.9""",
        # 12:00:00 to 12:05:00 = 300 s; 1 - 300 / 2674800
        {"availability.seconds.down": 300.0, "availability.seconds.up": MARCH - 300, "availability.ratio": 2_674_500 / 2_674_800,
         "outages": [("2026-03-10T12:00:00Z", "2026-03-10T12:05:00Z", 300.0, "http_5xx", ["dashboard"])], "blips": 0},
    ),
    Case(
        "a failure that no second look confirms counts as up, and as down in the lower bound",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down http_5xx
           03-10 12:00:05 dashboard up 0.9 recheck""",
        {"availability.seconds.down": 0.0, "blips": 1, "outages": [], "availability.upper": 1.0,
         "availability.lower": 2_674_795 / 2_674_800},  # 5 s
    ),
    Case(
        "with blips down its seconds count, but it is no outage and moves no bound",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down http_5xx
           03-10 12:00:05 dashboard up 0.9 recheck""",
        {"availability.seconds.down": 5.0, "blips": 1, "outages": [], "availability.ratio": 2_674_795 / 2_674_800,
         "availability.lower": 2_674_795 / 2_674_800, "availability.upper": 2_674_795 / 2_674_800},
        settings={"confirm.blips": "down"},
    ),
    Case(
        "an open failure that was not confirmed counts as up",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down http_5xx""",
        # until 12:01:00: 9 days 13 h 1 min since 02-28 23:00 = 824 460 s
        {"complete": False, "period.seconds": 824_460.0, "availability.seconds.down": 0.0, "blips": 1, "outages": [],
         "availability.lower": 824_400 / 824_460},  # 60 s
        until="2026-03-10T12:01:00Z",
    ),
    Case(
        "a look speaks for three intervals and then there is silence",
        # every 60 s, so 180 s each: 23:00 to 23:03 up, unknown to 23:10, up to 23:13; until 23:20
        """02-28 23:00:00 dashboard up 0.9
           02-28 23:10:00 dashboard up 0.9""",
        {"availability.seconds.up": 360.0, "availability.seconds.unknown": 840.0, "availability.coverage": 360 / 1200,
         "availability.ratio": 1.0, "availability.met": None, "availability.why": "insufficient_coverage"},
        settings={"dashboard.stale_after": None},
        until="2026-02-28T23:20:00Z",
    ),
    Case(
        "an unknown look holds as unknown and does not break a run",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down http_5xx
           03-10 12:01:00 dashboard unknown monitor_network
           03-10 12:02:00 dashboard down http_5xx
           03-10 12:03:00 dashboard up 0.9""",
        {"availability.seconds.down": 120.0, "availability.seconds.unknown": 60.0,  # 12:00-12:01, 12:02-12:03
         "outages": [("2026-03-10T12:00:00Z", "2026-03-10T12:03:00Z", 120.0, "http_5xx", ["dashboard"])]},
    ),
    Case(
        "silence does not break a run either",
        # each holds 180 s; down 12:00-12:03, silence to 12:09, down 12:09-12:10; before 12:00 all is silence but 23:00-23:03
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down http_5xx
           03-10 12:09:00 dashboard down http_5xx
           03-10 12:10:00 dashboard up 0.9""",
        {"availability.seconds.down": 240.0, "availability.seconds.up": 360.0,
         "outages": [("2026-03-10T12:00:00Z", "2026-03-10T12:10:00Z", 240.0, "http_5xx", ["dashboard"])]},
        settings={"dashboard.stale_after": None},
    ),
    Case(
        "a second failure exactly 10 minutes on confirms",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down dns
           03-10 12:10:00 dashboard down tls
           03-10 12:15:00 dashboard up 0.9""",
        {"availability.seconds.down": 900.0, "blips": 0,
         "outages": [("2026-03-10T12:00:00Z", "2026-03-10T12:15:00Z", 900.0, "dns", ["dashboard"])]},
    ),
    Case(
        "a microsecond later it does not: two blips",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down dns
           03-10 12:10:00.000001 dashboard down tls
           03-10 12:15:00 dashboard up 0.9""",
        {"availability.seconds.down": 0.0, "blips": 2, "outages": [], "availability.lower": 2_673_900 / 2_674_800},  # 900 s
    ),
    Case(
        "a count started anew gives the outage its start",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down dns
           03-10 12:20:00 dashboard down tls
           03-10 12:21:00 dashboard down tls
           03-10 12:30:00 dashboard up 0.9""",
        # down 12:20-12:30 = 600. lower: from the up on 02-28 23:00 to 12:30 down = 824 400 + 600 + 1200 = 826 200 s
        # upper: 12:20-12:21 = 60
        {"availability.seconds.down": 600.0, "blips": 1, "availability.lower": (2_674_800 - 826_200) / 2_674_800,
         "availability.upper": (2_674_800 - 60) / 2_674_800,
         "outages": [("2026-03-10T12:20:00Z", "2026-03-10T12:30:00Z", 600.0, "tls", ["dashboard"])]},
    ),
    Case(
        "once confirmed a run stays so, however far apart its failures",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down dns
           03-10 12:01:00 dashboard down dns
           03-10 14:00:00 dashboard down dns
           03-10 15:00:00 dashboard up 0.9""",
        {"availability.seconds.down": 10_800.0, "blips": 0},
    ),
    Case(
        "three failures may be asked for",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down dns
           03-10 12:01:00 dashboard down dns
           03-10 12:02:00 dashboard up 0.9
           03-11 12:00:00 dashboard down dns
           03-11 12:01:00 dashboard down dns
           03-11 12:02:00 dashboard down dns
           03-11 12:03:00 dashboard up 0.9""",
        {"availability.seconds.down": 180.0, "blips": 1},  # the second day only
        settings={"confirm.failures": 3},
    ),
    Case(
        "the bounds say what could have been between the looks",
        """02-28 23:00:00 dashboard up 0.9
           03-10 11:59:00 dashboard up 0.9
           03-10 12:00:00 dashboard down dns
           03-10 12:04:00 dashboard down dns
           03-10 12:05:00 dashboard up 0.9""",
        # down 12:00-12:05 = 300; lower from 11:59 = 360; upper to 12:04 = 240
        {"availability.ratio": 2_674_500 / 2_674_800, "availability.lower": 2_674_440 / 2_674_800,
         "availability.upper": 2_674_560 / 2_674_800},
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fact)
def test_a_month_worked_out_by_hand(case: Case, tmp_path: Path) -> None:
    worked_out(case, tmp_path)
