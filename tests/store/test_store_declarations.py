"""The contract of what people declared, on each engine."""

from __future__ import annotations

from dataclasses import replace

import pytest
from store_rows import message

from slawatch.model import Declaration, DeclarationKind, MessageKind
from slawatch.store import Batch, open_store


def noted(id_: str, recorded: int, customer: str = "duinzicht", **facts: object) -> Declaration:
    return Declaration(id_, customer, DeclarationKind.OUTAGE_NOTED, "o1", recorded, "pia", facts)


async def test_what_is_declared_is_read_back_as_it_was_in_its_order(url: str) -> None:
    said = (noted("b", 20, text="storing", ticket="T-1"), noted("a", 10, "bosrand"), noted("c", 20))
    async with open_store(url, write=True) as store:
        assert await store.declare(said) == 3
    async with open_store(url, write=False) as store:
        assert await store.declarations() == said


async def test_what_is_declared_and_what_it_owes_come_together(url: str) -> None:
    owed = message(MessageKind.MAINTENANCE, outage="w1")
    async with open_store(url, write=True) as store:
        for _ in range(2):
            await store.declare((noted("a", 10),), (owed,))
        assert await store.messages() == (owed,)
        assert await store.declarations() == (noted("a", 10),)


async def test_declarations_are_found_by_kind_and_by_subject(url: str) -> None:
    chose = Declaration("c", "duinzicht", DeclarationKind.CONTACT_CHOSE, "pia@example.org", 10, "pia@example.org")
    async with open_store(url, write=True) as store:
        await store.declare((noted("a", 10), chose))
        assert await store.declarations(kind=DeclarationKind.CONTACT_CHOSE) == (chose,)
        assert await store.declarations("bosrand", kind=DeclarationKind.CONTACT_CHOSE) == ()
        assert await store.declarations(subject="o1") == (noted("a", 10),)


async def test_the_first_declaration_of_an_id_stands(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.declare((noted("a", 10, text="first"),))
        assert await store.declare((noted("a", 20, text="second"), noted("b", 20))) == 1
        assert await store.declarations() == (noted("a", 10, text="first"), noted("b", 20))


async def test_declarations_come_by_customer_and_as_of_an_instant(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.declare((noted("a", 10), noted("b", 20), noted("c", 30, "bosrand")))
        assert await store.declarations("duinzicht") == (noted("a", 10), noted("b", 20))
        assert await store.declarations(as_of=20) == (noted("a", 10), noted("b", 20))
        assert await store.declarations("bosrand", as_of=29) == ()


async def test_declarations_come_by_what_they_are_about(url: str) -> None:
    other = replace(noted("b", 20), subject="o2")
    async with open_store(url, write=True) as store:
        await store.declare((noted("a", 10), other))
        assert await store.declarations(subject="o2") == (other,)
        assert await store.declarations("duinzicht", as_of=19, subject="o2") == ()


async def test_of_declarations_with_one_bad_row_none_stays(url: str) -> None:
    async with open_store(url, write=True) as store:
        with pytest.raises(ValueError, match="Out of range float"):
            await store.declare((noted("a", 10), noted("b", 20, seconds=float("nan"))))
        assert await store.declarations() == ()


async def test_messages_come_by_their_kind(url: str) -> None:
    owed = message(MessageKind.MAINTENANCE, outage="w1")
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(message(MessageKind.OUTAGE), owed)))
        assert await store.messages(kind=MessageKind.MAINTENANCE) == (owed,)
