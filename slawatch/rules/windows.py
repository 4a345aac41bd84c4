"""Whether a maintenance window may be announced, ended, cancelled or moved so, and what is declared then."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from slawatch.model import DAY, Declaration, DeclarationKind, Instant, Terms, Version
from slawatch.rules import calendar
from slawatch.rules.meaning import length, meanings
from slawatch.rules.stands import Window
from slawatch.rules.wishes import Announce, Cancel, End, Granted, Known, Move, Refused
from slawatch.rules.wording import customers_of, named, next_id, said, unknown

#: A longer window is a slip of the pen.
LONGEST = 7 * DAY


def announce(wish: Announce, known: Known, now: Instant, spans: Sequence[tuple[Instant, Instant]] = ()) -> Granted:
    """A window for each customer that it is for, all under one id. Raises Refused.

    `spans`: start and end of each occurrence of a window that comes again; these are named `w3.1`, `w3.2`...
    """
    customers = customers_of(wish.customer, known)
    by = named("by", wish.by)
    words = None if wish.text is None else named("text", wish.text)
    id_ = next_id("w", known.standings)
    declarations: list[Declaration] = []
    warnings: dict[str, None] = {}
    more: dict[str, str | int] = {"series": 1} if spans else {}
    if wish.repeat is not None:
        more["repeat"] = wish.repeat
    for number, (starts, ends) in enumerate(spans or [(wish.starts, wish.ends)], start=1):
        version = _to_come(wish, starts, ends, by, known, now)
        own_id = f"{id_}.{number}" if spans else id_
        for one in customers:
            _check_overlap(version, known.standings[one].windows.values(), now, _zone(known.terms[one]))
            said = announcement(own_id, one, version, str(wish.reason), words, who=by, now=now, **more)
            declarations.append(said)
        for warning in _warnings(version, wish.reason, (known.terms[one] for one in customers)):
            warnings[warning] = None
    return Granted(id_, tuple(declarations), tuple(warnings))


def _to_come(wish: Announce, starts: Instant, ends: Instant, by: str, known: Known, now: Instant) -> Version:
    zone = _zone(known.terms[customers_of(wish.customer, known)[0]])
    _check_stretch(starts, ends)
    if ends <= now:
        raise Refused(
            f"starts: {said(starts, zone)} is past, expected a window to come; a past stretch is an exclusion"
        )
    _check_start(starts, now, zone)
    return Version(starts, ends, _announced(wish.announced, now, zone), by, now)


def end(wish: End, known: Known, now: Instant) -> Granted:
    """The window is over, for each customer for whom it runs. Raises Refused."""
    by = named("by", wish.by)
    windows = _alive(wish.window, known, now, overrun=True)
    at = now if wish.at is None else wish.at
    warnings: dict[str, None] = {}
    for window in windows:
        zone = _zone_of(window, known)
        latest = window.latest
        if latest.starts > now:
            raise Refused(f"{window.id} begins {said(latest.starts, zone)}, expected one that has begun; cancel it")
        if at < latest.starts:
            raise Refused(f"at: {said(at, zone)} is before {window.id} begins, {said(latest.starts, zone)}")
        if at > now:
            raise Refused(f"at: {said(at, zone)} is still to come, expected the time at which {window.id} ended")
        if at > latest.ends:
            over = length(at - latest.ends)
            warnings[f"{window.id} overran by {over}: only the time until {said(latest.ends, zone)} is left out"] = None
    declarations = tuple(ended(window, at, who=by, now=now) for window in windows)
    return Granted(wish.window, declarations, tuple(warnings))


def cancel(wish: Cancel, known: Known, now: Instant) -> Granted:
    """The window, or what has not begun of a series, will not be. Raises Refused."""
    by = named("by", wish.by)
    windows = _alive(wish.window, known, now, series=True)
    _check_person(windows)
    coming = [window for window in windows if window.latest.starts > now]
    if not coming:
        raise Refused(f"{wish.window} has begun, expected one that is to come; end it")
    declarations = tuple(cancelled(window, who=by, now=now, **_as_series(window, wish, known)) for window in coming)
    return Granted(wish.window, declarations)


def _as_series(window: Window, wish: Cancel, known: Known) -> dict[str, int]:
    """Whether the window is cancelled with all of its series, and not by itself."""
    if wish.window == window.id:
        return {}
    return {"series": known.standings[window.customer].series.get(window.series, 0)}


def move(wish: Move, known: Known, now: Instant) -> Granted:
    """A new version of the window, for each customer for whom it stands. Raises Refused."""
    by = named("by", wish.by)
    if wish.starts is None and wish.ends is None:
        raise Refused("starts, ends: missing, expected a time to move to")
    windows = _alive(wish.window, known, now)
    _check_person(windows)
    declarations: list[Declaration] = []
    warnings: dict[str, None] = {}
    for window in windows:
        version = _moved(window, wish, by, known, now)
        declarations.append(new_version(window, version, window.reason, window.text, who=by, now=now))
        for words in _warnings(version, window.reason, (known.terms[one] for one in _termed(window, known))):
            warnings[words] = None
    return Granted(wish.window, tuple(declarations), tuple(warnings))


def _moved(window: Window, wish: Move, by: str, known: Known, now: Instant) -> Version:
    zone, latest = _zone_of(window, known), window.latest
    starts = latest.starts if wish.starts is None else wish.starts
    ends = latest.ends if wish.ends is None else wish.ends
    _check_stretch(starts, ends)
    if starts != latest.starts:
        if latest.starts <= now:
            raise Refused(f"starts: {window.id} has begun {said(latest.starts, zone)}, expected another end only")
        _check_start(starts, now, zone)
    if ends <= now:
        raise Refused(f"ends: {said(ends, zone)} is past, expected a time to come; end {window.id} if it is over")
    version = Version(starts, ends, _announced(wish.announced, now, zone), by, now)
    others = (one for one in known.standings[window.customer].windows.values() if one.id != window.id)
    _check_overlap(version, others, now, zone)
    return version


# --- the declarations ---


def announcement(
    id_: str,
    customer: str,
    version: Version,
    reason: str,
    text: str | None,
    *,
    who: str,
    now: Instant,
    **more: str | int,
) -> Declaration:
    """A new window of a customer."""
    facts = _facts(version, reason, text) | more
    return Declaration(f"{id_}/1/{customer}", customer, DeclarationKind.WINDOW_ANNOUNCED, id_, now, who, facts)


def new_version(
    window: Window, version: Version, reason: str, text: str | None, *, who: str, now: Instant, **more: str
) -> Declaration:
    """Other times, another notice or other words for a window."""
    number = len(window.versions) + 1
    return Declaration(
        f"{window.id}/{number}/{window.customer}",
        window.customer,
        DeclarationKind.WINDOW_MOVED,
        window.id,
        now,
        who,
        _facts(version, reason, text) | more,
    )


def ended(window: Window, at: Instant, *, who: str, now: Instant, **more: str) -> Declaration:
    """The window is over since `at`."""
    return _about(window, DeclarationKind.WINDOW_ENDED, who, now, ended=calendar.text(at), **more)


def cancelled(window: Window, *, who: str, now: Instant, **more: str | int) -> Declaration:
    """The window will not be."""
    return _about(window, DeclarationKind.WINDOW_CANCELLED, who, now, **more)


def _about(window: Window, kind: DeclarationKind, who: str, now: Instant, **facts: str | int) -> Declaration:
    return Declaration(
        f"{window.id}/{len(window.versions)}/{kind}/{window.customer}",
        window.customer,
        kind,
        window.id,
        now,
        who,
        facts,
    )


def _facts(version: Version, reason: str, text: str | None) -> dict[str, Any]:
    facts = {
        "starts": calendar.text(version.starts),
        "ends": calendar.text(version.ends),
        "announced": None if version.announced is None else calendar.text(version.announced),
        "announced_by": version.announced_by,
        "reason": reason,
        "text": text,
    }
    return {name: value for name, value in facts.items() if value is not None}


# --- what is refused ---


def _alive(id_: str, known: Known, now: Instant, *, series: bool = False, overrun: bool = False) -> Sequence[Window]:
    """The customers' windows of this id that are not over; with `overrun` also those that only their plan says are."""
    windows = [one for stands in known.standings.values() for one in stands.windows.values()]
    found = [one for one in windows if one.id == id_ or (series and one.series == id_)]
    if not found:
        if any(one.series == id_ for one in windows):
            raise Refused(f"{id_} comes again and again, expected one of its times, such as {id_}.1")
        raise unknown("window", id_, (one.id for one in windows))
    alive = [one for one in found if not one.over(now) or (overrun and one.ended is None and one.cancelled is None)]
    if alive:
        return alive
    one = found[-1]
    zone = _zone_of(one, known)
    if one.cancelled is not None:
        raise Refused(f"{id_} was cancelled {said(one.cancelled, zone)}")
    ended_at = one.latest.ends if one.ended is None else one.ended
    raise Refused(f"{id_} is over since {said(ended_at, zone)}")


