"""Whatever a relay does: every mail is accepted at least once, a repeat only where an answer was lost, and in order."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import pytest
from delivering import Delivery, delivering, relay
from mail_authority import Authority
from mail_samples import CONFIRMED, OUTAGE, message
from smtp_server import Behaviour, Fault, Received, SmtpServer
from structlog.testing import capture_logs

from slawatch.deliver import LONGEST
from slawatch.deliver.ahead import MOST, STALE
from slawatch.model import DAY, HOUR, MINUTE, SECOND, Message, MessageKind, MessageState, Saying
from slawatch.reporters.mail import Patience, Transport
from slawatch.store import open_store

CONTACTS = tuple(f"contact{number}@park.example" for number in range(12))
QUICK = Patience(connect=1.0, mail=0.5)
PATIENT = Patience()


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture
def second() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@asynccontextmanager
async def delivery_over(
    folder: Path, *servers: SmtpServer, patience: Patience = QUICK, connections: int = 4
) -> AsyncIterator[Delivery]:
    async with (
        open_store(f"sqlite:///{folder / 'slawatch.db'}", write=True) as store,
        Transport([relay(one.port) for one in servers], patience=patience) as transport,
        delivering(store, transport, connections=connections) as delivery,
    ):
        yield delivery


async def until(delivery: Delivery, holds: Callable[[dict[MessageState, int]], bool]) -> None:
    """Time passes, a minute at a time, until the counts of the outbox are so."""
    async with asyncio.timeout(30):
        while not holds(await delivery.store.message_counts()):
            delivery.pass_time(MINUTE)
            await asyncio.sleep(0.02)


def all_told(counts: dict[MessageState, int]) -> bool:
    return counts[MessageState.QUEUED] + counts[MessageState.SENDING] == 0


def outages(count: int = len(CONTACTS)) -> tuple[Message, ...]:
    return tuple(message(contact=contact) for contact in CONTACTS[:count])


def arrivals(*servers: SmtpServer) -> Counter[str]:
    return Counter(one.message_id for server in servers for one in server.received)


# -- one fault --------------------------------------------------------------------------------------------------------


async def test_who_is_refused_for_good_is_not_told_and_everybody_else_is(tmp_path: Path, server: SmtpServer) -> None:
    server.behaviour.refuses = frozenset(CONTACTS[:2])
    async with delivery_over(tmp_path, server) as delivery:
        await delivery.owe(*outages())
        await until(delivery, all_told)
        failed = await delivery.store.messages(state=MessageState.FAILED)
    assert [one.contact for one in failed] == list(CONTACTS[:2])
    assert sorted(one.recipient for one in server.received) == sorted(CONTACTS[2:])


async def test_a_relay_that_greylists_gets_every_mail_later_and_once(tmp_path: Path, server: SmtpServer) -> None:
    server.behaviour.greylists = True
    async with delivery_over(tmp_path, server) as delivery:
        await delivery.owe(*outages())
        await until(delivery, all_told)
    assert arrivals(server) == Counter(one.message_id for one in outages())
    assert delivery.outcomes.repeated == []


@pytest.mark.parametrize("does", ["close", "stall"])
async def test_a_lost_answer_is_asked_for_again_of_the_same_relay_only(
    tmp_path: Path, server: SmtpServer, second: SmtpServer, does: str
) -> None:
    server.behaviour.faults.append(Fault("answer", does))
    async with delivery_over(tmp_path, server, second) as delivery:
        await delivery.owe(message())
        await delivery.outcomes.failure()
        (kept,) = await delivery.store.messages()
        assert (kept.state, kept.handed_over, kept.relay) == (MessageState.QUEUED, 1, f"127.0.0.1:{server.port}")
        server.behaviour.faults.append(Fault("mail", "421 closing"))
        delivery.pass_time(MINUTE)
        await delivery.outcomes.failure()
        delivery.pass_time(MINUTE)
        await delivery.outcomes.acceptance()
    assert second.received == []
    assert arrivals(server) == {message().message_id: 2}
    assert delivery.outcomes.repeated == [message().message_id]


async def test_a_relay_that_left_the_configuration_is_waited_for_no_longer(
    tmp_path: Path, server: SmtpServer, second: SmtpServer
) -> None:
    server.behaviour.faults.append(Fault("answer", "close"))
    async with delivery_over(tmp_path, server) as delivery:
        await delivery.owe(message())
        await delivery.outcomes.failure()
    async with delivery_over(tmp_path, second) as delivery:
        delivery.pass_time(MINUTE)
        await delivery.outcomes.acceptance()
    assert arrivals(server, second) == {message().message_id: 2}
    assert delivery.outcomes.repeated == [message().message_id]


@pytest.mark.parametrize("does", ["close", "stall", "this is no TLS"])
async def test_a_relay_whose_tls_breaks_is_passed_over(
    tmp_path: Path, second: SmtpServer, authority: Authority, does: str
) -> None:
    with SmtpServer(Behaviour(tls=authority.serving())) as broken:
        broken.behaviour.faults.append(Fault("tls", does))
        encrypted = relay(broken.port, tls="required")
        async with (
            open_store(f"sqlite:///{tmp_path / 'slawatch.db'}", write=True) as store,
            Transport([encrypted, relay(second.port)], tls=authority.trusted(), patience=QUICK) as transport,
            delivering(store, transport) as delivery,
        ):
            await delivery.owe(message())
            told, _ = await delivery.outcomes.acceptance()
            assert told.relay == f"127.0.0.1:{second.port}"
            await delivery.owe(message(contact=CONTACTS[0]))
            told, _ = await delivery.outcomes.acceptance()
            assert told.relay == f"127.0.0.1:{broken.port}"
        assert broken.received[0].encrypted


async def test_relays_that_are_away_for_an_hour_get_everything_once_and_in_order(
    tmp_path: Path, server: SmtpServer
) -> None:
    server.stop()
    async with delivery_over(tmp_path, server) as delivery:
        await delivery.owe(*outages())
        while delivery.clock.at < CONFIRMED + HOUR:
            await delivery.outcomes.failure()
            delivery.pass_time(MINUTE)
        server.start()
        await until(delivery, all_told)
        recovered = delivery.clock.at
        await delivery.owe(*(message(MessageKind.RECOVERY, contact=one, created=recovered) for one in CONTACTS))
        await until(delivery, all_told)
    assert set(arrivals(server).values()) == {1}
    assert len(server.received) == 2 * len(CONTACTS)
    assert delivery.outcomes.repeated == []


async def test_what_no_relay_takes_for_five_days_is_given_up_and_told(tmp_path: Path, server: SmtpServer) -> None:
    server.behaviour.whim = lambda stage: "451 4.3.0 not now" if stage == "rcpt" else None
    async with delivery_over(tmp_path, server) as delivery:
        with capture_logs() as logged:
            await delivery.owe(message())
            await delivery.outcomes.failure()
            delivery.pass_time(LONGEST)
            for _ in range(6):
                assert not (await delivery.outcomes.failure())[1], "each wait is waited first"
                delivery.pass_time(20 * MINUTE)
            assert (await delivery.outcomes.failure())[1] is True
        (given_up,) = await delivery.store.messages()
    assert given_up.state is MessageState.FAILED
    assert given_up.error == f"given up after 5 days: 127.0.0.1:{server.port}: 451 4.3.0 not now"
    assert [one["event"] for one in logged if one["log_level"] == "error"] == ["message.failed"]
    assert 5 * DAY == LONGEST


# -- many faults ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_over_any_run_of_faults_each_mail_arrives_and_repeats_are_counted(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    faults = {
        "greeting": ["421 closing", "close"], "mail": ["451 later", "421 closing", "close"],
        "rcpt": ["451 later", "close"], "data": ["451 later", "close"], "answer": ["close"],
    }  # fmt: skip

    def whim(stage: str) -> str | None:
        return random.choice(faults[stage]) if stage in faults and random.random() < 0.12 else None

    with SmtpServer() as server:
        server.behaviour.whim = whim
        async with delivery_over(tmp_path, server) as delivery:
            owed = outages()
            await delivery.owe(*owed)
            await until(delivery, all_told)
            ends = delivery.clock.at
            await delivery.owe(*(message(MessageKind.RECOVERY, contact=one, created=ends) for one in CONTACTS))
            await until(delivery, all_told)
            rows = await delivery.store.messages()
        received = server.received

    assert {one.state for one in rows} == {MessageState.ACCEPTED}
    came = Counter(one.message_id for one in received)
    assert set(came) == {one.message_id for one in rows}
    for row in rows:
        assert 1 <= came[row.message_id] <= 1 + row.handed_over, "repeats only where an answer was lost"
        assert len({one.content for one in received if one.message_id == row.message_id}) == 1
        order = [one.message_id for one in received]
        assert order.index(row.thread) <= order.index(row.message_id)
    assert sum(came.values()) - len(came) <= len(delivery.outcomes.repeated)


# -- who goes first ---------------------------------------------------------------------------------------------------


def announcements(count: int) -> tuple[Message, ...]:
    return tuple(
        message(
            MessageKind.MAINTENANCE, outage=f"w{number}", contact=f"contact{number}@wood.example", created=CONFIRMED
        )
        for number in range(count)
    )


class Hold:
    """Holds the server at the next mail, until it is let go on."""

    def __init__(self, server: SmtpServer) -> None:
        self._held, self._go_on = threading.Event(), threading.Event()
        server.behaviour.on_received = self._hold

    def _hold(self, _: Received) -> None:
        self._held.set()
        assert self._go_on.wait(10)

    async def holds(self) -> None:
        assert await asyncio.to_thread(self._held.wait, 10)

    def let_go(self) -> None:
        self._go_on.set()


async def test_a_new_outage_overtakes_the_announcements_that_are_claimed_already(
    tmp_path: Path, server: SmtpServer
) -> None:
    async with delivery_over(tmp_path, server, patience=PATIENT, connections=1) as delivery:
        await delivery.owe(*announcements(4 * MOST))
        await server.receiving(MOST)
        hold = Hold(server)
        await hold.holds()
        before = len(server.received)
        assert (await delivery.store.message_counts())[MessageState.SENDING] > 1, "others are claimed"
        await delivery.owe(message())
        async with asyncio.timeout(10):
            while (await delivery.store.messages(outage=OUTAGE))[0].state is not MessageState.SENDING:
                await asyncio.sleep(0.01)
        hold.let_go()
        await server.receiving(before + 3)
    assert [one.message_id for one in server.received].index(message().message_id) == before + 1


async def test_what_waited_too_long_for_a_connection_says_what_is_true_by_then(
    tmp_path: Path, server: SmtpServer
) -> None:
    contacts = [f"contact{number}@park.example" for number in range(2 * MOST)]
    async with delivery_over(tmp_path, server, patience=PATIENT, connections=1) as delivery:
        await delivery.owe(*(message(contact=contact) for contact in contacts))
        await server.receiving(20)
        hold = Hold(server)
        await hold.holds()
        before = len(server.received)
        assert (await delivery.store.message_counts())[MessageState.SENDING] > 1, "others are claimed"
        delivery.pass_time(SECOND)
        ends = delivery.clock.at
        await delivery.owe(*(message(MessageKind.RECOVERY, contact=one, created=ends) for one in contacts))
        asyncio.get_running_loop().call_later(STALE + 0.1, hold.let_go)
        await until(delivery, all_told)
        told = [one for one in await delivery.store.messages() if one.kind is MessageKind.OUTAGE]
    assert Counter(one.says for one in told) == {
        Saying.OUTAGE: before + 1,
        Saying.OVER: len(contacts) - before - 1,
    }
