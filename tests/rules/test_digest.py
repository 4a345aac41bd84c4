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
#: Of these two, as it was printed before windows had versions.
PRINTED = "7225560b83554e2f7c3a330f0985d8f68e677ab9268e0f9d57504a87790f8eb9"


def of(*declared: Exclusion) -> str:
    return digest(Agreed.always(TERMS), span("2026-03", ZoneInfo(TERMS.timezone), None), {}, declared, None)


def test_exclusions_that_say_nothing_new_have_the_digest_that_was_printed_before():
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
