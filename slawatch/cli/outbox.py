"""The verb outbox: what is owed to whom, sent again or dropped."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import click

from slawatch import logs
from slawatch.account import Closing, Postmaster, outbox
from slawatch.app.mailing import all_summary_readers
from slawatch.cli.asking import ask_daemon, note_declared
from slawatch.cli.listing import Shown, plain, show, time
from slawatch.cli.options import by_option, config_option, customer_filter, of_customer, zones
from slawatch.cli.refusal import NotStarted
from slawatch.clock import now
from slawatch.config import Config, load
from slawatch.model import DeclarationKind, MessageState
from slawatch.rules.choices import choices
from slawatch.store import StoreError, open_store
from slawatch.web import outbox_path


@click.group(
    "outbox",
    no_args_is_help=False,
    short_help="List mails that are owed; send again or drop them.",
    epilog="""\b
Examples:
  slawatch outbox list --state failed
  slawatch outbox retry --failed
  slawatch outbox drop duinzicht-20261112T110000000.outage.1.3f9a1c --reason "Called them"
""",
)
def outbox_verbs() -> None:
    """List the mails that are owed, were accepted or were refused; send them again, or drop them."""


@outbox_verbs.command(
    "list",
    epilog="""\b
Examples:
  slawatch outbox list --state failed
  slawatch outbox list --customer duinzicht --format json | jq '.[].reply'
""",
)
@config_option
@click.option("--state", type=click.Choice([str(one) for one in MessageState]), help="Only those in this state.")
@customer_filter
@click.option(
    "--format",
    "how",
    type=click.Choice(["table", "json"]),
    default="table",
    show_default=True,
    help="How to write it: table or json.",
)
def list_messages(config_path: Path, state: str | None, customer: str | None, how: str) -> None:
    """List messages in the order in which they came to be owed, as the store has them."""
    config = load(config_path)
    rows = of_customer(config, customer, asyncio.run(_listed(config, customer, state)))
    zone = zones(config)
    columns = (
        ("id", plain("id")),
        ("contact", plain("contact")),
        ("state", plain("state")),
        ("owed", time("created", zone)),
        ("due", lambda row: time("due", zone)(row) if row["state"] == MessageState.QUEUED else ""),
        ("accepted", time("accepted", zone)),
        ("attempts", plain("attempts")),
        ("says", plain("says")),
        ("answer", _answer),
    )
    show(rows, columns, as_json=how == "json")


def _answer(row: Shown) -> str:
    """The last that a relay said, or why it was not sent."""
    return str(row["error"] or row["reply"] or "")


@outbox_verbs.command(
    epilog="""\b
Examples:
  slawatch outbox retry duinzicht-20261112T110000000.outage.1.3f9a1c
  slawatch outbox retry --failed
"""
)
@config_option
@click.argument("message", required=False)
@click.option("--failed", is_flag=True, help="All that was refused for good.")
@by_option
def retry(config_path: Path, *, message: str | None, failed: bool, by: str) -> None:
    """Send a message now that was refused for good, or that waits for its next attempt."""
    if (message is None) is not failed:
        raise click.UsageError("expected a message's id or --failed, one of them")
    path, body = outbox_path("retry", message), {"by": by}
    if message is None:
        told = asyncio.run(_done(load(config_path), path, body, lambda at: at.retry_failed(by)))
    else:
        told = asyncio.run(_done(load(config_path), path, body, lambda at: at.retry(message, by)))
    for id_ in told["ids"]:
        click.echo(f"queued again {id_}")
    if not told["ids"]:
        click.echo("nothing was refused for good")


@outbox_verbs.command(
    epilog="""\b
Examples:
  slawatch outbox drop duinzicht-20261112T110000000.outage.1.3f9a1c --reason "Called them"
"""
)
@config_option
@click.argument("message")
@click.option("--reason", required=True, help="Why it need not be sent.")
@by_option
def drop(config_path: Path, message: str, reason: str, by: str) -> None:
    """Take out a message that waits, or was refused for good; who did so, and why, is kept."""
    path, body = outbox_path("drop", message), {"by": by, "reason": reason}
    asyncio.run(_done(load(config_path), path, body, lambda at: at.drop(message, reason, by)))
    click.echo(f"dropped {message}")


async def _listed(config: Config, customer: str | None, state: str | None) -> list[Shown]:
    try:
        async with open_store(config.store, write=False) as store:
            return await outbox(store, customer, None if state is None else MessageState(state))
    except StoreError as error:
        raise NotStarted(str(error)) from error


async def _done(config: Config, path: str, body: Mapping[str, Any], act: Callable[[Postmaster], Awaitable[Any]]) -> Any:
    """By the daemon; without one by the store's own lock. Raises BadInput, Refused, NotStarted."""
    logs.set_up(level="error")
    told = await ask_daemon(Path(config.web.socket), path, body)
    if told is not None:
        return told
    try:
        async with open_store(config.store, write=True) as store:
            chose = choices(await store.declarations(kind=DeclarationKind.CONTACT_CHOSE))
            readers = all_summary_readers(config, chose)

            async def revise(customers: Any) -> None:
                for customer in customers:
                    await Closing(store, now, readers=readers).revise(customer)

            told = await act(Postmaster(store, tell=revise))
            await note_declared(store, path, "", str(body["by"]))
            return told
    except StoreError as error:
        raise NotStarted(f"no daemon answers at {config.web.socket}, and {error}") from error
