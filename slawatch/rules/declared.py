"""What people declared about one customer, folded in the order of the ledger into what stands.

A declaration's facts are plain JSON values: instants as RFC 3339 text. Nothing is ever edited: what a later row says
holds from when it was recorded, so a fold as of an instant reads a prefix and never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from slawatch.model import Declaration, DeclarationKind, Exclusion, ExclusionKind, Instant, Version
from slawatch.rules.calendar import parse
from slawatch.rules.stands import Majeure, Note, Standing, Window, Words

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


#: A series is declared for many customers at once, at the same times.
_instant = lru_cache(maxsize=4096)(parse)


def standing(declarations: Iterable[Declaration], customer: str, as_of: Instant | None = None) -> Standing:
    """What stands for `customer`; of declarations in the order of the ledger, those recorded up to `as_of`."""
    stands, windows, series = Standing(customer), dict[str, Window](), dict[str, int]()
    for one in declarations:
        if one.customer != customer or (as_of is not None and one.recorded > as_of):
            continue
        if one.kind in WINDOW_KINDS:  # hundreds, where they come again
            windows[one.subject] = _window(windows.get(one.subject), one)
            _count(series, one)
        else:
            stands = _after(replace(stands, windows=windows, series=series), one)
    return replace(stands, windows=windows, series=series)


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
        case DeclarationKind.CONTACT_CHOSE:
            return stands  # `rules.choices` reads it
    return replace(stands, outages={**stands.outages, said.subject: _words(stands.outages.get(said.subject), said)})


def _words(before: Words | None, said: Declaration) -> Words:
    words = before or Words()
    if said.kind is DeclarationKind.OUTAGE_ACKNOWLEDGED:
        return replace(words, acknowledged=said.recorded, by=said.who)
    note = Note(said.recorded, said.who, said.facts["text"], said.facts.get("ticket"))
    if said.kind is DeclarationKind.OUTAGE_UPDATED:
        return replace(words, updates={**words.updates, said.facts["number"]: note})
    return replace(words, notes=(*words.notes, note))


def _count(series: dict[str, int], said: Declaration) -> None:
    """How often each series was announced; of one from before that was counted it is not known."""
    if "series" in said.facts:
        name = said.subject.partition(".")[0]
        series[name] = max(series.get(name, 0), said.facts["series"])


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
            repeat=said.facts.get("repeat"),
            told_with=(said.facts.get("series"),),
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
        repeat=said.facts.get("repeat", before.repeat),
        told_with=(*before.told_with, said.facts.get("series")),
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
        return frozenset({subject, *_told_with(stands, subject)})
    versions = {f"{one.id}/{number}" for one in windows for number in range(1, len(one.versions) + 1)}
    return frozenset(versions | {f"{subject}/{number}" for number in range(1, stands.series.get(subject, 0) + 1)})


def _told_with(stands: Standing, subject: str) -> Iterator[str]:
    """The versions of which a series' announcement (`w3/2`) speaks."""
    series, _, number = subject.rpartition("/")
    for one in stands.named(series):
        for version, announced in enumerate(one.told_with, start=1):
            if str(announced) == number:
                yield f"{one.id}/{version}"


def exclusions(stands: Standing, mailed: Mapping[tuple[str, int], Instant]) -> tuple[Exclusion, ...]:
    """What may be left out of the customer's figures, by start: for `rules.exclusions.judge`.

    `mailed`: when the mail about a version (window id or series, number) is proven to have been accepted
    (`proofs.mailed`).
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
        _proven(version, _mailed(stands, window, number, mailed), voided=f"{window.id}/{number}" in stands.voided)
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


def _mailed(stands: Standing, window: Window, number: int, mailed: Mapping[tuple[str, int], Instant]) -> Instant | None:
    """When the mail that speaks of the version was accepted: of one of a series the series', else its own."""
    series = window.told_with[number - 1]
    told = (window.id, number) if series is None else (window.series, series)
    return None if f"{told[0]}/{told[1]}" in stands.voided else mailed.get(told)


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
