"""The contract of the outbox, on each engine: what is owed, how an attempt ends, and what a person does."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from store_rows import event, message

from slawatch.model import EventKind, Message, MessageKind, MessageState, Saying
from slawatch.store import Batch, Store, open_store

OUTAGE, RECOVERY = MessageKind.OUTAGE, MessageKind.RECOVERY
QUEUED, SENDING, ACCEPTED = MessageState.QUEUED, MessageState.SENDING, MessageState.ACCEPTED
FAILED, FOLDED, DROPPED = MessageState.FAILED, MessageState.FOLDED, MessageState.DROPPED
RELAY = "mail.example:587"


def sent(owed: Message, says: Saying = Saying.OUTAGE, known: int = 100, **more: object) -> Message:
    """As it is claimed."""
    return replace(owed, state=SENDING, says=says, known=known, **more)  # type: ignore[arg-type]


async def states(store: Store) -> dict[str, MessageState]:
    return {f"{one.kind}{one.sequence}": one.state for one in await store.messages()}


async def over_in_one_mail(store: Store) -> tuple[Message, Message]:
    """An outage that was over before its mail was claimed, and its recovery, which that mail says too."""
    outage, recovery = message(OUTAGE), message(RECOVERY, created=205, due=205)
    happened = (event(EventKind.OPENED, 90), event(EventKind.CLOSED, 200))
    await store.record(Batch(events=happened, messages=(outage, recovery)))
    assert await store.claim(300, 10, lease=50) == (sent(outage, Saying.OVER, known=205),)
    return outage, recovery


# -- owed -------------------------------------------------------------------------------------------------------------


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
        await store.record(Batch(messages=(mine, theirs, message(RECOVERY, created=20, due=200))))
        assert [m.created for m in await store.messages()] == [10, 20, 20]
        assert [m.kind for m in await store.messages("duinzicht")] == [OUTAGE, RECOVERY]
        assert await store.messages(outage="o2") == (theirs,)
        assert await store.message(mine.id) == mine
        assert await store.message("nobody") is None
        await store.claim(100, 1, lease=50)
        assert await store.message_counts() == {QUEUED: 2, SENDING: 1, ACCEPTED: 0, FAILED: 0, FOLDED: 0, DROPPED: 0}


async def test_since_when_something_is_owed_is_told_of_what_nobody_took(url: str) -> None:
    async with open_store(url, write=True) as store:
        assert await store.owed_since() is None
        told, late = message(OUTAGE, created=10), message(OUTAGE, outage="o2", created=20)
        await store.record(
            Batch(messages=(told, late, message(MessageKind.MAINTENANCE, outage="w1", created=30, due=500)))
        )
        await store.claim(100, 2, lease=50)
        assert await store.owed_since() == 10, "what is being sent waits too"
        await store.settle_accepted(told.id, 110, "relay", "250 ok")
        await store.settle_retry(late.id, 400, "452 full")
        assert await store.owed_since() == 20
        await store.claim(400, 1, lease=50)
        await store.settle_failed(late.id, "552 full")
        assert await store.owed_since() == 30


async def test_what_a_mail_says_too_is_found_also_by_way_of_another(url: str) -> None:
    digest = message(OUTAGE, outage="o1")
    folded = message(RECOVERY, outage="o2", created=120, into=digest.id, state=MessageState.FOLDED)
    by_way = message(OUTAGE, outage="o2", created=110, into=folded.id, state=MessageState.FOLDED)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(digest, folded, by_way, message(OUTAGE, outage="o3"))))
        assert await store.folded_into(digest.id) == (by_way, folded)
        assert await store.folded_into(by_way.id) == ()


async def test_what_a_digest_tells_was_accepted_with_it_and_what_a_mail_stands_for_was_not(url: str) -> None:
    told, carried = message(RECOVERY, outage="o2"), message(OUTAGE, outage="o2")
    digest = message(OUTAGE, outage="o1")
    async with open_store(url, write=True) as store:
        await store.record(
            Batch(
                messages=(
                    digest,
                    replace(told, state=FOLDED, into=digest.id, says=Saying.OVER, known=100),
                    replace(carried, state=FOLDED, into=digest.id),
                )
            )
        )
        await store.claim(100, 1, lease=50)
        assert await store.settle_accepted(digest.id, 110, RELAY, "250")
        found = {one.id: one for one in await store.messages()}
        assert (found[told.id].state, found[told.id].accepted, found[told.id].reply) == (FOLDED, 110, "250")
        assert found[carried.id].accepted is None


# -- how an attempt ends ----------------------------------------------------------------------------------------------


async def test_settling_says_how_it_went(url: str) -> None:
    owed = message(OUTAGE)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(owed,)))
        await store.claim(100, 1, lease=50)
        assert await store.settle_retry(owed.id, 300, "451 \x00\udcff")
        retried = replace(owed, due=300, attempts=1, error="451 \ufffd?")
        assert await store.messages() == (retried,)
        await store.claim(300, 1, lease=50)
        assert await store.settle_accepted(owed.id, 310, RELAY, "250 2.0.0 queued")
        accepted = replace(
            sent(retried), state=ACCEPTED, attempts=2, error=None, accepted=310,
            relay=RELAY, reply="250 2.0.0 queued", settled=310,
        )  # fmt: skip
        assert await store.messages() == (accepted,)
        assert not await store.settle_accepted(owed.id, 999, "other", "250")
        assert not await store.settle_failed(owed.id, "550")
        assert not await store.settle_retry("nobody", 1, "451")
        assert await store.messages() == (accepted,)


async def test_what_no_relay_can_have_taken_is_put_together_anew(url: str) -> None:
    async with open_store(url, write=True) as store:
        outage, recovery = await over_in_one_mail(store)
        assert await states(store) == {"outage1": SENDING, "recovery1": FOLDED}
        assert await store.settle_retry(outage.id, 400, "451 later")
        assert await store.messages() == (
            replace(outage, due=400, attempts=1, error="451 later"),
            replace(recovery, due=400),
        )
        assert await store.claim(399, 10) == ()
        await store.record(Batch(events=(event(EventKind.REOPENED, 350),)))
        (again,) = await store.claim(400, 10)
        assert (again.id, again.says, again.known) == (outage.id, Saying.OUTAGE, 355)


async def test_what_was_handed_over_without_an_answer_goes_again_as_it_was_and_to_that_relay(url: str) -> None:
    async with open_store(url, write=True) as store:
        outage, _ = await over_in_one_mail(store)
        assert await store.settle_retry(outage.id, 400, "no answer", lost=RELAY)
        await store.record(Batch(events=(event(EventKind.REOPENED, 350),)))
        (again,) = await store.claim(400, 10)
        assert again == sent(
            outage, Saying.OVER, 205, due=400, handed_over=1, relay=RELAY, attempts=1, error="no answer"
        )
        assert await store.settle_retry(outage.id, 500, "451 later"), (
            "that attempt came to nothing, the first one may not"
        )
        (again,) = await store.claim(500, 10)
        assert (again.says, again.known, again.handed_over, again.relay) == (Saying.OVER, 205, 1, RELAY)
        assert (await states(store))["recovery1"] is FOLDED


async def test_a_refused_message_is_kept_and_not_sent_again_and_what_it_said_too_shares_its_fate(url: str) -> None:
    async with open_store(url, write=True, clock=lambda: 320) as store:
        outage, _ = await over_in_one_mail(store)
        assert await store.settle_failed(outage.id, "550 no such user")
        assert await store.claim(10**15, 10, lease=50) == ()
        failed = await store.messages(state=FAILED)
        assert [(m.kind, m.error, m.settled, m.attempts) for m in failed] == [
            (OUTAGE, "550 no such user", 320, 1),
            (RECOVERY, "550 no such user", 320, 0),
        ]


async def test_what_was_claimed_but_never_begun_is_as_if_it_had_not_been_claimed(url: str) -> None:
    async with open_store(url, write=True) as store:
        outage, recovery = await over_in_one_mail(store)
        assert await store.give_back([outage.id, "nobody"]) == 1
        assert await store.messages() == (outage, recovery)
        assert await store.give_back([outage.id]) == 0
        await store.claim(300, 10)
        await store.settle_retry(outage.id, 300, "no answer", lost=RELAY)
        (put_together,) = await store.claim(300, 10)
        await store.give_back([outage.id])
        assert (await store.messages())[0] == replace(put_together, state=QUEUED)


async def test_what_a_dead_daemon_was_sending_is_queued_again_as_it_was(url: str) -> None:
    owed = message(OUTAGE)
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=(owed,)))
        await store.claim(100, 1, lease=10**12)
    async with open_store(url, write=True) as store:
        assert await store.claim(101, 1, lease=50) == ()
        assert await store.release_claims() == 1
        assert await store.release_claims() == 0
        assert await store.claim(101, 1, lease=50) == (sent(owed, handed_over=1),)


async def test_what_is_settled_while_a_transaction_runs_goes_into_the_next_one_together(url: str) -> None:
    owed = tuple(message(OUTAGE, outage=f"o{number}") for number in range(20))
    async with open_store(url, write=True) as store:
        await store.record(Batch(messages=owed))
        await store.claim(100, 20)
        settled = await asyncio.gather(
            *(store.settle_accepted(one.id, 110, RELAY, "250") for one in owed[:18]),
            store.settle_failed(owed[18].id, "550"),
            store.settle_retry(owed[19].id, 200, "451"),
            store.settle_accepted("nobody", 110, RELAY, "250"),
        )
        assert settled == [True] * 20 + [False]
        counts = await store.message_counts()
        assert (counts[ACCEPTED], counts[FAILED], counts[QUEUED]) == (18, 1, 1)


# -- what a person does -----------------------------------------------------------------------------------------------


async def test_a_refused_message_can_be_sent_again(url: str) -> None:
    async with open_store(url, write=True, clock=lambda: 500) as store:
        outage, _ = await over_in_one_mail(store)
        await store.settle_failed(outage.id, "550 no such user")
        assert await store.retry(outage.id) == (outage.id,)
        (again,) = await store.claim(500, 10)
        assert (again.id, again.says, again.attempts) == (outage.id, Saying.OVER, 0)
        assert (again.settled, again.refused) == (None, 500)
        assert await store.retry(outage.id) == (), "it is being sent"
        assert await store.retry("nobody") == ()


async def test_all_that_was_refused_can_be_sent_again_at_once(url: str) -> None:
    async with open_store(url, write=True, clock=lambda: 500) as store:
        outage, recovery = await over_in_one_mail(store)
        await store.settle_failed(outage.id, "550 no such user")
        assert await store.retry(None) == (outage.id, recovery.id)
        assert await store.retry(None) == ()
        (again,) = await store.claim(500, 10)
        assert again.says is Saying.OVER
        assert (await states(store))["recovery1"] is FOLDED


async def test_what_waits_for_its_next_attempt_can_be_sent_now(url: str) -> None:
    async with open_store(url, write=True, clock=lambda: 500) as store:
        outage, _ = await over_in_one_mail(store)
        await store.settle_retry(outage.id, 9000, "451 later")
        assert await store.retry(outage.id) == (outage.id,)
        assert [m.id for m in await store.claim(500, 10)] == [outage.id]


async def test_what_may_have_been_taken_is_sent_again_as_it_was(url: str) -> None:
    async with open_store(url, write=True, clock=lambda: 500) as store:
        outage, _ = await over_in_one_mail(store)
        await store.settle_retry(outage.id, 300, "no answer", lost=RELAY)
        (before,) = await store.claim(300, 10)
        await store.settle_failed(outage.id, "given up")
        await store.retry(outage.id)
        (again,) = await store.claim(500, 10)
        assert (again.says, again.known, again.relay, again.handed_over) == (before.says, before.known, RELAY, 1)


@pytest.mark.parametrize("asked", ["the mail", "what it says too", "all"])
async def test_a_digest_that_may_have_been_taken_is_sent_again_with_all_that_it_said(url: str, asked: str) -> None:
    owed = (message(OUTAGE, outage="o1"), message(OUTAGE, outage="o2"))
    async with open_store(url, write=True, clock=lambda: 500) as store:
        await store.record(Batch(messages=owed))
        (digest,) = await store.claim(300, 10, most_per_hour=1)
        await store.settle_retry(digest.id, 300, "no answer", lost=RELAY)
        await store.claim(300, 10)
        await store.settle_failed(digest.id, "550 no such user")
        assert await store.retry({"the mail": owed[0].id, "what it says too": owed[1].id, "all": None}[asked])
        (again,) = await store.claim(500, 10)
        assert (again.id, again.says, again.known) == (digest.id, Saying.DIGEST, digest.known)
        assert [(one.id, one.state) for one in await store.folded_into(digest.id)] == [(owed[1].id, FOLDED)]
        await store.settle_accepted(digest.id, 510, RELAY, "250")
        assert [one.accepted for one in await store.messages()] == [510, 510]


async def test_what_a_dropped_digest_said_too_can_be_sent_again_by_itself(url: str) -> None:
    owed = (message(OUTAGE, outage="o1"), message(OUTAGE, outage="o2"))
    async with open_store(url, write=True, clock=lambda: 500) as store:
        await store.record(Batch(messages=owed))
        (digest,) = await store.claim(300, 10, most_per_hour=1)
        await store.settle_retry(digest.id, 300, "no answer", lost=RELAY)
        await store.claim(300, 10)
        await store.settle_failed(digest.id, "550 no such user")
        await store.drop(digest.id, "pia: moot")
        assert await store.retry(None) == (owed[1].id,)
        assert [(one.id, one.says) for one in await store.claim(500, 10)] == [(owed[1].id, Saying.OUTAGE)]


async def test_who_is_no_contact_any_more_is_sent_nothing_but_what_may_be_with_a_relay(url: str) -> None:
    kept, gone, begun = (message(OUTAGE, outage=f"o{number}", contact=f"{number}@x.example") for number in range(3))
    async with open_store(url, write=True, clock=lambda: 500) as store:
        await store.record(Batch(messages=(kept, gone, begun)))
        await store.claim(100, 1)
        await store.record(Batch(messages=(kept, gone)))
        claimed = (await store.messages(state=SENDING))[0]
        rest = [one for one in (kept, gone, begun) if one.id != claimed.id]
        assert await store.drop_unaddressed({(rest[0].customer, rest[0].contact)}) == 1
        found = {one.id: (one.state, one.error) for one in await store.messages()}
        assert found == {
            claimed.id: (SENDING, None), rest[0].id: (QUEUED, None), rest[1].id: (DROPPED, "no contact any more"),
        }  # fmt: skip


@pytest.mark.parametrize("refused", [False, True], ids=["waiting", "refused"])
async def test_what_waits_or_was_refused_can_be_dropped_and_says_why(url: str, refused: bool) -> None:
    async with open_store(url, write=True, clock=lambda: 500) as store:
        outage, _ = await over_in_one_mail(store)
        assert not await store.drop(outage.id, "pia: moot"), "it is being sent"
        if refused:
            await store.settle_failed(outage.id, "550 no such user")
        else:
            await store.settle_retry(outage.id, 400, "no answer", lost=RELAY)
        assert await store.drop(outage.id, "pia: moot")
        dropped = await store.message(outage.id)
        assert dropped is not None
        assert (dropped.state, dropped.error, dropped.settled) == (DROPPED, "pia: moot", 500)
        assert not await store.drop(outage.id, "again")
        assert not await store.drop("nobody", "pia: moot")
        assert (await states(store))["recovery1"] is (FAILED if refused else DROPPED)
