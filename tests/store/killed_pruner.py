"""Prunes a day in lots and kills itself in the middle of one; run by test_store_pruning with the store's URL.

For each line on its input it forks a pruner, which commits as many lots as the line says and dies in the next one.
Forking spares the imports of a new interpreter a round.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import structlog
from sqlalchemy import Connection

from slawatch.store import days, open_store, pruning

LOT = 10


def prune_a_lot(connection: Connection) -> None:
    (day,) = days.between(connection, "duinzicht", "dashboard", 0, 2**62)
    if day.pruned:
        pruning.delete(connection, day, LOT)
    else:
        assert pruning.begin(connection, day, LOT)


def prune_a_lot_and_die(connection: Connection) -> None:
    prune_a_lot(connection)
    os.kill(os.getpid(), signal.SIGKILL)


async def prune(url: str, lots: int) -> None:
    async with open_store(url, write=True) as store:
        assert store._writer is not None
        for _ in range(lots):
            await store._writer.run(prune_a_lot)
        await store._writer.run(prune_a_lot_and_die)


def main() -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            asyncio.run(prune(sys.argv[1], int(line)))
        _, status = os.waitpid(child, 0)
        os.write(1, f"ended by {os.WTERMSIG(status) if os.WIFSIGNALED(status) else None}\n".encode())


if __name__ == "__main__":
    main()
