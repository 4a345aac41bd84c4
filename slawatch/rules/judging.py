"""From one look to what happened: a customer's outage opens, is joined, closes, or opens again (rules 3 and 4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from slawatch.model import Cause, ConfirmTerms, Event, EventKind, Instant, Observation
from slawatch.rules.calendar import stamp
from slawatch.rules.confirmation import Anew, Blip, Confirmed, Ended, Run, confirm


@dataclass(frozen=True, slots=True)
class OpenOutage:
    """A customer's outage as it stands. `down`: the checks in it that have not recovered yet.

    `times`: how often it opened (1, or more when it was opened again). `told`: whether its contacts were owed a mail
    for this opening. `latest_end`: of the checks that did recover. `threads`: by contact that was owed a mail of any
    opening, the thread that its mails of this outage go in.
    """

    id: str
    customer: str
    starts: Instant
    checks: tuple[str, ...]
    down: frozenset[str]
    cause: Cause
    times: int = 1
    told: bool = False
    latest_end: Instant = 0
    threads: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CustomerState:
    """What the next look is judged against: each check's run, the open outage, and the one closed last before it."""

    runs: Mapping[str, Run] = field(default_factory=dict)
    outage: OpenOutage | None = None
    closed: OpenOutage | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """The state after a look, the events that it caused, and whether it ended a blip."""

    state: CustomerState
    events: tuple[Event, ...] = ()
    blip: bool = False


def judge(
    state: CustomerState,
    observation: Observation,
    terms: ConfirmTerms,
    now: Instant,
    *,
    counts: bool = True,
    since: Instant = 0,
) -> Judged:
    """What one more look of a check means for its customer. `now` is when it was judged.

    `counts`: whether the check is one of the customer's availability checks, and `since` when; of another only its run
    is kept.
    """
    name = observation.check.name
    look = observation.look
    before = state.runs.get(name)
    run, finding = confirm(before, observation.at, look.verdict, look.cause, terms)
    if run is not before:
        runs = {check: one for check, one in state.runs.items() if check != name}
        if run is not None:
            runs[name] = run
        state = replace(state, runs=runs)
    if not counts:
        return Judged(state)
    blip = isinstance(finding, Blip | Anew)
    if isinstance(finding, Anew):
        finding = finding.confirmed
    if isinstance(finding, Confirmed):
        counted = finding._replace(starts=max(finding.starts, since))
        return replace(_goes_down(state, observation.check.customer, name, counted, now), blip=blip)
    if isinstance(finding, Ended):
        return _comes_up(state, name, finding.ends, now)
    return Judged(state, blip=blip)


def leave(state: CustomerState, check: str, now: Instant) -> Judged:
    """A check leaves the configuration: its outage ends there."""
    run = state.runs.get(check)
    state = replace(state, runs={name: one for name, one in state.runs.items() if name != check})
    if run is None or not run.confirmed:
        return Judged(state)
    return _comes_up(state, check, now, now)


def reconfigure(
    state: CustomerState, customer: str, checks: Collection[str], counting: Collection[str], now: Instant
) -> Judged:
    """From `now` on the configuration names these `checks`, and of them those that are `counting` make the figure.

    Who counts now and is known to be down is in the outage; who is gone or does not count any more leaves it.
    """
    events: list[Event] = []
    for name, run in sorted(state.runs.items(), key=lambda one: (one[0] not in counting, one[0])):
        if name not in checks:
            judged = leave(state, name, now)
        elif name not in counting:
            judged = _comes_up(state, name, now, now)
        elif run.confirmed and (state.outage is None or name not in state.outage.down):
            judged = _goes_down(state, customer, name, Confirmed(max(run.first, now), run.cause), now)
        else:
            continue
        state = judged.state
        events.extend(judged.events)
    return Judged(state, tuple(events))


