"""The verb user: who may sign in, and as what."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from slawatch.cli.listing import plain, show, time
from slawatch.cli.office import change, listed
from slawatch.cli.options import by_option, config_option, json_flag, zone_of
from slawatch.cli.refusal import BadInput
from slawatch.config import load
from slawatch.people import Office
from slawatch.rules.permissions import Role
from slawatch.web import USERS, path_of

F = TypeVar("F", bound=Callable[..., Any])

#: No password is longer than this file.
_LARGEST = 4096

role_choice = click.Choice([str(one) for one in Role])


def password_option(function: F) -> F:
    return click.option(
        "--password-file", help="Where the password is, a file or - for standard input; without it, it is asked for."
    )(function)


@click.group(
    no_args_is_help=False,
    short_help="Look after who may sign in.",
    epilog="""\b
Examples:
  slawatch user add a.jansen --role operator
  slawatch user list
""",
)
def user() -> None:
    """Look after who may sign in to the pages, and what they may do there."""


@user.command(
    epilog="""\b
Examples:
  slawatch user add a.jansen --role operator --language nl
  slawatch user add b.smit --role viewer --password-file /run/secrets/b.smit
"""
)
@config_option
@click.argument("name")
@click.option("--role", type=role_choice, required=True, help="What they may do.")
@click.option(
    "--language", type=click.Choice(["en", "nl"]), default="nl", show_default=True, help="The language of their pages."
)
@password_option
@by_option
def add(config_path: Path, name: str, role: str, language: str, password_file: str | None, by: str) -> None:
    """Add somebody who may sign in."""
    config, password = load(config_path), _password(password_file)
    body = {"name": name, "password": password, "role": role, "language": language, "by": by}
    change(
        config,
        path_of(USERS),
        body,
        lambda office, actor: office.add_user(actor, name, password, Role(role), language),
    )
    click.echo(f"added {name.strip().lower()}")


@user.command(
    "list",
    epilog="""\b
Examples:
  slawatch user list --json | jq '.[].name'
""",
)
@config_option
@json_flag
def list_users(config_path: Path, as_json: bool) -> None:
    """List who may sign in."""
    config = load(config_path)
    zone = zone_of(config)
    columns = (
        ("name", plain("name")),
        ("role", plain("role")),
        ("language", plain("language")),
        ("created", time("created", lambda _row: zone)),
        ("", lambda row: "disabled" if row["disabled"] else ""),
    )
    show(listed(config, USERS, Office.users), columns, as_json=as_json)


@user.command(
    epilog="""\b
Examples:
  slawatch user password a.jansen
"""
)
@config_option
@click.argument("name")
@password_option
@by_option
def password(config_path: Path, name: str, password_file: str | None, by: str) -> None:
    """Give somebody another password; wherever they are signed in, they have to do so again."""
    config, new = load(config_path), _password(password_file)
    body = {"password": new, "by": by}
    change(config, path_of(USERS, name, "password"), body, lambda office, actor: office.set_password(actor, name, new))
    click.echo(f"changed the password of {name}")


@user.command(
    epilog="""\b
Examples:
  slawatch user role a.jansen admin
"""
)
@config_option
@click.argument("name")
@click.argument("role", type=role_choice)
@by_option
def role(config_path: Path, name: str, role: str, by: str) -> None:
    """Let somebody do other things than before; it holds at once."""
    body = {"role": role, "by": by}
    change(
        load(config_path),
        path_of(USERS, name, "role"),
        body,
        lambda office, actor: office.set_role(actor, name, Role(role)),
    )
    click.echo(f"{name} is {role}")


@user.command(
    epilog="""\b
Examples:
  slawatch user disable a.jansen
"""
)
@config_option
@click.argument("name")
@by_option
def disable(config_path: Path, name: str, by: str) -> None:
    """Sign somebody out everywhere, and let them in no more until they are enabled."""
    _about(config_path, name, "disable", by, Office.disable)
    click.echo(f"disabled {name}")


@user.command(
    epilog="""\b
Examples:
  slawatch user enable a.jansen
"""
)
@config_option
@click.argument("name")
@by_option
def enable(config_path: Path, name: str, by: str) -> None:
    """Let somebody in again."""
    _about(config_path, name, "enable", by, Office.enable)
    click.echo(f"enabled {name}")


@user.command(
    epilog="""\b
Examples:
  slawatch user remove a.jansen
"""
)
@config_option
@click.argument("name")
@by_option
def remove(config_path: Path, name: str, by: str) -> None:
    """Remove somebody; what they did stays in the audit list."""
    _about(config_path, name, "remove", by, Office.remove_user)
    click.echo(f"removed {name}")


def _about(config_path: Path, name: str, verb: str, by: str, do: Callable[..., Any]) -> None:
    change(
        load(config_path),
        path_of(USERS, name, verb),
        {"by": by},
        lambda office, actor: partial(do, office)(actor, name),
    )


def _password(file: str | None) -> str:
    """As it was typed, twice the same, or the first line of the file. Raises BadInput."""
    if file is None:
        if not sys.stdin.isatty():
            raise BadInput("password: nobody to ask here, expected --password-file FILE, or - for standard input")
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    try:
        content = sys.stdin.buffer.read(_LARGEST) if file == "-" else Path(file).read_bytes()[:_LARGEST]
        return content.decode("utf-8-sig").partition("\n")[0].removesuffix("\r")
    except OSError as error:
        raise BadInput(f"--password-file: {file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"--password-file: {file} is not text in UTF-8") from error
