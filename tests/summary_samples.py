"""Summaries built by hand, one of each kind: `kept`, `broken`, `unsure`, `empty`, `running`. Their figures add up."""

from __future__ import annotations

from summary_building import CHECKS, TERMS, ZONE, Happened, at, days, spread, statement, strips

from slawatch.model import HOUR, MINUTE, SECOND, Cause, Instant
from slawatch.reporters.summary.facts import (
    Blip,
    Booked,
    MailSent,
    Outage,
    PageTimes,
    Promise,
    Remark,
    Revision,
    Strip,
    Summary,
    TrendMonth,
    Unit,
    Unseen,
    Window,
)
from slawatch.rules.calendar import deadline, month, stamp
from slawatch.rules.document import Document
from slawatch.rules.promises import NOT_WATCHED, NOTHING_HAPPENED, NOTHING_LOADED, ORDER

OWNER, DESK = "beheer@duinzicht.example", "receptie@duinzicht.example"
RELAY = "smtp://mail.example.org:587"
MANAGER = "A. Visser"


def kept() -> Summary:
    """October 2026, 745 hours: all promises met, one short outage, one window told in time."""
    night = _window("w14", "2026-10-13T23:00:00+02:00", 4 * HOUR, told="2026-10-05T10:12:00+02:00")
    hit = _outage("2026-10-20T10:41:05+02:00", 4 * MINUTE + 10 * SECOND, Cause.TIMEOUT_SERVER, ("reservations",))
    happened = Happened(
        "2026-10",
        _in_order(_excluded(night), _down(hit), _unknown("2026-10-25T02:20:00+02:00", 6 * MINUTE)),
        (hit,),
        (night,),
        1,
        _pages(44_280, 900, 1500, failed=1),
    )
    blips = (_blip("2026-10-08T16:20:30+02:00", ("dashboard",), Cause.CONNECT),)
    unseen = (Unseen(at("2026-10-25T02:20:00+02:00"), at("2026-10-25T02:26:00+02:00"), (Cause.MONITOR_NETWORK,)),)
    return _summary(happened, blips, unseen, (_revision(1, "2026-10", "slawatch", "the month was closed"),), mail=11.4)


def broken() -> Summary:
    """March 2026, 743 hours, revision 2: a breach, by outages and by a window that was told too late."""
    first = _outage(
        "2026-03-10T09:14:30+01:00",
        31 * MINUTE + 12 * SECOND,
        Cause.HTTP_5XX,
        CHECKS,
        remarks=(
            Remark(
                at("2026-03-10T09:25:00+01:00"),
                "K. de Boer",
                "Database vol; ruimte wordt gemaakt.",
                "TOM-4711",
                public=True,
            ),
            Remark(at("2026-03-10T11:02:00+01:00"), "K. de Boer", "Alarm op schijfruimte verscherpt."),
        ),
    )
    second = _outage("2026-03-17T23:41:00+01:00", 25 * MINUTE, Cause.CONNECT, CHECKS, mails=())
    third = _outage("2026-03-21T14:02:10+01:00", 47 * MINUTE, Cause.TIMEOUT_READY, ("reservations",), refused=True)
    told = _window("w3", "2026-03-03T23:00:00+01:00", 4 * HOUR, told="2026-02-24T15:30:00+01:00")
    late = _window("w5", "2026-03-17T23:30:00+01:00", 2 * HOUR, told="2026-03-14T09:00:00+01:00", why="late_notice")
    hotfix = _window("w6", "2026-03-26T20:00:00+01:00", 10 * MINUTE, told=None, why="hotfix", reason="hotfix")
    storm = _majeure("x1", "2026-03-24T06:00:00+01:00", 40 * MINUTE)
    happened = Happened(
        "2026-03",
        _in_order(
            _excluded(told),
            _excluded(storm),
            _down(first),
            _down(second),
            _down(third),
            _unknown("2026-03-13T04:10:00+01:00", 12 * MINUTE),
            _unknown("2026-03-29T03:05:00+02:00", 85 * MINUTE),
        ),
        (first, second, third),
        (told, late, storm, hotfix),
        3,
        _pages(44_100, 1100, 1850, failed=14),
    )
    blips = (
        _blip("2026-03-02T11:20:30+01:00", ("dashboard",), Cause.TIMEOUT_SERVER),
        _blip("2026-03-19T08:45:30+01:00", ("reservations",), Cause.HTTP_5XX),
        _blip("2026-03-30T17:01:30+02:00", ("dashboard", "reservations"), Cause.DNS),
    )
    unseen = (
        Unseen(at("2026-03-13T04:10:00+01:00"), at("2026-03-13T04:22:00+01:00"), (Cause.MONITOR_NETWORK,)),
        Unseen(at("2026-03-29T03:05:00+02:00"), at("2026-03-29T04:30:00+02:00"), ()),
    )
    revisions = (
        _revision(1, "2026-03", "slawatch", "the month was closed"),
        _revision(2, "2026-03", MANAGER, "Storm op 24 maart alsnog erkend als overmacht", days_later=6),
    )
    return _summary(happened, blips, unseen, revisions, mail=412.0)


