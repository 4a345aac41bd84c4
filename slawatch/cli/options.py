"""Options that several verbs have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

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