def _goes_down(state: CustomerState, customer: str, check: str, finding: Confirmed, now: Instant) -> Judged:
    starts, cause = finding
    outage, closed = state.outage, state.closed
    if outage is not None:
        earlier = starts < outage.starts
        grown = replace(
            outage,
            starts=min(starts, outage.starts),
            cause=cause if earlier else outage.cause,
            checks=tuple(sorted({*outage.checks, check})),
            down=outage.down | {check},
        )
        return _happened(state, EventKind.JOINED, grown, starts, now)
    if closed is not None and starts <= closed.latest_end:
        again = replace(
            closed,
            starts=min(starts, closed.starts),
            cause=cause if starts < closed.starts else closed.cause,
            checks=tuple(sorted({*closed.checks, check})),
            down=frozenset({check}),
            times=closed.times + 1,
            told=False,
        )
        return _happened(replace(state, closed=None), EventKind.REOPENED, again, starts, now)
    fresh = OpenOutage(f"{customer}-{stamp(starts)}", customer, starts, (check,), frozenset({check}), cause)
    return _happened(state, EventKind.OPENED, fresh, starts, now)


def _comes_up(state: CustomerState, check: str, ends: Instant, now: Instant) -> Judged:
    outage = state.outage
    if outage is None or check not in outage.down:
        return Judged(state)
    left = replace(outage, down=outage.down - {check}, latest_end=max(ends, outage.latest_end))
    if left.down:
        return Judged(replace(state, outage=left))
    judged = _happened(state, EventKind.CLOSED, left, left.latest_end, now)
    return replace(judged, state=replace(judged.state, outage=None, closed=left))


def _happened(state: CustomerState, kind: EventKind, outage: OpenOutage, at: Instant, now: Instant) -> Judged:
    event = Event(
        # With the instant: a check that recovers in an outage may join it a second time.
        id=f"{outage.id}/{outage.times}/{kind}/{'+'.join(outage.checks)}/{stamp(at)}",
        customer=outage.customer,
        kind=kind,
        outage=outage.id,
        at=at,
        recorded=now,
        checks=outage.checks,
        cause=outage.cause,
    )
    return Judged(replace(state, outage=outage), (event,))


def restore(
    runs: Mapping[str, Run],
    events: Sequence[Event],
    told: Mapping[str, int],
    now: Instant,
    recovered: Mapping[str, Instant] | None = None,
    threads: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[CustomerState, tuple[Event, ...]]:
    """A customer's state after a restart, from its checks' runs and its outages' events in the order they happened.

    `told`: by outage, for which opening (the highest sequence) its contacts were owed a mail. `recovered`: when each
    check's latest outage that is over ended; the end of an outage of several checks is the latest of theirs. `threads`:
    by outage, as an OpenOutage has them. An outage that no check is in any more, since its last one left the
    configuration meanwhile, is closed by the event that comes back.
    """
    state = CustomerState(runs)
    for event in events:
        if event.kind is EventKind.OVERRAN:
            continue  # a window's, not an outage's
        before = next((one for one in (state.outage, state.closed) if one and one.id == event.outage), None)
        outage = OpenOutage(
            id=event.outage,
            customer=event.customer,
            starts=event.at if before is None else before.starts,
            checks=event.checks,
            down=frozenset(),
            cause=event.cause or Cause.CONNECT if before is None else before.cause,
            times=1 if before is None else before.times,
            latest_end=0 if before is None else before.latest_end,
            threads=(threads or {}).get(event.outage, {}),
        )
        if event.kind is EventKind.CLOSED:
            state = replace(state, outage=None, closed=replace(outage, latest_end=event.at))
            continue
        if event.kind is EventKind.REOPENED:
            outage = replace(outage, times=outage.times + 1)
        if event.cause is not None:
            outage = replace(outage, cause=event.cause)
        outage = replace(outage, starts=min(outage.starts, event.at))
        reopened = state.closed is not None and state.closed.id == event.outage
        state = replace(state, outage=outage, closed=None if reopened else state.closed)
    if state.outage is None:
        return state, ()
    down = frozenset(name for name in state.outage.checks if name in runs and runs[name].confirmed)
    ended = ((recovered or {}).get(name, 0) for name in state.outage.checks)
    outage = replace(
        state.outage,
        down=down,
        told=told.get(state.outage.id, 0) >= state.outage.times,
        latest_end=max(state.outage.latest_end, *ended),
    )
    if down:
        return replace(state, outage=outage), ()
    judged = _happened(state, EventKind.CLOSED, outage, now, now)
    return replace(judged.state, outage=None, closed=replace(outage, latest_end=now)), judged.events
