"""The verbs about slawatch.yaml: check, schema."""

from __future__ import annotations

import json
from pathlib import Path

import click

from slawatch import config as configuration
from slawatch.cli.options import config_option


@click.command(
    short_help="Say all that is wrong with slawatch.yaml.",
    epilog="""\b
Examples:
  slawatch check
  slawatch check --config /etc/slawatch/slawatch.yaml --no-secrets
""",
)
@config_option
@click.option("--secrets/--no-secrets", default=True, show_default=True, help="Whether secrets must be readable here.")
def check(config_path: Path, secrets: bool) -> None:
    """Say all that is wrong with the configuration, each with its file, line and column."""
    config = configuration.load(config_path, with_secrets=secrets)
    for line in config.warnings():
        click.echo(f"warning: {line}", err=True)
    pages = sum(len(customer.pages) for customer in config.customers)
    customers = len(config.customers)
    click.echo(f"{config_path}: good: {customers} customer{'s' * (customers != 1)}, {pages} page{'s' * (pages != 1)}")


@click.command()
def schema() -> None:
    """Print the JSON Schema of slawatch.yaml, for editors."""
    click.echo(json.dumps(configuration.schema(), indent=2, ensure_ascii=False))
