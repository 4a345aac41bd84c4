"""Lists as a person reads them: nothing is cut, and each time is one instant."""

from zoneinfo import ZoneInfo

import pytest

from slawatch.cli.listing import laid_out, time
from slawatch.rules.calendar import parse
from slawatch.rules.wording import said

ROWS = [
    ["id", "customer", "starts", "text"],
    ["w1", "duinzicht", "2026-12-01 23:00", "Nieuwe versie"],
    ["w2.12", "woodland", "2026-12-05 02:00", ""],
]


@pytest.mark.parametrize("width", [None, 49])
def test_a_table_has_a_line_for_each_row_where_there_is_room(width: int | None) -> None:
    assert laid_out(ROWS, width) == [
        "id     customer   starts            text",
        "w1     duinzicht  2026-12-01 23:00  Nieuwe versie",
        "w2.12  woodland   2026-12-05 02:00",
    ]


def test_on_a_narrow_terminal_a_row_takes_several_lines_and_nothing_is_cut() -> None:
    assert laid_out(ROWS, 48) == [
        "id     customer   starts\n    text",
        "w1     duinzicht  2026-12-01 23:00\n    Nieuwe versie",
        "w2.12  woodland   2026-12-05 02:00",
    ]
    assert laid_out(ROWS, 10)[1] == "w1\n    duinzicht\n    2026-12-01 23:00\n    Nieuwe versie"


def test_a_letter_that_is_two_wide_moves_no_column() -> None:
    assert laid_out([["宿", "x"], ["ab", "y"]], None) == ["宿  x", "ab  y"]


@pytest.mark.parametrize(
    ("at", "shown"),
    [
        ("2026-10-24T23:59:00Z", "2026-10-25 01:59"),
        ("2026-10-25T00:30:11Z", "2026-10-25 02:30 CEST"),
        ("2026-10-25T01:30:11Z", "2026-10-25 02:30 CET"),
        ("2026-10-25T02:00:00Z", "2026-10-25 03:00"),
        ("2026-03-29T01:00:00Z", "2026-03-29 03:00"),
    ],
)
def test_a_time_that_the_clocks_show_twice_says_which_it_is(at: str, shown: str) -> None:
    amsterdam = ZoneInfo("Europe/Amsterdam")
    assert time("at", lambda _: amsterdam)({"at": at}) == shown
    assert said(parse(at), amsterdam) == shown
