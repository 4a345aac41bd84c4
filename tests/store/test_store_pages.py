"""The contract of what is read a page at a time, on each engine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from store_rows import event, message

from slawatch.model import Declaration, DeclarationKind, Event, EventKind, MessageKind, MessageState
from slawatch.store import Batch, OutagesAsked, StoredStatement, open_store

OPENED, JOINED, CLOSED, REOPENED = EventKind.OPENED, EventKind.JOINED, EventKind.CLOSED, EventKind.REOPENED
#: a: 10 to 20 and on to 40. b: from 30 on. c: of another customer, found out late to have begun at 5, and over at 50.
#: Of w1 only a window's overrun is told.
EVENTS = (
    event(OPENED, 10, "a"),
    event(CLOSED, 20, "a"),
    event(OPENED, 30, "b"),
    event(REOPENED, 25, "a"),
    event(CLOSED, 40, "a"),
    event(OPENED, 30, "c", "bosrand"),
    event(JOINED, 5, "c", "bosrand"),
    event(CLOSED, 50, "c", "bosrand"),
    event(EventKind.OVERRAN, 60, "w1"),
)


def ids(events: tuple[Event, ...]) -> list[str]:
    return sorted({one.outage for one in events})


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (OutagesAsked(), ["a", "b", "c"]),
        (OutagesAsked(limit=1), ["b"]),
        (OutagesAsked(limit=1, after=(30, "b")), ["a"]),
        (OutagesAsked(after=(30, "a")), ["a", "c"]),
        (OutagesAsked(after=(10, "a")), ["c"]),
        (OutagesAsked(customer="bosrand"), ["c"]),
        (OutagesAsked(lasting=True), ["b"]),
        (OutagesAsked(lasting=False), ["a", "c"]),
        (OutagesAsked(since=39), ["a", "b", "c"]),
        (OutagesAsked(since=40), ["b", "c"]),
        (OutagesAsked(since=50), ["b"]),
        (OutagesAsked(until=30), ["a", "c"]),
        (OutagesAsked(until=10), ["c"]),
        (OutagesAsked(customer="duinzicht", since=20, until=11, lasting=False), ["a"]),
    ],
)
async def test_outages_are_found_whole_the_latest_first(url: str, asked: OutagesAsked, found: list[str]) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch(events=EVENTS))
        told = await store.latest_outages(asked)
    assert ids(told) == found
    assert told == tuple(one for one in EVENTS if one.outage in found)


async def test_messages_are_found_by_their_facts_the_latest_first(url: str) -> None:
    first, second = message(MessageKind.OUTAGE, created=100), message(MessageKind.RECOVERY, created=200)
    third = message(MessageKind.OUTAGE, outage="o2", created=200, customer="bosrand", state=MessageState.FAILED)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(first, second, third)))
        assert await store.latest_messages({}, None, 10) == (third, second, first)
        assert await store.latest_messages({}, (200, third.id), 1) == (second,)
        assert await store.latest_messages({"kind": "outage"}, None, 10) == (third, first)
        assert await store.latest_messages({"state": "failed", "customer": "duinzicht"}, None, 10) == ()
        assert await store.messages_of(("duinzicht", "bosrand"), MessageKind.OUTAGE) == (first, third)
        assert await store.messages_of(("bosrand",), MessageKind.RECOVERY) == ()


async def test_closed_months_come_without_their_texts_the_latest_first(url: str) -> None:
    october = StoredStatement("duinzicht", "2026-10", 1, 100, '{"a":"é"}', "d1", 105, "slawatch", "closed")
    again = replace(october, revision=2, digest="d2")
    september, other = replace(october, month="2026-09"), replace(october, customer="bosrand")
    bare = {one.digest + one.month: replace(one, document="") for one in (october, again, september)}
    async with open_store(url, write=True) as store:
        for one in (october, again, september, other):
            await store.keep_statement(one)
        assert await store.latest_statements("duinzicht", None, 10) == (
            bare["d22026-10"],
            bare["d12026-10"],
            bare["d12026-09"],
        )
        assert await store.latest_statements("duinzicht", ("2026-10", 2), 1) == (bare["d12026-10"],)
        assert await store.latest_statements("duinzicht", ("2026-09", 1), 1) == ()


async def test_declarations_are_found_by_whom_and_what_they_are_about(url: str) -> None:
    def said(id_: str, customer: str, kind: DeclarationKind, subject: str) -> Declaration:
        return Declaration(id_, customer, kind, subject, 10, "pia")

    noted, excluded = DeclarationKind.OUTAGE_NOTED, DeclarationKind.EXCLUSION_ADDED
    first, second = said("1", "duinzicht", noted, "o1"), said("2", "bosrand", excluded, "x1")
    third, fourth = said("3", "duinzicht", excluded, "x1"), said("4", "akker", excluded, "x2")
    async with open_store(url, write=True) as store:
        await store.declare((first, second, third, fourth))
        assert await store.declarations_about({"o1", "x2"}) == (first, fourth)
        assert await store.declarations_about(()) == ()
        assert await store.declarations_of(("duinzicht", "bosrand"), {excluded}) == (second, third)
        assert await store.declared_customers({excluded}) == ("akker", "bosrand", "duinzicht")
        assert await store.declared_customers({excluded, noted}, "bosrand") == ("bosrand", "duinzicht")
        assert await store.declared_customers({noted}, "e") == ()
