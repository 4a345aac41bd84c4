"""The summary that goes with a mail, as a file: made by a child process, from the revision as it was frozen."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from slawatch.app.rendering import CannotRender, Made, Wanted
from slawatch.model import Message, Saying
from slawatch.reporters.mail import Enclosure, Undeliverable, known, says
from slawatch.rules.telling import NO_PDF

#: A file of more bytes is not attached: in a mail it grows by a third, and many mail servers take 10 MB.
MOST_BYTES = 7_000_000


class Printer(Protocol):
    async def render(self, wanted: Wanted, out: Path) -> Made:
        """Have the document written to the file `out`. Raises CannotRender."""


async def enclose(printer: Printer, message: Message, format_: str) -> Enclosure:
    """The file for the message's mail, in that format; a page where the mail says that it goes without its PDF.

    Raises Undeliverable while it cannot be made.
    """
    form = "html" if says(message) is Saying.UNPRINTED else format_
    wanted = Wanted(
        message.customer, message.outage, form, known(message), language=message.language, revision=message.sequence
    )
    try:
        with TemporaryDirectory(prefix="slawatch-") as folder:
            out = Path(folder) / "summary"
            made = await printer.render(wanted, out)
            content = await asyncio.to_thread(out.read_bytes) if made.size <= MOST_BYTES else None
    except (CannotRender, OSError) as error:
        what = NO_PDF if form == "pdf" else "no summary"
        raise Undeliverable(f"{what}: {error}", permanent=False) from error
    return Enclosure(made.name, made.media_type, content)
