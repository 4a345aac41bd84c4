"""The status as a person reads it."""

from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from slawatch.cli.standings import show
from slawatch.model import (
    MINUTE,
    AvailabilityTerms,
    CheckId,
    CheckTerms,
    ConfirmTerms,
    Exclusion,
    ExclusionKind,
    Instant,
    MaintenanceTerms,
    Notice,
    SpeedTerms,
    Terms,
    Version,
)
from slawatch.replay import replay, span
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import parse

TERMS = Terms(
    customer="duinzicht",
    agreement="Tommy 2.0",
    timezone="Europe/Amsterdam",
    availability=AvailabilityTerms(Fraction("0.999"), Fraction("0.99"), ("dashboard",)),
    speed=SpeedTerms(Fraction("0.95"), 3000, ("dashboard",)),
    maintenance=MaintenanceTerms(Notice(5)),
    confirm=ConfirmTerms(),
    checks={"dashboard": CheckTerms(CheckId("duinzicht", "page", "dashboard"), MINUTE, 3 * MINUTE)},
)


def hour(written: int) -> Instant:
    return parse(f"2026-03-10T{written}:00:00Z")


TOLD, LATE = parse("2026-03-01T12:00:00Z"), parse("2026-03-09T12:00:00Z")


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (
            Exclusion(ExclusionKind.MAINTENANCE, hour(12), hour(14), TOLD),
            "maintenance  10 Mar 13:00:00 - 15:00:00  left out",
        ),
        (
            Exclusion(ExclusionKind.MAINTENANCE, hour(12), hour(14), LATE),
            "maintenance  10 Mar 13:00:00 - 15:00:00  counts: told too late",
        ),
        (
            Exclusion(
                ExclusionKind.MAINTENANCE, hour(12), hour(14), LATE, earlier=(Version(hour(11), hour(13), TOLD),)
            ),
            "maintenance  10 Mar 13:00:00 - 15:00:00  "
            "left out 10 Mar 13:00:00 - 14:00:00; the rest counts: told too late",
        ),
    ],
    ids=["told", "late", "lengthened late"],
)
def test_the_status_says_what_of_a_window_is_left_out(window: Exclusion, said: str, capsys: pytest.CaptureFixture[str]):
    month = replay(Agreed.always(TERMS), span("2026-03", ZoneInfo(TERMS.timezone), None), {}, [window])
    customer = {"customer": "duinzicht", "name": "Duinzicht", "state": "unknown", "checks": [], "month": month}

    show({"running": True, "customers": [customer], "outbox": {}}, detailed=True)

    assert capsys.readouterr().out.splitlines()[-1].strip() == said


def test_the_status_says_which_of_two_hours_it_is_when_the_clocks_go_back(capsys: pytest.CaptureFixture[str]):
    starts, ends = parse("2026-10-25T00:30:00Z"), parse("2026-10-25T01:30:00Z")
    cut = Exclusion(ExclusionKind.FORCE_MAJEURE, starts, ends, reason="power cut", approved_by="A. Jansen")
    month = replay(Agreed.always(TERMS), span("2026-10", ZoneInfo(TERMS.timezone), None), {}, [cut])
    customer = {"customer": "duinzicht", "name": "Duinzicht", "state": "unknown", "checks": [], "month": month}

    show({"running": True, "customers": [customer], "outbox": {}}, detailed=True)

    last = capsys.readouterr().out.splitlines()[-1].strip()
    assert last == "force_majeure  25 Oct 02:30:00 CEST - 02:30:00 CET  left out"
