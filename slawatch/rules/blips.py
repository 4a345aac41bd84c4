"""What no second look confirmed: when, of which check, why, and how long it speaks for that (rule 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from slawatch.model import Cause, ConfirmTerms, Instant, Micros, Verdict
from slawatch.rules.agreed import Agreed
from slawatch.rules.calendar import Period
from slawatch.rules.piece import CheckRecord
from slawatch.rules.rows import CAUSES, VERDICTS, ObservationRow


@dataclass(frozen=True, slots=True)
class Blip:
    """A failure of one check that no second look confirmed. `ends`: of its stretch."""

    at: Instant
    ends: Instant
    checks: tuple[str, ...]
    cause: Cause | None


def starts(agreed: Agreed, records: Mapping[str, CheckRecord], period: Period) -> Iterator[tuple[Instant, str]]:
    """When the blips of the period began, and of which check, each as long as that made the availability figure.

    The statement counts these: two checks that fail at once are two.
    """
    for name in agreed.ever_counting:
        begun = records[name].timeline.blips if name in records else ()
        inside = [at for at in begun if period.starts <= at < period.ends]
        if inside:
            spells = agreed.counting(name)
            yield from ((at, name) for at in inside if any(since <= at < until for since, until in spells))


def blip(check: str, rows: Sequence[ObservationRow], terms: ConfirmTerms) -> Blip:
    """The blip that begins with the first of these looks of a check, which are in order.

    It goes on with each `down` that adds to its count, and ends with the hold of the last of them.
    """
    _, _, first, _, cause, _, _, holds = rows[0]
    last, ends, holding = first, first + holds, True
    for _, _, at, verdict, _, _, _, held in rows[1:]:
        if holding:  # the look that follows a failing one ends its hold
            ends, holding = min(ends, at), False
        seen = VERDICTS[verdict]
        if seen is Verdict.UP or (seen is Verdict.DOWN and at - last > terms.within):
            break
        if seen is Verdict.DOWN:
            last, ends, holding = at, at + held, True
    return Blip(first, ends, (check,), CAUSES[cause])


def reach(terms: ConfirmTerms) -> Micros:
    """Within so long after its first look a blip has its last one."""
    return terms.failures * terms.within
