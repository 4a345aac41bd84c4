"""What a statement's digest stands for: all that figures follow from, and nothing else."""

from dataclasses import replace
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    AvailabilityTerms,
    CheckId,
    CheckTerms,
    ConfirmTerms,
    Exclusion,
    ExclusionKind,
    MaintenanceTerms,
    Notice,
    SpeedTerms,
    Terms,
    Version,
)
from slawatch.replay import digest, span
from slawatch.rules.agreed import Agreed

STARTS = 1_773_180_000 * SECOND
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
WINDOW = Exclusion(
    ExclusionKind.MAINTENANCE,
    STARTS,
    STARTS + 4 * HOUR,
    announced=STARTS - 6 * DAY,
    announced_by="servicedesk",
    entered=STARTS - 5 * DAY,
    ended=STARTS + 3 * HOUR,
    reason="new_version",
)
STORM = Exclusion(
    ExclusionKind.FORCE_MAJEURE, STARTS + DAY, STARTS + DAY + HOUR, reason="storm", approved_by="J. de Vries"
)
#: Of these two without names, words and versions: pinned, for what was printed once is compared years later.
PRINTED = "dc2a009cb5a37c68aec72fa5587a99158233f4a1805985a0ae37e43544038a50"


def of(*declared: Exclusion) -> str:
    return digest(Agreed.always(TERMS), span("2026-03", ZoneInfo(TERMS.timezone), None), {}, declared, None)


def test_exclusions_that_say_nothing_new_keep_their_digest():
    assert of(WINDOW, STORM) == of(STORM, WINDOW) == PRINTED


def test_names_and_words_change_no_digest():
    named = replace(WINDOW, id="w-1", text="Nieuwe versie van de reserveringsmodule")

    assert of(named, replace(STORM, id="x-1")) == PRINTED


@pytest.mark.parametrize(
    "earlier",
    [
        (Version(STARTS, STARTS + HOUR),),
        (Version(STARTS, STARTS + HOUR, STARTS - 6 * DAY),),
        (Version(STARTS, STARTS + HOUR), Version(STARTS, STARTS + 2 * HOUR)),
    ],
)
def test_each_earlier_version_changes_the_digest(earlier: tuple[Version, ...]):
    lengthened = replace(WINDOW, earlier=earlier)

    assert len({of(lengthened), of(WINDOW), of(replace(lengthened, earlier=(*earlier, *earlier)))}) == 3
