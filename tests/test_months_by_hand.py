"""Months small enough to work out by hand. Each says its inputs as lines a person can read and its seconds with the sum.

Instants are UTC. A look holds for 40 days here unless the case says otherwise, so that one `up` at the start speaks for
the month and only what the case is about remains. March 2026 in Amsterdam: 2026-02-28T23:00Z to 2026-03-31T22:00Z, 31 days
less one hour = 743 h = 2 674 800 s. The same cases are put to the oracle, which was written apart.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from oracle.compare import expected, first_difference
from oracle.months import Month
from oracle.replaying import replay
from oracle.settings import duinzicht

MARCH = 2_674_800.0
HELD = "40d"


@dataclass(frozen=True)
class Case:
    """`looks`: lines `MM-DD HH:MM:SS check verdict [seconds or cause] [recheck]`, or `... HH:MM:SS/60sx19 ...` for 19 of them
    each 60 s. `windows`: lines `kind starts ends key=value ...`. `settings`: dotted keys of the agreement or of a check.
    `expect`: dotted keys of the statement."""

    fact: str
    looks: str
    expect: dict[str, Any]
    windows: str = ""
    settings: dict[str, Any] = field(default_factory=dict)
    month: str = "2026-03"
    until: str | None = None


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
    Case(
        "outages of two checks that overlap are one",
        """02-28 23:00:00 dashboard up 0.9
           02-28 23:00:00 reservations up 0.9
           03-10 12:00:00 dashboard down dns
           03-10 12:01:00 dashboard down dns
           03-10 12:03:00 reservations down http_5xx
           03-10 12:04:00 reservations down http_5xx
           03-10 12:05:00 dashboard up 0.9
           03-10 12:10:00 reservations up 0.9""",
        {"availability.seconds.down": 600.0,
         "outages": [("2026-03-10T12:00:00Z", "2026-03-10T12:10:00Z", 600.0, "dns", ["dashboard", "reservations"])]},
    ),
    Case(
        "outages of two checks that touch are one",
        """02-28 23:00:00 dashboard up 0.9
           02-28 23:00:00 reservations up 0.9
           03-10 12:00:00 dashboard down dns
           03-10 12:01:00 dashboard down dns
           03-10 12:05:00 dashboard up 0.9
           03-10 12:05:00 reservations down http_5xx
           03-10 12:06:00 reservations down http_5xx
           03-10 12:10:00 reservations up 0.9""",
        {"availability.seconds.down": 600.0,
         "outages": [("2026-03-10T12:00:00Z", "2026-03-10T12:10:00Z", 600.0, "dns", ["dashboard", "reservations"])]},
    ),
    Case(
        "the customer is up where one check is and the other says nothing",
        """02-28 23:00:00 dashboard up 0.9
           03-31 21:00:00 reservations up 0.9
           03-10 12:00:00 dashboard unknown monitor_browser
           03-10 13:00:00 dashboard up 0.9""",
        {"availability.seconds.unknown": 3600.0, "availability.seconds.up": MARCH - 3600},
        settings={"reservations.stale_after": "5m"},
    ),
    Case(
        "a window over half of an outage takes that half out",
        # outage 12:00-13:00, window 12:30-13:30: down 1800, excluded 3600
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down dns
           03-10 12:01:00 dashboard down dns
           03-10 13:00:00 dashboard up 0.9""",
        {"availability.seconds.down": 1800.0, "availability.seconds.excluded": 3600.0, "availability.seconds.up": MARCH - 5400,
         "availability.ratio": (2_674_800 - 5400) / (2_674_800 - 3600),
         "outages": [("2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z", 1800.0, "dns", ["dashboard"])],
         "exclusions": [("maintenance", "2026-03-10T12:30:00Z", "2026-03-10T13:30:00Z", True)]},
        windows="maintenance 03-10 12:30:00 03-10 13:30:00 announced=03-01 12:00:00",
    ),
    Case(
        "overlapping exclusions are counted once",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 10_800.0},  # 12:00 to 15:00
        windows="""force_majeure 03-10 12:00:00 03-10 14:00:00
                   maintenance 03-10 13:00:00 03-10 15:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "as_up books maintenance as up, also where force majeure lies under it",
        # outage 11:00-16:00; force majeure 12-13 excluded, maintenance 13-15 up, down 11-12 and 15-16
        """02-28 23:00:00 dashboard up 0.9
           03-10 11:00:00 dashboard down dns
           03-10 11:01:00 dashboard down dns
           03-10 16:00:00 dashboard up 0.9""",
        {"availability.seconds.excluded": 3600.0, "availability.seconds.down": 7200.0,
         "availability.seconds.up": MARCH - 10_800},
        windows="""force_majeure 03-10 12:00:00 03-10 14:00:00
                   maintenance 03-10 13:00:00 03-10 15:00:00 announced=03-01 12:00:00""",
        settings={"maintenance.arithmetic": "as_up"},
    ),
    Case(
        "notice is due at the same wall-clock time, and a missing one moves forward by the gap",
        # 3 April 02:30 CEST is 00:30Z; 29 March 02:30 does not exist: 03:30 CEST, 01:30Z. The second is a microsecond late
        "03-31 22:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 3600.0,
         "exclusions": [("maintenance", "2026-04-03T00:30:00Z", "2026-04-03T01:30:00Z", True),
                        ("maintenance", "2026-04-03T00:30:00Z", "2026-04-03T02:30:00Z", False)]},
        windows="""maintenance 04-03 00:30:00 04-03 01:30:00 announced=03-29 01:30:00
                   maintenance 04-03 00:30:00 04-03 02:30:00 announced=03-29 01:30:00.000001""",
        month="2026-04",
    ),
    Case(
        "a doubled wall-clock time means the earlier",
        # 30 October 02:30 CET is 01:30Z; 25 October 02:30 is first 00:30Z (CEST), then 01:30Z (CET)
        "09-30 22:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 3600.0,
         "exclusions": [("maintenance", "2026-10-30T01:30:00Z", "2026-10-30T02:30:00Z", True),
                        ("maintenance", "2026-10-30T01:30:00Z", "2026-10-30T03:30:00Z", False)]},
        windows="""maintenance 10-30 01:30:00 10-30 02:30:00 announced=10-25 00:30:00 announced_by=servicedesk
                   maintenance 10-30 01:30:00 10-30 03:30:00 announced=10-25 00:30:01 announced_by=servicedesk""",
        month="2026-10",
    ),
    Case(
        "a window told of late, or not at all, does not exclude",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 0.0,
         "exclusions": [("maintenance", "2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z", False),
                        ("maintenance", "2026-03-11T12:00:00Z", "2026-03-11T13:00:00Z", False)]},
        windows="""maintenance 03-10 12:00:00 03-10 13:00:00 announced=03-09 12:00:00
                   maintenance 03-11 12:00:00 03-11 13:00:00""",
    ),
    Case(
        "late_notice excluded takes them out",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 7200.0},
        windows="""maintenance 03-10 12:00:00 03-10 13:00:00 announced=03-09 12:00:00
                   maintenance 03-11 12:00:00 03-11 13:00:00""",
        settings={"maintenance.late_notice": "excluded"},
    ),
    Case(
        "a window that ended early excludes until then, one that overran until its planned end",
        # 12:00-12:20 = 1200 and 12:00-13:00 = 3600
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 4800.0,
         "exclusions": [("maintenance", "2026-03-10T12:00:00Z", "2026-03-10T12:20:00Z", True),
                        ("maintenance", "2026-03-11T12:00:00Z", "2026-03-11T13:00:00Z", True)]},
        windows="""maintenance 03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00 ended=03-10 12:20:00
                   maintenance 03-11 12:00:00 03-11 13:00:00 announced=03-01 12:00:00 ended=03-11 14:00:00""",
    ),
    Case(
        "a hotfix counts, even when it was told of in time",
        "02-28 20:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 0.0,
         "exclusions": [("maintenance", "2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z", False)]},
        windows="maintenance 03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00 reason=hotfix",
    ),
    Case(
        "hotfix excluded takes it out without any notice",
        "02-28 20:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 3600.0},
        windows="maintenance 03-10 12:00:00 03-10 13:00:00 reason=hotfix",
        settings={"maintenance.hotfix": "excluded"},
    ),
    Case(
        "a window over the month's edge excludes its part of the month",
        "02-28 20:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 7200.0,  # 23:00 to 01:00
         "exclusions": [("maintenance", "2026-02-28T22:00:00Z", "2026-03-01T01:00:00Z", True)]},
        windows="maintenance 02-28 22:00:00 03-01 01:00:00 announced=02-01 12:00:00",
    ),
    Case(
        "too little measured gives no verdict",
        # until 02-28 23:00 + 100 h; measured 98 h of it, 30 s down (of 360 s allowed); coverage 98 %
        """02-28 23:00:00 dashboard up 0.9
           03-01 12:00:00 dashboard down dns
           03-01 12:00:10 dashboard down dns recheck
           03-01 12:00:30 dashboard up 0.9
           03-02 12:00:00 dashboard unknown monitor_network
           03-02 14:00:00 dashboard up 0.9""",
        {"availability.coverage": 0.98, "availability.met": None, "availability.why": "insufficient_coverage",
         "availability.ratio": (98 * 3600 - 30) / (98 * 3600)},
        until="2026-03-05T03:00:00Z",
    ),
    Case(
        "unless what was down is too much by itself",
        # 361 s down, more than 0.1 % of 100 h = 360 s
        """02-28 23:00:00 dashboard up 0.9
           03-01 12:00:00 dashboard down dns
           03-01 12:00:10 dashboard down dns recheck
           03-01 12:06:01 dashboard up 0.9
           03-02 12:00:00 dashboard unknown monitor_network
           03-02 14:00:00 dashboard up 0.9""",
        {"availability.coverage": 0.98, "availability.met": False, "availability.why": None,
         "availability.seconds.down": 361.0},
        until="2026-03-05T03:00:00Z",
    ),
    Case(
        "down alone of exactly what is allowed is not too much",
        # 360 s = 0.1 % of 100 h
        """02-28 23:00:00 dashboard up 0.9
           03-01 12:00:00 dashboard down dns
           03-01 12:00:10 dashboard down dns recheck
           03-01 12:06:00 dashboard up 0.9
           03-02 12:00:00 dashboard unknown monitor_network
           03-02 14:00:00 dashboard up 0.9""",
        {"availability.met": None, "availability.why": "insufficient_coverage", "availability.seconds.down": 360.0},
        until="2026-03-05T03:00:00Z",
    ),
    Case(
        "exactly 99 % measured is enough",
        # 100 h, 1 h of it unknown
        """02-28 23:00:00 dashboard up 0.9
           03-02 12:00:00 dashboard unknown monitor_network
           03-02 13:00:00 dashboard up 0.9""",
        {"availability.coverage": 0.99, "availability.met": True, "availability.why": None},
        until="2026-03-05T03:00:00Z",
    ),
    Case(
        "exactly as much down as allowed is met",
        # 0.1 % of 2 674 800 s = 2674.8 s: 12:00:00 to 12:44:34.8
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down dns
           03-10 12:44:34 dashboard down dns
           03-10 12:44:34.800000 dashboard up 0.9""",
        {"availability.seconds.down": 2674.8, "availability.ratio": 0.999, "availability.met": True},
        settings={"confirm.within": "1h"},
    ),
    Case(
        "a microsecond more is not, and not proven",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down dns
           03-10 12:44:34 dashboard down dns
           03-10 12:44:34.800001 dashboard up 0.9""",
        {"availability.met": False, "availability.proven_breach": False},  # the upper bound has 2674 s down
        settings={"confirm.within": "1h"},
    ),
    Case(
        "a breach is proven when the looks that failed span too much by themselves",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:00:00 dashboard down dns
           03-10 12:44:35 dashboard down dns
           03-10 12:45:00 dashboard up 0.9""",
        {"availability.met": False, "availability.proven_breach": True},  # 2675 s > 2674.8 s
        settings={"confirm.within": "1h"},
    ),
    Case(
        "nineteen of twenty at 3.000 s is met",
        """03-01 12:00:00/60sx19 dashboard up 3.000
           03-01 12:19:00 dashboard up 3.0001""",
        # 19 / 20 = 95 %; rank ceil(0.95 x 20) = 19: 3.000; 3.0001 rounds up to 3.001
        {"speed.loads": 20, "speed.slow": 1, "speed.share": 0.95, "speed.met": True, "speed.p95_seconds": 3.0},
    ),
    Case(
        "eighteen of nineteen is not",
        """03-01 12:00:00/60sx18 dashboard up 3
           03-01 12:18:00 dashboard up 3.0001""",
        # 18 / 19 = 94.7 %; rank ceil(18.05) = 19: 3.001
        {"speed.loads": 19, "speed.slow": 1, "speed.share": 18 / 19, "speed.met": False, "speed.p95_seconds": 3.001},
    ),
    Case(
        "a failed load is slower than any",
        # 20 loads, 2 of them failed and neither confirmed (11 minutes apart): rank 19 is a failed one
        """03-01 12:00:00/60sx9 dashboard up 0.5
           03-01 12:09:00 dashboard down http_5xx
           03-01 12:10:00/60sx9 dashboard up 0.5
           03-01 12:20:00 dashboard down http_5xx""",
        {"speed.loads": 20, "speed.slow": 2, "speed.share": 0.9, "speed.met": False, "speed.p95_seconds": None, "blips": 2},
    ),
    Case(
        "rechecks, unknown looks and looks while down or excluded are no loads",
        # dashboard: 12:00 up, 12:03 up (the outage's end). reservations: 11:00 only, 12:01 is in the dashboard's outage
        """03-01 11:00:00 reservations up 0.5
           03-01 12:00:00 dashboard up 1.1
           03-01 12:00:30 dashboard up 9 recheck
           03-01 12:01:00 dashboard down dns
           03-01 12:01:05 dashboard down dns recheck
           03-01 12:01:30 reservations up 0.7
           03-01 12:03:00 dashboard up 1.2
           03-01 12:04:00 dashboard unknown monitor_overload
           03-01 13:00:00 dashboard up 7
           03-01 13:30:00 dashboard up 1.3""",
        # excluded 13:00-13:30, half-open: 13:30 is a load again
        {"speed.loads": 4, "speed.slow": 0, "speed.pages.dashboard.loads": 3, "speed.pages.reservations.loads": 1,
         "speed.pages.dashboard.p95_seconds": 1.3, "speed.p95_seconds": 1.3},
        windows="force_majeure 03-01 13:00:00 03-01 13:30:00",
    ),
    Case(
        "any answer is reachable: the network figure knows no 503",
        """02-28 23:00:00 dashboard up 0.9
           02-28 23:00:00 http up 0.01
           03-10 12:00:00 http down http_5xx
           03-10 12:01:00 http down http_5xx
           03-10 12:05:00 http up 0.01
           03-11 12:00:00 http down connect
           03-11 12:01:00 http down connect
           03-11 12:05:00 http up 0.01""",
        {"network.seconds.down": 300.0, "network.seconds.up": MARCH - 300, "availability.seconds.down": 0.0, "outages": []},
    ),
    Case(
        "without an http check there is no network figure, and without loads no verdict on speed",
        "02-28 20:00:00 dashboard up 0.9",
        {"network": None, "speed.loads": 0, "speed.share": None, "speed.met": None, "speed.p95_seconds": None},
    ),
    Case(
        "nothing measured is no figure",
        "02-01 12:00:00 dashboard up 0.9",
        {"availability.ratio": None, "availability.lower": None, "availability.upper": None, "availability.coverage": 0.0,
         "availability.met": None, "availability.why": "insufficient_coverage", "availability.seconds.unknown": MARCH},
        settings={"dashboard.stale_after": "5m"},
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fact)
def test_a_month_worked_out_by_hand(case: Case, tmp_path: Path) -> None:
    month = as_month(case)
    answer = replay(month.write(tmp_path))
    assert answer.status == 0, answer.errors
    got = json.loads(answer.output)
    assert {key: found(got, key) for key in case.expect} == case.expect
    assert first_difference(expected(month), got) is None


