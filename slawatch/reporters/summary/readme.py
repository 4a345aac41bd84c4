"""What stands first in an evidence bundle: what it is, and how anyone can check it."""

from __future__ import annotations

import textwrap
from zoneinfo import ZoneInfo

from slawatch.recorded import bundle
from slawatch.reporters.summary.facts import Revision, Summary
from slawatch.reporters.wording.phrasing import month_name, named
from slawatch.reporters.wording.tongue import SUMMARY, mark, tongue
from slawatch.rules.calendar import parse

WIDTH = 100

_FILES = (
    (bundle.HTML, mark("the summary, for any browser; it loads nothing from elsewhere")),
    (bundle.XLSX, mark("the same figures for a spreadsheet")),
    (bundle.STATEMENT, mark("the figures as they were computed, not rounded")),
    (bundle.REVISIONS, mark("each text that the month was frozen as, with its digest")),
    (bundle.TERMS, mark("what was agreed, and from when on")),
    (bundle.EXCLUSIONS, mark("maintenance and force majeure that were declared")),
    (bundle.OBSERVATIONS, mark("each look that the figures follow from")),
    (bundle.EVENTS, mark("what was noticed of the outages, and when")),
    (bundle.MESSAGES, mark("each mail about outages and maintenance, and when a mail server accepted it")),
    (bundle.MANIFEST, mark("the list of these files, with their SHA-256")),
    (bundle.SUMS, mark("the same list for sha256sum")),
)


def readme(summary: Summary, revision: Revision, language: str) -> bytes:
    """In lines of WIDTH letters at the most. Raises LookupError for a language that is not spoken."""
    spoken, zone = tongue(language, SUMMARY), ZoneInfo(summary.zone)
    month = month_name(parse(summary.statement["period"]["starts"]), zone, spoken)
    name, number = named(summary.name), str(revision.revision)
    parts = (
        spoken.say("Evidence: {name}, {month}, revision {number}", name=name, month=month, number=number),
        spoken.say(
            "This bundle holds the compliance summary of one month and all that its figures follow from, so that "
            "anyone can compute them again without asking us."
        ),
        "\n".join(f"  {path:<20}{spoken.say(words)}" for path, words in _FILES),
        spoken.say("Unpacked, this says whether a file was changed:"),
        f"  sha256sum -c {bundle.SUMS}",
        spoken.say(
            "This computes the month again from the looks, the terms and the exclusions in the bundle, and names what "
            "differs. It needs no access to any of our systems:"
        ),
        "  slawatch verify BUNDLE.zip",
        spoken.say(
            "Whoever changes everything, lists and all, comes to another digest of the revision. So compare it with "
            "the one in the summary that you were sent:"
        ),
        f"  {revision.digest}",
    )
    return ("\n\n".join(map(_folded, parts)) + "\n").encode()


def _folded(part: str) -> str:
    return part if part.startswith(" ") else textwrap.fill(part, WIDTH, break_long_words=False)
