"""What a statement's digest stands for: all that figures follow from, and nothing else."""

import hashlib
import json
from dataclasses import replace
from zoneinfo import ZoneInfo

import agreeing
import pytest

from slawatch.model import (
    DAY,
    HOUR,
    SECOND,
    Exclusion,
    ExclusionKind,
    Version,
)
from slawatch.replay import digest, span
from slawatch.rules.agreed import Agreed
from slawatch.rules.document import terms_document

STARTS = 1_773_180_000 * SECOND
TERMS = agreeing.terms("dashboard")
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
#: What was hashed of these two before windows had versions, names and words: this must stay.
HASHED = (
    '{"announced": 1772661600000000, "announced_by": "servicedesk", "ended": 1773190800000000, '
    '"ends": 1773194400000000, "entered": 1772748000000000, "kind": "maintenance", "reason": "new_version", '
    '"starts": 1773180000000000}',
    '{"approved_by": "J. de Vries", "ends": 1773270000000000, "kind": "force_majeure", "reason": "storm", '
    '"starts": 1773266400000000}',
)
MARCH = span("2026-03", ZoneInfo(TERMS.timezone), None)


def of(*declared: Exclusion) -> str:
    return digest(Agreed.always(TERMS), MARCH, {}, declared, None)


def test_exclusions_that_say_nothing_new_are_hashed_as_they_were_before():
    terms = json.dumps(terms_document(TERMS), sort_keys=True)
    hashed = hashlib.sha256("\n".join([f"None True {terms}\n", *HASHED]).encode()).hexdigest()

    assert of(WINDOW, STORM) == of(STORM, WINDOW) == hashed


def test_names_and_words_change_no_digest():
    named = replace(WINDOW, id="w-1", text="Nieuwe versie van de reserveringsmodule")

    assert of(named, replace(STORM, id="x-1")) == of(WINDOW, STORM)


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