def as_month(case: Case) -> Month:
    looks = [row for line in case.looks.splitlines() for row in look_rows(line.split(), case.month[:4])]
    pages = sorted({row["check"] for row in looks} - {"http"})
    config = configuration(pages, http=any(row["check"] == "http" for row in looks))
    for key, value in case.settings.items():
        turn(config, key, value)
    windows = [json.dumps(window_row(line, case.month[:4])) for line in case.windows.splitlines()]
    return Month(0, config, case.month, tuple(map(as_line, looks)), tuple(windows), case.until, whole_seconds=False)


def configuration(pages: list[str], *, http: bool) -> dict[str, Any]:
    config: dict[str, Any] = {
        "agreement": {
            "name": "Tommy 2.0",
            "timezone": "Europe/Amsterdam",
            "availability": {"objective": "99.90%", "checks": pages, "coverage": "99%"},
            "speed": {"objective": "95%", "within": "3s", "pages": pages},
            "maintenance": {"notice": "5d"},
            "confirm": {"failures": 2, "within": "10m", "recheck": "5s", "blips": "up"},
        },
        "login": {
            "path": "/login",
            "username": "#u",
            "password": "#p",
            "submit": "button",
            "inside": "nav",
            "outside": "form",
        },
        "pages": {
            page: {"path": f"/{page}", "ready": f"#{page}", "every": "60s", "timeout": "20s", "stale_after": HELD}
            for page in pages
        },
        "customers": [duinzicht()],
        "mail": {"sender": "storing@example.org", "relays": ["smtp://mail.example.org:587"]},
        "store": "sqlite:///slawatch.db",
    }
    if http:
        config["http"] = {"path": "/health", "every": "15s", "timeout": "5s", "stale_after": HELD}
    return config


