"""The outbox is emptied: each mail accepted once, with one Message-ID, whatever the relay and the store do."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
from delivering import Delivery, Outcomes, Sending, delivering, owe, relay
from hypothesis import given
from hypothesis import strategies as st
from mail_samples import CONFIRMED, message
from smtp_server import Fault, SmtpServer
from structlog.testing import capture_logs

from slawatch.deliver import BACKOFF, backoff, deliver
from slawatch.model import HOUR, MINUTE, SECOND, Message, MessageKind, MessageState, Saying
from slawatch.reporters.mail import Patience, Transport
from slawatch.store import Store, StoreBusy, open_store

CONTACTS = tuple(f"contact{number}@park.example" for number in range(12))


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "slawatch.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    async with open_store(f"sqlite:///{path}", write=True, patience=timedelta(milliseconds=50)) as opened:
        yield opened


@pytest.fixture
async def transport(server: SmtpServer) -> AsyncIterator[Transport]:
    async with Transport([relay(server.port)], patience=Patience(connect=2, mail=0.5)) as opened:
        yield opened


@pytest.fixture
async def delivery(store: Store, transport: Transport) -> AsyncIterator[Delivery]:
    async with delivering(store, transport) as running:
        yield running


async def test_what_is_owed_is_accepted_and_the_answer_kept(
    delivery: Delivery, store: Store, server: SmtpServer
) -> None:
    await delivery.owe(message())
    told, delay = await delivery.outcomes.acceptance()
    (kept,) = await store.messages()
    assert (kept.state, kept.attempts, kept.accepted) == (MessageState.ACCEPTED, 1, CONFIRMED)
    assert (kept.relay, kept.reply) == (f"127.0.0.1:{server.port}", "250 2.0.0 Ok: queued as 00001")
    assert (told, delay) == (kept, 0.0)
    assert [one.message_id for one in server.received] == [message().message_id]


async def test_the_delay_is_counted_from_the_confirmation_and_only_for_outage_mail(delivery: Delivery) -> None:
    delivery.pass_time(3 * SECOND)
    await delivery.owe(message())
    assert (await delivery.outcomes.acceptance())[1] == 3.0
    await delivery.owe(message(MessageKind.RECOVERY, created=CONFIRMED + SECOND))
    assert (await delivery.outcomes.acceptance())[1] is None


async def test_what_was_owed_before_the_start_is_sent(store: Store, transport: Transport, server: SmtpServer) -> None:
    await owe(store, *(message(contact=contact) for contact in CONTACTS))
    assert len(await store.claim(CONFIRMED, 3)) == 3, "a daemon that died had claimed these"
    async with delivering(store, transport) as delivery:
        for _ in CONTACTS:
            await delivery.outcomes.acceptance()
    assert sorted(one.recipient for one in server.received) == sorted(CONTACTS)


async def test_many_are_sent_side_by_side_but_no_more_than_allowed(
    store: Store, transport: Transport, server: SmtpServer
) -> None:
    async with delivering(store, transport, connections=3) as delivery:
        await delivery.owe(*(message(contact=contact) for contact in CONTACTS))
        for _ in CONTACTS:
            await delivery.outcomes.acceptance()
    assert len(server.received) == len(CONTACTS)
    assert 1 < server.behaviour.sessions <= 3


async def test_a_greylisted_mail_goes_again_and_is_accepted(
    delivery: Delivery, store: Store, server: SmtpServer
) -> None:
    server.behaviour.faults.append(Fault("rcpt", "451 4.7.1 greylisted"))
    await delivery.owe(message())
    _, permanent = await delivery.outcomes.failure()
    assert not permanent
    (kept,) = await store.messages()
    assert (kept.state, kept.attempts) == (MessageState.QUEUED, 1)
    assert kept.error == f"127.0.0.1:{server.port}: 451 4.7.1 greylisted"
    assert 4 * SECOND <= kept.due - CONFIRMED <= 6 * SECOND
    delivery.pass_time(6 * SECOND)
    accepted, delay = await delivery.outcomes.acceptance()
    assert (accepted.attempts, delay) == (2, 6.0)
    (kept,) = await store.messages()
    assert kept.error is None


async def test_a_mail_refused_for_good_is_not_sent_again_and_is_told(
    delivery: Delivery, store: Store, server: SmtpServer
) -> None:
    server.behaviour.faults.append(Fault("rcpt", "550 5.1.1 beheer@duinzicht.example does not live here"))
    with capture_logs() as logged:
        await delivery.owe(message())
        assert (await delivery.outcomes.failure())[1]
    delivery.pass_time(24 * HOUR)
    await delivery.owe(message(contact="receptie@duinzicht.example"))
    await delivery.outcomes.acceptance()
    states = {one.contact: one.state for one in await store.messages()}
    assert states == {
        "beheer@duinzicht.example": MessageState.FAILED,
        "receptie@duinzicht.example": MessageState.ACCEPTED,
    }
    (failed,) = [event for event in logged if event["event"] == "message.failed"]
    assert (failed["log_level"], failed["customer"], failed["message"]) == ("error", "duinzicht", message().id)
    assert "beheer@duinzicht.example" not in repr(logged)


async def test_a_message_that_can_be_no_mail_fails_and_holds_up_nothing(delivery: Delivery, store: Store) -> None:
    await delivery.owe(replace(message(contact="nobody@park.example"), contact="no address"), message())
    assert (await delivery.outcomes.failure())[1]
    await delivery.outcomes.acceptance()
    states = {one.contact: one.state for one in await store.messages()}
    assert states["no address"] is MessageState.FAILED


async def test_a_dialogue_broken_off_is_begun_again(delivery: Delivery, server: SmtpServer) -> None:
    server.behaviour.faults.extend([Fault("rcpt", "close"), Fault("greeting", "close"), Fault("mail", "stall")])
    await delivery.owe(message())
    for _ in range(3):
        assert not (await delivery.outcomes.failure())[1]
        delivery.pass_time(2 * MINUTE)
    await delivery.outcomes.acceptance()
    assert len(server.received) == 1


@pytest.mark.parametrize("does", ["close", "stall"])
async def test_only_a_lost_answer_sends_a_mail_twice_and_with_the_same_identifier(
    delivery: Delivery, server: SmtpServer, does: str
) -> None:
    server.behaviour.faults.append(Fault("answer", does))
    await delivery.owe(message())
    await delivery.outcomes.failure()
    delivery.pass_time(6 * SECOND)
    await delivery.outcomes.acceptance()
    first, second = server.received
    assert first.content == second.content
    assert first.message_id == message().message_id


async def test_an_outage_that_ended_before_its_mail_could_leave_is_told_in_one(
    delivery: Delivery, server: SmtpServer
) -> None:
    server.behaviour.faults.extend([Fault("rcpt", "451 later")] * 2)
    await delivery.owe(message())
    await delivery.outcomes.failure()
    delivery.pass_time(SECOND)
    await delivery.owe(message(MessageKind.RECOVERY, created=CONFIRMED + SECOND))
    delivery.pass_time(MINUTE)
    await delivery.outcomes.failure()
    delivery.pass_time(MINUTE)
    told, _ = await delivery.outcomes.acceptance()
    assert (told.kind, told.says, told.known) == (MessageKind.OUTAGE, Saying.OVER, CONFIRMED + SECOND)
    states = [one.state for one in await delivery.store.messages()]
    assert states == [MessageState.ACCEPTED, MessageState.FOLDED]
    assert len(server.received) == 1


async def test_a_recovery_waits_for_its_outage_mail_and_answers_it(delivery: Delivery, server: SmtpServer) -> None:
    server.behaviour.faults.append(Fault("answer", "close"))
    await delivery.owe(message())
    await delivery.outcomes.failure()
    delivery.pass_time(SECOND)
    await delivery.owe(message(MessageKind.RECOVERY, created=CONFIRMED + SECOND))
    delivery.pass_time(MINUTE)
    assert [(await delivery.outcomes.acceptance())[0].kind for _ in range(2)] == ["outage", "recovery"]
    lost, outage, after = server.received
    assert lost.content == outage.content
    assert after.parsed["References"] == outage.message_id


async def test_a_relay_that_is_down_for_an_hour_loses_nothing(delivery: Delivery, server: SmtpServer) -> None:
    server.stop()
    await delivery.owe(message())
    failures = 0
    while delivery.clock.at < CONFIRMED + HOUR:
        await delivery.outcomes.failure()
        failures += 1
        (kept,) = await delivery.store.messages()
        assert kept.due <= delivery.clock.at + 18 * MINUTE
        delivery.pass_time(kept.due - delivery.clock.at)
    assert 8 <= failures <= 12
    server.start()
    delivery.pass_time(18 * MINUTE)
    accepted, _ = await delivery.outcomes.acceptance()
    assert [one.message_id for one in server.received] == [accepted.message_id]


class Tapped:
    """The store itself, with an event for the first time that it was too busy to note an acceptance."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.was_busy = asyncio.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def settle_accepted(self, *args: Any) -> bool:
        try:
            return await self._store.settle_accepted(*args)
        except StoreBusy:
            self.was_busy.set()
            raise


