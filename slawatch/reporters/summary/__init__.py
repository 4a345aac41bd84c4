"""The compliance summary of a customer's month: what is in it, and each format that it is written in."""

from slawatch.reporters.summary.facts import Summary
from slawatch.reporters.summary.page.html import as_html
from slawatch.reporters.summary.pdf import as_pdf
from slawatch.reporters.summary.tables.separated import Profile, as_csv
from slawatch.reporters.summary.tables.workbook import as_xlsx

__all__ = ["Profile", "Summary", "as_csv", "as_html", "as_pdf", "as_xlsx"]
