"""What is declared afterwards: force majeure and its withdrawal, notices voided, words on outages."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from slawatch.model import DAY, Declaration, DeclarationKind, Instant, MessageKind
from slawatch.rules import calendar
from slawatch.rules.meaning import length
from slawatch.rules.owed import next_update, update_messages
from slawatch.rules.stands import Words
from slawatch.rules.wishes import Acknowledge, Exclude, Granted, Known, Refused, Remark, Update, Void, Withdraw
from slawatch.rules.wording import customers_of, named, next_id, said, unknown

#: Longer force majeure is two of them, each with its own approval.
LONGEST = 31 * DAY

#: How long before the first terms of a customer there may be looks, imported or from before terms were kept: 13 months.
BEFORE = 398 * DAY


def exclude(wish: Exclude, known: Known, now: Instant) -> Granted:
    """Force majeure for each customer that it is for, all under one id; also for one who has left. Raises Refused."""
    customers = (wish.customer,) if wish.customer in known.promised else customers_of(wish.customer, known)
    first = known.promised.get(customers[0])
    zone = ZoneInfo((known.terms[customers[0]] if first is None else first.latest).timezone)
    if wish.ends <= wish.starts:
        raise Refused("ends: before it has begun, expected a time after starts")
    if wish.ends - wish.starts > LONGEST:
        raise Refused(f"ends: {length(wish.ends - wish.starts)} after starts, expected at most {length(LONGEST)}")
    if wish.ends > now:
        raise Refused(
            f"ends: {said(wish.ends, zone)} is still to come, expected a stretch that is over; "
            f"what is planned is maintenance"
        )
    for one in customers:
        since = known.promised[one].versions[0][0] if one in known.promised else now
        if wish.starts < since - BEFORE:
            raise Refused(
                f"starts: {said(wish.starts, zone)} is long before {one} was watched, from {said(since, zone)} on; "
                f"expected a time after {said(since - BEFORE, zone)}"
            )
    id_ = next_id("x", known.standings)
    by = named("by", wish.by)
    facts = {
        "starts": calendar.text(wish.starts),
        "ends": calendar.text(wish.ends),
        "approved_by": named("approved_by", wish.approved_by),
        "reason": named("reason", wish.reason),
    }
    declarations = tuple(
        Declaration(f"{id_}/added/{one}", one, DeclarationKind.EXCLUSION_ADDED, id_, now, by, facts)
        for one in customers
    )
    return Granted(id_, declarations)


def withdraw(wish: Withdraw, known: Known, now: Instant) -> Granted:
    """It was none, for each customer for whom it stands. Raises Refused."""
    by, reason = named("by", wish.by), named("reason", wish.reason)
    every = [one for stands in known.standings.values() for one in stands.majeure.values()]
    found = [one for one in every if one.id == wish.exclusion]
    if not found:
        raise unknown("exclusion", wish.exclusion, (one.id for one in every))
    left = [one for one in found if one.withdrawn is None]
    if not left:
        raise Refused(f"{wish.exclusion} is withdrawn already")
    declarations = tuple(
        Declaration(
            f"{one.id}/withdrawn/{one.customer}",
            one.customer,
            DeclarationKind.EXCLUSION_WITHDRAWN,
            one.id,
            now,
            by,
            {"reason": reason},
        )
        for one in left
    )
    return Granted(wish.exclusion, declarations)


def void(wish: Void, known: Known, now: Instant) -> Granted:
    """An announcement proves nothing any more, for each customer whom it was for; nor does what one mail said with it.

    Raises Refused.
    """
    by, reason = named("by", wish.by), named("reason", wish.reason)
    every = {customer: _notices(customer, known) for customer in known.standings}
    one_mail = (wish.notice, *_told_with(wish.notice, known))
    concerned = [(notice, customer) for notice in one_mail for customer, own in every.items() if notice in own]
    if not concerned:
        raise unknown("announcement", wish.notice, {id_ for own in every.values() for id_ in own})
    left = [(notice, customer) for notice, customer in concerned if not _is_void(notice, customer, known)]
    if not left:
        raise Refused(f"{wish.notice} is void already")
    declarations = tuple(
        Declaration(
            f"{notice}/voided/{customer}/{_versions(notice, customer, known)}",
            customer,
            DeclarationKind.NOTICE_VOIDED,
            notice,
            now,
            by,
            {"reason": reason},
        )
        for notice, customer in left
    )
    return Granted(wish.notice, declarations)


def _told_with(message: str, known: Known) -> list[str]:
    """The announcements for which the mail of this message stood too: it was a digest."""
    return [one.id for one in known.messages if one.into == message and one.says is not None]


def remark(wish: Remark, known: Known, now: Instant) -> Granted:
    """Words on an outage; any number of them. Raises Refused."""
    customer = _customer_of(wish.outage, known)
    facts = {"text": named("text", wish.text)}
    if wish.ticket is not None:
        facts["ticket"] = named("ticket", wish.ticket)
    number = len(known.standings[customer].outages.get(wish.outage, Words()).notes) + 1
    id_ = f"{wish.outage}/noted/{number}"
    by = named("by", wish.by)
    noted = Declaration(id_, customer, DeclarationKind.OUTAGE_NOTED, wish.outage, now, by, facts)
    return Granted(wish.outage, (noted,))


def acknowledge(wish: Acknowledge, known: Known, now: Instant) -> Granted:
    """Somebody has it in hand. Raises Refused."""
    customer = _customer_of(wish.outage, known)
    words = known.standings[customer].outages.get(wish.outage, Words())
    if words.acknowledged is not None:
        raise Refused(f"{wish.outage} is acknowledged already, by {words.by}")
    id_ = f"{wish.outage}/acknowledged"
    by = named("by", wish.by)
    acknowledged = Declaration(id_, customer, DeclarationKind.OUTAGE_ACKNOWLEDGED, wish.outage, now, by)
    return Granted(wish.outage, (acknowledged,))


def update(wish: Update, known: Known, now: Instant) -> Granted:
    """Words for the customer's contacts, owed to who wants updates and was owed the outage. Raises Refused."""
    customer = _customer_of(wish.outage, known)
    by, text = named("by", wish.by), named("text", wish.text)
    if wish.outage not in known.lasting:
        raise Refused(f"{wish.outage} is over, expected one that lasts; add a note to it")
    words = known.standings[customer].outages.get(wish.outage, Words())
    number = next_update(known.owed, words.updates)
    facts = {"text": text, "number": number}
    id_ = f"{wish.outage}/updated/{number}"
    updated = Declaration(id_, customer, DeclarationKind.OUTAGE_UPDATED, wish.outage, now, by, facts)
    to = known.recipients.get(customer)
    threads = {one.contact: one.thread for one in known.owed if one.kind is MessageKind.OUTAGE}
    messages = () if to is None else update_messages(customer, wish.outage, number, threads, to, now)
    nobody = ("nobody is mailed: nobody who wants updates was told of the outage",)
    return Granted(wish.outage, (updated,), () if messages else nobody, messages)


def _notices(customer: str, known: Known) -> set[str]:
    """All that may be voided of a customer: windows, series of them, their versions, announcing messages."""
    windows = known.standings[customer].windows.values()
    versions = {f"{one.id}/{number}" for one in windows for number in range(1, len(one.versions) + 1)}
    for series, announced in known.standings[customer].series.items():
        versions |= {f"{series}/{number}" for number in range(1, announced + 1)}
    messages = {one.id for one in known.messages if one.customer == customer}
    return {one.id for one in windows} | {one.series for one in windows} | versions | messages


def _is_void(notice: str, customer: str, known: Known) -> bool:
    stands = known.standings[customer]
    latest = {f"{one.id}/{len(one.versions)}" for one in stands.named(notice)} or {notice}
    if notice in stands.series:
        latest.add(f"{notice}/{stands.series[notice]}")
    return latest <= stands.voided


def _versions(notice: str, customer: str, known: Known) -> int:
    """How many versions a window has that is voided whole: it may be so again after a further one; else 0."""
    return sum(len(one.versions) for one in known.standings[customer].named(notice))


def _customer_of(outage: str, known: Known) -> str:
    if outage not in known.outages:
        raise unknown("outage", outage, known.outages)
    return known.outages[outage]
