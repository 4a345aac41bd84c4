"""A statement's exclusions with their proof of notice beside: by when it was needed, and the mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo

from slawatch.app.summary_outages import mail_sent
from slawatch.model import ExclusionKind, Instant, Message, MessageKind, Version
from slawatch.reporters.summary.facts import MailSent, Window
from slawatch.rules import calendar
from slawatch.rules.agreed import Agreed
from slawatch.rules.document import Document, micros
from slawatch.rules.exclusions import JudgedExclusion
from slawatch.rules.meaning import within_hours
from slawatch.rules.proofs import mailed
from slawatch.rules.stands import Standing
from slawatch.rules.telling import OF_WINDOWS


def windows(
    told: Document, judged: Sequence[JudgedExclusion], agreed: Agreed, stands: Standing, mails: Sequence[Message]
) -> tuple[Window, ...]:
    """Those of the statement, in its order. `judged`: the same, as they were judged for it, and `stands`: then."""
    by_name = {(one.exclusion.id, one.starts): one for one in judged}
    proven = mailed(mails, stands.voided)
    found = []
    for row in told["exclusions"]:
        starts, ends = calendar.parse(row["starts"]), calendar.parse(row["ends"])
        own = by_name.get((row["id"], starts))
        is_maintenance = row["kind"] == ExclusionKind.MAINTENANCE
        found.append(
            Window(
                id=row["id"],
                kind=row["kind"],
                starts=starts,
                ends=ends,
                counted=row["counted"],
                proof=row["proof"],
                why=row["why"],
                left_out=micros(row["seconds"]),
                told=None if own is None else own.told,
                needed=None if own is None else own.needed,
                at_night=_at_night(starts, ends, agreed) if is_maintenance else None,
                by=row["announced_by"] if is_maintenance else row["approved_by"],
                reason=row["reason"],
                text=row["text"],
                mails=_mails(row, own, stands, mails, proven) if is_maintenance else (),
                in_time=None if own is None else own.in_time,
            )
        )
    return tuple(found)


def _at_night(starts: Instant, ends: Instant, agreed: Agreed) -> bool | None:
    terms = agreed.at(starts)
    preferred = terms.maintenance.preferred
    return None if preferred is None else within_hours(Version(starts, ends), preferred, ZoneInfo(terms.timezone))


def _mails(
    row: Document,
    own: JudgedExclusion | None,
    stands: Standing,
    mails: Sequence[Message],
    proven: Mapping[tuple[str, int], Instant],
) -> tuple[MailSent, ...]:
    """Those about the window, and those about its series that spoke of it.

    A mail is proof when it told of a version of the window, and that was told when the statement says.
    """
    window = stands.windows.get(row["id"])
    if window is None:
        return ()
    told_of = {
        (window.id, number) if series is None else (window.series, series)
        for number, series in enumerate(window.told_with, start=1)
    }
    serving = own.told if own is not None and own.proof == "mail" else None
    proof = {version for version in told_of if serving is not None and proven.get(version) == serving}
    found = []
    for one in mails:
        announces = one.kind is MessageKind.MAINTENANCE and (one.outage, one.sequence) in told_of
        if one.kind in OF_WINDOWS and (announces or one.outage == window.id):
            told = announces and one.accepted is not None and one.id not in stands.voided
            found.append(mail_sent(one, proves=told and (one.outage, one.sequence) in proof))
    return tuple(found)
