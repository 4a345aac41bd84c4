"""What a statement says of its exclusions."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import agreeing

from slawatch.model import (
    Exclusion,
    ExclusionKind,
    Version,
)
from slawatch.replay import replay, span
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import parse
from slawatch.rules.document import Document

TERMS = agreeing.terms("dashboard")


def shown(exclusion: Exclusion) -> Document:
    document = replay(Agreed.always(TERMS), span("2026-03", ZoneInfo("Europe/Amsterdam"), None), {}, [exclusion])
    (only,) = document["exclusions"]
    assert isinstance(only, dict)
    return only


def test_a_window_that_was_lengthened_late_shows_what_is_left_out_and_its_earlier_version():
    lengthened = Exclusion(
        ExclusionKind.MAINTENANCE,
        parse("2026-02-28T21:00:00Z"),
        parse("2026-03-01T03:00:00Z"),
        announced=parse("2026-02-27T12:00:00Z"),
        announced_by="servicedesk",
        reason="new_version",
        id="w-1",
        text="Nieuwe versie",
        earlier=(Version(parse("2026-02-28T21:00:00Z"), parse("2026-03-01T01:00:00Z"), parse("2026-02-20T12:00:00Z")),),
    )

    assert shown(lengthened) == {
        "id": "w-1",
        "kind": "maintenance",
        "starts": "2026-02-28T21:00:00Z",
        "ends": "2026-03-01T03:00:00Z",
        "counted": True,
        "seconds": 7200.0,  # March begins at 23:00
        "left_out": [{"starts": "2026-02-28T21:00:00Z", "ends": "2026-03-01T01:00:00Z"}],
        "proof": "mail",
        "why": "late_notice",
        "announced": "2026-02-27T12:00:00Z",
        "announced_by": "servicedesk",
        "reason": "new_version",
        "text": "Nieuwe versie",
        "versions": [
            {
                "starts": "2026-02-28T21:00:00Z",
                "ends": "2026-03-01T01:00:00Z",
                "announced": "2026-02-20T12:00:00Z",
                "announced_by": None,
                "entered": None,
            }
        ],
    }


def test_force_majeure_shows_who_approved_it():
    storm = Exclusion(
        ExclusionKind.FORCE_MAJEURE,
        parse("2026-03-10T12:00:00Z"),
        parse("2026-03-10T13:00:00Z"),
        reason="storm",
        approved_by="J. de Vries",
    )

    assert shown(storm) == {
        "id": None,
        "kind": "force_majeure",
        "starts": "2026-03-10T12:00:00Z",
        "ends": "2026-03-10T13:00:00Z",
        "counted": True,
        "seconds": 3600.0,
        "left_out": [{"starts": "2026-03-10T12:00:00Z", "ends": "2026-03-10T13:00:00Z"}],
        "proof": None,
        "why": None,
        "approved_by": "J. de Vries",
        "reason": "storm",
        "text": None,
    }
