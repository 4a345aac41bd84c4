"""The mail settings in force, and what they do to a mail on its way out: real relays, a real configuration."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from delivering import plainly
from mail_samples import message
from smtp_server import Fault, SmtpServer

from slawatch.app.links import KEY, Links
from slawatch.app.mailing import Mailing
from slawatch.config import Config, load
from slawatch.deliver import Limits
from slawatch.model import Message
from slawatch.observers import Everyone
from slawatch.reporters.mail import Undeliverable, bounced_message
from slawatch.reporters.metrics import Format, Metrics, encode
from slawatch.store import open_store

CONFIG = """
pages: {{dashboard: {{path: /, ready: main}}}}
agreement: {{availability: {{checks: [dashboard]}}, speed: {{pages: [dashboard]}}}}
customers: [{{id: duinzicht, url: "https://duinzicht.example", contacts: [beheer@duinzicht.example]}}]
mail:
  sender: "Storingen Tommy <storing@example.org>"
  relays: [{relays}]
{more}
"""
BOUNCES = "  bounces: {address: bounces@example.org, key: {file: key}}\n"


@pytest.fixture
def servers() -> Iterator[tuple[SmtpServer, SmtpServer]]:
    with SmtpServer() as first, SmtpServer() as second:
        yield first, second


def configuration(folder: Path, *servers: SmtpServer, more: str = "") -> Config:
    key = folder / "key"
    key.write_text("correct horse\n")
    key.chmod(0o600)
    relays = ", ".join(f"{{url: 'smtp://127.0.0.1:{one.port}', tls: 'off'}}" for one in servers)
    file = folder / "slawatch.yaml"
    file.write_text(CONFIG.format(relays=relays, more=more))
    return load(file)


@asynccontextmanager
async def mailing_by(config: Config, folder: Path, metrics: Metrics | None = None) -> AsyncIterator[Mailing]:
    async with open_store(f"sqlite:///{folder / 'slawatch.db'}", write=True) as store:
        mailing = Mailing(store, metrics or Metrics(), Everyone(()), Links(await store.key(KEY)))
        await mailing.configure(config)
        yield mailing
        await mailing.close()


def mail(of: Message) -> EmailMessage:
    return plainly(of)


async def test_a_mail_goes_out_in_the_name_of_its_sender(
    tmp_path: Path, servers: tuple[SmtpServer, SmtpServer]
) -> None:
    async with mailing_by(configuration(tmp_path, servers[0]), tmp_path) as mailing:
        await mailing.send(mail(message()), message())
    (received,) = servers[0].received
    assert received.sender == "storing@example.org"


async def test_with_bounces_each_mail_comes_back_to_an_address_of_its_own_and_its_from_stays(
    tmp_path: Path, servers: tuple[SmtpServer, SmtpServer]
) -> None:
    one, other = message(), message(contact="receptie@duinzicht.example")
    async with mailing_by(configuration(tmp_path, servers[0], more=BOUNCES), tmp_path) as mailing:
        for owed in (one, other):
            await mailing.send(mail(owed), owed)
    back_to = [received.sender for received in servers[0].received]
    assert [bounced_message(address, [one.id, other.id], "correct horse") for address in back_to] == [one.id, other.id]
    assert {received.parsed["From"] for received in servers[0].received} == {"storing@example.org"}


async def test_a_key_that_cannot_be_read_delays_the_mail(
    tmp_path: Path, servers: tuple[SmtpServer, SmtpServer]
) -> None:
    async with mailing_by(configuration(tmp_path, servers[0], more=BOUNCES), tmp_path) as mailing:
        (tmp_path / "key").unlink()
        with pytest.raises(Undeliverable, match="key cannot be read: no such file") as refused:
            await mailing.send(mail(message()), message())
    assert not refused.value.permanent


async def test_what_a_relay_may_have_goes_to_that_one_as_long_as_it_is_configured(
    tmp_path: Path, servers: tuple[SmtpServer, SmtpServer]
) -> None:
    first, second = servers
    unanswered = replace(message(), handed_over=1, relay=f"127.0.0.1:{second.port}")
    async with mailing_by(configuration(tmp_path, first, second), tmp_path) as mailing:
        assert (await mailing.send(mail(unanswered), unanswered)).relay == f"127.0.0.1:{second.port}"
        second.stop()
        with pytest.raises(Undeliverable):
            await mailing.send(mail(unanswered), unanswered)
        await mailing.configure(configuration(tmp_path, first))
        assert (await mailing.send(mail(unanswered), unanswered)).relay == f"127.0.0.1:{first.port}"


async def test_whether_a_relay_is_of_use_is_told_while_it_is_configured(
    tmp_path: Path, servers: tuple[SmtpServer, SmtpServer]
) -> None:
    metrics, (first, second) = Metrics(), servers
    one, other = (f'slawatch_mail_relay_usable{{relay="127.0.0.1:{each.port}"}}' for each in servers)
    async with mailing_by(configuration(tmp_path, first, second), tmp_path, metrics) as mailing:
        assert usable(metrics) == []
        first.behaviour.faults.append(Fault("rcpt", "452 4.2.2 mailbox full"))
        with pytest.raises(Undeliverable, match="mailbox full"):
            await mailing.send(mail(message()), message())
        assert usable(metrics) == [f"{one} 1"]
        first.stop()
        await mailing.send(mail(message()), message())
        assert usable(metrics) == [f"{one} 0", f"{other} 1"]
        await mailing.configure(configuration(tmp_path, second))
        assert usable(metrics) == [f"{other} 1"]


async def test_those_that_are_put_off_are_counted_by_domain_until_a_mail_is_taken(
    tmp_path: Path, servers: tuple[SmtpServer, SmtpServer]
) -> None:
    metrics = Metrics()
    async with mailing_by(configuration(tmp_path, servers[0]), tmp_path, metrics) as mailing:
        counted = []
        for contact, attempts, permanent in (
            ("beheer@duinzicht.example", 0, False),
            ("receptie@Duinzicht.example", 0, False),
            ("full@elsewhere.example", 3, False),
            ("gone@bosrand.example", 0, True),
            ("beheer@bosrand.example", 0, False),
        ):
            mailing.on_failure(replace(message(contact=contact), attempts=attempts), permanent=permanent)
            counted.append(put_off(metrics))
        mailing.on_accepted(message(), None)
        assert [*counted, put_off(metrics)] == ["1", "1", "1", "1", "2", "0"]


def put_off(metrics: Metrics) -> str:
    text = encode(metrics.snapshot(), Format.TEXT, ["slawatch_outbox_put_off_domains"]).decode()
    return text.split()[-1]


def usable(metrics: Metrics) -> list[str]:
    text = encode(metrics.snapshot(), Format.TEXT).decode()
    return [line for line in text.splitlines() if line.startswith("slawatch_mail_relay_usable")]


async def test_the_limits_are_those_of_the_configuration_in_force(
    tmp_path: Path, servers: tuple[SmtpServer, SmtpServer]
) -> None:
    async with mailing_by(configuration(tmp_path, servers[0]), tmp_path) as mailing:
        assert mailing.limits == Limits(4, 20)
        more = "  connections: 2\n  most_per_hour: 7\n"
        await mailing.configure(configuration(tmp_path, servers[0], more=more))
        assert mailing.limits == Limits(2, 7)
