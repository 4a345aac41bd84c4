"""The summary as HTML: what it says first, what it may not do, and that each mark stands where it belongs."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from summary_building import ZONE, at
from summary_samples import SAMPLES, broken, empty, kept, running, unsure

from slawatch.model import HOUR, MINUTE, SECOND, Cause
from slawatch.reporters.summary.facts import Booked, PageTimes, Promise, Summary, Unit
from slawatch.reporters.summary.page.allowance import allowance
from slawatch.reporters.summary.page.calendar_chart import weeks
from slawatch.reporters.summary.page.first_page import first_page
from slawatch.reporters.summary.page.html import as_html, css_string
from slawatch.reporters.summary.page.pen import Pen
from slawatch.reporters.summary.page.speed_chart import histograms
from slawatch.reporters.summary.page.trend_chart import BOTTOM, TOP, availability_trend, speed_trend
from slawatch.reporters.wording.promised import PROMISES
from slawatch.reporters.wording.seen import CAUSES, UNSEEN
from slawatch.rules.promises import NOTHING_HAPPENED, ORDER
from slawatch.rules.verdict import kept as answer

LANGUAGES = ("nl", "en")


class Page(HTMLParser):
    """The tags, attributes and words of a page; `first`: the words of the first element of each class."""

    def __init__(self, html: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.first: dict[str, str] = {}
        self._class = ""
        self.feed(html.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._class = dict(attrs).get("class") or ""

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.words.append(" ".join(data.split()))
            self.first.setdefault(self._class, self.words[-1])

    @property
    def text(self) -> str:
        return spaced(" ".join(self.words))


def spaced(text: str) -> str:
    """With plain spaces for those that break no line."""
    return text.replace("\N{NO-BREAK SPACE}", " ")


def page(summary: Summary, language: str = "en") -> Page:
    return Page(as_html(summary, language))


def cell(summary: Summary, number: int):
    cells = (one for week in weeks(Pen(summary, "en")) for one in week.cells if one is not None)
    return next(one for one in cells if one.number == number)


# -- the answer -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "english", "dutch"),
    [
        ("kept", "The agreement was kept", "De afspraken zijn nagekomen"),
        ("broken", "The agreement was not kept", "De afspraken zijn niet nagekomen"),
        (
            "unsure",
            "Whether the agreement was kept cannot be said",
            "Of de afspraken zijn nagekomen, is niet te zeggen",
        ),
        ("empty", "Whether the agreement was kept cannot be said", "Of de afspraken zijn nagekomen, is niet te zeggen"),
        ("running", "So far the agreement is kept", "De afspraken worden tot nu toe nagekomen"),
    ],
)
def test_the_answer_stands_first_in_words(name: str, english: str, dutch: str) -> None:
    summary = SAMPLES[name]()
    assert page(summary, "en").first["verdict"] == english
    assert page(summary, "nl").first["verdict"] == dutch


def test_one_broken_promise_breaks_the_agreement_and_one_without_occasion_leaves_it_alone() -> None:
    held, doubtful = Promise("speed", True, True), Promise("availability", True, None, "insufficient_coverage")
    idle, other = Promise("maintenance", True, None, NOTHING_HAPPENED), Promise("restore", False, None, "not_watched")
    assert answer([held, idle, other]) is True
    assert answer([held, doubtful]) is None
    assert answer([held, doubtful, Promise("speed", True, False)]) is False
    assert answer([idle, other]) is None


def test_a_figure_is_cut_off_and_never_rounded_up_to_what_was_agreed() -> None:
    pen = Pen(kept(), "nl")
    assert pen.share(0.99899999) == "99,899%"
    assert pen.share(0.9999999) == "99,999%"
    assert pen.share(1.0) == "100,000%"
    assert pen.share(None) == "\N{EN DASH}"


@pytest.mark.parametrize(
    ("promise", "figure", "objective"),
    [
        (Promise("availability", True, True, None, 0.9999956, 0.999995), "99.9995%", "at least 99.9995%"),
        (Promise("availability", True, False, None, 0.9999949, 0.999995), "99.9994%", "at least 99.9995%"),
        (Promise("speed", True, True, None, 0.95125, 0.95125), "95.125%", "at least 95.125%"),
        (Promise("speed", True, False, None, 2 / 3, 2 / 3 + 1e-7), "66.666666%", "at least 66.666677%"),
        (Promise("outage-mail", True, True, None, 299.2, 300.0, Unit.SECONDS), "5 min", "at most 5 min"),
        (Promise("outage-mail", True, False, None, 300.000001, 300.0, Unit.SECONDS), "5 min 1 s", "at most 5 min"),
        (Promise("outage-mail", True, True, None, 0.25, 300.0, Unit.SECONDS), "under 1 s", "at most 5 min"),
    ],
)
def test_a_figure_never_reads_better_or_worse_than_its_verdict(promise: Promise, figure: str, objective: str) -> None:
    (said,) = first_page(Pen(replace(kept(), promises=(promise,)), "en")).promises
    assert (spaced(said.figure), spaced(said.objective)) == (figure, objective)


def test_downtime_is_held_against_what_the_measured_time_allows_and_while_the_month_runs_against_all_of_it() -> None:
    late = allowance(Pen(broken(), "en"))
    assert (spaced(late.down_text), spaced(late.allowed_text)) == ("1 h 43 min 12 s", "44 min 12 s")
    assert late.exceeded
    now = allowance(Pen(running(), "en"))
    assert now.allowed == 30 * 24 * HOUR // 1000  # nothing is left out of November's 720 hours
    assert not now.exceeded


@pytest.mark.parametrize("down", [2654.0, 2655.0])
def test_the_bar_agrees_with_the_verdict_also_where_some_of_the_month_was_not_seen(down: float) -> None:
    """0.9 % of March unknown: of what was seen, some 2,654 s may be down; of the whole month some 20 s more."""
    whole = kept()
    up = 2_674_800 * 0.991 - down
    seconds = {"up": up, "down": down, "excluded": 0.0, "unknown": 2_674_800 - up - down}
    ratio = up / (up + down)
    figures = {
        **whole.statement["availability"],
        "seconds": seconds,
        "ratio": ratio,
        "coverage": 0.991,
        "met": ratio >= 0.999,
    }
    bar = allowance(Pen(replace(whole, statement={**whole.statement, "availability": figures}), "en"))
    assert figures["coverage"] * 2_674_800 * 0.001 * SECOND == pytest.approx(bar.allowed, abs=SECOND)
    assert (2650 < down < 2675, bar.exceeded) == (True, not figures["met"])


def test_what_is_not_measured_is_said_so_in_one_line() -> None:
    said = page(kept()).text
    assert "Not measured by slawatch, and so not judged here: a copy each second, a backup each hour," in said


# -- the evidence -----------------------------------------------------------------------------------------------------


def test_an_outage_is_told_with_its_confirmation_its_remarks_and_each_mail() -> None:
    said = page(broken()).text
    for part in (
        "Tue 10 Mar 09:14:30 \N{EN DASH} 09:45:42",
        "The application showed an error instead of the page.",
        "Tue 10 Mar 09:14:36, 6 s after it began",
        "Tue 10 Mar 09:25, K. de Boer, TOM-4711",
        "receptie@duinzicht.example Tue 10 Mar 09:14:47 11 s",
        "receptie@duinzicht.example refused \N{EN DASH}",
    ):
        assert part in said


def test_what_operators_said_among_themselves_is_not_told() -> None:
    assert "Database vol; ruimte wordt gemaakt." in page(broken()).text
    assert "Alarm op schijfruimte verscherpt." not in page(broken()).text


def test_a_window_says_when_it_was_to_be_told_when_it_was_and_why_it_counts() -> None:
    said = page(broken()).text
    assert "Thu 12 Mar 23:30 Sat 14 Mar 09:00, by mail" in said
    assert "Counts: told too late" in said
    assert "Left out: 4 h" in said


def test_an_outage_of_now_is_not_over() -> None:
    assert "Thu 19 Nov 14:11:20, not over yet" in page(running()).text


def test_every_cause_and_every_promise_has_words() -> None:
    assert {*CAUSES, *UNSEEN} == set(Cause)
    assert tuple(PROMISES) == ORDER


def test_the_sum_stands_there_with_the_months_own_numbers() -> None:
    said = page(broken()).text
    assert "up / (up + down) = 2645988.0 s / (2645988.0 s + 6192.0 s) = 0.9976653168336991" in said


def test_bounds_network_revisions_and_digests_are_told() -> None:
    summary = broken()
    said = page(summary).text
    assert (
        "With every doubt counted as down, availability would be 99.752%; with every doubt counted as up, 99.780%."
        in said
    )
    assert "the servers answered at all, whatever they said, 99.943% of the time" in said
    assert "Storm op 24 maart alsnog erkend als overmacht" in said
    for digest in (summary.statement["inputs_sha256"], *(one.digest for one in summary.revisions)):
        assert digest in said


def test_terms_that_were_other_before_show_what_was_other() -> None:
    summary = kept()
    terms = summary.statement["terms"]
    before = {
        **terms,
        "speed": {**terms["speed"], "within_seconds": 4.0},
        "until": "2026-10-11T22:00:00Z",
        "watched": True,
    }
    said = page(replace(summary, statement={**summary.statement, "earlier_terms": [before]})).text
    assert "Otherwise until Monday 12 October 2026, 00:00:00 CEST Speed at least 95% of loads open within 4 s" in said


# -- the charts -------------------------------------------------------------------------------------------------------


def test_a_stretch_stands_in_its_day_where_the_clock_had_it() -> None:
    down = next(one for one in cell(broken(), 10).pieces if one.booked is Booked.DOWN)
    assert down.left == round(100 * (9 * 60 + 14.5) / 1440, 2)
    assert down.width == round(100 * 31.2 / 1440, 2)


def test_a_day_of_23_hours_is_drawn_over_23_hours() -> None:
    short = cell(broken(), 29)
    assert short.odd == "23 h"
    unknown = next(one for one in short.pieces if one.booked is Booked.UNKNOWN)
    assert unknown.left == round(100 * 125 / (23 * 60), 2)  # 03:05 is 2 h 5 min after midnight
    assert cell(kept(), 25).odd == "25 h"


def test_a_day_that_is_to_come_has_no_figures() -> None:
    assert cell(running(), 18).shade == 0
    assert spaced(cell(running(), 19).down) == "18 min"
    assert cell(running(), 20).shade is None


def test_a_month_below_what_was_agreed_stands_below_the_line_and_one_that_was_not_watched_nowhere() -> None:
    trend = availability_trend(Pen(broken(), "en"))
    assert [one.tone for one in trend.marks if one.y > trend.objective] == ["broken", "broken"]
    assert (len(trend.marks), len(trend.joins), len(trend.months)) == (8, 7, 12)
    assert speed_trend(Pen(kept(), "en")).least_text == "90.00%"  # as far below what was agreed as 100% is above it
    assert (trend.marks[3].told, trend.marks[3].y) == ("November 2025: 100.000%", TOP)
    assert (trend.marks[-1].told, trend.marks[-1].y) == ("March 2026: 99.766%", BOTTOM)


def test_weeks_begin_on_monday_and_have_the_number_that_the_calendar_gives() -> None:
    march = weeks(Pen(broken(), "en"))
    assert [week.number for week in march] == [9, 10, 11, 12, 13, 14]
    assert [one and one.number for one in march[0].cells] == [None] * 6 + [1]


def test_a_load_of_exactly_3_seconds_stands_before_the_line() -> None:
    times = PageTimes("dashboard", 9, 4, None, {1: 2, 3000: 3, 3001: 1, 6000: 1, 6001: 1})
    (chart,) = histograms(Pen(replace(kept(), pages=(times,)), "en"))
    assert [(bar.left, bar.slow, bar.told) for bar in chart.bars] == [
        (0.25, False, "0 s to 0.25 s: 2"),
        (46.08, False, "2.75 s to 3 s: 3"),
        (50.25, True, "3 s to 3.25 s: 1"),
        (96.08, True, "5.75 s to 6 s: 1"),
    ]
    assert chart.beyond == "Not drawn: 1 longer than 6 s, the longest 6.001 s; 1 failed."


# -- what it may not do -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SAMPLES)
def test_it_stands_alone_and_has_one_heading(name: str, language: str) -> None:
    html = as_html(SAMPLES[name](), language)
    shown = Page(html)
    assert ("lang", language) in shown.attributes
    assert shown.tags.count("h1") == shown.tags.count("main") == 1
    assert not {"script", "link", "img", "iframe", "object", "form", "a", "base"} & set(shown.tags)
    assert not [key for key, _ in shown.attributes if key in {"src", "href", "xlink:href"} or key.startswith("on")]
    assert set(re.findall(rb"url\(([^)]*)\)", html)) <= {b"#hatch-down", b"#hatch-excluded", b"#hatch-unknown"}
    ids = [value for key, value in shown.attributes if key == "id"]
    assert len(ids) == len(set(ids))


def test_names_are_text_wherever_they_stand() -> None:
    nasty = '</style></title><script>alert("1")</script>{{ 7*7 }}\\'
    plain, summary = page(broken()), broken()
    (first, *others), (blip, *_) = summary.outages, summary.blips
    shown = page(
        replace(
            summary,
            name=nasty,
            service=nasty,
            labels={"dashboard": nasty, "reservations": nasty},
            outages=(
                replace(
                    first, id=nasty, acknowledged_by=nasty, remarks=(replace(first.remarks[0], who=nasty, text=nasty),)
                ),
                *others,
            ),
            windows=tuple(replace(one, by=nasty, reason=nasty, text=nasty, id=nasty) for one in summary.windows),
            revisions=tuple(replace(one, who=nasty, why=nasty) for one in summary.revisions),
        )
    )
    assert set(shown.tags) == set(plain.tags)
    assert f"{nasty}," in shown.words
    assert blip.checks == ("dashboard",)


def test_no_text_ends_a_string_of_the_style_sheet() -> None:
    assert css_string('a"b\\c</style>\n€') == '"a\\22 b\\5c c\\3c \\2f style\\3e \\a \\20ac "'


def test_a_language_that_slawatch_does_not_speak_is_refused() -> None:
    with pytest.raises(LookupError):
        as_html(empty(), "fy")


def test_of_many_mails_those_that_nobody_took_are_shown() -> None:
    summary = broken()
    (*others, outage) = summary.outages
    taken, refused = outage.mails[0], outage.mails[1]
    said = page(replace(summary, outages=(*others, replace(outage, mails=(*[taken] * 40, refused))))).text
    assert "Shown are 12 of 41." in said
    assert "receptie@duinzicht.example refused" in said


def test_a_long_month_is_bounded_and_says_so() -> None:
    summary = unsure()
    noon = at("2026-09-01T12:00:00+02:00")
    long = broken()
    outage, blip, window = long.outages[0], long.blips[0], long.windows[0]
    html = as_html(
        replace(
            summary,
            outages=tuple(
                replace(outage, starts=noon + one * HOUR, ends=noon + one * HOUR + MINUTE, down=one * SECOND)
                for one in range(300)
            ),
            blips=tuple(
                replace(blip, at=noon + one * MINUTE, ends=noon + one * MINUTE + SECOND) for one in range(1000)
            ),
            windows=tuple(
                replace(window, id=f"w{one}", why="late_notice" if one == 7 else None, starts=noon + one * HOUR)
                for one in range(400)
            ),
        ),
        "en",
    )
    said = Page(html).text
    for number in ("300", "1000", "400"):
        assert f"Shown are 60 of {number}. All of them are in the evidence bundle and in the JSON" in said
    assert "Counts for 4 min 59 s" in said
    assert ", w7" in said
    assert len(html) < 500_000
    assert ZONE.key in said
