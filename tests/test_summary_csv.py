"""A summary as CSV: what machines read, and what a Dutch Excel reads; no cell is ever a formula."""

from __future__ import annotations

import csv
from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from summary_samples import SAMPLES, broken, empty, kept, running

from slawatch.reporters.summary.facts import Promise, Summary
from slawatch.reporters.summary.tables.plain_text import QUOTE, exact, floored, harmless
from slawatch.reporters.summary.tables.separated import HEADER, Profile, as_csv
from slawatch.rules.calendar import parse

#: Part, item and field, and then value and unit.
Figures = dict[tuple[str, str, str], tuple[str, str]]


def read(written: bytes, delimiter: str) -> list[list[str]]:
    return list(csv.reader(StringIO(written.decode("utf-8-sig"), newline=""), delimiter=delimiter))


def figures(summary: Summary, profile: Profile = Profile.MACHINE, language: str = "en") -> Figures:
    delimiter = "," if profile is Profile.MACHINE else ";"
    header, *rows = read(as_csv(summary, language, profile), delimiter)
    assert len(header) == len(HEADER)
    found = {(part, item, field): (value, unit) for _, _, _, part, item, field, value, unit in rows}
    assert len(found) == len(rows), "two rows say the same figure"
    return found


@pytest.mark.parametrize("sample", SAMPLES)
def test_each_row_names_one_figure_and_no_two_the_same(sample: str) -> None:
    summary = SAMPLES[sample]()
    assert len(figures(summary)) == len(figures(summary, Profile.EXCEL)) > 300


def test_for_machines_it_is_rfc_4180_with_points_utc_and_english_names_whatever_the_language() -> None:
    written = as_csv(broken(), "nl", Profile.MACHINE)
    assert written == as_csv(broken(), "en", Profile.MACHINE)
    assert written.startswith(b"customer,month,revision,part,item,field,value,unit\r\nduinzicht,2026-03,2,")
    assert written.count(b"\n") == written.count(b"\r\n")

    said = figures(broken())
    assert said["availability", "", "down_seconds"] == ("6192", "seconds")
    assert said["outage", "1", "starts"] == ("2026-03-10T08:14:30Z", "time")
    assert said["outage", "1", "cause"] == ("http_5xx", "word")
    assert said["outage", "1", "checks"] == ("dashboard reservations", "words")
    assert said["window", "2", "why"] == ("late_notice", "word")
    assert said["promise", "availability", "met"] == ("false", "boolean")
    assert said["promise", "https", "figure"] == ("", "share")
    assert said["day", "2026-03-29", "unknown_seconds"] == ("5100", "seconds")
    assert said["setting", "terms.availability.objective", "value"] == ("0.999", "share")


def test_for_machines_nothing_is_rounded() -> None:
    ratio = broken().statement["availability"]["ratio"]
    assert float(figures(broken())["availability", "", "ratio"][0]) == ratio
    assert len(figures(broken())["availability", "", "ratio"][0]) > 12


def test_for_a_dutch_excel_it_has_semicolons_commas_a_mark_local_times_and_dutch_words() -> None:
    written = as_csv(broken(), "nl", Profile.EXCEL)
    assert written.startswith(b"\xef\xbb\xbfKlant;Maand;Revisie;Onderdeel;")

    said = figures(broken(), Profile.EXCEL, "nl")
    assert said["Beschikbaarheid", "", "Beschikbaarheid"] == ("0,997665", "aandeel")
    assert said["Storingen", "1", "Begin"] == ("2026-03-10 09:14:30", "CET")
    assert said["Storingen", "1", "Oorzaak"] == ("fout van de applicatie (5xx)", "woord")
    assert said["De maand", "", "Einde"] == ("2026-04-01 00:00:00", "CEST")
    assert said["Afspraken", "Snelheid", "Gehaald"] == ("ja", "ja of nee")
    assert said["Instellingen", "terms.availability.objective", "Waarde"] == ("0,999", "aandeel")