def _check_person(windows: Iterable[Window]) -> None:
    for window in windows:
        if window.configured:
            raise Refused(f"{window.id} stands in the configuration: change it there and reload")


def _check_stretch(starts: Instant, ends: Instant) -> None:
    if ends <= starts:
        raise Refused("ends: before it has begun, expected a time after starts")
    if ends - starts > LONGEST:
        raise Refused(
            f"ends: {length(ends - starts)} after starts, expected at most {length(LONGEST)}; "
            f"announce each stretch of work"
        )


def _check_start(starts: Instant, now: Instant, zone: ZoneInfo) -> None:
    if starts < now:
        raise Refused(
            f"starts: {said(starts, zone)} is past, so nobody can be told before; "
            f"expected now, {said(now, zone)}, or later"
        )


def _check_overlap(version: Version, windows: Iterable[Window], now: Instant, zone: ZoneInfo) -> None:
    for other in windows:
        latest = other.latest
        if not other.over(now) and version.starts < latest.ends and latest.starts < version.ends:
            raise Refused(
                f"overlaps {other.id} of {other.customer}, {said(latest.starts, zone)} to {said(latest.ends, zone)}; "
                f"move or cancel that one"
            )


def _announced(announced: Instant | None, now: Instant, zone: ZoneInfo) -> Instant:
    if announced is not None and announced > now:
        raise Refused(f"announced: {said(announced, zone)} is still to come, expected when the customers were told")
    return now if announced is None else announced


# --- words ---


def _warnings(version: Version, reason: str, terms: Iterable[Terms]) -> tuple[str, ...]:
    found = (one for each in terms for one in meanings(version, reason, each.maintenance, _zone(each)))
    return tuple(dict.fromkeys(f"{one.about}: {one.words}" for one in found))


def _zone(terms: Terms) -> ZoneInfo:
    return ZoneInfo(terms.timezone)


def _zone_of(window: Window, known: Known) -> ZoneInfo:
    termed = _termed(window, known)
    return _zone(known.terms[termed[0]]) if termed else ZoneInfo("UTC")


def _termed(window: Window, known: Known) -> Sequence[str]:
    """The window's customer, if it is configured still."""
    return [window.customer] if window.customer in known.terms else []
