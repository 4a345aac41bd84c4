"""The verb mail: what the mails look like, and whether they go out."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from pathlib import Path

import click

from slawatch import logs
from slawatch.app.mailing import sender_settings
from slawatch.app.specimen_links import with_links
from slawatch.app.specimens import NAMES, Story, specimen
from slawatch.cli.options import config_option
from slawatch.cli.refusal import BadInput
from slawatch.clock import now
from slawatch.config import Config, Mail, load
from slawatch.reporters.mail import Accepted, Addressee, Transport, Undeliverable, Unrenderable, render_test

ALL = "all"
LANGUAGES = ("nl", "en")
#: Where a specimen goes that no contact of the customer's could get.
NOBODY = "contact@example.org"


@click.group(
    no_args_is_help=False,
    short_help="See what the mails say, and whether they go out.",
    epilog="""\b
Examples:
  slawatch mail preview all --customer duinzicht
  slawatch mail test pia@example.org
""",
)
def mail() -> None:
    """See what the mails to customers say, and whether the relays take them."""


@mail.command(
    epilog="""\b
Examples:
  slawatch mail preview all --customer duinzicht
  slawatch mail preview recovery --customer duinzicht --language en --output /tmp/mails
"""
)
@config_option
@click.argument("kind", type=click.Choice([ALL, *NAMES]))
@click.option("--customer", required=True, help="The id of the customer that it is written to.")
@click.option("--language", type=click.Choice(LANGUAGES), help="The language; without it: the customer's.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("mails"),
    show_default=True,
    help="The folder to write to.",
)
def preview(config_path: Path, kind: str, customer: str, language: str | None, output: Path) -> None:
    """Write mails of a KIND, or of all, as HTML, as text and whole, with facts that might be. Nothing is sent.

    The times are made up around now; names, checks and what was agreed are the customer's.
    """
    config = load(config_path)
    to = config.customer(customer)
    story = Story(to, language or to.language, now())
    contact = to.contacts[0].address if to.contacts else NOBODY
    sender = with_links(sender_settings(_mail(config)), config.web.public_url)
    for name in NAMES if kind == ALL else (kind,):
        for path in _write(specimen(name, story, contact, sender), output / f"{name}.{story.language}"):
            click.echo(path)


@mail.command(
    epilog="""\b
Examples:
  slawatch mail test pia@example.org
  slawatch mail test pia@example.org --language en --config /etc/slawatch/slawatch.yaml
"""
)
@config_option
@click.argument("address")
@click.option("--language", type=click.Choice(LANGUAGES), default="nl", show_default=True, help="The language.")
def test(config_path: Path, address: str, language: str) -> None:
    """Send one test mail to ADDRESS through the configured relays, and say which took it and what it answered."""
    logs.set_up(level="error")
    config = load(config_path)
    settings = _mail(config)
    for relay in settings.relays:
        if relay.password is not None:
            relay.password.reveal()  # a secret that cannot be read is told before anything is sent
    to = Addressee(config.agreement.name, config.agreement.name, config.agreement.timezone)
    try:
        made = render_test(address, language, to, now(), sender_settings(settings))
    except Unrenderable as error:
        raise BadInput(f"ADDRESS: {error}, got {address!r}") from error
    taken = asyncio.run(_send(settings, made))
    click.echo(f"{taken.relay} took it: {taken.reply}")


def _mail(config: Config) -> Mail:
    if config.mail is None:
        raise BadInput("mail: missing in the configuration, expected a sender and relays")
    return config.mail


async def _send(settings: Mail, made: EmailMessage) -> Accepted:
    try:
        async with Transport(settings.relays) as transport:
            return await transport.send(made)
    except Undeliverable as error:
        raise BadInput(f"mail.relays: nothing was sent: {error.reason}") from error


def _write(made: EmailMessage, stem: Path) -> list[Path]:
    parts = {f"{stem}.eml": made.as_bytes()}
    for kind, ending in (("plain", "txt"), ("html", "html")):
        body = made.get_body((kind,))
        assert body is not None, "every mail has both forms"
        parts[f"{stem}.{ending}"] = str(body.get_content()).replace("\r\n", "\n").encode()
    try:
        stem.parent.mkdir(parents=True, exist_ok=True)
        for path, content in parts.items():
            Path(path).write_bytes(content)
    except OSError as error:
        raise BadInput(f"--output: {stem.parent} cannot be written: {error.strerror}") from error
    return [Path(path) for path in parts]
