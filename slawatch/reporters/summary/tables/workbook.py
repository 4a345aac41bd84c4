"""A summary as a workbook for Excel: real numbers and dates, a verdict per promise at a glance, two charts."""

from __future__ import annotations

from io import BytesIO
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from slawatch.reporters.summary.facts import Promise, Summary
from slawatch.reporters.summary.tables import event_tables, figure_tables, setting_tables, speed_tables
from slawatch.reporters.summary.tables.cells import Column, Kind, Row, Table, share, text
from slawatch.reporters.summary.tables.sheet import LINE, Pen, fit, pairs, paper, table, title
from slawatch.reporters.summary.tables.workbook_charts import distribution, trend_line
from slawatch.reporters.wording.phrasing import month_name, named
from slawatch.reporters.wording.promised import PROMISES
from slawatch.reporters.wording.tongue import SUMMARY, mark, tongue
from slawatch.rules.calendar import moment, parse

#: How a verdict looks: its words, then its colours, on which they are read well.
MET = (mark("Met"), "#d9f2e3", "#0b5132")
NOT_MET = (mark("Not met"), "#fde0dd", "#8c1d13")
UNSAID = (mark("Cannot be said"), "#fff1cc", "#5c4300")
NOTHING_HAPPENED = (mark("Nothing happened"), "#eceff2", "#3a4652")


def as_xlsx(summary: Summary, language: str) -> bytes:
    """The same bytes for the same summary. Raises LookupError for a language that is not spoken."""
    out = BytesIO()
    refused = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    book = Workbook(out, {"in_memory": True, **refused})
    pen = Pen(book, tongue(language, SUMMARY), ZoneInfo(summary.zone))
    heading = _heading(pen, summary)
    book.set_properties(
        {
            "title": heading,
            "author": "slawatch",
            "created": moment(parse(summary.statement["as_of"])).replace(tzinfo=None),
        }
    )
    first = _sheet(pen, mark("Summary"), heading)
    _tabled(pen, heading, mark("Days"), figure_tables.days(summary)).fit_to_pages(1, 1)
    _tabled(pen, heading, mark("Outages"), event_tables.outages(summary), event_tables.remarks(summary))
    _tabled(pen, heading, mark("Maintenance"), event_tables.windows(summary))
    _tabled(pen, heading, mark("Mails"), event_tables.mails(summary))
    _speed(pen, heading, summary)
    _tabled(pen, heading, mark("Unknown time"), event_tables.unseen(summary), event_tables.blips(summary))
    _trend(pen, heading, summary)
    _tabled(pen, heading, mark("Evidence"), setting_tables.revisions(summary), setting_tables.settings(summary))
    _summary(pen, first, heading, summary)
    book.close()
    return out.getvalue()


def _heading(pen: Pen, summary: Summary) -> str:
    starts = parse(summary.statement["period"]["starts"])
    return f"{named(summary.name)}: {month_name(starts, pen.zone, pen.spoken)}"


def _sheet(pen: Pen, name: str, heading: str) -> Worksheet:
    sheet = pen.book.add_worksheet(pen.say(name))
    paper(sheet, heading)
    return sheet


def _tabled(pen: Pen, heading: str, name: str, *told: Table) -> Worksheet:
    """A sheet of tables one below the other; where it is one its headings stay in sight and can be filtered by."""
    sheet, row = _sheet(pen, name, heading), 0
    for one in told:
        if len(told) > 1:
            row = title(pen, sheet, row, one.title)
        row = table(pen, sheet, row, one) + 1
    if len(told) == 1:
        sheet.autofilter(0, 0, max(1, len(told[0].rows)), len(told[0].columns))
        sheet.repeat_rows(0)
    sheet.freeze_panes(1 if len(told) == 1 else 2, 1)
    fit(pen, sheet, told)
    return sheet


def _speed(pen: Pen, heading: str, summary: Summary) -> None:
    """The loads by seconds come first: their chart stands beside them."""
    times, pages = speed_tables.load_times(summary), speed_tables.pages(summary)
    sheet = _tabled(pen, heading, mark("Speed"), times, pages)
    chart = distribution(pen, times, summary.statement["speed"]["threshold_seconds"])
    sheet.insert_chart(1, max(len(pages.columns), len(times.columns)) + 2, chart, {"description": pen.say(times.title)})


