"""Everyone's summaries of a month, several at once, in children that leave the machine to those who watch."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from slawatch.app.rendering import CannotRender, Renderers, Wanted, open_renderers
from slawatch.cli.refusal import BAD_INPUT, DONE, BadInput
from slawatch.config import Config
from slawatch.store import StoreError, open_store


@dataclass(slots=True)
class _Round:
    """What is made of whom, and how it goes."""

    wanted: Sequence[Wanted]
    into: Path
    progress: Progress
    documents: int = 0
    failed: int = 0

    async def make(self, renderers: Renderers, customer: str, folder: Path) -> None:
        """A customer's documents, each there whole or not at all."""
        for number, one in enumerate(self.wanted):
            try:
                part = folder / f"{customer}.{number}"
                made = await renderers.render(replace(one, customer=customer), part)
            except CannotRender as error:
                self.failed += 1
                told = f"{customer}: {one.format}: {error}"
                self.progress.console.print(told, markup=False, highlight=False, soft_wrap=True)
            else:
                put(part, self.into / made.name)
                self.documents += 1


async def report_all(config: Config, wanted: Sequence[Wanted], into: Path, jobs: int) -> int:
    """Gives the exit status: 0 when all documents are there."""
    customers = await _customers(config)
    console = Console(stderr=True)
    progress = Progress(
        TextColumn("{task.description}"),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        disable=not console.is_terminal,
    )
    made = _Round(wanted, into, progress)
    with progress, folder_in(into) as folder:
        task = progress.add_task(f"summaries of {wanted[0].month}", total=len(customers))
        waiting = iter(customers)
        async with open_renderers(lambda: config, jobs, most_waiting=None) as renderers:

            async def work() -> None:
                for customer in waiting:
                    await made.make(renderers, customer, folder)
                    progress.advance(task)

            async with asyncio.TaskGroup() as tasks:
                for number in range(min(jobs, len(customers))):
                    tasks.create_task(work(), name=f"summaries {number}")
    failed = f"; {made.failed:,} could not be made" if made.failed else ""
    click.echo(f"{into}: {made.documents:,} documents of {len(customers):,} customers{failed}", err=bool(made.failed))
    return BAD_INPUT if made.failed else DONE


async def _customers(config: Config) -> list[str]:
    """Those of the configuration, and those that left it but are in the ledger."""
    try:
        async with open_store(config.store, write=False) as store:
            known = await store.customers_with_terms()
    except StoreError as error:
        raise BadInput(str(error)) from error
    return sorted({*known, *(one.id for one in config.customers)})


@contextmanager
def folder_in(into: Path | None) -> Iterator[Path]:
    """For what is not whole yet, on the same file system. Raises BadInput for a folder that nothing can be made in."""
    try:
        made = tempfile.TemporaryDirectory(prefix=".", dir=into)
    except OSError as error:
        raise BadInput(f"--out: {into}: cannot be written to: {error.strerror}") from None
    with made as folder:
        yield Path(folder)


def is_special(out: Path) -> bool:
    """Whether it is a device or a pipe, such as /dev/null."""
    return out.exists() and not out.is_file() and not out.is_dir()


def put(made: Path, place: Path) -> None:
    """What is whole, at its place; a device or a pipe is written to, and stays. Raises BadInput."""
    try:
        if is_special(place):
            place.write_bytes(made.read_bytes())
        else:
            made.replace(place)
    except OSError as error:
        raise BadInput(f"--out: {place}: cannot be written: {error.strerror}") from None
