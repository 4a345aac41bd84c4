"""Rule 3: when failing looks become an outage. Confirmation delays the alarm, never the start."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from slawatch.model import Cause, ConfirmTerms, Instant, Verdict


class Run(NamedTuple):
    """A check's `down` looks since its last `up`, as far as the present count goes.

    `first` and `cause` are of the count's first look, `last` is the latest `down`, `looks` how many the count has.
    Once confirmed it stays so.
    """

    first: Instant
    cause: Cause
    last: Instant
    looks: int
    confirmed: bool


class Confirmed(NamedTuple):
    """An outage that is now sure: it began at `starts`, the first `down` of the count that confirmed it."""

    starts: Instant
    cause: Cause


class Ended(NamedTuple):
    """The first `up` after a confirmed run."""

    starts: Instant
    ends: Instant


class Blip(NamedTuple):
    """A count that nothing confirmed: over, because an `up` came or a later `down` began a new count."""

    starts: Instant


class Anew(NamedTuple):
    """A count that nothing confirmed is over (`blip`), and the next is confirmed by its first look."""

    blip: Blip
    confirmed: Confirmed


Finding: TypeAlias = Confirmed | Ended | Blip | Anew


def confirm(
    run: Run | None, at: Instant, verdict: Verdict, cause: Cause | None, terms: ConfirmTerms
) -> tuple[Run | None, Finding | None]:
    """The run after one more look, and what that look made sure (rule 3).

    `unknown` neither breaks nor feeds a run.
    """
    if verdict is Verdict.UNKNOWN:
        return run, None
    if verdict is Verdict.UP:
        if run is None:
            return None, None
        return None, Ended(run.first, at) if run.confirmed else Blip(run.first)
    assert cause is not None, "a look that is down names its cause"
    if run is None:
        return _counted(Run(at, cause, at, 0, confirmed=False), at, terms)
    if run.confirmed:
        return run._replace(last=at, looks=run.looks + 1), None
    if at - run.last <= terms.within:
        return _counted(run, at, terms)
    again, finding = _counted(Run(at, cause, at, 0, confirmed=False), at, terms)
    # One look is enough only where `failures` became 1 since the run before.
    return again, Anew(Blip(run.first), finding) if finding is not None else Blip(run.first)


def _counted(run: Run, at: Instant, terms: ConfirmTerms) -> tuple[Run, Confirmed | None]:
    looks = run.looks + 1
    confirmed = looks >= terms.failures
    return (
        run._replace(last=at, looks=looks, confirmed=confirmed),
        Confirmed(run.first, run.cause) if confirmed else None,
    )