async def test_an_accepted_mail_that_a_locked_store_cannot_note_is_not_sent_again(
    store: Store, transport: Transport, server: SmtpServer, path: Path
) -> None:
    tapped = Tapped(store)
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:
        server.behaviour.on_received = lambda mail: other.in_transaction or other.execute("BEGIN IMMEDIATE")
        async with delivering(cast("Store", tapped), transport, connections=1) as delivery:
            await delivery.owe(*(message(contact=contact) for contact in CONTACTS[:2]))
            await asyncio.wait_for(tapped.was_busy.wait(), 10)
            delivery.pass_time(10 * MINUTE)  # the claim's lease runs out
            server.behaviour.on_received = lambda mail: None
            other.execute("ROLLBACK")
            accepted = [(await delivery.outcomes.acceptance())[0] for _ in range(2)]
    assert [one.recipient for one in server.received] == [one.contact for one in accepted] == list(CONTACTS[:2])
    assert accepted[0].accepted == CONFIRMED, "when the relay took it, not when it could be noted"


async def test_a_mail_on_its_way_at_shutdown_is_finished_and_noted(
    delivery: Delivery, store: Store, server: SmtpServer
) -> None:
    answer = threading.Event()
    server.behaviour.on_received = lambda _: answer.wait(10)
    await delivery.owe(message())
    await server.seeing("DATA")
    delivery.task.cancel()
    answer.set()
    await asyncio.wait({delivery.task}, timeout=5)
    assert delivery.task.cancelled()
    assert [one.state for one in await store.messages()] == [MessageState.ACCEPTED]


