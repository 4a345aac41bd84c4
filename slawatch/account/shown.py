"""Windows, force majeure, outages, messages and closed months as JSON-able values: what the verbs and the API list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

from slawatch.model import Event, EventKind, Instant, Message, Terms, Version
from slawatch.rules.calendar import text
from slawatch.rules.declared import exclusions
from slawatch.rules.document import Document
from slawatch.rules.exclusions import judge
from slawatch.rules.proofs import mailed
from slawatch.rules.stands import Standing, Window, Words
from slawatch.store import StoredStatement


def windows(stands: Standing, terms: Terms | None, messages: Sequence[Message], now: Instant) -> list[Document]:
    """A customer's windows by start. `counted`, `proof` and `why` as in a statement; null where unjudged."""
    own = [one for one in messages if one.customer == stands.customer]
    judged: dict[str | None, Document] = {}
    if terms is not None:
        for exclusion in exclusions(stands, mailed(own, stands.voided)):
            found = judge(exclusion, terms.maintenance, ZoneInfo(terms.timezone))
            judged[exclusion.id] = {"counted": found.counted, "proof": found.proof, "why": found.why}
    zone = "UTC" if terms is None else terms.timezone
    return [
        {
            "id": one.id,
            "customer": one.customer,
            "state": _state(one, now),
            "reason": one.reason,
            "text": one.text,
            "configured": one.configured,
            "timezone": zone,
            **_times(one.latest),
            "ended": _instant(one.ended),
            "cancelled": _instant(one.cancelled),
            "versions": [_times(version) for version in one.versions],
            **judged.get(one.id, {"counted": None, "proof": None, "why": None}),
        }
        for one in sorted(stands.windows.values(), key=lambda one: (one.latest.starts, one.id))
    ]


def majeure(stands: Standing) -> list[Document]:
    """A customer's force majeure, in the order in which it was declared."""
    return [
        {
            "id": one.id,
            "customer": one.customer,
            "kind": "force_majeure",
            "starts": text(one.starts),
            "ends": text(one.ends),
            "approved_by": one.approved_by,
            "reason": one.reason,
            "withdrawn": _instant(one.withdrawn),
        }
        for one in stands.majeure.values()
    ]


def outages(standings: Mapping[str, Standing], events: Iterable[Event]) -> list[Document]:
    """The outages that these events tell of, the latest first, with the words on each."""
    by_outage: dict[str, list[Event]] = {}
    for event in events:
        if event.kind is not EventKind.OVERRAN:
            by_outage.setdefault(event.outage, []).append(event)
    listed = []
    for id_, own in by_outage.items():
        begun = [one for one in own if one.kind is not EventKind.CLOSED]
        closed = own[-1].kind is EventKind.CLOSED
        words = Words()
        if own[0].customer in standings:
            words = standings[own[0].customer].outages.get(id_, words)
        listed.append(
            {
                "id": id_,
                "customer": own[0].customer,
                "starts": text(min(one.at for one in begun)),
                "ends": text(own[-1].at) if closed else None,
                "cause": next((str(one.cause) for one in begun if one.cause is not None), None),
                "checks": sorted({check for one in own for check in one.checks}),
                "acknowledged": _instant(words.acknowledged),
                "acknowledged_by": words.by,
                "notes": [
                    {"at": text(one.at), "who": one.who, "text": one.text, "ticket": one.ticket} for one in words.notes
                ],
                "updates": [{"at": text(one.at), "who": one.who, "text": one.text} for one in words.updates.values()],
            }
        )
    return sorted(listed, key=lambda one: str(one["starts"]), reverse=True)


def message(owed: Message) -> Document:
    """One thing that is or was owed."""
    return {
        "id": owed.id,
        "customer": owed.customer,
        "contact": owed.contact,
        "language": owed.language,
        "state": str(owed.state),
        "kind": str(owed.kind),
        "says": None if owed.says is None else str(owed.says),
        "outage": owed.outage,
        "sequence": owed.sequence,
        "message_id": owed.message_id,
        "created": text(owed.created),
        "due": text(owed.due),
        "expires": _instant(owed.expires),
        "known": _instant(owed.known),
        "attempts": owed.attempts,
        "handed_over": owed.handed_over,
        "accepted": _instant(owed.accepted),
        "settled": _instant(owed.settled),
        "relay": owed.relay,
        "reply": owed.reply,
        "error": owed.error,
        "into": owed.into,
    }


def statement(stood: StoredStatement) -> Document:
    """A revision of a closed month, without its text."""
    return {
        "month": stood.month,
        "revision": stood.revision,
        "as_of": text(stood.as_of),
        "recorded": text(stood.recorded),
        "who": stood.who,
        "why": stood.why,
        "digest": stood.digest,
    }


def _state(window: Window, now: Instant) -> str:
    if window.cancelled is not None:
        return "cancelled"
    if window.ended is not None:
        return "ended"
    if window.latest.ends <= now:
        return "over"
    return "running" if window.latest.starts <= now else "planned"


def _times(version: Version) -> Document:
    return {
        "starts": text(version.starts),
        "ends": text(version.ends),
        "announced": _instant(version.announced),
        "announced_by": version.announced_by,
    }


def _instant(at: Instant | None) -> str | None:
    return None if at is None else text(at)