def unsure() -> Summary:
    """September 2026: nothing failed, but for 9 hours nobody looked."""
    happened = Happened(
        "2026-09",
        (
            Strip(at("2026-09-12T22:00:00+02:00"), at("2026-09-13T05:00:00+02:00"), Booked.UNKNOWN),
            Strip(at("2026-09-22T13:00:00+02:00"), at("2026-09-22T15:00:00+02:00"), Booked.UNKNOWN),
        ),
        (),
        (),
        0,
        _pages(42_600, 900, 1500),
    )
    unseen = (
        Unseen(at("2026-09-12T22:00:00+02:00"), at("2026-09-13T05:00:00+02:00"), ()),
        Unseen(at("2026-09-22T13:00:00+02:00"), at("2026-09-22T15:00:00+02:00"), (Cause.BLOCKED, Cause.MONITOR_MISSED)),
    )
    return _summary(happened, (), unseen, (_revision(1, "2026-09", "slawatch", "the month was closed"),), mail=None)


def empty() -> Summary:
    """August 2026: slawatch did not run."""
    period = month("2026-08", ZONE)
    happened = Happened(
        "2026-08",
        (Strip(period.starts, period.ends, Booked.UNKNOWN),),
        (),
        (),
        0,
        tuple(PageTimes(name, 0, 0, None, {}) for name in CHECKS),
    )
    unseen = (Unseen(period.starts, period.ends, ()),)
    return _summary(happened, (), unseen, (_revision(1, "2026-08", "slawatch", "the month was closed"),), mail=None)


def running() -> Summary:
    """November 2026 until the 19th, 14:30: an outage lasts, a window of tonight is to come."""
    now = at("2026-11-19T14:30:00+01:00")
    since = at("2026-11-19T14:11:20+01:00")
    lasting = Outage(
        "duinzicht-20261119T131120000",
        since,
        None,
        now - since,
        Cause.HTTP_5XX,
        CHECKS,
        confirmed=since + 6 * SECOND,
        mails=_mails(since + 6 * SECOND, None),
    )
    happened = Happened(
        "2026-11", (Strip(since, now, Booked.DOWN),), (lasting,), (), 0, _pages(26_700, 850, 1400, failed=2), until=now
    )
    return _summary(happened, (), (), (), mail=9.0)


SAMPLES = {"kept": kept, "broken": broken, "unsure": unsure, "empty": empty, "running": running}


def _summary(
    happened: Happened,
    blips: tuple[Blip, ...],
    unseen: tuple[Unseen, ...],
    revisions: tuple[Revision, ...],
    *,
    mail: float | None,
) -> Summary:
    last = revisions[-1] if revisions else None
    figures = statement(
        happened,
        revision=1 if last is None else last.revision,
        as_of=happened.period.ends if last is None else last.as_of,
        bounds=2 * MINUTE * len(happened.outages),
        network_down=25 * MINUTE if len(happened.outages) > 2 else 0,
    )
    return Summary(
        customer=TERMS.customer,
        name="Vakantiepark Duinzicht",
        service=TERMS.agreement,
        zone=ZONE.key,
        statement=figures,
        promises=_promises(figures, happened.windows, mail),
        trend=_trend(figures),
        days=days(happened),
        strips=strips(happened),
        outages=happened.outages,
        blips=blips,
        windows=happened.windows,
        unseen=unseen,
        pages=happened.pages,
        version="0.1.0",
        revision=last,
        revisions=revisions,
        labels={"reservations": "het reserveringsoverzicht"},
    )


def _promises(figures: Document, windows: tuple[Window, ...], mail: float | None) -> tuple[Promise, ...]:
    up, speed = figures["availability"], figures["speed"]
    told = [one.why is None for one in windows if one.kind == "maintenance" and one.reason != "hotfix"]
    share = sum(told) / len(told) if told else None
    none = NOTHING_HAPPENED
    return (
        Promise("availability", True, up["met"], up["why"], up["ratio"], up["objective"]),
        Promise(
            "speed", True, speed["met"], None if speed["loads"] else NOTHING_LOADED, speed["share"], speed["objective"]
        ),
        Promise(
            "maintenance", True, None if share is None else share == 1, none if share is None else None, share, 1.0
        ),
        Promise(
            "outage-mail",
            True,
            None if mail is None else mail <= 300,
            none if mail is None else None,
            mail,
            300.0,
            Unit.SECONDS,
        ),
        *(Promise(id_, False, None, NOT_WATCHED) for id_ in ORDER[4:]),
    )


