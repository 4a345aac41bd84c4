"""The verbs about copies of the store: backup, restore."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from slawatch.cli.options import config_option
from slawatch.cli.refusal import BadInput
from slawatch.config import load
from slawatch.store import StoreError, back_up
from slawatch.store import restore as put_back

#: Nothing is asked of it by click, so that each message is one of ours.
A_FILE = click.Path(path_type=Path, readable=False)


@click.command(
    short_help="Copy the store, also while the daemon runs.",
    epilog="""\b
Examples:
  slawatch backup "/var/backups/slawatch-$(date +%F).db"
""",
)
@config_option
@click.argument("path", type=A_FILE)
def backup(config_path: Path, path: Path) -> None:
    """Copy the store to PATH, a name that is free, as it is at this moment, and look through all of the copy.

    The daemon goes on meanwhile. For a SQLite store; a PostgreSQL database is copied by pg_dump.
    """
    config = load(config_path)
    try:
        with _tidied_when_told_to_end():
            size = back_up(config.store, path)
    except StoreError as error:
        raise BadInput(str(error)) from error
    click.echo(f"{path}: a whole copy of {config.store} ({size:,} bytes)")


@click.command(
    short_help="Put a backup where the store belongs.",
    epilog="""\b
Examples:
  slawatch restore /var/backups/slawatch-2026-11-25.db
  slawatch restore --replace /var/backups/slawatch-2026-11-25.db
""",
)
@config_option
@click.option("--replace", is_flag=True, help="A store that is there is kept under another name.")
@click.argument("path", type=A_FILE)
def restore(config_path: Path, path: Path, *, replace: bool) -> None:
    """Look through all of the backup PATH, and copy it to where the store belongs. Stop the daemon first."""
    config = load(config_path)
    try:
        with _tidied_when_told_to_end():
            aside = put_back(config.store, path, replace=replace)
    except StoreError as error:
        raise BadInput(str(error)) from error
    if aside is not None:
        click.echo(f"{aside}: the store that was there")
    click.echo(f"{config.store}: restored from {path}; `slawatch verify` computes its closed months anew")


@contextmanager
def _tidied_when_told_to_end() -> Iterator[None]:
    """SIGTERM, as of a timer's unit that is stopped, ends it as Ctrl-C does: what was half-copied is taken away."""
    if threading.current_thread() is not threading.main_thread():  # there Python hears no signals
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