def test_a_time_that_the_clocks_show_twice_says_which_it_is() -> None:
    twice = replace(
        kept(),
        blips=(replace(kept().blips[0], at=parse("2026-10-25T00:30:00Z"), ends=parse("2026-10-25T01:30:00Z")),),
    )
    said = figures(twice, Profile.EXCEL)
    times = [
        value for (part, _, _), value in said.items() if part.startswith("Failures") and value[1] in {"CET", "CEST"}
    ]
    assert times == [("2026-10-25 02:30:00", "CEST"), ("2026-10-25 02:30:00", "CET")]


def test_a_month_that_is_not_closed_has_no_revision() -> None:
    rows = read(as_csv(running(), "nl", Profile.MACHINE), ",")
    assert {row[2] for row in rows[1:]} == {""}


def test_what_there_is_no_figure_of_is_an_empty_value() -> None:
    said = figures(empty())
    assert said["availability", "", "ratio"] == ("", "share")
    assert said["speed", "", "p95_seconds"] == ("", "seconds")


FORMULAS = [
    "=1+1",
    "+31 6",
    "-2",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\nx",
    "  =1",
    "\u200b=1",
    "\N{FULLWIDTH EQUALS SIGN}1",
    "\N{FULLWIDTH PLUS SIGN}1",
    "\N{FULLWIDTH HYPHEN-MINUS}1",
    "\N{FULLWIDTH COMMERCIAL AT}a",
    "\N{SMALL EQUALS SIGN}1",
    "\N{MINUS SIGN}1",
]


@pytest.mark.parametrize("written", FORMULAS)
@pytest.mark.parametrize("profile", Profile)
def test_what_reads_as_a_formula_is_text(written: str, profile: Profile) -> None:
    name = replace(broken(), name=written)
    assert [value for value, _ in figures(name, profile).values()].count(f"{QUOTE}{written}") == 1


def test_the_customer_a_page_and_a_promise_are_no_formulas_either() -> None:
    summary = replace(
        broken(),
        customer="=cmd|'/c calc'!A1",
        labels={"dashboard": "=A1"},
        promises=(Promise("+1", True, None, "@why"),),
    )
    for profile, delimiter in ((Profile.MACHINE, ","), (Profile.EXCEL, ";")):
        cells = [cell for row in read(as_csv(summary, "nl", profile), delimiter) for cell in row]
        assert f"{QUOTE}=cmd|'/c calc'!A1" in cells
        assert [cell for cell in cells if cell and cell.lstrip()[:1] in "=+-@"] == []


@given(st.text())
def test_harmless_text_is_the_text_or_the_text_behind_a_quote(text: str) -> None:
    assert harmless(text) in {text, f"{QUOTE}{text}"}
    assert not harmless(text).lstrip().startswith(("=", "+", "-", "@"))


def test_numbers_are_never_quoted() -> None:
    summary = broken()
    told = replace(
        summary, statement=summary.statement | {"availability": summary.statement["availability"] | {"lower": -0.5}}
    )
    assert figures(told)["availability", "", "lower"] == ("-0.5", "share")


@given(st.floats(min_value=0, max_value=1))
def test_a_share_is_never_shown_as_more_than_it_is(share: float) -> None:
    shown = floored(share)
    assert shown <= Decimal(repr(share)) < shown + Decimal("0.000001")


def test_a_share_a_little_under_the_objective_does_not_read_as_the_objective() -> None:
    assert exact(floored(0.9989999999)) == "0.998999"
    assert exact(floored(0.999)) == "0.999"


def test_the_same_summary_gives_the_same_bytes() -> None:
    assert as_csv(broken(), "nl", Profile.EXCEL) == as_csv(broken(), "nl", Profile.EXCEL)


def test_a_language_that_is_not_spoken_is_refused() -> None:
    with pytest.raises(LookupError):
        as_csv(broken(), "fy", Profile.EXCEL)


def test_what_operators_said_among_themselves_is_in_no_table() -> None:
    (first, *others) = broken().outages
    own, public = (replace(one, public=whose) for one, whose in zip(first.remarks, (False, True), strict=True))
    said = replace(broken(), outages=(replace(first, remarks=(own, public)), *others))
    values = [value for value, _ in figures(said).values()]
    assert public.text in values
    assert own.text not in values
