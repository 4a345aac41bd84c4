"""Between the nouns and their rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Row

from slawatch.model import (
    CheckId,
    Declaration,
    DeclarationKind,
    Event,
    EventKind,
    Instant,
    Look,
    Message,
    MessageKind,
    MessageState,
    Observation,
    Saying,
)
from slawatch.rules.rows import CAUSES, VERDICTS

#: A row of whatever columns.
AnyRow: TypeAlias = Row[*tuple[Any, ...]]


def observation_to_row(observation: Observation, recorded: Instant) -> dict[str, Any]:
    look = observation.look
    return {
        "customer": observation.check.customer,
        "check_name": observation.check.name,
        "at": observation.at,
        "node": observation.node,
        "kind": observation.check.kind,
        "verdict": look.verdict.value,
        "cause": None if look.cause is None else look.cause.value,
        "milliseconds": look.milliseconds,
        "recheck": observation.recheck,
        "holds": observation.holds,
        "phases": _mapping(look.phases),
        "facts": _mapping(look.facts),
        "recorded": recorded,
    }


def observation_from_row(row: AnyRow) -> Observation:
    """`row`: the table's columns in their order; taking them by name costs more than all the rest."""
    customer, check, at, node, kind, verdict, cause, milliseconds, recheck, holds, phases, facts, *_ = row
    return Observation(
        check=CheckId(customer, kind, check),
        node=node,
        at=at,
        look=Look(
            verdict=VERDICTS[verdict],
            cause=CAUSES[cause],
            milliseconds=milliseconds,
            phases={} if phases is None else json.loads(phases),
            facts={} if facts is None else json.loads(facts),
        ),
        recheck=bool(recheck),
        holds=holds,
    )


def event_to_row(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "customer": event.customer,
        "kind": event.kind.value,
        "outage": event.outage,
        "at": event.at,
        "recorded": event.recorded,
        "checks": _canonical(event.checks),
        "cause": None if event.cause is None else event.cause.value,
    }


def event_from_row(row: AnyRow) -> Event:
    return Event(
        id=row.id,
        customer=row.customer,
        kind=EventKind(row.kind),
        outage=row.outage,
        at=row.at,
        recorded=row.recorded,
        checks=tuple(json.loads(row.checks)),
        cause=CAUSES[row.cause],
    )


def declaration_to_row(declaration: Declaration) -> dict[str, Any]:
    return {
        "id": declaration.id,
        "customer": declaration.customer,
        "kind": declaration.kind.value,
        "subject": declaration.subject,
        "recorded": declaration.recorded,
        "who": plain(declaration.who),
        "facts": _canonical(declaration.facts),
    }


def declaration_from_row(row: AnyRow) -> Declaration:
    """`row`: the table's columns in their order."""
    _, id_, customer, kind, subject, recorded, who, facts, *_ = row
    return Declaration(id_, customer, DeclarationKind(kind), subject, recorded, who, json.loads(facts))


def message_to_row(message: Message) -> dict[str, Any]:
    return {
        "id": message.id,
        "customer": message.customer,
        "contact": message.contact,
        "language": message.language,
        "kind": message.kind.value,
        "outage": message.outage,
        "sequence": message.sequence,
        "message_id": message.message_id,
        "thread": message.thread,
        "created": message.created,
        "state": message.state.value,
        "due": message.due,
        "attempts": message.attempts,
        "accepted": message.accepted,
        "relay": message.relay,
        "reply": plain(message.reply),
        "error": plain(message.error),
        "settled": message.settled,
        "refused": message.refused,
        "expires": message.expires,
        "says": None if message.says is None else message.says.value,
        "known": message.known,
        "into": message.into,
        "handed_over": message.handed_over,
    }


def message_from_row(row: AnyRow) -> Message:
    return Message(
        id=row.id,
        customer=row.customer,
        contact=row.contact,
        language=row.language,
        kind=MessageKind(row.kind),
        outage=row.outage,
        sequence=row.sequence,
        message_id=row.message_id,
        thread=row.thread,
        created=row.created,
        due=row.due,
        state=MessageState(row.state),
        attempts=row.attempts,
        accepted=row.accepted,
        relay=row.relay,
        reply=row.reply,
        error=row.error,
        settled=row.settled,
        refused=row.refused,
        expires=row.expires,
        says=None if row.says is None else Saying(row.says),
        known=row.known,
        into=row.into,
        handed_over=row.handed_over,
    )


def plain(text: str | None) -> str | None:
    """What another server said, as text that both engines can keep: no NUL, no bytes in disguise."""
    if text is None:
        return None
    return text.encode("utf-8", "replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")


def _mapping(mapping: Mapping[str, Any]) -> str | None:
    """Nothing takes no room."""
    return _canonical(dict(mapping)) if mapping else None


def _canonical(value: Mapping[str, Any] | Sequence[str]) -> str:
    """One text a value: sorted keys, no spaces, ASCII. Raises ValueError for a figure that is not a number."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
