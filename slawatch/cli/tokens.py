"""The verb token: machines that may ask the daemon over its port."""

from __future__ import annotations

from pathlib import Path

import click

from slawatch.cli.listing import Shown, plain, show, time
from slawatch.cli.office import change, listed
from slawatch.cli.options import by_option, config_option, json_flag, zone_of
from slawatch.config import load
from slawatch.model import DAY
from slawatch.people import Office
from slawatch.rules.permissions import Permission
from slawatch.store import Actor
from slawatch.web import TOKENS, path_of

_YEAR = 365


@click.group(
    no_args_is_help=False,
    short_help="Look after the tokens of machines.",
    epilog="""\b
Examples:
  slawatch token create "backup host" --scope beat --days 90
  slawatch token list
""",
)
def token() -> None:
    """Look after the tokens by which machines ask the daemon over its port."""


@token.command(
    epilog="""\b
Examples:
  slawatch token create prometheus --scope read
  slawatch token create "backup host" --scope beat --days 90
"""
)
@config_option
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([str(one) for one in Permission]),
    multiple=True,
    required=True,
    help="What it may do; may be said several times.",
)
@click.option(
    "--days", type=click.IntRange(1, 3660), default=_YEAR, show_default=True, help="It expires after so many days."
)
@by_option
def create(config_path: Path, name: str, scopes: tuple[str, ...], days: int, by: str) -> None:
    """Make a token, and print its secret, which is shown this once and kept nowhere."""
    body = {"name": name, "scopes": list(scopes), "days": days, "by": by}

    async def make(office: Office, actor: Actor) -> dict[str, str]:
        id_, secret = await office.create_token(actor, name, [Permission(one) for one in scopes], days * DAY)
        return {"id": id_, "token": secret}

    told = change(load(config_path), path_of(TOKENS), body, make)
    click.echo(f"created {told['id']}; this is shown once:", err=True)
    click.echo(told["token"])


@token.command(
    "list",
    epilog="""\b
Examples:
  slawatch token list
""",
)
@config_option
@json_flag
def list_tokens(config_path: Path, as_json: bool) -> None:
    """List the tokens, also those that hold no more; nobody has their secrets."""
    config = load(config_path)
    zone = zone_of(config)
    columns = (
        ("id", plain("id")),
        ("name", plain("name")),
        ("scopes", lambda row: ", ".join(row["scopes"])),
        ("created", time("created", lambda _row: zone)),
        ("expires", time("expires", lambda _row: zone)),
        ("used", lambda row: "" if row["used"] is None else str(row["used"])[:10]),
        ("", _standing),
    )
    show(listed(config, TOKENS, Office.tokens), columns, as_json=as_json)


def _standing(row: Shown) -> str:
    if row["holds"]:
        return ""
    return "expired" if row["revoked"] is None else "revoked"


@token.command(
    epilog="""\b
Examples:
  slawatch token revoke t-1f0c2a9b
"""
)
@config_option
@click.argument("token_id", metavar="TOKEN")
@by_option
def revoke(config_path: Path, token_id: str, by: str) -> None:
    """Let a token open nothing from now on."""
    change(
        load(config_path),
        path_of(TOKENS, token_id, "revoke"),
        {"by": by},
        lambda office, actor: office.revoke_token(actor, token_id),
    )
    click.echo(f"revoked {token_id}")