async def test_a_mail_that_gets_no_answer_holds_a_shutdown_up_for_two_seconds_and_goes_out_after_the_next_start(
    store: Store, server: SmtpServer
) -> None:
    server.behaviour.faults.append(Fault("rcpt", "stall"))
    async with Transport([relay(server.port)]) as transport:
        async with delivering(store, transport) as delivery:
            await delivery.owe(message())
            await server.seeing("RCPT")
            begun = time.monotonic()
            delivery.task.cancel()
            await asyncio.wait({delivery.task}, timeout=10)
            assert delivery.task.cancelled()
            assert 1.9 < time.monotonic() - begun < 3
        assert [one.state for one in await store.messages()] == [MessageState.SENDING]
        async with delivering(store, transport) as delivery:
            await delivery.outcomes.acceptance()
    assert len(server.received) == 1


async def test_a_fault_of_our_own_ends_the_loop(store: Store, transport: Transport) -> None:
    async def broken(_: Message) -> EmailMessage:
        raise RuntimeError("broken")

    await owe(store, message())
    with pytest.raises(RuntimeError, match="broken"):
        await deliver(
            store,
            Sending(transport),
            compose=broken,
            clock=lambda: CONFIRMED,
            wake=asyncio.Event(),
            observer=Outcomes(),
            random=Random(7),
        )


@given(st.integers(1, 10_000), st.randoms(use_true_random=False))
def test_waits_grow_to_a_quarter_of_an_hour_and_vary_by_a_fifth(failures: int, random: Random) -> None:
    base = BACKOFF[min(failures, len(BACKOFF)) - 1]
    assert 0.8 * base <= backoff(failures, random) <= 1.2 * base
    assert list(BACKOFF) == sorted(BACKOFF)
    assert (BACKOFF[0], BACKOFF[-1]) == (5 * SECOND, 15 * MINUTE)
