"""The contract of closed months, on each engine; and of what closing asks the ledger."""

from __future__ import annotations

from dataclasses import replace

from store_rows import look

from slawatch.model import Cause
from slawatch.store import Batch, StoredStatement, open_store

FIRST = StoredStatement("duinzicht", "2026-10", 1, 100, '{"a":"é"}', "d1", 105, "slawatch", "the month was closed")
SECOND = replace(FIRST, revision=2, as_of=200, document="{}", digest="d2", recorded=200, who="A. Jansen", why="x1")
OTHERS = (replace(FIRST, month="2026-09"), replace(FIRST, customer="bosrand"))


async def test_statements_come_by_customer_month_and_revision(url: str) -> None:
    async with open_store(url, write=True) as store:
        for one in (SECOND, FIRST, *OTHERS):
            assert await store.keep_statement(one)
        assert await store.statements() == (OTHERS[1], OTHERS[0], FIRST, SECOND)
        assert await store.statements("duinzicht", "2026-10") == (FIRST, SECOND)
        assert await store.statements("duinzicht", "2026-11") == ()


async def test_a_revision_that_is_there_stays_as_it_was(url: str) -> None:
    async with open_store(url, write=True) as store:
        assert await store.keep_statement(FIRST)
        assert not await store.keep_statement(replace(FIRST, document="{}", digest="other"))
    async with open_store(url, write=False) as store:
        assert await store.statements() == (FIRST,)


async def test_the_first_up_is_from_since_on_and_before_until(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch((look(10), look(20, Cause.DNS), look(30), look(40), look(25, check="http"))))
        assert await store.first_up("duinzicht", "dashboard", 11, 100) == 30
        assert await store.first_up("duinzicht", "dashboard", 10, 100) == 10
        assert await store.first_up("duinzicht", "dashboard", 11, 30) is None


async def test_who_has_terms_is_told_once_and_in_order(url: str) -> None:
    async with open_store(url, write=True) as store:
        assert await store.customers_with_terms() == ()
        for customer, digest, valid_from in (("heidehof", "a", 1), ("duinzicht", "a", 1), ("duinzicht", "b", 2)):
            await store.save_terms(customer, digest, "{}", valid_from)
        assert await store.customers_with_terms() == ("duinzicht", "heidehof")
