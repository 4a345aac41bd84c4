"""Rule 7 by hand: what was told when, early ends, overruns and hotfixes."""

from pathlib import Path

import pytest
from by_hand import Case, worked_out

CASES = (
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
        "five days over the change to summer time are 119 hours",
        # 1 April 12:00 CEST is 10:00Z; 27 March 12:00 CET is 11:00Z
        "03-31 22:00:00 dashboard up 0.9",
        {"notices": [(3600.0, "mail", None), (0.0, "mail", "late_notice")]},
        windows="""maintenance 04-01 10:00:00 04-01 11:00:00 announced=03-27 11:00:00
                   maintenance 04-01 10:00:00 04-01 12:00:00 announced=03-27 11:00:01""",
        month="2026-04",
    ),
    Case(
        "five days over the change to winter time are 121 hours",
        # 27 October 12:00 CET is 11:00Z; 22 October 12:00 CEST is 10:00Z
        "09-30 22:00:00 dashboard up 0.9",
        {"notices": [(3600.0, "mail", None), (0.0, "mail", "late_notice")]},
        windows="""maintenance 10-27 11:00:00 10-27 12:00:00 announced=10-22 10:00:00
                   maintenance 10-27 11:00:00 10-27 13:00:00 announced=10-22 10:00:01""",
        month="2026-10",
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
        "a notice that was entered when the window had begun proves nothing",
        "02-28 23:00:00 dashboard up 0.9",
        {"notices": [(0.0, "declared_late", "declared_late"), (3600.0, "declared", None)]},
        windows="""maintenance 03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00 announced_by=servicedesk entered=03-10 12:00:00
                   maintenance 03-11 12:00:00 03-11 13:00:00 announced=03-01 12:00:00 announced_by=servicedesk entered=03-11 11:59:59.999999""",
    ),
    Case(
        "late_notice excluded forgives that one too",
        "02-28 23:00:00 dashboard up 0.9",
        {"notices": [(3600.0, "declared_late", None)]},
        windows="maintenance 03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00 announced_by=servicedesk entered=03-10 12:00:00",
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
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fact)
def test_a_month_worked_out_by_hand(case: Case, tmp_path: Path) -> None:
    worked_out(case, tmp_path)
