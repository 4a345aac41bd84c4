"""Handing mail over to relays that misbehave: real SMTP over real sockets and real TLS."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from mail_authority import Authority
from mail_samples import SENDER, facts, message
from smtp_server import Behaviour, Fault, SmtpServer

from slawatch.config.mail import Relay
from slawatch.reporters.mail import Patience, Transport, Undeliverable, render
from slawatch.reporters.mail.reach import reach_any

QUICK = Patience(connect=2.0, mail=0.5)


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


def relay(server: SmtpServer, **said: object) -> Relay:
    return Relay.model_validate({"url": f"smtp://127.0.0.1:{server.port}", "tls": "off", **said})


def encrypted(server: SmtpServer, scheme: str = "smtp", host: str = "127.0.0.1", **said: object) -> Relay:
    return Relay.model_validate({"url": f"{scheme}://{host}:{server.port}", **said})


def unused_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port


def mail(contact: str = "beheer@duinzicht.example") -> EmailMessage:
    due = message(contact=contact)
    return render(due, facts(due), SENDER)


async def refusal(transport: Transport) -> Undeliverable:
    with pytest.raises(Undeliverable) as refused:
        await transport.send(mail())
    return refused.value


async def test_an_accepted_mail_arrives_as_it_was_rendered(server: SmtpServer) -> None:
    async with Transport([relay(server)], own_name="watch.example.org") as transport:
        accepted = await transport.send(mail())
    (arrived,) = server.received
    assert accepted.relay == f"127.0.0.1:{server.port}"
    assert accepted.reply == "250 2.0.0 Ok: queued as 00001"
    assert arrived.content == mail().as_bytes()
    assert (arrived.sender, arrived.recipient) == ("storing@example.org", "beheer@duinzicht.example")
    assert "EHLO watch.example.org" in server.behaviour.seen


async def test_a_burst_goes_over_one_connection_which_is_closed_when_idle(server: SmtpServer) -> None:
    async with Transport([relay(server)], idle=0.1) as transport:
        for _ in range(3):
            await transport.send(mail())
        assert {one.session for one in server.received} == {1}
        await server.seeing("QUIT")
        await transport.send(mail())
    assert server.received[-1].session == 2


async def test_mails_at_once_go_over_connections_of_their_own(server: SmtpServer) -> None:
    async with Transport([relay(server)]) as transport:
        await asyncio.gather(*(transport.send(mail(f"contact{number}@park.example")) for number in range(4)))
    assert len(server.received) == 4
    assert len({one.session for one in server.received}) == 4


@pytest.mark.parametrize("stage", ["mail", "rcpt", "data"])
@pytest.mark.parametrize(("answer", "permanent"), [("451 4.7.1 come back later", False), ("550 5.1.1 no", True)])
async def test_a_relays_no_is_final_or_not_by_its_code(
    server: SmtpServer, second: SmtpServer, stage: str, answer: str, permanent: bool
) -> None:
    server.behaviour.faults.append(Fault(stage, answer))  # type: ignore[arg-type]
    async with Transport([relay(server), relay(second)]) as transport:
        refused = await refusal(transport)
        assert (refused.permanent, refused.handed_to) == (permanent, None)
        assert refused.reason == f"127.0.0.1:{server.port}: {answer}"
        await transport.send(mail())
    assert [one.session for one in server.received] == [1], "the connection serves the next mail"
    assert second.received == []


async def test_a_refusal_does_not_repeat_the_address(server: SmtpServer) -> None:
    server.behaviour.faults.append(Fault("rcpt", "550 5.1.1 <Beheer@Duinzicht.example> unknown"))
    async with Transport([relay(server)]) as transport:
        refused = await refusal(transport)
    assert refused.reason.endswith("550 5.1.1 <<recipient>> unknown")


@pytest.mark.parametrize(
    "fault",
    [
        Fault("greeting", "421 4.3.2 closing"),
        Fault("greeting", "554 5.7.1 not you"),
        Fault("greeting", "close"),
        Fault("greeting", "stall"),
        Fault("mail", "421 4.3.2 closing"),
        Fault("mail", "close"),
        Fault("mail", "530 5.7.0 authentication required"),
        Fault("rcpt", "421 4.3.2 closing"),
        Fault("rcpt", "stall"),
    ],
)
async def test_a_relay_that_takes_nothing_is_passed_over(server: SmtpServer, second: SmtpServer, fault: Fault) -> None:
    server.behaviour.faults.append(fault)
    async with Transport([relay(server), relay(second)], patience=Patience(connect=0.5, mail=0.5)) as transport:
        accepted = await transport.send(mail())
    assert accepted.relay == f"127.0.0.1:{second.port}"
    assert (len(server.received), len(second.received)) == (0, 1)


async def test_a_relay_that_is_not_there_is_passed_over(second: SmtpServer) -> None:
    absent = Relay.model_validate(f"smtp://127.0.0.1:{unused_port()}")
    async with Transport([absent, relay(second)]) as transport:
        await transport.send(mail())
    assert len(second.received) == 1


@pytest.mark.parametrize("does", ["close", "stall"])
async def test_a_mail_whose_answer_is_lost_goes_to_no_other_relay(
    server: SmtpServer, second: SmtpServer, does: str
) -> None:
    server.behaviour.faults.append(Fault("answer", does))
    async with Transport([relay(server), relay(second)], patience=QUICK) as transport:
        refused = await refusal(transport)
        assert (refused.permanent, refused.handed_to) == (False, f"127.0.0.1:{server.port}")
        await transport.send(mail())
    assert second.received == []
    assert len(server.received) == 2
    assert len({one.message_id for one in server.received}) == 1


async def test_no_relay_that_answers_is_no_verdict(server: SmtpServer) -> None:
    server.behaviour.faults.append(Fault("greeting", "421 4.3.2 closing"))
    absent = unused_port()
    relays = [Relay.model_validate(f"smtp://127.0.0.1:{absent}"), relay(server)]
    async with Transport(relays) as transport:
        refused = await refusal(transport)
    assert (refused.permanent, refused.handed_to) == (False, None)
    assert f"127.0.0.1:{absent}: " in refused.reason
    assert refused.reason.endswith(f"127.0.0.1:{server.port}: 421 4.3.2 closing")


async def test_a_kept_connection_that_died_meanwhile_costs_nothing(server: SmtpServer) -> None:
    async with Transport([relay(server)], patience=QUICK) as transport:
        await transport.send(mail())
        server.behaviour.faults.append(Fault("mail", "421 4.4.2 idle for too long"))
        await transport.send(mail())
        server.stop()
        server.start()
        await transport.send(mail())
    assert [one.session for one in server.received] == [1, 2, 3]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_mail_goes_encrypted_to_a_relay_whose_certificate_is_right(authority: Authority, scheme: str) -> None:
    with SmtpServer(Behaviour(tls=authority.serving(), implicit_tls=scheme == "smtps")) as server:
        async with Transport([encrypted(server, scheme)], tls=authority.trusted()) as transport:
            await transport.send(mail())
            await transport.send(mail())
        assert [(one.encrypted, one.session) for one in server.received] == [(True, 1), (True, 1)]


async def test_nothing_goes_to_a_relay_that_offers_no_encryption(server: SmtpServer, authority: Authority) -> None:
    async with Transport([encrypted(server)], tls=authority.trusted()) as transport:
        refused = await refusal(transport)
    assert "STARTTLS" in refused.reason
    assert not refused.permanent
    assert [command.split()[0] for command in server.behaviour.seen] == ["EHLO"]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
@pytest.mark.parametrize(
    ("host", "past", "why"),
    [("127.0.0.1", True, "expired"), ("mail.example", False, "mismatch")],
)
async def test_nothing_goes_to_a_relay_whose_certificate_is_wrong(
    authority: Authority, scheme: str, host: str, past: bool, why: str
) -> None:
    behaviour = Behaviour(tls=authority.serving(host, past=past), implicit_tls=scheme == "smtps")
    with SmtpServer(behaviour) as server:
        async with Transport([encrypted(server, scheme)], tls=authority.trusted()) as transport:
            refused = await refusal(transport)
    assert why in refused.reason
    assert not refused.permanent
    assert not [command for command in server.behaviour.seen if command.startswith(("MAIL", "AUTH"))]


async def test_a_certificate_of_an_unknown_authority_is_wrong(authority: Authority) -> None:
    with SmtpServer(Behaviour(tls=authority.serving())) as server:
        async with Transport([encrypted(server)]) as transport:
            refused = await refusal(transport)
    assert "TLS fails" in refused.reason


async def test_an_address_that_refuses_or_swallows_is_passed_over_for_one_that_answers(server: SmtpServer) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.create_connection(full.getsockname()):
        ports = [unused_port(), full.getsockname()[1], server.port]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port)) for port in ports]
        with await reach_any(found, per_address=0.2) as reached:
            assert reached.getpeername()[1] == server.port
            assert await asyncio.get_running_loop().sock_recv(reached, 3) == b"220"
        with pytest.raises(ConnectionRefusedError):
            await reach_any(found[:1])


async def test_a_relay_is_known_by_the_name_in_its_certificate(authority: Authority) -> None:
    with SmtpServer(Behaviour(tls=authority.serving("localhost"))) as server:
        async with Transport([encrypted(server, host="localhost")], tls=authority.trusted()) as transport:
            assert (await transport.send(mail())).relay == f"localhost:{server.port}"


async def test_the_password_signs_in_and_is_shown_nowhere(authority: Authority, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("corréct-horse\n")
    secret.chmod(0o600)
    signing_in = {"username": "watch", "password": {"file": str(secret)}}
    behaviour = Behaviour(tls=authority.serving(), password="corréct-horse")
    with SmtpServer(behaviour) as server, SmtpServer() as other:
        async with Transport([encrypted(server, **signing_in)], tls=authority.trusted()) as transport:
            await transport.send(mail())
        assert server.received[0].encrypted
        behaviour.password = "another"
        both = [encrypted(server, **signing_in), relay(other)]
        async with Transport(both, tls=authority.trusted()) as transport:
            assert (await transport.send(mail())).relay == f"127.0.0.1:{other.port}"
        async with Transport(both[:1], tls=authority.trusted()) as transport:
            refused = await refusal(transport)
    assert refused.reason == f"127.0.0.1:{server.port}: refuses our sign-in (535)"
    assert not refused.permanent


async def test_a_password_that_cannot_be_read_says_which(server: SmtpServer, tmp_path: Path) -> None:
    signing_in = {"username": "watch", "password": {"file": str(tmp_path / "absent")}}
    async with Transport([relay(server, **signing_in)]) as transport:
        refused = await refusal(transport)
    assert refused.reason.endswith("absent cannot be read: no such file")
    assert not refused.permanent
    assert server.behaviour.sessions == 0


@pytest.mark.parametrize(
    ("fault", "usable"),
    [
        (Fault("greeting", "421 4.3.2 closing"), False),
        (Fault("mail", "452 4.3.1 no room"), False),
        (Fault("rcpt", "421 4.3.2 closing"), False),
        (Fault("answer", "close"), False),
        (Fault("rcpt", "452 4.2.2 mailbox full"), True),
        (Fault("rcpt", "550 5.1.1 unknown"), True),
        (Fault("data", "451 4.7.1 come back later"), True),
    ],
    ids=lambda value: f"{value.stage} {value.does}" if isinstance(value, Fault) else "",
)
async def test_a_relay_that_puts_off_one_mailbox_is_of_use_and_one_that_takes_nothing_is_not(
    server: SmtpServer, fault: Fault, usable: bool
) -> None:
    told: list[tuple[str, bool]] = []
    server.behaviour.faults.append(fault)
    async with Transport(
        [relay(server)], patience=QUICK, on_relay=lambda relay, *, usable: told.append((relay, usable))
    ) as transport:
        await refusal(transport)
        await transport.send(mail())
    assert told == [(f"127.0.0.1:{server.port}", usable), (f"127.0.0.1:{server.port}", True)]


async def test_a_cancelled_send_leaves_no_connection(server: SmtpServer) -> None:
    server.behaviour.faults.append(Fault("rcpt", "stall"))
    async with Transport([relay(server)]) as transport:
        sending = asyncio.create_task(transport.send(mail()))
        await server.seeing("RCPT")
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        await transport.send(mail())
    assert [one.session for one in server.received] == [2]
