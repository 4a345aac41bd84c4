"""The verb mail: what the mails look like, and whether a real mail server takes one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result
from smtp_server import Behaviour, Fault, SmtpServer

from slawatch.app.specimens import NAMES
from slawatch.cli.main import cli
from slawatch.cli.refusal import refusal_of

CONFIG = """
pages: {{dashboard: {{path: /, ready: main}}}}
agreement: {{availability: {{checks: [dashboard]}}, speed: {{pages: [dashboard]}}}}
customers:
  - {{id: duinzicht, name: Duinzicht, url: "https://duinzicht.example", contacts: [beheer@duinzicht.example]}}
  - {{id: woodland, name: Woodland, url: "https://woodland.example", language: en}}
{mail}
"""
MAIL = 'mail: {{sender: "Storing <storing@example.org>", relays: [{{url: "smtp://127.0.0.1:{port}", tls: "off"}}]}}'
Slawatch = Callable[..., Result]


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def slawatch(tmp_path: Path, server: SmtpServer) -> Iterator[Slawatch]:
    config = tmp_path / "slawatch.yaml"

    def call(*arguments: str, mail: str = MAIL.format(port=server.port)) -> Result:
        config.write_text(CONFIG.format(mail=mail))
        return CliRunner(env={"SLAWATCH_CONFIG": str(config)}).invoke(cli, ("mail", *arguments))

    yield call
    structlog.reset_defaults()


def refused(result: Result) -> tuple[tuple[str, ...], int]:
    assert result.exception is not None
    refusal = refusal_of(result.exception)
    assert refusal is not None
    return refusal.lines, refusal.status


def test_all_kinds_are_written_in_the_customers_language(slawatch: Slawatch, tmp_path: Path) -> None:
    result = slawatch("preview", "all", "--customer", "woodland", "--output", str(tmp_path / "mails"))
    written = {path.name for path in (tmp_path / "mails").iterdir()}
    assert written == {f"{name}.en.{form}" for name in NAMES for form in ("eml", "txt", "html")}
    assert set(result.stdout.splitlines()) == {str(tmp_path / "mails" / name) for name in written}
    assert (tmp_path / "mails" / "outage.en.txt").read_text().startswith("Outage at Woodland\n")


def test_one_kind_is_written_whole_to_a_contact_of_the_customer(slawatch: Slawatch, tmp_path: Path) -> None:
    slawatch("preview", "announced", "--customer", "duinzicht", "--language", "en", "--output", str(tmp_path / "one"))
    made = message_from_bytes((tmp_path / "one" / "announced.en.eml").read_bytes(), policy=default)
    assert made["To"] == "beheer@duinzicht.example"
    assert [part.get_filename() for part in made.iter_attachments() if part.is_attachment()] == ["maintenance.ics"]
    assert "List-Unsubscribe" not in made


def test_with_a_place_for_links_a_preview_shows_them(slawatch: Slawatch, tmp_path: Path) -> None:
    web = MAIL.format(port=25) + '\nweb: {public_url: "https://status.example.org"}'
    slawatch("preview", "series", "--customer", "duinzicht", "--output", str(tmp_path / "one"), mail=web)
    text = (tmp_path / "one" / "series.nl.txt").read_text()
    assert "https://status.example.org/calendar/specimen.ics" in text


def test_what_cannot_be_shown_is_said_in_one_line(slawatch: Slawatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    lines, status = refused(slawatch("preview", "all", "--customer", "duinzicht", "--output", str(tmp_path / "file/x")))
    assert (lines, status) == ((f"--output: {tmp_path}/file/x cannot be written: Not a directory",), 2)
    lines, status = refused(slawatch("preview", "all", "--customer", "nobody"))
    assert len(lines) == 1
    assert status == 2
    expected = "mail: missing in the configuration, expected a sender and relays"
    assert refused(slawatch("preview", "all", "--customer", "duinzicht", mail="")) == ((expected,), 2)
    assert refused(slawatch("test", "pia@example.org", mail="")) == ((expected,), 2)


def test_a_test_mail_goes_out_and_the_relay_is_named_with_its_answer(slawatch: Slawatch, server: SmtpServer) -> None:
    result = slawatch("test", "pia@example.org", "--language", "en")
    assert result.stdout == f"127.0.0.1:{server.port} took it: 250 2.0.0 Ok: queued as 00001\n"
    (got,) = server.received
    assert (got.sender, got.recipient) == ("storing@example.org", "pia@example.org")
    assert got.parsed["Subject"].startswith("Test mail of Tommy 2.0, ")


def test_a_relay_that_takes_nothing_is_named_with_why(slawatch: Slawatch, server: SmtpServer) -> None:
    server.behaviour.faults.append(Fault("rcpt", "550 5.7.1 Relaying denied"))
    line = f"mail.relays: nothing was sent: 127.0.0.1:{server.port}: 550 5.7.1 Relaying denied"
    assert refused(slawatch("test", "pia@example.org")) == ((line,), 2)
    server.stop()
    (line,), status = refused(slawatch("test", "pia@example.org"))
    assert line.startswith(f"mail.relays: nothing was sent: 127.0.0.1:{server.port}: ")
    assert status == 2


def test_the_next_relay_is_tried_and_named(slawatch: Slawatch, server: SmtpServer) -> None:
    with SmtpServer(Behaviour()) as second:
        relays = ", ".join(f'{{url: "smtp://127.0.0.1:{one.port}", tls: "off"}}' for one in (server, second))
        server.behaviour.faults.append(Fault("greeting", "421 busy"))
        result = slawatch("test", "pia@example.org", mail=f"mail: {{sender: storing@example.org, relays: [{relays}]}}")
    assert result.stdout.startswith(f"127.0.0.1:{second.port} took it: 250 ")


def test_an_address_that_is_none_is_refused_before_anything_is_sent(slawatch: Slawatch, server: SmtpServer) -> None:
    line = "ADDRESS: expected a mail address with an ASCII name before its @, got 'pia'"
    assert refused(slawatch("test", "pia")) == ((line,), 2)
    assert server.behaviour.sessions == 0
