"""The command `slawatch`: its verbs, and what becomes of an error."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import click

from slawatch import __version__
from slawatch.cli.daemon import demo, run, status
from slawatch.cli.figures import export_observations, replay, report
from slawatch.cli.probing import probe
from slawatch.cli.refusal import CRASHED, DONE, Refusal, refusal_of
from slawatch.cli.settings import check, schema


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 done, 1 crash, 2 bad configuration or input, 3 could not start.",
)
@click.version_option(__version__, prog_name="slawatch")
def cli() -> None:
    """Watch a hosted application against its service level agreement, and prove it."""


for verb in (run, demo, check, probe, status, replay, report, export_observations, schema):
    cli.add_command(verb)


def main(arguments: list[str] | None = None) -> None:
    """Run one verb and exit with its status."""
    try:
        answer = cli.main(arguments, prog_name="slawatch", standalone_mode=False)
        sys.exit(answer if isinstance(answer, int) else DONE)
    except click.exceptions.Abort:
        sys.exit(130)
    except BrokenPipeError:
        # Whoever read our output has gone; what is left of it goes nowhere, silently.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(DONE)
    except Exception as error:
        refusal = refusal_of(error)
        if refusal is None:
            _crashed(error)
        else:
            _say(refusal)
            sys.exit(refusal.status)


def _say(refusal: Refusal) -> None:
    for line in refusal.lines:
        click.echo(line, err=True)


def _crashed(error: Exception) -> None:
    """A fault of slawatch itself: still one line, with the way to its details."""
    if os.environ.get("SLAWATCH_TRACEBACK"):
        traceback.print_exception(error)
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    said = " ".join(str(error).split())[:300]
    click.echo(f"slawatch: crashed at {where}: {type(error).__name__}: {said} (more: SLAWATCH_TRACEBACK=1)", err=True)
    sys.exit(CRASHED)
