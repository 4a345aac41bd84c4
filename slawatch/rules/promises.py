"""Each promise of the agreement and whether it was kept in a month: one row each, in the agreement's order.

What is measured has a function here; what is not says so. A promise that comes to be measured moves from `NOT_WATCHED`
to a function of its own, and keeps its place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from slawatch.model import (
    MINUTE,
    SECOND,
    BeatKind,
    ExclusionKind,
    Heartbeat,
    Instant,
    Message,
    MessageKind,
    MessageState,
    Micros,
    Reason,
)
from slawatch.rules.calendar import Period
from slawatch.rules.copies import ALLOWED_RESTORE, Kept, by_source, kept, last_drill, restored
from slawatch.rules.document import Document
from slawatch.rules.exclusions import JudgedExclusion
from slawatch.rules.incidents import Judged, in_time

#: Within so long a mail goes out at once. It takes a second where nothing is in its way; a mail server that puts off a
#: sender whom it does not know (greylisting, RFC 6647) may take some minutes. Later is not at once by any reading.
AT_ONCE: Micros = 5 * MINUTE

#: The promises in the order in which they are shown.
ORDER = (
    "availability", "speed", "maintenance", "outage-mail", "backup-replica", "backup-hourly", "backup-daily", "restore",
    "https", "incidents", "portal", "signalling", "access",
)  # fmt: skip

#: Why nothing can be said of a promise.
NOT_WATCHED, NOTHING_HAPPENED, NOTHING_LOADED = "not_watched", "nothing_happened", "nothing_loaded"
INSUFFICIENT_REPORTS = "insufficient_reports"

#: The promises of which copies they are.
COPIES = (
    ("backup-replica", BeatKind.REPLICA),
    ("backup-hourly", BeatKind.HOURLY),
    ("backup-daily", BeatKind.DAILY),
)
#: Of so much of the time that a replica is watched reports have to tell, in hundredths; as with looks.
REPORTED_PERCENT = 99


class Unit(StrEnum):
    SHARE = "share"
    SECONDS = "seconds"


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise and whether it was kept. `id`: as the agreement's table names it, such as `availability`.

    `watched`: whether slawatch measures it at all. `met`: None where nothing can be said; `why` says why not:
    `insufficient_coverage` or `all_excluded` of availability, `nothing_loaded`, `nothing_happened`, `not_watched`,
    `insufficient_reports` of a replica. `figure` and `objective`: in `unit`; a figure in seconds is kept where it is at
    most the objective. `cases`: of how many a share of incidents is. `at`: when the restore was tried that it is of.
    """

    id: str
    watched: bool
    met: bool | None
    why: str | None = None
    figure: float | None = None
    objective: float | None = None
    unit: Unit = Unit.SHARE
    cases: int | None = None
    at: Instant | None = None


@dataclass(frozen=True, slots=True)
class Reports:
    """What others reported, as it was known. `incidents`: the customer's, judged then; None where nobody reports any.

    `beats`: the heartbeats that matter for the month, at least from `copies.CONTEXT` before it on.
    """

    incidents: Sequence[Judged] | None = None
    beats: Sequence[Heartbeat] = ()


def promises(
    told: Document,
    windows: Iterable[JudgedExclusion],
    mails: Iterable[Message],
    reports: Reports,
    period: Period,
    known: Instant,
) -> tuple[Promise, ...]:
    """All of them, of the month that the statement `told` is about, as far as was `known`.

    `windows`: the exclusions that meet it. `mails`: the customer's messages as they stood then.
    """
    found = (
        _availability(told),
        _speed(told),
        maintenance(windows),
        outage_mail(mails, period, known),
        *copies(reports.beats, period),
        *restore(reports.beats, period),
        *incidents(reports.incidents, period),
    )
    watched = {one.id: one for one in found}
    return tuple(watched.get(id_, Promise(id_, watched=False, met=None, why=NOT_WATCHED)) for id_ in ORDER)


def _availability(told: Document) -> Promise:
    said = told["availability"]
    return _watched("availability", said["ratio"], said["objective"], met=said["met"], why=said["why"])


def _speed(told: Document) -> Promise:
    said = told["speed"]
    why = NOTHING_LOADED if said["met"] is None else None
    return _watched("speed", said["share"], said["objective"], met=said["met"], why=why)


