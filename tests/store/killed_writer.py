"""Writes batches until it is killed; run by test_store_trouble. Needs no arguments but the store's URL.

For each line on its input, the numbers of a first batch and of one that it must not come to, it forks a writer, which prints its
process id and then the number of each batch that was acknowledged. Forking spares the imports of a new interpreter a round.
"""

from __future__ import annotations

import asyncio
import os
import sys

import structlog
from store_rows import event, look, message

from slawatch.model import EventKind, MessageKind
from slawatch.store import Batch, open_store

ROWS = 5


def batch(number: int) -> Batch:
    """`ROWS` looks, an event and a message that only batch `number` has."""
    return Batch(
        tuple(look(number * 100 + row) for row in range(ROWS)),
        (event(EventKind.OPENED, number, outage=f"o{number}"),),
        (message(MessageKind.OUTAGE, outage=f"o{number}"),),
    )


async def write(url: str, first: int, end: int) -> None:
    async with open_store(url, write=True) as store:
        say(f"pid {os.getpid()}")
        for number in range(first, end):
            await store.record(batch(number))
            say(f"kept {number}")
        await asyncio.Event().wait()


def say(line: str) -> None:
    os.write(1, f"{line}\n".encode())


def main() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(write(sys.argv[1], *map(int, line.split())))
        os.waitpid(child, 0)
        say("dead")


if __name__ == "__main__":
    main()
