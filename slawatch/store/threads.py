"""The store's threads: one that writes, a few that read. The event loop only waits for them.

What was handed to a thread runs to its end there, also when the coroutine that waits for it is cancelled.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from slawatch.store.backend import Backend, explained
from slawatch.store.errors import StoreBusy, StoreLocked

T = TypeVar("T")


async def _in_thread(executor: Executor, call: Callable[[], T]) -> T:
    return await asyncio.shield(asyncio.wrap_future(executor.submit(call)))


class Writer:
    """One thread with one connection; each job is one transaction, in the order of the calls."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="slawatch-store-writer")
        self._connection: Connection | None = None
        self._together: deque[tuple[Callable[[Connection], Any], Future[Any]]] = deque()

    async def open(self) -> None:
        """Raises StoreError."""
        await _in_thread(self._executor, self._open)

    async def run(self, job: Callable[[Connection], T]) -> T:
        """What `job` returns, once its transaction is committed. Raises StoreBusy or StoreTorn after a rollback."""
        return await _in_thread(self._executor, lambda: self._transact(job))

    async def run_together(self, job: Callable[[Connection], T]) -> T:
        """As `run`, but one transaction holds all such jobs that came in while another one ran: they fail together."""
        done: Future[T] = Future()
        self._together.append((job, done))
        self._executor.submit(self._transact_together)
        return await asyncio.shield(asyncio.wrap_future(done))

    async def close(self) -> None:
        """Waits for what was handed in before, then lets go of connection and lock."""
        closed = asyncio.wrap_future(self._executor.submit(self._close))
        self._executor.shutdown(wait=False)
        await asyncio.shield(closed)

    def _open(self) -> None:
        self._connection = self._backend.open_writer()

    def _transact(self, job: Callable[[Connection], T]) -> T:
        try:
            with explained(self._backend):
                return self._transact_once(job)
        finally:
            if self._connection is not None and self._connection.in_transaction():
                self._drop()  # its rollback failed too

    def _transact_together(self) -> None:
        """What was handed in later than the others finds that it was done with them."""
        jobs = [self._together.popleft() for _ in range(len(self._together))]
        if not jobs:
            return
        try:
            results = self._transact(lambda connection: [job(connection) for job, _ in jobs])
        except Exception as error:  # it goes to whoever waits
            for _, done in jobs:
                done.set_exception(error)
            return
        for (_, done), result in zip(jobs, results, strict=True):
            done.set_result(result)

    def _transact_once(self, job: Callable[[Connection], T]) -> T:
        self._backend.ensure_in_place()
        connection = self._connected()
        try:
            with connection.begin():
                return job(connection)
        except DBAPIError as error:
            if not self._backend.outlives(error):
                self._drop()
            raise

    def _connected(self) -> Connection:
        if self._connection is None:
            try:
                self._connection = self._backend.connect_writer()
            except StoreLocked as error:
                # Often our own former session, which the server has not given up yet: so not for good.
                raise StoreBusy(str(error)) from error
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        try:
            if connection is not None:
                connection.close()
        finally:
            self._backend.release()


class Readers:
    """A few threads with a read-only connection each; each job is one transaction, so one snapshot."""

    def __init__(self, backend: Backend, count: int) -> None:
        self._backend = backend
        self._executor = ThreadPoolExecutor(max_workers=count, thread_name_prefix="slawatch-store-reader")
        self._engine: Engine | None = None

    async def open(self) -> None:
        """Raises StoreError unless there is a store of this version."""
        await _in_thread(self._executor, self._open)

    async def run(self, job: Callable[[Connection], T]) -> T:
        """What `job` returns. Raises StoreBusy or StoreTorn."""
        return await _in_thread(self._executor, lambda: self._read(job))

    async def close(self) -> None:
        self._executor.shutdown(wait=False)
        await asyncio.shield(asyncio.to_thread(self._close))

    def _open(self) -> None:
        self._backend.check_readable()
        self._engine = self._backend.reader_engine()

    def _read(self, job: Callable[[Connection], T]) -> T:
        assert self._engine is not None
        with explained(self._backend), self._engine.connect() as connection, connection.begin():
            return job(connection)

    def _close(self) -> None:
        self._executor.shutdown(wait=True)
        if self._engine is not None:
            self._engine.dispose()
