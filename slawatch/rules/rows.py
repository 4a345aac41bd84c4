"""Looks as rows of plain values, light enough for a month of them, and the short way past those that change nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from slawatch.model import Cause, Instant, Micros, Verdict
from slawatch.rules.timeline import Seen, Track

#: An observation without what only a person wants to see: (check, node, at, verdict, cause, milliseconds, recheck,
#: holds). Verdict and cause are the words that are stored: Python's garbage collector goes through every tuple that
#: holds a member of an enum, and in a month of them that takes longer than all the arithmetic.
ObservationRow: TypeAlias = tuple[str, str, Instant, str, str | None, int | None, bool, Micros]

#: The members by what is stored: looking them up here takes a third of the time that `Verdict(...)` does.
VERDICTS = {verdict.value: verdict for verdict in Verdict}
CAUSES: dict[str | None, Cause | None] = {None: None, **{cause.value: cause for cause in Cause}}

UP = Verdict.UP.value


def seen(row: ObservationRow) -> Seen:
    """The row as the arithmetic reads it. Raises KeyError for a word that is no verdict or cause."""
    _, _, at, verdict, cause, _, _, holds = row
    return Seen(at, VERDICTS[verdict], CAUSES[cause], holds)


def instant_of(row: ObservationRow) -> Instant:
    """The row's `at`."""
    return row[2]


def pass_over(track: Track, rows: Iterator[ObservationRow], before: Instant) -> tuple[Track, ObservationRow | None]:
    """The track after as many of `rows` as settle nothing, and the first that may, or None when there is none.

    A check that was up, is up, and was looked at `before` this instant and before its latest look stopped to hold:
    there `advance` only moves on. Nearly all looks of a month are such.
    """
    if track.verdict is not Verdict.UP:
        return track, next(rows, None)
    at, until = track.at, track.until
    for row in rows:
        slot = row[2]
        if row[3] != UP or not at < slot <= until or slot >= before:
            return track._replace(at=at, until=until), row
        at, until = slot, slot + row[7]
    return track._replace(at=at, until=until), None
