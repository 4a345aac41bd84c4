"""Options that several verbs have, and how they are read."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from slawatch.cli.refusal import BadInput
from slawatch.config import Config, read_time
from slawatch.model import Instant
from slawatch.rules.wishes import ALL

F = TypeVar("F", bound=Callable[..., Any])


def config_option(function: F) -> F:
    return click.option(
        "--config",
        "config_path",
        type=click.Path(path_type=Path, readable=False),
        default=Path("slawatch.yaml"),
        show_default=True,
        envvar="SLAWATCH_CONFIG",
        show_envvar=True,
        help="The configuration file.",
    )(function)


def json_format(function: F) -> F:
    """`--format`, where JSON is the only choice so far."""
    return click.option(
        "--format", type=click.Choice(["json"]), default="json", expose_value=False, help="How to write it: json."
    )(function)


def by_option(function: F) -> F:
    return click.option("--by", default=_login, help="Who says it; without it: your login name.")(function)


def customer_filter(function: F) -> F:
    return click.option("--customer", help="Only of the customer with this id.")(function)


def json_flag(function: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")(function)


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return f"user {os.getuid()}"


def instant(option: str, written: str, zone: ZoneInfo) -> Instant:
    """A time as an option gives it. Raises BadInput with what would be right."""
    try:
        return read_time(written, zone)
    except ValueError as error:
        raise BadInput(f"{option}: {error}") from error


def zone_of(config: Config, customer: str = ALL) -> ZoneInfo:
    """The customer's agreement's zone; of a customer that is not configured, or of all, what is agreed with all."""
    own = (one.agreement for one in config.customers if one.id == customer)
    return ZoneInfo(next(own, config.agreement).timezone)


def zones(config: Config) -> Callable[[dict[str, Any]], ZoneInfo]:
    """Gives the zone of the customer that a row is about."""
    return lambda row: zone_of(config, row["customer"])


def of_customer(config: Config, customer: str | None, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of one customer, or all. Raises UnknownCustomer for one that has none and is not configured."""
    if customer is None:
        return rows
    found = [row for row in rows if row["customer"] == customer]
    if not found:
        config.customer(customer)
    return found