def _watched(
    id_: str,
    figure: float | None,
    objective: float,
    unit: Unit = Unit.SHARE,
    *,
    met: bool | None,
    why: str | None = None,
) -> Promise:
    return Promise(id_, watched=True, met=met, why=why, figure=figure, objective=objective, unit=unit)


def maintenance(windows: Iterable[JudgedExclusion]) -> Promise:
    """The share of windows all of whose time was told in time; hotfixes, which the agreement lets go untold, apart."""
    told = [
        one.in_time
        for one in windows
        if one.exclusion.kind is ExclusionKind.MAINTENANCE and one.exclusion.reason != Reason.HOTFIX
    ]
    if not told:
        return _watched("maintenance", None, 1.0, met=None, why=NOTHING_HAPPENED)
    return _watched("maintenance", sum(map(bool, told)) / len(told), 1.0, met=all(told))


def outage_mail(mails: Iterable[Message], period: Period, known: Instant) -> Promise:
    """The longest that a contact waited for the mail about an outage, of those that came to be owed in the period.

    Counted from when it came to be owed: the confirmation, or of an outage that began within maintenance its end. One
    that still waits has waited until `known`. A contact that was refused for good does not count where another one was
    told of the outage; where nobody was, the outage was not told.
    """
    owed: defaultdict[tuple[str, int], list[Message]] = defaultdict(list)
    for one in mails:
        if one.kind is MessageKind.OUTAGE and period.starts <= one.created < period.ends:
            owed[one.outage, one.sequence].append(one)
    waited = [each for opening in owed.values() for each in _waited(opening, known)]
    at_once = AT_ONCE / SECOND
    if not waited:
        return _watched("outage-mail", None, at_once, Unit.SECONDS, met=None, why=NOTHING_HAPPENED)
    longest = max(waited)
    return _watched("outage-mail", longest / SECOND, at_once, Unit.SECONDS, met=longest <= AT_ONCE)


def _waited(opening: Sequence[Message], known: Instant) -> list[Micros]:
    """How long each contact waited that counts; nothing of what was dropped, or has hardly come to be owed."""
    reached = any(one.accepted is not None for one in opening)
    found = []
    for one in opening:
        refused = one.accepted is None and one.state is MessageState.FAILED
        if one.accepted is not None:
            found.append(one.accepted - one.created)
        elif one.state is not MessageState.DROPPED and not (refused and reached) and known - one.created > AT_ONCE:
            found.append(known - one.created)
    return found


def copies(beats: Sequence[Heartbeat], period: Period) -> Iterator[Promise]:
    """Of each kind of copy that is reported: the share of the time in which it was as promised, of the worst source."""
    found = by_source(beats)
    for id_, kind in COPIES:
        each = [kept(its, period) for (_, which), its in found.items() if which is kind]
        watched = [one for one in each if one != Kept()]
        if watched:
            yield _copied(id_, watched)


def _copied(id_: str, sources: Sequence[Kept]) -> Promise:
    figure = min((one.share for one in sources if one.share is not None), default=None)
    if any(one.bad for one in sources):
        return _watched(id_, figure, 1.0, met=False)
    if all((one.good + one.bad) * 100 >= REPORTED_PERCENT * (one.good + one.bad + one.silent) for one in sources):
        return _watched(id_, figure, 1.0, met=True)
    return _watched(id_, figure, 1.0, met=None, why=INSUFFICIENT_REPORTS)


def restore(beats: Iterable[Heartbeat], period: Period) -> Iterator[Promise]:
    """How long the last restore took that was tried before the month ended; nothing where none was ever."""
    drill = last_drill(beats, period.ends)
    if drill is not None:
        took = None if drill.duration is None else drill.duration / SECOND
        said = _watched("restore", took, ALLOWED_RESTORE / SECOND, Unit.SECONDS, met=restored(drill))
        yield replace(said, at=drill.at)


def incidents(judged: Sequence[Judged] | None, period: Period) -> Iterator[Promise]:
    """The share in time of the incidents that were due in the period; nothing where nobody reports any."""
    if judged is None:
        return
    good, cases = in_time(judged, period)
    if not cases:
        yield _watched("incidents", None, 1.0, met=None, why=NOTHING_HAPPENED)
    else:
        yield replace(_watched("incidents", good / cases, 1.0, met=good == cases), cases=cases)