def turn(config: dict[str, Any], key: str, value: object) -> None:
    """Set `timezone`, `confirm.failures` and the like, or a page's `dashboard.stale_after`; None takes a key away."""
    *path, last = key.split(".")
    place = config["agreement"]
    for part in path:
        place = place[part] if part in place else config["pages"][part]
    if value is None:
        del place[last]
    else:
        place[last] = value


def look_rows(words: list[str], year: str) -> list[dict[str, Any]]:
    day, time, check, verdict, *rest = words
    time, _, repeated = time.partition("/")
    every, _, times = repeated.partition("sx")
    first = datetime.fromisoformat(f"{year}-{day}T{time}+00:00")
    row: dict[str, Any] = {"check": check, "verdict": verdict}
    if rest:
        row["seconds" if verdict == "up" else "cause"] = rest[0]
    if "recheck" in rest:
        row["recheck"] = True
    return [
        {"at": (first + timedelta(seconds=int(every or 0) * n)).isoformat().replace("+00:00", "Z"), **row}
        for n in range(int(times or 1))
    ]


def as_line(row: dict[str, Any]) -> str:
    """The row as JSON, its seconds as the case wrote them."""
    seconds = row.get("seconds")
    line = json.dumps({key: value for key, value in row.items() if key != "seconds"})
    return line if seconds is None else f'{line[:-1]}, "seconds": {seconds}}}'


def window_row(line: str, year: str) -> dict[str, Any]:
    head, *options = line.split("=")
    words = head.split()

    def instant(day: str, time: str) -> str:
        return f"{year}-{day}T{time}Z"

    row: dict[str, Any] = {"kind": words[0], "starts": instant(*words[1:3]), "ends": instant(*words[3:5])}
    if words[0] == "force_majeure":
        row |= {"approved_by": "J. de Vries", "reason": "storm"}
    key = words[5] if len(words) > 5 else ""
    for option in options:
        value = option.split()
        taken = 1 if key in ("announced_by", "reason") else 2
        row[key] = value[0] if taken == 1 else instant(*value[:2])
        key = value[taken] if len(value) > taken else ""
    return row


def found(statement: dict[str, Any], key: str) -> Any:
    """The statement's value at a dotted key; outages and exclusions as tuples, in their order."""
    if key == "outages":
        return [(o["starts"], o["ends"], o["seconds"], o["cause"], sorted(o["checks"])) for o in statement["outages"]]
    if key == "exclusions":
        return [(e["kind"], e["starts"], e["ends"], e["counted"]) for e in statement["exclusions"]]
    place: Any = statement
    for part in key.split("."):
        place = place[part]
    return place
