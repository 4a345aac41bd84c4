"""What people declared about one customer, folded in the order of the ledger into what stands.

A declaration's facts are plain JSON values: instants as RFC 3339 text. Nothing is ever edited: what a later row says
holds from when it was recorded, so a fold as of an instant reads a prefix and never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from slawatch.model import Declaration, DeclarationKind, Exclusion, ExclusionKind, Instant, Reason, Version
from slawatch.rules.calendar import parse

#: The `source` of what the configuration declares, not a person.
CONFIGURATION = "configuration"
#: And of what it said already to an older version, which kept no declarations.
MIGRATION = "migration"

#: What is declared about windows, each with the window's id as its subject.
WINDOW_KINDS = frozenset(
    {
        DeclarationKind.WINDOW_ANNOUNCED,
        DeclarationKind.WINDOW_MOVED,
        DeclarationKind.WINDOW_ENDED,
        DeclarationKind.WINDOW_CANCELLED,
    }
)


@dataclass(frozen=True, slots=True)
class Window:
    """A maintenance window and its life. `versions`: as it was declared, the oldest first; numbered from 1.

    `configured`: it stands in the configuration, which looks after it. `dropped`: it ended because it left that. A
    customer's window and another customer's of the same id were announced together, and may since have gone different
    ways.
    """

    id: str
    customer: str
    versions: tuple[Version, ...]
    reason: str = Reason.OTHER
    text: str | None = None
    configured: bool = False
    dropped: bool = False
    ended: Instant | None = None
    cancelled: Instant | None = None

    @property
    def latest(self) -> Version:
        return self.versions[-1]

    @property
    def series(self) -> str:
        """The id that all occurrences of a recurring window share; of any other window its own."""
        return self.id.partition(".")[0]

    def over(self, now: Instant) -> bool:
        """Whether nothing of it is to come: cancelled, ended, or past its planned end."""
        return self.cancelled is not None or self.ended is not None or self.latest.ends <= now


@dataclass(frozen=True, slots=True)
class Majeure:
    """Force majeure, declared afterwards: who approved it and why. `withdrawn`: when it was taken back."""

    id: str
    customer: str
    starts: Instant
    ends: Instant
    approved_by: str
    reason: str
    withdrawn: Instant | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """The operator's words on an outage."""

    at: Instant
    who: str
    text: str
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Words:
    """All that was said of one outage. `acknowledged`: since when somebody has it in hand, and `by` whom."""

    notes: tuple[Note, ...] = ()
    acknowledged: Instant | None = None
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands of all that was declared about one customer. Everything is by its id, in the ledger's order.

    `voided`: messages by their id, and versions of windows (`w3/2`).
    """

    customer: str
    windows: Mapping[str, Window] = field(default_factory=dict)
    majeure: Mapping[str, Majeure] = field(default_factory=dict)
    voided: frozenset[str] = frozenset()
    outages: Mapping[str, Words] = field(default_factory=dict)

    def named(self, id_: str) -> tuple[Window, ...]:
        """The window of this id, or all occurrences of the series."""
        return tuple(one for one in self.windows.values() if id_ in (one.id, one.series))


#: A series is declared for many customers at once, at the same times.
_instant = lru_cache(maxsize=4096)(parse)


def standing(declarations: Iterable[Declaration], customer: str, as_of: Instant | None = None) -> Standing:
    """What stands for `customer`; of declarations in the order of the ledger, those recorded up to `as_of`."""
    stands, windows = Standing(customer), dict[str, Window]()
    for one in declarations:
        if one.customer != customer or (as_of is not None and one.recorded > as_of):
            continue
        if one.kind in WINDOW_KINDS:  # hundreds, where they come again
            windows[one.subject] = _window(windows.get(one.subject), one)
        else:
            stands = _after(replace(stands, windows=windows), one)
    return replace(stands, windows=windows)


def _after(stands: Standing, said: Declaration) -> Standing:
    match said.kind:
        case DeclarationKind.EXCLUSION_ADDED:
            added = Majeure(
                id=said.subject,
                customer=said.customer,
                starts=_instant(said.facts["starts"]),
                ends=_instant(said.facts["ends"]),
                approved_by=said.facts["approved_by"],
                reason=said.facts["reason"],
            )
            return replace(stands, majeure={**stands.majeure, said.subject: added})
        case DeclarationKind.EXCLUSION_WITHDRAWN:
            withdrawn = replace(stands.majeure[said.subject], withdrawn=said.recorded)
            return replace(stands, majeure={**stands.majeure, said.subject: withdrawn})
        case DeclarationKind.NOTICE_VOIDED:
            return replace(stands, voided=stands.voided | _voided(stands, said.subject))
    words = stands.outages.get(said.subject, Words())
    if said.kind is DeclarationKind.OUTAGE_NOTED:
        note = Note(said.recorded, said.who, said.facts["text"], said.facts.get("ticket"))
        words = replace(words, notes=(*words.notes, note))
    else:
        words = replace(words, acknowledged=said.recorded, by=said.who)
    return replace(stands, outages={**stands.outages, said.subject: words})


def _window(before: Window | None, said: Declaration) -> Window:
    """The window after `said`. Only its announcement comes without a `before`."""
    if before is None:
        return Window(
            id=said.subject,
            customer=said.customer,
            versions=(_version(said),),
            reason=said.facts["reason"],
            text=said.facts.get("text"),
            configured=_by_configuration(said),
        )
    match said.kind:
        case DeclarationKind.WINDOW_ENDED:
            return replace(before, ended=_instant(said.facts["ended"]), dropped=_by_configuration(said))
        case DeclarationKind.WINDOW_CANCELLED:
            return replace(before, cancelled=said.recorded)
    return replace(
        before,
        versions=(*before.versions, _version(said)),
        reason=said.facts["reason"],
        text=said.facts.get("text"),
        # One that stands in the configuration may come back.
        dropped=False,
        ended=None if before.dropped else before.ended,
        cancelled=None,
    )


def _by_configuration(said: Declaration) -> bool:
    return said.facts.get("source") in (CONFIGURATION, MIGRATION)


def _version(said: Declaration) -> Version:
    """What an older version believed was entered when it was announced, as far as anyone knows."""
    announced = None if "announced" not in said.facts else _instant(said.facts["announced"])
    migrated = said.facts.get("source") == MIGRATION and announced is not None
    return Version(
        starts=_instant(said.facts["starts"]),
        ends=_instant(said.facts["ends"]),
        announced=announced,
        announced_by=said.facts.get("announced_by"),
        entered=announced if migrated else said.recorded,
    )


def _voided(stands: Standing, subject: str) -> frozenset[str]:
    """A window's id, or a series', stands for the versions of now; what is announced later proves itself again."""
    windows = stands.named(subject)
    if not windows:
        return frozenset({subject})
    return frozenset(f"{one.id}/{number}" for one in windows for number in range(1, len(one.versions) + 1))


def exclusions(stands: Standing, mailed: Mapping[tuple[str, int], Instant]) -> tuple[Exclusion, ...]:
    """What may be left out of the customer's figures, by start: for `rules.exclusions.judge`.

    `mailed`: when the mail about a version (window id, number) is proven to have been accepted (`proofs.mailed`).
    """
    windows = (_exclusion(stands, one, mailed) for one in stands.windows.values() if one.cancelled is None)
    majeure = (
        Exclusion(
            ExclusionKind.FORCE_MAJEURE,
            one.starts,
            one.ends,
            reason=one.reason,
            approved_by=one.approved_by,
            id=one.id,
        )
        for one in stands.majeure.values()
        if one.withdrawn is None
    )
    return tuple(sorted((*windows, *majeure), key=lambda one: (one.starts, one.ends)))


def _exclusion(stands: Standing, window: Window, mailed: Mapping[tuple[str, int], Instant]) -> Exclusion:
    proven = tuple(
        _proven(version, mailed.get((window.id, number)), voided=f"{window.id}/{number}" in stands.voided)
        for number, version in enumerate(window.versions, start=1)
    )
    latest = proven[-1]
    return Exclusion(
        ExclusionKind.MAINTENANCE,
        latest.starts,
        latest.ends,
        announced=latest.announced,
        announced_by=latest.announced_by,
        entered=latest.entered,
        ended=window.ended,
        reason=window.reason,
        id=window.id,
        text=window.text,
        earlier=proven[:-1],
    )


def _proven(version: Version, mailed: Instant | None, *, voided: bool) -> Version:
    """The version with its better proof: the earlier of what was declared before it starts and what was mailed.

    One that is voided has none: neither what was declared of it nor the mails about it arrived.
    """
    if voided:
        return replace(version, announced=None, announced_by=None)
    if mailed is None:
        return version
    believed = version.announced is not None and version.entered is not None and version.entered < version.starts
    if believed and version.announced is not None and version.announced <= mailed:
        return version
    return replace(version, announced=mailed, announced_by=None)
