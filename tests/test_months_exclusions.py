"""Rule 6 by hand: what windows and force majeure take out."""

from pathlib import Path

import pytest
from by_hand import MARCH, Case, worked_out

CASES = (
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
        "an outage across a window counts before it and after it",
        # outage 11:00-14:00, window 12:00-13:00
        """02-28 23:00:00 dashboard up 0.9
           03-10 11:00:00 dashboard down dns
           03-10 11:01:00 dashboard down dns
           03-10 14:00:00 dashboard up 0.9""",
        {"availability.seconds.down": 7200.0, "availability.seconds.excluded": 3600.0, "availability.seconds.up": MARCH - 10_800,
         "outages": [("2026-03-10T11:00:00Z", "2026-03-10T14:00:00Z", 7200.0, "dns", ["dashboard"])]},
        windows="maintenance 03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00",
    ),
    Case(
        "an outage within a window costs nothing, and is shown",
        """02-28 23:00:00 dashboard up 0.9
           03-10 11:00:00 dashboard down dns
           03-10 11:01:00 dashboard down dns
           03-10 14:00:00 dashboard up 0.9""",
        {"availability.seconds.down": 0.0, "availability.seconds.excluded": 14_400.0, "availability.met": True,
         "outages": [("2026-03-10T11:00:00Z", "2026-03-10T14:00:00Z", 0.0, "dns", ["dashboard"])]},
        windows="maintenance 03-10 10:00:00 03-10 14:00:00 announced=03-01 12:00:00",
    ),
    Case(
        "what is unknown within a window is excluded too",
        """02-28 23:00:00 dashboard up 0.9
           03-10 12:30:00 dashboard unknown monitor_network
           03-10 13:30:00 dashboard up 0.9""",
        {"availability.seconds.excluded": 3600.0, "availability.seconds.unknown": 1800.0, "availability.seconds.up": MARCH - 5400},
        windows="maintenance 03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00",
    ),
    Case(
        "two windows that overlap are counted once, and each shows its own",
        # 12:00 to 15:00
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 10_800.0, "notices": [(7200.0, "mail", None), (7200.0, "mail", None)]},
        windows="""maintenance 03-10 12:00:00 03-10 14:00:00 announced=03-01 12:00:00
                   maintenance 03-10 13:00:00 03-10 15:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "a month that is excluded whole has no verdict",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": MARCH, "availability.ratio": None, "availability.coverage": None, "availability.met": None,
         "availability.why": "all_excluded"},
        windows="force_majeure 02-28 12:00:00 04-01 12:00:00",
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fact)
def test_a_month_worked_out_by_hand(case: Case, tmp_path: Path) -> None:
    worked_out(case, tmp_path)
