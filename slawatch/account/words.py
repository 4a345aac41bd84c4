"""The operator's words on outages, laid beside a statement: they explain its figures and change none of them."""

from __future__ import annotations

from typing import Any

from slawatch.account import shown
from slawatch.rules.calendar import parse
from slawatch.rules.declared import standing
from slawatch.rules.document import Document
from slawatch.store import Store


async def with_words(store: Store, told: Document) -> Document:
    """The statement, with `notes` and `acknowledged` at each outage that something was said of, ever."""
    customer = told["customer"]
    stands = standing(await store.declarations(customer), customer)
    said = [
        one
        for one in shown.outages({customer: stands}, await store.events(customer))
        if one["notes"] or one["acknowledged"]
    ]
    return told | {"outages": [_with(outage, said) for outage in told["outages"]]}


def _with(outage: Document, said: list[Document]) -> Document:
    """What was said of an outage of the ledger is said of the statement's outage that it began in."""
    its = [one for one in said if _begins_in(one["starts"], outage)]
    if not its:
        return outage
    notes: list[Any] = [note for one in its for note in one["notes"]]
    acknowledged = [(one["acknowledged"], one["acknowledged_by"]) for one in its if one["acknowledged"]]
    first, by = min(acknowledged, default=(None, None))
    return outage | {
        "notes": sorted(notes, key=lambda note: parse(note["at"])),
        "acknowledged": first,
        "acknowledged_by": by,
    }


def _begins_in(starts: str, outage: Document) -> bool:
    ends = outage["ends"]
    return parse(outage["starts"]) <= parse(starts) and (ends is None or parse(starts) <= parse(ends))
