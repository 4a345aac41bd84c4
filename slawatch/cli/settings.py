"""The verbs about what slawatch.yaml and the API look like: check, schema."""

from __future__ import annotations

import json
from pathlib import Path

import click

from slawatch import config as configuration
from slawatch.cli.options import config_option
from slawatch.web import described


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


@click.command(
    epilog="""\b
Examples:
  slawatch schema > slawatch.schema.json
  slawatch schema --api | jq '.paths | keys'
""",
)
@click.option("--api", "of_api", is_flag=True, help="The OpenAPI document of /api/v1 instead.")
def schema(*, of_api: bool) -> None:
    """Print the JSON Schema of slawatch.yaml, for editors; or what describes the API, for programs."""
    click.echo(json.dumps(described() if of_api else configuration.schema(), indent=2, ensure_ascii=False))
