"""Months back: the same time of day, whatever the clocks and the lengths of months do between."""

from zoneinfo import ZoneInfo

import pytest

from slawatch.rules.calendar import months_before, parse, text

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("at", "months", "expected"),
    [
        ("2031-04-15T10:00:00Z", 61, "2026-03-15T11:00:00Z"),  # 12:00 in summer, 12:00 in winter
        ("2026-03-31T12:00:00Z", 13, "2025-02-28T13:00:00Z"),  # February has no 31st
        ("2025-03-31T12:00:00Z", 13, "2024-02-29T13:00:00Z"),
        ("2026-01-31T22:59:59.999999Z", 1, "2025-12-31T22:59:59.999999Z"),
        ("2026-01-31T23:00:00Z", 1, "2025-12-31T23:00:00Z"),  # the first of a month, there
        ("2027-04-28T00:30:00Z", 13, "2026-03-28T01:30:00Z"),
        ("2027-04-29T00:30:00Z", 13, "2026-03-29T01:30:00Z"),  # 02:30 is skipped that night, and moves forward
        ("2126-11-25T12:00:00Z", 1200, "2026-11-25T12:00:00Z"),
    ],
)
def test_months_before_an_instant_by_hand(at: str, months: int, expected: str):
    assert text(months_before(parse(at), months, AMSTERDAM)) == expected
