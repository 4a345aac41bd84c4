"""The summary as one HTML file: nothing is fetched, nothing runs, and it is the page that the PDF is printed from."""

from __future__ import annotations

from functools import cache
from importlib import resources

from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from slawatch.reporters.summary.facts import Summary
from slawatch.reporters.summary.page.allowance import allowance
from slawatch.reporters.summary.page.calendar_chart import weekdays, weeks
from slawatch.reporters.summary.page.computed import computed, day_rows, revisions, trend_rows
from slawatch.reporters.summary.page.evidence_outages import blips, outages, unseen
from slawatch.reporters.summary.page.evidence_windows import windows
from slawatch.reporters.summary.page.first_page import first_page, state_words
from slawatch.reporters.summary.page.pen import Pen
from slawatch.reporters.summary.page.settings import earlier, settings
from slawatch.reporters.summary.page.speed_chart import histograms
from slawatch.reporters.summary.page.trend_chart import availability_trend, speed_trend
from slawatch.reporters.wording.phrasing import named


def as_html(summary: Summary, language: str) -> bytes:
    """UTF-8; the same bytes from the same summary. Raises LookupError for a language that slawatch does not speak."""
    pen = Pen(summary, language)
    written = (
        _templates()
        .get_template("summary.html")
        .render(
            pen=pen,
            say=pen.say,
            count=pen.count,
            summary=summary,
            statement=summary.statement,
            name=named(summary.name),
            service=named(summary.service),
            first=first_page(pen),
            allowance=allowance(pen),
            trends=(availability_trend(pen), speed_trend(pen)),
            trend_rows=trend_rows(pen),
            words=state_words(pen),
            weekdays=weekdays(pen),
            weeks=weeks(pen),
            days=day_rows(pen),
            outages=outages(pen),
            blips=blips(pen),
            windows=windows(pen),
            unseen=unseen(pen),
            histograms=histograms(pen),
            computed=computed(pen),
            settings=settings(pen),
            earlier=earlier(pen),
            revisions=revisions(pen),
        )
    )
    return written.encode()


def css_string(text: str) -> Markup:
    """The text as a string of a style sheet; no text ends the string, or the sheet."""
    return Markup('"{}"').format(Markup("".join(_in_css(letter) for letter in text)))  # noqa: S704 - each letter is made safe


def _in_css(letter: str) -> str:
    return letter if letter.isascii() and (letter.isalnum() or letter in " .,-") else f"\\{ord(letter):x} "


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css_string"] = css_string
    return environment


def _source(name: str) -> str:
    return resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
