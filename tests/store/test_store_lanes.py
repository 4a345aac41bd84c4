"""Summaries have a lane of their own, on each engine, and a kept statement owes them in its transaction."""

from __future__ import annotations

from dataclasses import replace

from store_rows import message

from slawatch.model import Lane, MessageKind, MessageState
from slawatch.store import Batch, StoredStatement, open_store

OUTAGE, SUMMARY = MessageKind.OUTAGE, MessageKind.SUMMARY
NEWS, SUMMARIES = Lane.NEWS, Lane.SUMMARIES
#: A month that is closed, at 100, and its summary.
STATEMENT = StoredStatement("duinzicht", "2026-10", 1, 90, "{}", "digest", 100, "slawatch", "the month was closed")
OWED = message(SUMMARY, outage="2026-10")


async def test_each_lane_finds_its_own_and_neither_takes_what_the_other_sends(url: str) -> None:
    news = message(OUTAGE, due=200)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(news, OWED)))
        assert (await store.next_claim(NEWS), await store.next_claim(SUMMARIES)) == (200, 100)
        assert [one.id for one in await store.claim(1000, 10, lease=500)] == [news.id]
        assert [one.id for one in await store.claim(1000, 10, lease=500, lane=SUMMARIES)] == [OWED.id]
        assert (await store.next_claim(NEWS), await store.next_claim(SUMMARIES)) == (1500, 1500)
        assert await store.release_claims(SUMMARIES) == 1
        states = {one.id: one.state for one in await store.messages()}
        assert states == {news.id: MessageState.SENDING, OWED.id: MessageState.QUEUED}
        by_lane = [await store.message_counts(lane) for lane in (NEWS, SUMMARIES)]
        assert [one[MessageState.SENDING] for one in by_lane] == [1, 0]
        assert [one[MessageState.QUEUED] for one in by_lane] == [0, 1]


async def test_what_a_dead_daemon_was_sending_is_found_by_its_own_lane(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(OWED,)))
        await store.claim(1000, 10, lease=50, lane=SUMMARIES)
        assert await store.claim(2000, 10) == ()
        (again,) = await store.claim(2000, 10, lane=SUMMARIES)
        assert (again.id, again.handed_over) == (OWED.id, 1)


async def test_summaries_take_no_place_among_a_contacts_mails_of_an_hour(url: str) -> None:
    months = [message(SUMMARY, outage=f"2026-{number}") for number in (10, 11, 12)]
    news = message(OUTAGE)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(*months, news)))
        sent = await store.claim(1000, 2, lane=SUMMARIES)
        await store.settle_accepted(sent[0].id, 1001, "mail.example:587", "250 ok")
        (told,) = await store.claim(1002, 10, most_per_hour=1)
        assert (told.id, told.says) == (news.id, "outage")


async def test_a_statement_and_what_it_owes_are_kept_together_and_once(url: str) -> None:
    async with open_store(url, write=True) as store:
        assert await store.keep_statement(STATEMENT, [OWED])
        assert not await store.keep_statement(
            STATEMENT, [replace(OWED, id="x", message_id="<x@x>", contact="b@x.example")]
        )
        assert await store.messages() == (OWED,)
