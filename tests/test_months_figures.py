"""Rules 4 and 6 by hand: several checks, the network, what is enough to judge, and what is met."""

from pathlib import Path

import pytest
from by_hand import MARCH, Case, worked_out

CASES = (
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
        "nothing measured is no figure",
        "02-01 12:00:00 dashboard up 0.9",
        {"availability.ratio": None, "availability.lower": None, "availability.upper": None, "availability.coverage": 0.0,
         "availability.met": None, "availability.why": "insufficient_coverage", "availability.seconds.unknown": MARCH},
        settings={"dashboard.stale_after": "5m"},
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fact)
def test_a_month_worked_out_by_hand(case: Case, tmp_path: Path) -> None:
    worked_out(case, tmp_path)
