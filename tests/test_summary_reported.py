"""What a summary says of promises that others report on: incidents, copies and restores."""

from __future__ import annotations

from dataclasses import replace

import pytest
from summary_building import at
from summary_samples import kept
from test_summary_html import page

from slawatch.reporters.summary.facts import Promise, Summary, Unit
from slawatch.reporters.summary.tables.separated import Profile, as_csv

TRIED = at("2026-10-14T21:30:00+02:00")
REPORTED = (
    Promise("backup-replica", True, True, None, 1.0, 1.0),
    Promise("backup-hourly", True, False, None, 0.99986, 1.0),
    Promise("backup-daily", True, True, None, 1.0, 1.0),
    Promise("restore", True, True, None, 2520.0, 3600.0, Unit.SECONDS, at=TRIED),
    Promise("incidents", True, False, None, 0.95, 1.0, cases=40),
)


def reporting(*promises: Promise) -> Summary:
    summary = kept()
    told = {one.id: one for one in promises}
    return replace(summary, promises=tuple(told.get(one.id, one) for one in summary.promises))


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            (
                "Not kept: a backup each hour and incidents dealt with in time.",
                "Share of the time in which the last good backup was at most 1 h 5 min old.",
                "Share of the time in which the last good backup of everything was at most 26 h old.",
                "Dealt with in time: 38 of 40 incidents whose term ended in this month.",
                "99.98%",
                "42 min",
            ),
        ),
        (
            "nl",
            (
                "Op tijd behandeld: 38 van de 40 incidenten waarvan de termijn in deze maand afliep.",
                "Deel van de gemelde tijd waarin de kopie hoogstens een seconde achterliep.",
                "99,98%",
                "bij de laatste test, op woensdag 14 oktober 2026",
            ),
        ),
    ],
)
def test_what_others_report_is_told_with_what_it_is_of(language: str, sentences: tuple[str, ...]) -> None:
    told = page(reporting(*REPORTED), language).text

    assert [one for one in sentences if one not in told] == []


def test_what_failed_or_was_hardly_reported_says_so() -> None:
    failed = replace(REPORTED[3], met=False, figure=None)
    silent = replace(REPORTED[0], met=None, why="insufficient_reports")
    told = page(reporting(failed, silent)).text

    assert "The restore that was tried on" in told
    assert "Too little was reported to judge; what nobody reports cannot be shown." in told
    assert "too little was reported" in as_csv(reporting(silent), "en", Profile.EXCEL).decode()
