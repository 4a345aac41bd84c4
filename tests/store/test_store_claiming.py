"""The contract of claiming, on each engine: whose turn it is, in which order, and what becomes of the rest."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from store_rows import event, message

from slawatch.model import HOUR, MINUTE, EventKind, Message, MessageKind, MessageState, Saying
from slawatch.store import Batch, Store, open_store

OUTAGE, UPDATE, RECOVERY = MessageKind.OUTAGE, MessageKind.UPDATE, MessageKind.RECOVERY
MAINTENANCE = MessageKind.MAINTENANCE
QUEUED, SENDING, FOLDED, DROPPED = (
    MessageState.QUEUED, MessageState.SENDING, MessageState.FOLDED, MessageState.DROPPED,
)  # fmt: skip
NOW = 10 * HOUR


def sent(owed: Message, says: Saying = Saying.OUTAGE, known: int = 100, **more: object) -> Message:
    """As it is claimed."""
    return replace(owed, state=SENDING, says=says, known=known, **more)  # type: ignore[arg-type]


async def claimed(store: Store, now: int = 1000, limit: int = 10, **more: int) -> list[str]:
    return [one.id for one in await store.claim(now, limit, **more)]


async def states(store: Store) -> dict[str, MessageState]:
    return {one.id: one.state for one in await store.messages()}


async def accept(store: Store, ids: Sequence[str], at: int) -> None:
    for id_ in ids:
        assert await store.settle_accepted(id_, at, "mail.example:587", "250 ok")


# -- leases and order -------------------------------------------------------------------------------------------------


async def test_a_claimed_message_is_nobody_elses_until_its_lease_runs_out(url: str) -> None:
    owed = message(OUTAGE, due=100)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(owed,)))
        assert await store.claim(99, 10, lease=50) == ()
        assert await store.claim(100, 10, lease=50) == (sent(owed),)
        assert await store.claim(149, 10, lease=50) == ()
        assert await store.claim(150, 10, lease=50) == (sent(owed, handed_over=1),), "it may have been handed over"
        assert await store.message(owed.id) == sent(owed, handed_over=1)


async def test_what_is_due_first_is_claimed_first_up_to_the_limit(url: str) -> None:
    owed = tuple(message(OUTAGE, outage=f"o{due}", due=due) for due in (30, 10, 20))
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=owed))
        assert [m.due for m in await store.claim(100, 2, lease=50)] == [10, 20]
        assert [m.due for m in await store.claim(100, 2, lease=50)] == [30]


async def test_outages_are_claimed_before_maintenance_whatever_waits_longer(url: str) -> None:
    owed = [message(kind, outage=f"w{number}", due=number) for number, kind in enumerate(MessageKind)]
    told = [message(OUTAGE, outage=f"w{number}", due=0, created=0) for number in range(len(owed))]
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=tuple(told[1:3])))
        await accept(store, await claimed(store, 0), 1)
        closed = event(EventKind.CLOSED, 2, outage="w2")
        await store.record(Batch(events=(closed,), messages=tuple(owed)))
        assert await claimed(store, urgent_only=True, limit=2) == [owed[0].id, owed[1].id]
        assert await claimed(store, limit=2) == [owed[2].id, owed[3].id]
        assert await claimed(store, urgent_only=True) == []
        assert await claimed(store) == [owed[4].id, owed[5].id], "also what somebody announced in person is cancelled"


async def test_the_next_claim_is_the_earliest_due_or_the_end_of_a_lease(url: str) -> None:
    async with open_store(url, write=True) as store:
        assert await store.next_claim() is None
        await store.record(Batch(messages=(message(OUTAGE, due=200), message(MAINTENANCE, outage="w2", due=300))))
        assert await store.next_claim() == 200
        await store.claim(200, 1, lease=400)
        await store.record(Batch(messages=(message(RECOVERY, due=1),)))
        assert await store.next_claim() == 300, "the recovery waits for what is being sent"
        await store.claim(300, 1, lease=400)
        assert await store.next_claim() == 600


async def test_the_next_rows_are_found_without_sorting_all_that_wait(sqlite_url: str, sqlite_path: Path) -> None:
    async with open_store(sqlite_url, write=True) as store:
        await store.record(Batch(messages=(message(OUTAGE),)))
    for kinds, index in (
        ("'outage', 'update', 'recovery'", "ix_messages_urgent"),
        ("'maintenance', 'maintenance_cancelled', 'maintenance_reminder'", "ix_messages_patient"),
    ):
        with closing(sqlite3.connect(sqlite_path)) as store_file:
            plan = store_file.execute(
                f"EXPLAIN QUERY PLAN SELECT * FROM messages WHERE state = 'queued' AND kind IN ({kinds}) AND due <= ? "
                "AND NOT EXISTS (SELECT * FROM messages AS other WHERE other.thread = messages.thread AND "
                "other.contact = messages.contact AND other.state = ?) ORDER BY due, created, id LIMIT ?",
                (1000, "sending", 64),
            )
            steps = [row[3] for row in plan]
        assert any(index in step for step in steps), steps
        assert any("ix_messages_thread_contact (thread=? AND contact=?)" in step for step in steps), steps
        assert not any("TEMP B-TREE" in step for step in steps), steps


# -- within a thread --------------------------------------------------------------------------------------------------


async def test_a_recovery_waits_while_its_outage_mail_is_being_sent_or_waits_for_its_next_attempt(url: str) -> None:
    outage, recovery = message(OUTAGE), message(RECOVERY, created=205, due=205)
    async with open_store(url, write=True) as store:
        await store.record(Batch(events=(event(EventKind.OPENED, 90),), messages=(outage,)))
        assert await claimed(store) == [outage.id]
        await store.record(Batch(events=(event(EventKind.CLOSED, 200),), messages=(recovery,)))
        assert await claimed(store) == []
        await store.settle_retry(outage.id, 5000, "451 later", lost="mail.example:587")
        assert await claimed(store) == []
        assert await store.next_claim() == 5000, "and until then nobody looks again"
        assert await claimed(store, 5000) == [outage.id]
        await accept(store, [outage.id], 5001)
        assert await store.claim(5001, 10) == (sent(recovery, Saying.RECOVERY, 205, due=5000),)


async def test_one_contacts_turn_does_not_hold_up_anothers(url: str) -> None:
    mine, theirs = message(OUTAGE), message(OUTAGE, contact="b@duinzicht.example")
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(mine,)))
        await claimed(store)
        await store.record(Batch(messages=(theirs,)))
        assert await claimed(store) == [theirs.id]


async def test_the_rest_of_a_thread_is_folded_or_dropped_when_one_is_claimed(url: str) -> None:
    outage, recovery, again = message(OUTAGE), message(RECOVERY, created=205), message(OUTAGE, 2, created=305)
    happened = (event(EventKind.OPENED, 90), event(EventKind.CLOSED, 200), event(EventKind.REOPENED, 300))
    async with open_store(url, write=True) as store:
        await store.record(Batch(events=happened[:2], messages=(outage,)))
        assert await store.claim(1000, 10) == (sent(outage, Saying.OVER, 205),)
        await accept(store, [outage.id], 1001)
        await store.record(Batch(events=happened[2:], messages=(recovery, again)))
        assert await store.claim(1002, 10) == (sent(recovery, Saying.AGAIN, 305),)
        assert await store.message(again.id) == replace(again, state=FOLDED, into=recovery.id, settled=1002)
        await accept(store, [recovery.id], 1003)
        crossed = (message(RECOVERY, 2, created=405), message(OUTAGE, 3, created=505))
        late = (event(EventKind.CLOSED, 400), event(EventKind.REOPENED, 500))
        await store.record(Batch(events=late, messages=crossed))
        assert await claimed(store) == []
        assert await store.message(crossed[0].id) == replace(crossed[0], state=DROPPED, settled=1000)
        assert await store.next_claim() is None


async def test_a_recovery_that_waits_for_calm_holds_up_no_outage_that_opens_meanwhile(url: str) -> None:
    outage, recovery, update = message(OUTAGE), message(RECOVERY, created=205, due=9000), message(UPDATE, created=310)
    happened = (event(EventKind.OPENED, 90), event(EventKind.CLOSED, 200), event(EventKind.REOPENED, 300))
    async with open_store(url, write=True) as store:
        await store.record(Batch(events=happened[:1], messages=(outage,)))
        await accept(store, await claimed(store, 100), 101)
        await store.record(Batch(events=happened[1:2], messages=(recovery,)))
        assert await claimed(store, 400) == []
        await store.record(Batch(events=happened[2:], messages=(update,)))
        assert [(m.id, m.says) for m in await store.claim(400, 10)] == [(update.id, Saying.UPDATE)]
        assert (await states(store))[recovery.id] is FOLDED


async def test_nothing_of_an_outage_is_told_while_its_recovery_waits_for_calm(url: str) -> None:
    outage, recovery = message(OUTAGE), message(RECOVERY, created=205, due=9000)
    happened = (event(EventKind.OPENED, 90), event(EventKind.CLOSED, 200))
    async with open_store(url, write=True) as store:
        await store.record(Batch(events=happened, messages=(outage, recovery)))
        assert await claimed(store, 400) == []
        assert await store.next_claim() == 9000
        assert [(m.id, m.says) for m in await store.claim(9000, 10)] == [(outage.id, Saying.OVER)]


async def test_outages_that_share_a_thread_are_told_as_one(url: str) -> None:
    """One that opens soon after another goes on in its thread: nobody hears that the first was over."""
    first = (message(OUTAGE), message(RECOVERY, created=205, due=9000))
    second = replace(message(OUTAGE, outage="o2", created=305), thread=first[0].thread)
    async with open_store(url, write=True) as store:
        await store.record(Batch(events=(event(EventKind.OPENED, 90),), messages=first[:1]))
        await accept(store, await claimed(store, 100), 101)
        await store.record(Batch(events=(event(EventKind.CLOSED, 200),), messages=first[1:]))
        await store.record(Batch(events=(event(EventKind.OPENED, 300, outage="o2"),), messages=(second,)))
        assert await claimed(store, 400) == []
        assert await states(store) == {
            first[0].id: MessageState.ACCEPTED, first[1].id: DROPPED, second.id: DROPPED,
        }  # fmt: skip
        end = message(RECOVERY, outage="o2", created=505, due=505)
        closed = event(EventKind.CLOSED, 500, outage="o2")
        await store.record(Batch(events=(closed,), messages=(replace(end, thread=second.thread),)))
        assert [m.says for m in await store.claim(600, 10)] == [Saying.RECOVERY]


async def test_an_outage_owed_at_the_end_of_its_window_says_so(url: str) -> None:
    overran = event(EventKind.OVERRAN, 100, outage="w1")
    elsewhere = event(EventKind.OVERRAN, 100, outage="w1", customer="bosrand")
    mine = message(OUTAGE, created=105, due=105)
    theirs = message(OUTAGE, outage="o2", customer="zeezicht", created=105, due=105)
    happened = (event(EventKind.OPENED, 90), event(EventKind.OPENED, 90, outage="o2", customer="zeezicht"))
    async with open_store(url, write=True) as store:
        await store.record(Batch(events=(*happened, overran, replace(elsewhere, id="other")), messages=(mine, theirs)))
        said = {m.id: m.says for m in await store.claim(1000, 10)}
        assert said == {mine.id: Saying.OVERRUN, theirs.id: Saying.OUTAGE}


async def test_a_later_version_of_a_window_is_claimed_in_the_place_of_an_earlier_one(url: str) -> None:
    first, second = message(MAINTENANCE, outage="w1"), message(MAINTENANCE, 2, outage="w1", created=200, due=200)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(first, second)))
        assert await store.claim(1000, 10) == (sent(second, Saying.ANNOUNCED, 200),)
        assert await store.message(first.id) == replace(first, state=FOLDED, into=second.id, settled=1000)


async def test_what_expired_is_dropped_and_the_next_in_turn_claimed(url: str) -> None:
    old = message(MAINTENANCE, outage="w1", expires=1000)
    new = message(MAINTENANCE, outage="w2", due=500, expires=1001)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(old, new)))
        assert await claimed(store, limit=1) == [new.id]
        assert (await states(store))[old.id] is DROPPED


# -- so many an hour --------------------------------------------------------------------------------------------------


def outages(*numbers: int) -> tuple[Message, ...]:
    return tuple(message(OUTAGE, outage=f"o{number}", created=number, due=number) for number in numbers)


async def test_of_more_than_a_contact_may_be_sent_in_an_hour_the_last_mail_says_the_rest(url: str) -> None:
    owed = outages(*range(10))
    elsewhere = message(OUTAGE, outage="o5", contact="b@duinzicht.example", due=5)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(*owed, elsewhere)))
        assert await claimed(store, NOW, 2, most_per_hour=4) == [owed[0].id, owed[1].id]
        third, digest = await store.claim(NOW, 2, most_per_hour=4)
        assert (third.id, third.says) == (owed[2].id, Saying.OUTAGE)
        assert (digest.id, digest.says, digest.known) == (owed[3].id, Saying.DIGEST, 9)
        folded = [one for one in await store.messages(state=FOLDED) if one.into == digest.id]
        assert [(one.id, one.says, one.known) for one in folded] == [
            (owed[number].id, Saying.OUTAGE, number) for number in range(4, 10)
        ]
        assert await claimed(store, NOW, 2, most_per_hour=4) == [elsewhere.id]


async def test_beyond_that_a_contact_waits_until_its_last_mail_is_a_while_ago(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=outages(1, 2)))
        await accept(store, await claimed(store, NOW, 1, most_per_hour=2), NOW)
        await accept(store, await claimed(store, NOW, 1, most_per_hour=2), NOW + MINUTE)
        later = outages(3, 4, 5)
        await store.record(Batch(messages=later))
        assert await claimed(store, NOW + 2 * MINUTE, most_per_hour=2) == []
        assert await store.next_claim() == NOW + 6 * MINUTE
        assert await claimed(store, NOW + 6 * MINUTE - 1, most_per_hour=2) == []
        (digest,) = await store.claim(NOW + 6 * MINUTE, 10, most_per_hour=2)
        assert (digest.id, digest.says) == (later[0].id, Saying.DIGEST)
        assert [one.id for one in await store.messages(state=FOLDED)] == [later[1].id, later[2].id]


async def test_a_digest_is_one_mail_of_the_hour_whatever_it_says(url: str) -> None:
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=outages(*range(5))))
        first, digest = await claimed(store, NOW, most_per_hour=2)
        await accept(store, [first], NOW)
        await accept(store, [digest], NOW + MINUTE)
        (later,) = outages(5)
        await store.record(Batch(messages=(later,)))
        assert await claimed(store, NOW + 2 * MINUTE, most_per_hour=2) == []
        assert await store.next_claim() == NOW + 6 * MINUTE
        assert await claimed(store, NOW + 6 * MINUTE, most_per_hour=2) == [later.id]


async def test_the_last_mail_says_also_what_waits_for_its_next_attempt_but_no_recovery_before_its_time(
    url: str,
) -> None:
    owed = outages(1, 2, 3)
    calm = message(RECOVERY, outage="o4", created=4, due=NOW + HOUR)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=owed[:1]))
        await store.settle_retry(*await claimed(store, NOW), NOW + MINUTE, "451 later")
        await store.record(Batch(messages=(*owed[1:], calm)))
        (digest,) = await store.claim(NOW + 1, 1, most_per_hour=1)
        assert (digest.id, digest.says) == (owed[1].id, Saying.DIGEST)
        assert [one.id for one in await store.messages(state=FOLDED)] == [owed[0].id, owed[2].id]


async def test_what_was_in_a_digest_that_no_relay_took_is_in_the_next_whoever_is_due_first(url: str) -> None:
    first, second = outages(1, 2)
    end = message(RECOVERY, outage="o2", created=4, due=4)
    second, end = (replace(one, thread="<o2.outage.1@slawatch.example>") for one in (second, end))
    closed = event(EventKind.CLOSED, 4, outage="o2")
    async with open_store(url, write=True) as store:
        await store.record(Batch(events=(closed,), messages=(first, second, end)))
        await store.settle_retry(*await claimed(store, NOW, most_per_hour=1), NOW + MINUTE, "451 later")
        (later,) = outages(3)
        await store.record(Batch(messages=(later,)))
        (digest,) = await store.claim(NOW + 1, 10, most_per_hour=1)
        assert digest.says is Saying.DIGEST
        assert {one.id: one.into for one in await store.messages(state=FOLDED)} == dict.fromkeys(
            {first.id, second.id, end.id, later.id} - {digest.id}, digest.id
        )


async def test_what_is_on_its_way_takes_room_too(url: str) -> None:
    owed = outages(1, 2)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=owed[:1]))
        assert await claimed(store, NOW, most_per_hour=1) == [owed[0].id]
        await store.record(Batch(messages=owed[1:]))
        assert await claimed(store, NOW, most_per_hour=1) == []
        await store.settle_failed(owed[0].id, "550 no such user")
        assert await claimed(store, NOW + MINUTE, most_per_hour=1) == [owed[1].id]


async def test_a_digest_that_no_relay_took_is_as_if_it_had_not_been_put_together(url: str) -> None:
    owed = outages(1, 2, 3)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=owed))
        (digest,) = await store.claim(NOW, 10, most_per_hour=1)
        await store.settle_retry(digest.id, NOW + MINUTE, "451 later")
        assert await store.messages() == (
            replace(owed[0], due=NOW + MINUTE, attempts=1, error="451 later"),
            *(replace(one, due=NOW + MINUTE) for one in owed[1:]),
        )
        (again,) = await store.claim(NOW + MINUTE, 10, most_per_hour=1)
        assert (again.id, again.says) == (owed[1].id, Saying.DIGEST), "the one that was tried least"


async def test_after_a_digest_a_contact_hears_the_end_of_what_was_in_it(url: str) -> None:
    owed = outages(1, 2)
    opened = tuple(replace(event(EventKind.OPENED, 0, outage=one.outage), recorded=1) for one in owed)
    async with open_store(url, write=True) as store:
        await store.record(Batch(events=opened, messages=owed))
        (digest,) = await store.claim(NOW, 10, most_per_hour=1)
        await accept(store, [digest.id], NOW)
        ends = [message(RECOVERY, outage=one.outage, created=NOW, due=NOW) for one in owed]
        closed = tuple(event(EventKind.CLOSED, NOW, outage=one.outage) for one in owed)
        await store.record(Batch(events=closed, messages=tuple(ends)))
        said = await store.claim(NOW + 5, 10)
        assert [(one.id, one.says) for one in said] == [(one.id, Saying.RECOVERY) for one in ends]
