"""The contract of the outbox, on each engine."""

from __future__ import annotations

from dataclasses import replace

from store_rows import message

from slawatch.model import MessageKind, MessageState
from slawatch.store import Batch, open_store

OUTAGE, RECOVERY = MessageKind.OUTAGE, MessageKind.RECOVERY


async def test_a_claimed_message_is_nobody_elses_until_its_lease_runs_out(url: str) -> None:
    owed = message(OUTAGE, due=100)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(owed,)))
        assert await store.claim(99, 10, lease=50) == ()
        assert await store.claim(100, 10, lease=50) == (replace(owed, state=MessageState.SENDING),)
        assert await store.claim(149, 10, lease=50) == ()
        assert await store.claim(150, 10, lease=50) == (replace(owed, state=MessageState.SENDING),)


async def test_what_is_due_first_is_claimed_first_up_to_the_limit(url: str) -> None:
    owed = tuple(message(OUTAGE, outage=f"o{due}", due=due) for due in (30, 10, 20))
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=owed))
        assert [m.due for m in await store.claim(100, 2, lease=50)] == [10, 20]
        assert [m.due for m in await store.claim(100, 2, lease=50)] == [30]


async def test_a_recovery_waits_until_its_outage_mail_is_settled(url: str) -> None:
    outage, recovery = message(OUTAGE, 1), message(RECOVERY, 1, due=50)
    elsewhere = message(RECOVERY, 1, contact="b@duinzicht.example")
    again = message(OUTAGE, 2, due=40)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(again, recovery, outage, elsewhere)))
        assert {m.id for m in await store.claim(100, 10, lease=50)} == {outage.id, elsewhere.id}
        assert await store.claim(101, 10, lease=50) == ()
        assert await store.settle_retry(outage.id, 500, "451 later")
        assert await store.claim(400, 10, lease=50) == (replace(elsewhere, state=MessageState.SENDING),)
        assert [m.id for m in await store.claim(500, 10, lease=1000)][-1] == outage.id
        assert await store.settle_accepted(outage.id, 510, "mail.example", "250 ok")
        assert [m.id for m in await store.claim(520, 10, lease=1000)] == [recovery.id]
        assert await store.settle_failed(recovery.id, "550 no such user")
        assert [m.id for m in await store.claim(530, 10, lease=1000)] == [again.id]


async def test_settling_says_how_it_went(url: str) -> None:
    owed = message(OUTAGE)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(owed,)))
        await store.claim(100, 1, lease=50)
        assert await store.settle_retry(owed.id, 300, "451 \x00\udcff")
        retried = replace(owed, due=300, attempts=1, error="451 \ufffd?")
        assert await store.messages() == (retried,)
        await store.claim(300, 1, lease=50)
        assert await store.settle_accepted(owed.id, 310, "mail.example:587", "250 2.0.0 queued")
        accepted = replace(
            retried, state=MessageState.ACCEPTED, attempts=2, error=None, accepted=310,
            relay="mail.example:587", reply="250 2.0.0 queued", settled=310,
        )  # fmt: skip
        assert await store.messages() == (accepted,)
        assert not await store.settle_accepted(owed.id, 999, "other", "250")
        assert not await store.settle_failed(owed.id, "550")
        assert not await store.settle_retry("nobody", 1, "451")
        assert await store.messages() == (accepted,)


async def test_a_refused_message_is_kept_and_not_sent_again(url: str) -> None:
    owed = message(OUTAGE)
    async with open_store(url, write=True, clock=lambda: 120) as store:
        await store.record(Batch(messages=(owed,)))
        await store.claim(100, 1, lease=50)
        assert await store.settle_failed(owed.id, "550 no such user")
        assert await store.claim(10**15, 10, lease=50) == ()
        (failed,) = await store.messages(state=MessageState.FAILED)
        assert (failed.error, failed.attempts, failed.settled) == ("550 no such user", 1, 120)


async def test_what_a_dead_daemon_was_sending_is_queued_again_with_its_message_id(url: str) -> None:
    owed = message(OUTAGE)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(owed,)))
        await store.claim(100, 1, lease=10**12)
    async with open_store(url, write=True) as store:
        assert await store.claim(101, 1, lease=50) == ()
        assert await store.release_claims() == 1
        assert await store.release_claims() == 0
        (again,) = await store.claim(101, 1, lease=50)
        assert again.message_id == owed.message_id


async def test_a_message_owed_twice_keeps_its_first_message_id(url: str) -> None:
    first = message(OUTAGE)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(first,)))
        await store.record(Batch(messages=(message(OUTAGE, id="other", message_id="<other@slawatch.example>"),)))
        await store.record(Batch(messages=(message(RECOVERY, id="third", message_id=first.message_id),)))
        assert await store.messages() == (first,)


async def test_two_customers_may_have_one_window_and_one_contact(url: str) -> None:
    kind, contact = MessageKind.MAINTENANCE, "keten@example.org"
    both = [
        message(kind, outage="w1", contact=contact, customer=one, id=one, message_id=one)
        for one in ("bosrand", "duinzicht")
    ]
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=tuple(both)))
        assert {one.customer for one in await store.messages()} == {"bosrand", "duinzicht"}


async def test_the_next_claim_is_the_earliest_due_or_the_end_of_a_lease(url: str) -> None:
    async with open_store(url, write=True) as store:
        assert await store.next_claim() is None
        waiting = message(RECOVERY, due=1)  # behind its outage mail
        await store.record(Batch(messages=(message(OUTAGE, due=200), waiting, message(OUTAGE, outage="o2", due=300))))
        assert await store.next_claim() == 200
        await store.claim(200, 1, lease=400)
        assert await store.next_claim() == 300
        await store.claim(300, 1, lease=400)
        assert await store.next_claim() == 600


async def test_the_openings_of_many_outages_are_read_together(url: str) -> None:
    wanted = [message(OUTAGE, outage=f"o{number}") for number in range(501)]
    others = (message(RECOVERY, outage="o1"), message(OUTAGE, outage="elsewhere"))
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(*wanted, *others)))
        found = await store.openings({one.outage for one in wanted})
        assert {one.id for one in found} == {one.id for one in wanted}
        assert len(found) == 501


async def test_messages_are_listed_and_counted(url: str) -> None:
    async with open_store(url, write=True) as store:
        mine = message(OUTAGE, created=20)
        theirs = message(OUTAGE, outage="o2", customer="bosrand", created=10)
        await store.record(Batch(messages=(mine, theirs, message(RECOVERY, created=20))))
        assert [m.created for m in await store.messages()] == [10, 20, 20]
        assert [m.kind for m in await store.messages("duinzicht")] == [OUTAGE, RECOVERY]
        assert await store.messages(outage="o2") == (theirs,)
        await store.claim(100, 1, lease=50)
        assert await store.message_counts() == {
            MessageState.QUEUED: 2,
            MessageState.SENDING: 1,
            MessageState.ACCEPTED: 0,
            MessageState.FAILED: 0,
            MessageState.FOLDED: 0,
            MessageState.DROPPED: 0,
        }


async def test_what_a_mail_says_too_is_found_also_by_way_of_another(url: str) -> None:
    digest = message(OUTAGE, outage="o1")
    folded = message(RECOVERY, outage="o2", created=120, into=digest.id, state=MessageState.FOLDED)
    by_way = message(OUTAGE, outage="o2", created=110, into=folded.id, state=MessageState.FOLDED)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(digest, folded, by_way, message(OUTAGE, outage="o3"))))
        assert await store.folded_into(digest.id) == (by_way, folded)
        assert await store.folded_into(by_way.id) == ()
