"""Rule 7 by hand: windows that were moved, lengthened and shortened, told of in time and late."""

from pathlib import Path

import pytest
from by_hand import MARCH, Case, worked_out

CASES = (
    Case(
        "a window moved in time excludes its new time, and not its old",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 3600.0, "notices": [(3600.0, "mail", None)],
         "pieces": [("2026-03-10T18:00:00Z", "2026-03-10T19:00:00Z")]},
        windows="""maintenance 03-10 18:00:00 03-10 19:00:00 announced=03-01 12:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=02-20 12:00:00""",
    ),
    Case(
        "a window moved late excludes nothing",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 0.0, "notices": [(0.0, "mail", "late_notice")], "pieces": []},
        windows="""maintenance 03-10 18:00:00 03-10 19:00:00 announced=03-09 12:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "a window moved late by half an hour excludes the half hour that was told of",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 1800.0, "notices": [(1800.0, "mail", "late_notice")],
         "pieces": [("2026-03-10T12:30:00Z", "2026-03-10T13:00:00Z")]},
        windows="""maintenance 03-10 12:30:00 03-10 13:30:00 announced=03-09 12:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "a window lengthened in time excludes all of it",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 7200.0, "notices": [(7200.0, "declared", None)],
         "pieces": [("2026-03-10T12:00:00Z", "2026-03-10T14:00:00Z")]},
        windows="""maintenance 03-10 12:00:00 03-10 14:00:00 announced=03-02 12:00:00 announced_by=servicedesk
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "a window lengthened late excludes what it was before",
        # outage 11:00-14:00: down 11:00-12:00, and 13:00-14:00, of which nobody was told in time
        """02-28 23:00:00 dashboard up 0.9
           03-10 11:00:00 dashboard down dns
           03-10 11:01:00 dashboard down dns
           03-10 14:00:00 dashboard up 0.9""",
        {"availability.seconds.excluded": 3600.0, "availability.seconds.down": 7200.0, "notices": [(3600.0, "mail", "late_notice")],
         "outages": [("2026-03-10T11:00:00Z", "2026-03-10T14:00:00Z", 7200.0, "dns", ["dashboard"])],
         "exclusions": [("maintenance", "2026-03-10T12:00:00Z", "2026-03-10T14:00:00Z", True)],
         "pieces": [("2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z")]},
        windows="""maintenance 03-10 12:00:00 03-10 14:00:00 announced=03-09 12:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "a window that begins earlier, told late, excludes from when it began before",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 3600.0, "notices": [(3600.0, "mail", "no_notice")],
         "pieces": [("2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z")]},
        windows="""maintenance 03-10 11:00:00 03-10 13:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "a window lengthened by a notice entered too late excludes what it was before",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 3600.0, "notices": [(3600.0, "declared", "declared_late")],
         "pieces": [("2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z")]},
        windows="""maintenance 03-10 12:00:00 03-10 14:00:00 announced=03-01 12:00:00 announced_by=servicedesk entered=03-10 12:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00 announced_by=servicedesk entered=03-02 12:00:00""",
    ),
    Case(
        "a window that was shortened excludes all that is left of it, however late that was told",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 1800.0, "notices": [(1800.0, "mail", None)],
         "pieces": [("2026-03-10T12:15:00Z", "2026-03-10T12:45:00Z")]},
        windows="""maintenance 03-10 12:15:00 03-10 12:45:00 announced=03-09 12:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "two versions told in time and a late one over both exclude both pieces, not what lies between",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 5400.0, "notices": [(5400.0, "mail", "late_notice")],
         "pieces": [("2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z"), ("2026-03-10T14:00:00Z", "2026-03-10T14:30:00Z")]},
        windows="""maintenance 03-10 12:00:00 03-10 15:00:00 announced=03-09 12:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00
                   was         03-10 14:00:00 03-10 14:30:00 announced=03-02 12:00:00""",
    ),
    Case(
        "a window moved away and back is as good as its first notice",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 3600.0, "notices": [(3600.0, "mail", None)],
         "pieces": [("2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z")]},
        windows="""maintenance 03-10 12:00:00 03-10 13:00:00 announced=03-09 12:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00
                   was         03-10 18:00:00 03-10 19:00:00 announced=03-09 12:00:00""",
    ),
    Case(
        "one lengthened late that ended within its old time excludes until it ended",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 1800.0, "notices": [(1800.0, "mail", None)],
         "pieces": [("2026-03-10T12:00:00Z", "2026-03-10T12:30:00Z")]},
        windows="""maintenance 03-10 12:00:00 03-10 14:00:00 announced=03-09 12:00:00 ended=03-10 12:30:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "one that ended before the time that was told of excludes nothing",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 0.0, "notices": [(0.0, "mail", "late_notice")], "pieces": []},
        windows="""maintenance 03-10 11:00:00 03-10 13:00:00 announced=03-09 12:00:00 ended=03-10 11:30:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "one lengthened late that overran excludes what it was at first",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 3600.0, "notices": [(3600.0, "mail", "late_notice")],
         "pieces": [("2026-03-10T12:00:00Z", "2026-03-10T13:00:00Z")]},
        windows="""maintenance 03-10 12:00:00 03-10 14:00:00 announced=03-09 12:00:00 ended=03-10 15:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "late_notice excluded takes out all of a window that was lengthened late",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 7200.0, "notices": [(7200.0, "mail", None)],
         "pieces": [("2026-03-10T12:00:00Z", "2026-03-10T14:00:00Z")]},
        windows="""maintenance 03-10 12:00:00 03-10 14:00:00 announced=03-09 12:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
        settings={"maintenance.late_notice": "excluded"},
    ),
    Case(
        "a notice entered late is no better for an earlier version",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 0.0, "notices": [(0.0, "mail", "late_notice")], "pieces": []},
        windows="""maintenance 03-10 12:00:00 03-10 14:00:00 announced=03-09 12:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00 announced_by=servicedesk entered=03-10 12:00:00""",
    ),
    Case(
        "a hotfix that was lengthened counts whole",
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 0.0, "notices": [(0.0, "mail", "hotfix")], "pieces": []},
        windows="""maintenance 03-10 12:00:00 03-10 14:00:00 announced=03-09 12:00:00 reason=hotfix
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "as_up books only what was told of in time as up",
        """02-28 23:00:00 dashboard up 0.9
           03-10 11:00:00 dashboard down dns
           03-10 11:01:00 dashboard down dns
           03-10 14:00:00 dashboard up 0.9""",
        {"availability.seconds.excluded": 0.0, "availability.seconds.down": 7200.0, "availability.seconds.up": MARCH - 7200,
         "notices": [(3600.0, "mail", "late_notice")]},
        windows="""maintenance 03-10 12:00:00 03-10 14:00:00 announced=03-09 12:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
        settings={"maintenance.arithmetic": "as_up"},
    ),
    Case(
        "a load in the hour by which a window was lengthened late is a load",
        # 12:30 is left out; 13:00 is not
        """03-10 11:59:00 dashboard up 0.9
           03-10 12:30:00 dashboard up 9
           03-10 13:00:00 dashboard up 9""",
        {"speed.loads": 2, "speed.slow": 1},
        windows="""maintenance 03-10 12:00:00 03-10 14:00:00 announced=03-09 12:00:00
                   was         03-10 12:00:00 03-10 13:00:00 announced=03-01 12:00:00""",
    ),
    Case(
        "each version has a deadline of its own, over a change of the clocks too",
        # 30 October 02:30 CET (01:30Z) was due on the 25th at the first 02:30, 00:30Z; 03:30 CET (02:30Z) at 03:30 CET, 02:30Z.
        # Each was told of at its last instant, the whole of it never
        "09-30 22:00:00 dashboard up 0.9",
        {"notices": [(7200.0, "mail", None)], "pieces": [("2026-10-30T01:30:00Z", "2026-10-30T03:30:00Z")]},
        windows="""maintenance 10-30 01:30:00 10-30 03:30:00
                   was         10-30 01:30:00 10-30 02:30:00 announced=10-25 00:30:00
                   was         10-30 02:30:00 10-30 03:30:00 announced=10-25 02:30:00""",
        month="2026-10",
    ),
    Case(
        "and told of a second later each excludes nothing",
        "09-30 22:00:00 dashboard up 0.9",
        {"notices": [(0.0, None, "no_notice")], "pieces": []},
        windows="""maintenance 10-30 01:30:00 10-30 03:30:00
                   was         10-30 01:30:00 10-30 02:30:00 announced=10-25 00:30:01
                   was         10-30 02:30:00 10-30 03:30:00 announced=10-25 02:30:01""",
        month="2026-10",
    ),
    Case(
        "a window lengthened late over the month's edge excludes its old part of the month",
        # the month begins at 23:00: 23:00 to 00:00
        "02-28 23:00:00 dashboard up 0.9",
        {"availability.seconds.excluded": 3600.0, "notices": [(3600.0, "mail", "late_notice")],
         "pieces": [("2026-02-28T22:00:00Z", "2026-03-01T00:00:00Z")]},
        windows="""maintenance 02-28 22:00:00 03-01 02:00:00 announced=02-27 12:00:00
                   was         02-28 22:00:00 03-01 00:00:00 announced=02-01 12:00:00""",
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fact)
def test_a_month_worked_out_by_hand(case: Case, tmp_path: Path) -> None:
    worked_out(case, tmp_path)