def _trend(figures: Document) -> tuple[TrendMonth, ...]:
    """Eleven months before: the first four not watched, one with a breach, one that cannot be said."""
    year, number = map(int, figures["month"].split("-"))
    months = [divmod(year * 12 + number - 1 - back, 12) for back in range(11, 0, -1)]
    names = [f"{one}-{index + 1:02}" for one, index in months]
    ratios = (0.99971, 0.99842, 0.99995, 1.0, 0.99963, 0.99921, 0.99988)
    said = (True, False, True, True, None, True, True)
    speeds = (0.9712, 0.9481, 0.9630, 0.9755, 0.9790, 0.9811, 0.9804)
    before = tuple(
        TrendMonth(name, ratio, met, speed, speed >= 0.95, 2.9 - 20 * (speed - 0.94))
        for name, ratio, met, speed in zip(names[4:], ratios, said, speeds, strict=True)
    )
    up, speed = figures["availability"], figures["speed"]
    this = TrendMonth(figures["month"], up["ratio"], up["met"], speed["share"], speed["met"], speed["p95_seconds"])
    return (*(TrendMonth(name) for name in names[:4]), *before, this)


def _revision(number: int, name: str, who: str, why: str, days_later: int = 0) -> Revision:
    as_of = month(name, ZONE).ends + HOUR + days_later * 24 * HOUR
    return Revision(number, as_of, as_of + 2 * SECOND, who, why, f"{number}" * 3 + "f" * 61)


def _outage(
    local: str,
    down: int,
    cause: Cause,
    checks: tuple[str, ...],
    *,
    remarks: tuple[Remark, ...] = (),
    mails: tuple[MailSent, ...] | None = None,
    refused: bool = False,
) -> Outage:
    starts = at(local)
    confirmed = starts + 6 * SECOND
    return Outage(
        f"duinzicht-{stamp(starts)}",
        starts,
        starts + down,
        down,
        cause,
        checks,
        confirmed=confirmed,
        acknowledged=confirmed + 3 * MINUTE if remarks else None,
        acknowledged_by=remarks[0].who if remarks else None,
        remarks=remarks,
        mails=_mails(confirmed, starts + down, refused=refused) if mails is None else mails,
    )


def _mails(confirmed: Instant, over: Instant | None, *, refused: bool = False) -> tuple[MailSent, ...]:
    first = MailSent(OWNER, "outage", confirmed, confirmed + 9 * SECOND, "accepted", RELAY)
    other = (
        MailSent(DESK, "outage", confirmed, None, "failed")
        if refused
        else MailSent(DESK, "outage", confirmed, confirmed + 11 * SECOND, "accepted", RELAY)
    )
    after = () if over is None else (MailSent(OWNER, "recovery", over, over + 8 * SECOND, "accepted", RELAY),)
    return (first, other, *after)


def _window(
    id_: str, local: str, length: int, *, told: str | None, why: str | None = None, reason: str = "new_version"
) -> Window:
    starts, counted = at(local), why is None
    accepted = None if told is None else at(told)
    mails = (
        ()
        if accepted is None
        else (MailSent(OWNER, "announced", accepted - 8 * SECOND, accepted, "accepted", RELAY, proves=True),)
    )
    return Window(
        id=id_,
        kind="maintenance",
        starts=starts,
        ends=starts + length,
        counted=counted,
        proof=None if told is None else "mail",
        why=why,
        left_out=length if counted else 0,
        told=accepted,
        needed=deadline(starts, TERMS.maintenance.notice, ZONE),
        at_night=reason != "hotfix",
        by="servicedesk",
        reason=reason,
        text="Nieuwe versie van de planner" if counted else None,
        in_time=why is None,
        mails=mails,
    )


def _majeure(id_: str, local: str, length: int) -> Window:
    starts = at(local)
    return Window(
        id=id_,
        kind="force_majeure",
        starts=starts,
        ends=starts + length,
        counted=True,
        proof=None,
        why=None,
        left_out=length,
        told=None,
        needed=None,
        at_night=None,
        by=MANAGER,
        reason="Storm: stroomuitval in de regio",
    )


def _blip(local: str, checks: tuple[str, ...], cause: Cause) -> Blip:
    return Blip(at(local), at(local) + 5 * SECOND, checks, cause)


def _pages(opened: int, dashboard: float, reservations: float, failed: int = 0) -> tuple[PageTimes, ...]:
    """By their median in milliseconds."""
    return (
        spread("dashboard", opened, failed, dashboard, 0.42),
        spread("reservations", opened, failed, reservations, 0.35),
    )


def _excluded(window: Window) -> Strip:
    return Strip(window.starts, window.ends, Booked.EXCLUDED)


def _down(outage: Outage) -> Strip:
    return Strip(outage.starts, outage.starts + outage.down, Booked.DOWN)


def _unknown(local: str, length: int) -> Strip:
    return Strip(at(local), at(local) + length, Booked.UNKNOWN)


def _in_order(*found: Strip) -> tuple[Strip, ...]:
    return tuple(sorted(found, key=lambda one: one.starts))
