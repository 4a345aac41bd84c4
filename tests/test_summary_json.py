"""A summary's statement as JSON, for ourselves and for others."""

from __future__ import annotations

import json
from dataclasses import replace

from summary_samples import broken, running

from slawatch.reporters.summary.plain import as_json, for_others
from slawatch.rules.calendar import text


def test_it_is_the_statement_with_who_closed_the_month_last() -> None:
    told = json.loads(for_others(broken()))
    assert list(told) == [*broken().statement, "closed"]
    assert told["closed"] == {
        "at": "2026-04-06T23:00:02Z",
        "who": "A. Visser",
        "why": "Storm op 24 maart alsnog erkend als overmacht",
        "sha256": broken().revision.digest,
    }
    assert {key: value for key, value in told.items() if key != "closed"} == broken().statement


def test_a_month_that_is_not_closed_says_so_by_saying_nothing() -> None:
    assert json.loads(as_json(running())) == running().statement


def test_what_operators_said_is_for_ourselves() -> None:
    (first, *others) = broken().outages
    own, public = (replace(one, public=whose) for one, whose in zip(first.remarks, (False, True), strict=True))
    said = replace(broken(), outages=(replace(first, remarks=(own, public)), *others))

    told = json.loads(as_json(said))["outages"]
    assert told[0]["notes"] == [{"at": text(own.at), "who": own.who, "text": own.text, "ticket": own.ticket}]
    assert (told[0]["acknowledged"], told[0]["acknowledged_by"]) == ("2026-03-10T08:17:36Z", first.acknowledged_by)
    assert told[1:] == broken().statement["outages"][1:]
    assert json.loads(for_others(said))["outages"] == broken().statement["outages"]
