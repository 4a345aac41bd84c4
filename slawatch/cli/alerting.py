"""The verb alert-rules."""

from __future__ import annotations

from pathlib import Path

import click

from slawatch import config as configuration
from slawatch.cli.options import config_option
from slawatch.reporters.alerts import RUNBOOK, text


@click.command(
    "alert-rules",
    short_help="Write the rules that Prometheus alerts by.",
    epilog="""\b
Examples:
  slawatch alert-rules > slawatch.rules.yml
  slawatch alert-rules --runbook https://wiki.example.org/slawatch > slawatch.rules.yml
""",
)
@config_option
@click.option(
    "--runbook", default=RUNBOOK, show_default=True, help="The address at which docs/runbook.md is read on call."
)
def alert_rules(config_path: Path, runbook: str) -> None:
    """Write Prometheus' rules file for the intervals and objectives of the configuration."""
    click.echo(text(configuration.load(config_path).customers, runbook), nl=False)
