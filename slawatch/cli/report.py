"""The verb report: a customer's month, or everyone's, in the formats that it is sent and defended in."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import click

from slawatch import logs
from slawatch.app.months import check_month
from slawatch.app.rendering.documents import open_documents
from slawatch.app.rendering.formats import FORMATS
from slawatch.app.rendering.wanted import Wanted
from slawatch.app.statements import as_json, difference
from slawatch.cli.all_reports import report_all
from slawatch.cli.options import config_option
from slawatch.cli.refusal import BadInput
from slawatch.clock import now
from slawatch.config import Config, load
from slawatch.reporters.summary import Profile
from slawatch.reporters.wording.tongue import LANGUAGES
from slawatch.rules.wishes import ALL
from slawatch.store import StoreError, open_store

STANDARD_OUTPUT = Path("-")


@click.command(
    short_help="Write a customer's summary of a month.",
    epilog="""\b
Examples:
  slawatch report duinzicht 2026-10
  slawatch report duinzicht 2026-10 --format pdf --out duinzicht.pdf
  slawatch report duinzicht 2026-10 --format html --format zip --language en --out reports/
  slawatch report all 2026-10 --format pdf --format json --out reports/
  slawatch report duinzicht 2026-10 --revision 1
  slawatch report duinzicht 2026-10 --diff 1 2
""",
)
@config_option
@click.argument("customer")
@click.argument("month")
@click.option(
    "--format",
    "formats",
    type=click.Choice([*FORMATS]),
    multiple=True,
    default=("json",),
    show_default="json",
    help="How to write it; may be given often. zip: the summary with all its evidence.",
)
@click.option(
    "--language", type=click.Choice([*LANGUAGES]), help="The language of its words; without it: the customer's own."
)
@click.option(
    "--profile",
    type=click.Choice([*Profile]),
    default=Profile.MACHINE,
    show_default=True,
    help="Of CSV: for programs, or as a Dutch Excel reads it.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, readable=False),
    help="The file to write, or the folder for files with names of their own; without it: standard output.",
)
@click.option("--revision", type=click.IntRange(1), help="An earlier revision of a closed month; else the latest.")
@click.option(
    "--diff",
    "between",
    nargs=2,
    type=click.IntRange(1),
    metavar="A B",
    help="What revision B says otherwise than A, and why.",
)
@click.option(
    "--jobs", type=click.IntRange(1, 64), help="Of all: so many customers at once; without it: one for each core."
)
def report(
    *,
    config_path: Path,
    customer: str,
    month: str,
    formats: tuple[str, ...],
    language: str | None,
    profile: str,
    out: Path | None,
    revision: int | None,
    between: tuple[int, int] | None,
    jobs: int | None,
) -> int | None:
    """Write a customer's summary of a month, or that of `all`: as it was closed, or from the ledger as far as now."""
    if revision is not None and between is not None:
        raise BadInput("--revision and --diff: expected one of them")
    if between is not None and between[0] >= between[1]:
        raise BadInput(f"--diff: expected the earlier revision first, got {between[0]} {between[1]}")
    logs.set_up(level="error")
    config = load(config_path)
    check_month(month, config.agreement.timezone, now())
    wanted = [
        Wanted(customer, month, one, now(), language=language, revision=revision, profile=profile)
        for one in dict.fromkeys(formats)
    ]
    if customer == ALL:
        if revision is not None or between is not None:
            raise BadInput("all: expected one customer with --revision or --diff")
        return asyncio.run(report_all(config, wanted, _folder(out), jobs or os.cpu_count() or 1))
    if between is not None:
        _print(asyncio.run(_difference(config, customer, month, between)))
    else:
        asyncio.run(_write(config, wanted, out))
    return None


async def _difference(config: Config, customer: str, month: str, between: tuple[int, int]) -> bytes:
    try:
        async with open_store(config.store, write=False) as store:
            return as_json(await difference(store, config, customer, month, now(), between))
    except StoreError as error:
        raise _without_store(config, customer, error) from error


def _without_store(config: Config, customer: str, error: StoreError) -> BadInput:
    config.customer(customer)  # who is nowhere is named first
    return BadInput(str(error))


async def _write(config: Config, wanted: Sequence[Wanted], out: Path | None) -> None:
    """To one file, into a folder, or to standard output."""
    to_screen = out is None or out == STANDARD_OUTPUT
    into = None if to_screen or out is None or not (len(wanted) > 1 or _is_folder(out)) else _folder(out)
    if to_screen and len(wanted) > 1:
        raise BadInput("--out: expected a folder for several formats")
    if to_screen and FORMATS[wanted[0].format].binary and sys.stdout.isatty():
        raise BadInput(f"--out: expected a file for {wanted[0].format}: a terminal cannot show it")
    if out is not None and not to_screen and into is None and not out.parent.is_dir():
        raise BadInput(f"--out: {out.parent}: no such folder")
    try:
        async with open_documents(config) as documents:
            with tempfile.TemporaryDirectory(dir=None if to_screen else into or _beside(out)) as folder:
                for number, one in enumerate(wanted):
                    made = await documents.make(one, made_in := Path(folder) / str(number))
                    if into is not None:
                        made_in.replace(into / made.name)
                        click.echo(into / made.name)
                    elif to_screen or out is None:
                        _print(made_in.read_bytes(), binary=FORMATS[one.format].binary)
                    else:
                        made_in.replace(out)
    except StoreError as error:
        raise _without_store(config, wanted[0].customer, error) from error


def _beside(out: Path | None) -> Path | None:
    return None if out is None else out.parent


def _is_folder(out: Path) -> bool:
    return out.is_dir() or str(out).endswith("/") or os.fspath(out).endswith(os.sep)


def _folder(out: Path | None) -> Path:
    if out is None or out == STANDARD_OUTPUT:
        raise BadInput("--out: expected a folder for the summaries of all")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"--out: {out}: cannot be made a folder: {error.strerror}") from None
    return out


def _print(content: bytes, *, binary: bool = False) -> None:
    if binary:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        click.echo(content.decode(), nl=False)
