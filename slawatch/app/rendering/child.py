"""The child that makes documents: python -m slawatch.app.rendering.child, with orders as lines on standard input.

The first line is the configuration. It ends with its input, or when nothing is asked for a while.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import structlog

from slawatch import logs
from slawatch.app.rendering.documents import Documents, open_documents
from slawatch.app.rendering.wanted import Answer, Order
from slawatch.config import UnknownCustomer, load
from slawatch.model import Unavailable
from slawatch.rules.asked import NoSuchMonth

log = structlog.get_logger()

#: The watching comes first: what this does takes the time that is left over.
NICE = 19
#: Without an order for so long it ends, and gives its memory back.
IDLE_SECONDS = 600.0
#: The longest line that is read: the configuration's, of at most 8 MiB.
LONGEST_LINE = 32 * 1024 * 1024


async def main() -> None:
    os.nice(NICE)
    logs.set_up(level="warning")
    orders = asyncio.StreamReader(limit=LONGEST_LINE)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    said = json.loads(await orders.readline())
    config = load(Path(said["file"]), text=said["text"])
    async with open_documents(config) as documents:
        while order := await _next(orders):
            sys.stdout.buffer.write((await _answered(documents, Order.of_line(order))).line())
            sys.stdout.buffer.flush()


async def _next(orders: asyncio.StreamReader) -> bytes:
    try:
        async with asyncio.timeout(IDLE_SECONDS):
            return await orders.readline()
    except TimeoutError:
        return b""


async def _answered(documents: Documents, order: Order) -> Answer:
    try:
        return Answer(await documents.make(order.wanted, order.out))
    except (NoSuchMonth, UnknownCustomer) as refused:
        return Answer(why=str(refused))
    except (Unavailable, OSError) as trouble:
        return Answer(why=str(trouble), fault=True)
    except Exception as error:
        log.exception("document.failed", customer=order.wanted.customer, month=order.wanted.month)
        return Answer(why=f"{type(error).__name__}: the log says more", fault=True)


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except BrokenPipeError:  # who asked has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