def _trend(pen: Pen, heading: str, summary: Summary) -> None:
    """With the objective of this month beside each, for the chart's line."""
    told, objective = figure_tables.trend(summary), summary.statement["availability"]["objective"]
    columns = (told.columns[0], Column("objective", mark("Objective of this month")), *told.columns[1:])
    rows = tuple(Row(row.item, (row.cells[0], share(objective), *row.cells[1:])) for row in told.rows)
    _tabled(pen, heading, told.title, Table(told.part, told.title, told.item, columns, rows))


def _summary(pen: Pen, sheet: Worksheet, heading: str, summary: Summary) -> None:
    """The page to grasp: the verdicts, big; then the trend, and the figures in full."""
    sheet.write_string(0, 0, heading, pen.form(bold=True, font_size=20))
    sheet.set_row(0, 32)
    sheet.write_string(1, 0, _subheading(pen, summary), pen.form(font_color="#52606d"))
    row = _verdicts(pen, sheet, 3, [one for one in summary.promises if one.watched])
    unwatched = [pen.say(PROMISES.get(one.id, one.id)) for one in summary.promises if not one.watched]
    if unwatched:
        said = pen.spoken.say("Not watched: {promises}.", promises=", ".join(unwatched))
        sheet.merge_range(row, 0, row, 4, "", pen.form(text_wrap=True, font_color="#52606d"))
        sheet.write_string(row, 0, said, pen.form(text_wrap=True, font_color="#52606d"))
        sheet.set_row(row, 46)
        row += 1
    chart = trend_line(pen, figure_tables.trend(summary))
    sheet.insert_chart(row + 1, 2, chart, {"description": pen.say(mark("Availability over twelve months"))})
    for told in (
        figure_tables.availability(summary),
        figure_tables.speed(summary),
        figure_tables.network(summary),
        figure_tables.about(summary),
    ):
        if told.rows:
            row = pairs(pen, sheet, title(pen, sheet, row + 1, told.title), told)
    for place, letters in enumerate((38, 28, 16, 16, 34)):
        sheet.set_column(place, place, letters)
    sheet.freeze_panes(2, 0)
    sheet.fit_to_pages(1, 1)


def _subheading(pen: Pen, summary: Summary) -> str:
    if summary.revision is None:
        return pen.spoken.say("{service}; the month is not closed yet", service=named(summary.service))
    number = str(summary.revision.revision)
    return pen.spoken.say("{service}; closed, revision {number}", service=named(summary.service), number=number)


def _verdicts(pen: Pen, sheet: Worksheet, row: int, promises: list[Promise]) -> int:
    heads = (mark("Promise"), mark("Verdict"), mark("Figure"), mark("Objective"), mark("Remark"))
    for place, head in enumerate(heads):
        sheet.write_string(row, place, pen.say(head), pen.form(bold=True, bottom=2, bottom_color=LINE))
    told = figure_tables.promises_table(promises)
    for number, (one, line) in enumerate(zip(promises, told.rows, strict=True), row + 1):
        sheet.set_row(number, 34)
        big = {"font_size": 14, "valign": "vcenter", "bottom": 1, "bottom_color": LINE}
        words, paint, ink = _verdict(one)
        pen.write(sheet, (number, 0), line.item, **big, bold=True)
        pen.write(sheet, (number, 1), text(pen.say(words)), **big, bold=True, bg_color=paint, font_color=ink)
        for place, cell in enumerate(line.cells[2:], 2):
            pen.write(sheet, (number, place), cell, **({**big, "font_size": 11} if cell.kind is Kind.WORD else big))
    return row + 1 + len(promises)


def _verdict(one: Promise) -> tuple[str, str, str]:
    if one.met is None:
        return NOTHING_HAPPENED if one.why == "nothing_happened" else UNSAID
    return MET if one.met else NOT_MET
