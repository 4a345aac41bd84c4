"""Rule 8 by hand: loads, their share and the 95th percentile."""

from pathlib import Path

import pytest
from by_hand import Case, worked_out

CASES = (
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
        "without an http check there is no network figure, and without loads no verdict on speed",
        "02-28 20:00:00 dashboard up 0.9",
        {"network": None, "speed.loads": 0, "speed.share": None, "speed.met": None, "speed.p95_seconds": None},
    ),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fact)
def test_a_month_worked_out_by_hand(case: Case, tmp_path: Path) -> None:
    worked_out(case, tmp_path)
