"""A summary as a workbook, read back by another program's library."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from summary_samples import SAMPLES, broken, kept

from slawatch.reporters.summary.facts import Summary
from slawatch.reporters.summary.tables.sheet import MOST_LETTERS
from slawatch.reporters.summary.tables.workbook import as_xlsx

SHEETS = {
    "en": ["Summary", "Days", "Outages", "Maintenance", "Mails", "Speed", "Unknown time", "Twelve months", "Evidence"],
    "nl": [
        "Samenvatting",
        "Dagen",
        "Storingen",
        "Onderhoud",
        "Mails",
        "Snelheid",
        "Onbekende tijd",
        "Twaalf maanden",
        "Bewijs",
    ],
}


@cache
def book(sample: str, language: str = "en") -> Workbook:
    return opened(SAMPLES[sample](), language)


def opened(summary: Summary, language: str = "en") -> Workbook:
    return load_workbook(BytesIO(as_xlsx(summary, language)), rich_text=True)


def row(sheet: Worksheet, item: object) -> list[object]:
    """The first row that begins so."""
    return next([cell.value for cell in line] for line in sheet.iter_rows() if line[0].value == item)


@pytest.mark.parametrize("language", SHEETS)
@pytest.mark.parametrize("sample", SAMPLES)
def test_each_summary_opens_with_its_sheets(sample: str, language: str) -> None:
    made = book(sample, language)
    assert made.sheetnames == SHEETS[language]
    assert [len(sheet._charts) for sheet in made] == [1, 0, 0, 0, 0, 1, 0, 0, 0]


def test_the_first_sheet_says_the_verdict_of_each_promise_that_is_watched() -> None:
    sheet = book("broken")["Summary"]
    assert sheet["A1"].value == "Vakantiepark Duinzicht: March 2026"
    assert row(sheet, "Availability")[:4] == ["Availability", "Not met", 0.997665, 0.999]
    assert row(sheet, "Speed")[1] == "Met"
    assert row(book("unsure")["Summary"], "Availability")[1::3][:2] == ["Cannot be said", "too little was measured"]
    assert row(book("kept")["Summary"], "Availability")[1] == "Met"
    assert row(book("running")["Summary"], "Maintenance told in time")[1] == "Nothing happened"
    assert "Encrypted connections" in str([cell.value for cell in sheet["A"]])


def test_a_verdict_is_told_by_words_and_not_by_colour_alone() -> None:
    words = [cell for cell in book("broken", "nl")["Samenvatting"]["B"] if cell.value in {"Gehaald", "Niet gehaald"}]
    assert [cell.value for cell in words] == ["Niet gehaald", "Gehaald", "Niet gehaald", "Niet gehaald"]
    assert len({cell.fill.fgColor.rgb for cell in words}) == 2


def test_times_are_real_dates_of_the_zone_that_say_its_name() -> None:
    sheet = book("broken")["Outages"]
    begin = next(
        cell
        for line in sheet.iter_rows()
        for cell in line
        if cell.value == datetime.fromisoformat("2026-03-10 09:14:30")
    )
    assert begin.is_date
    assert begin.number_format == 'yyyy-mm-dd hh:mm:ss" CET"'


def test_lengths_are_durations_and_counts_are_numbers() -> None:
    told = row(book("broken")["Days"], datetime.fromisoformat("2026-03-10"))
    assert told[2] == timedelta(minutes=31, seconds=12)
    assert isinstance(told[5], int)


def test_a_share_shows_all_digits_that_its_cell_has() -> None:
    sheet = book("broken")["Summary"]
    cell = next(cell for cell in sheet["C"] if cell.value == 0.997665)
    assert cell.number_format == "0.0000%"
    near = broken()
    said = near.statement | {"availability": near.statement["availability"] | {"ratio": 0.99899999999}}
    assert row(opened(replace(near, statement=said))["Summary"], "At least")[1] == 0.997529
    values = [cell.value for cell in opened(replace(near, statement=said))["Summary"]["B"]]
    assert 0.998999 in values
    assert 0.999 in values  # the objective
    assert 0.99899999999 not in values


def test_text_is_never_a_formula_a_link_or_a_number() -> None:
    hostile = {"name": "=1+1", "labels": {"dashboard": "http://x.example", "reservations": "{=A1}"}}
    revisions = tuple(replace(one, who="=HYPERLINK(1)", why="007") for one in broken().revisions)
    written = as_xlsx(replace(broken(), **hostile, revisions=revisions), "en")
    found = load_workbook(BytesIO(written))
    kinds = {cell.data_type for sheet in found for line in sheet.iter_rows() for cell in line}
    assert "f" not in kinds
    assert [cell.hyperlink for sheet in found for line in sheet.iter_rows() for cell in line if cell.hyperlink] == []
    assert {"=HYPERLINK(1)", "007"} <= {cell.value for line in found["Evidence"].iter_rows() for cell in line}
    with ZipFile(BytesIO(written)) as zipped:
        assert not any(b"<f>" in zipped.read(name) for name in zipped.namelist() if "worksheets/" in name)


def test_text_that_no_cell_can_hold_is_cut() -> None:
    long = replace(broken(), windows=(replace(broken().windows[0], text="x" * 40_000),))
    texts = [cell.value for line in opened(long)["Maintenance"].iter_rows() for cell in line]
    assert max(len(text) for text in texts if isinstance(text, str)) == MOST_LETTERS


def test_headings_stay_in_sight_and_are_printed_on_each_page() -> None:
    sheet = book("broken")["Mails"]
    assert sheet.freeze_panes == "B2"
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.auto_filter.ref == "A1:J9"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)


def test_the_loads_by_seconds_are_all_loads_and_an_edge_lies_on_the_threshold() -> None:
    lines = [[cell.value for cell in line][:3] for line in book("kept")["Speed"].iter_rows(min_row=3, max_row=28)]
    edges = [edge for edge, *_ in lines]
    assert 3.0 in edges
    assert edges[-2:] == ["longer", "failed"]
    for turn, page in enumerate(kept().pages, 1):
        counted = [line[turn] for line in lines]
        assert sum(counted) == page.loads
        assert sum(counted[edges.index(3.0) + 1 :]) == page.slow


def test_the_same_summary_gives_the_same_bytes_and_says_when_it_was_known() -> None:
    assert as_xlsx(broken(), "nl") == as_xlsx(broken(), "nl")
    assert book("broken").properties.created == datetime.fromisoformat("2026-04-06 23:00")
    with ZipFile(BytesIO(as_xlsx(broken(), "nl"))) as zipped:
        assert {entry.date_time for entry in zipped.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_language_that_is_not_spoken_is_refused() -> None:
    with pytest.raises(LookupError):
        as_xlsx(broken(), "fy")
