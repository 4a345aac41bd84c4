"""Three hours of looks and exclusions, drawn for properties, and what the rules make of them."""

from __future__ import annotations

import agreeing
from hypothesis import strategies as st

from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    Cause,
    ConfirmTerms,
    Exclusion,
    ExclusionKind,
    Instant,
    MaintenanceTerms,
    Notice,
    Reason,
    Terms,
    Verdict,
    Version,
)
from slawatch.rules import records
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period, parse
from slawatch.rules.piece import CheckRecord
from slawatch.rules.statement import Span, Statement, settle
from slawatch.rules.timeline import Seen

CHECKS = {"dashboard": "page", "reservations": "page", "http": "http"}
STARTS = parse("2026-03-10T12:00:00Z")
LASTS = 3 * HOUR
PERIOD = Period(STARTS, STARTS + LASTS)
CAUSES = {Verdict.UP: None, Verdict.DOWN: Cause.CONNECT, Verdict.UNKNOWN: Cause.MONITOR_NETWORK}

#: A check, when it was looked at and what was seen.
Sight = tuple[str, Instant, Verdict]

sights = st.lists(
    st.tuples(
        st.sampled_from([*CHECKS]),
        st.integers(-60, 240).map(lambda minute: STARTS + minute * MINUTE),
        st.sampled_from([Verdict.UP, Verdict.UP, Verdict.DOWN, Verdict.DOWN, Verdict.UNKNOWN]),
    ),
    max_size=60,
    unique_by=lambda sight: sight[:2],
).map(lambda found: sorted(found, key=lambda sight: sight[1]))
agreements = st.builds(
    lambda failures, within, blips_down, maintenance: agreeing.terms(
        "dashboard",
        "reservations",
        http=True,
        holds=20 * MINUTE,
        maintenance=maintenance,
        confirm=ConfirmTerms(failures, within * MINUTE, 5 * SECOND, blips_down),
    ),
    st.integers(1, 3),
    st.integers(1, 60),
    st.booleans(),
    st.builds(
        lambda late, hotfix, as_up: MaintenanceTerms(Notice(5), None, late, hotfix, as_up),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
)


def _version(first: int, length: int, ahead: int | None, by: str | None, entered: int | None) -> Version:
    starts = STARTS + first * MINUTE
    return Version(
        starts,
        starts + length * MINUTE,
        None if ahead is None else starts - ahead * DAY,
        by,
        None if entered is None else starts + entered * SECOND,
    )


versions = st.builds(
    _version,
    st.integers(-30, 200),
    st.integers(1, 90),
    st.none() | st.sampled_from([4, 5, 6]),
    st.none() | st.just("servicedesk"),
    st.none() | st.sampled_from([-1, 0]),
)
windows = st.builds(
    lambda last, earlier, ended, reason: Exclusion(
        ExclusionKind.MAINTENANCE,
        last.starts,
        last.ends,
        last.announced,
        last.announced_by,
        last.entered,
        None if ended is None else last.starts + ended * MINUTE,
        reason,
        earlier=earlier,
    ),
    versions,
    st.lists(versions, max_size=3).map(tuple),
    st.none() | st.integers(0, 100),
    st.sampled_from([*Reason]),
)
majeures = versions.map(
    lambda one: Exclusion(ExclusionKind.FORCE_MAJEURE, one.starts, one.ends, reason="storm", approved_by="J. de Vries")
)
exclusions = st.lists(windows | majeures, max_size=4)


def statement(terms: Terms, seen: list[Sight], declared: list[Exclusion], period: Period = PERIOD) -> Statement:
    span = Span("2026-03", period, complete=True, as_of=period.ends)
    return settle(Agreed.always(terms), span, recorded(terms, seen), declared)


def recorded(terms: Terms, seen: list[Sight]) -> dict[str, CheckRecord]:
    """What the ledger holds of these sights."""
    books = records.books(Agreed.always(terms))
    for check, at, verdict in seen:
        books[check].add(Seen(at, verdict, CAUSES[verdict], 20 * MINUTE), took(at), recheck=False)
    return records.records(books)


def took(at: Instant) -> int:
    """Milliseconds: one load in seven is slow."""
    return 3001 if at // MINUTE % 7 == 0 else 900 + at // MINUTE % 3
