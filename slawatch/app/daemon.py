"""The daemon, from top to bottom: open, wire, start; and on leaving everything in reverse."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import structlog

from slawatch import __version__, clock
from slawatch.account import Account, Closing, Keeping, Owing, Postmaster, Pruning, Sealing
from slawatch.app.archive import Archive
from slawatch.app.board import Board
from slawatch.app.delivering import Delivering
from slawatch.app.entrance import check_files, entrance, renew
from slawatch.app.links import KEY, Links
from slawatch.app.mailing import Mailing
from slawatch.app.noticeboard import Noticeboard
from slawatch.app.notifying import READY, STOPPING, Manager
from slawatch.app.outage_desk import OutageDesk
from slawatch.app.pages import Pages
from slawatch.app.planning import Planner
from slawatch.app.proving import Proving
from slawatch.app.publishing import LOOP_SECONDS, Outbox, publish, pulse
from slawatch.app.rendering import open_renderers
from slawatch.app.reported import publish_reported
from slawatch.app.restart import restart
from slawatch.app.rows import Rows
from slawatch.app.settling import settle, settled
from slawatch.app.wiring import Wiring
from slawatch.browser import open_engine
from slawatch.config import Config, ConfigErrors, load
from slawatch.model import SECOND
from slawatch.observers import Everyone, Logged, Observer
from slawatch.people import Hasher
from slawatch.probes import open_tools
from slawatch.reporters.metrics import Metrics
from slawatch.schedule import open_schedule
from slawatch.store import StoreBusy, open_store
from slawatch.watch import Watch
from slawatch.web import Health, ensure_free, maintenance, outages, serve, status_pages, summaries

log = structlog.get_logger()

#: Between two tries of a reload whose store is busy.
STORE_RETRY_SECONDS = 2.0


class _Stopping(Exception):
    """Someone asked the daemon to end."""


async def run(config_path: Path, *, observers: Sequence[Observer] = (), stop: asyncio.Event | None = None) -> int:
    """Keep watch until `stop`; gives 0. Without a `stop`, SIGTERM and SIGINT end it. SIGHUP reloads.

    Raises ConfigErrors, StoreError, NoBrowser or CannotListen when it cannot start; what can be known before is found
    out before anything is written.
    """
    config = load(config_path, with_secrets=True)
    given = stop is not None
    stop, reload_, manager = stop or asyncio.Event(), asyncio.Event(), Manager.of(os.environ)
    with suppress(_Stopping):
        async with AsyncExitStack() as stack:
            stack.enter_context(_signals(reload_, None if given else stop))
            async with _broken_off_by(stop):
                await _start(stack, config_path, config, Everyone((Logged(), *observers)), reload_, manager)
            manager.tell(READY)
            stack.callback(manager.tell, STOPPING)
            await stop.wait()
    log.info("daemon.stopped", version=__version__)
    return 0


async def _start(
    stack: AsyncExitStack,
    config_path: Path,
    config: Config,
    observer: Observer,
    reload_: asyncio.Event,
    manager: Manager,
) -> None:
    """Open, wire, start; `stack` takes it all down again."""
    metrics, health, delivering = Metrics(), Health(), Delivering()
    health.ready("configuration")
    check_files(config, config_path)
    await ensure_free(config.web.listen, Path(config.web.socket))
    engine = await stack.enter_async_context(open_engine(config.monitor.browser))
    store = await stack.enter_async_context(open_store(config.store, write=True))
    health.ready("store")
    links = Links(await store.key(KEY))
    mailing = Mailing(store, metrics, observer, links)
    stack.push_async_callback(mailing.close)
    outbox = Outbox(store, metrics)
    rows = Rows()
    account = Account(store, clock.now, metrics, rows)
    keeping = Keeping(store, account, clock.now)
    await stack.enter_async_context(keeping.at_the_end())
    recorder, standings = await restart(config, store, account, metrics, clock.now)
    tools = await stack.enter_async_context(open_tools(engine, config.monitor))
    loops, looks = await stack.enter_async_context(_groups())
    watch = Watch(
        recorder,
        clock.now,
        looks,
        node=config.monitor.node,
        pages_at_once=config.monitor.browser.looks_at_once,
        on_lag=lambda late: metrics.scheduler_lag(late / SECOND),
        on_looked=metrics.looked,
    )
    schedule = await stack.enter_async_context(open_schedule(_ending(looks, watch.tick), clock.now))
    closing = Closing(store, clock.now, lambda: not recorder.failing, owed=delivering.summaries.set)
    wiring = Wiring(
        store,
        account,
        recorder,
        watch,
        schedule,
        metrics,
        mailing,
        outbox,
        tools,
        closing,
        delivering.news,
        links,
        rows,
        clock.now,
    )
    await wiring.configure(config, standings)
    stack.enter_context(settled())

    def reread() -> Config:
        renew(entered, config, config_path)
        return load(config_path, with_secrets=True)

    renderers = await stack.enter_async_context(open_renderers(wiring.in_force))
    entered = await entrance(config, store, clock.now, Hasher())
    server = await stack.enter_async_context(
        serve(
            config.web.listen,
            Path(config.web.socket),
            metrics=metrics,
            health=health,
            status=wiring.status,
            desk=wiring.desk,
            lists=wiring.lists,
            pages=Pages(wiring, links),
            board=Board(wiring),
            helpdesk=wiring.helpdesk,
            copies=wiring.copies,
            postmaster=Postmaster(store, delivering.wake, wiring.declared),
            entrance=entered,
            parts=[
                summaries(Archive(wiring, renderers)),
                maintenance(Planner(wiring)),
                outages(OutageDesk(wiring)),
                status_pages(Noticeboard(wiring)),
            ],
        )
    )
    proving = Proving(mailing, store, wiring.declared)
    loops.create_task(recorder.run(health.sign("record", LOOP_SECONDS)), name="record")
    loops.create_task(publish(recorder, account, metrics, observer, delivering.news), name="publish")
    loops.create_task(account.run(health.sign("account", LOOP_SECONDS)), name="account")
    loops.create_task(closing.run(), name="close")
    loops.create_task(wiring.keep_ahead(), name="windows")
    loops.create_task(Sealing(store, clock.now, lambda: not recorder.failing).run(), name="seal")
    loops.create_task(Owing(store, clock.now, wiring.attended, wiring.desk.turn, delivering.news).run(), name="owe")
    loops.create_task(Pruning(store, clock.now, wiring.months_kept).run(), name="prune")
    loops.create_task(keeping.run(), name="keep")
    for name, loop in delivering.loops(store, mailing, proving, renderers, clock.now):
        loops.create_task(loop, name=name)
    loops.create_task(proving.run(), name="prove")
    loops.create_task(pulse(metrics, health), name="pulse")
    loops.create_task(outbox.run(), name="outbox")
    loops.create_task(publish_reported(wiring.helpdesk, wiring.copies, metrics, wiring.reported), name="reported")
    loops.create_task(manager.beat(health), name="watchdog")
    looks.create_task(_reloads(reload_, reread, wiring, metrics, observer, manager), name="reload")
    health.ready("schedule")
    observer.on_ready(
        {
            "metrics": f"{server.scheme}://{server.addresses[0]}/metrics",
            "socket": str(server.socket),
            "store": config.store,
            "browser": f"{engine.kind} {engine.version}",
        }
    )


@asynccontextmanager
async def _broken_off_by(stop: asyncio.Event) -> AsyncIterator[None]:
    """What is inside goes on until it is done, or until `stop` is set: then raises _Stopping."""

    async def expire() -> None:
        await stop.wait()
        limit.reschedule(0)

    try:
        async with asyncio.timeout(None) as limit:
            waiting = asyncio.create_task(expire(), name="stop")
            try:
                yield
            finally:
                waiting.cancel()
    except TimeoutError:
        if limit.expired():
            raise _Stopping from None
        raise


async def _reloads(
    wanted: asyncio.Event,
    reread: Callable[[], Config],
    wiring: Wiring,
    metrics: Metrics,
    observer: Observer,
    manager: Manager,
) -> None:
    """At each SIGHUP take the configuration as it is now; one with errors is refused and the old one stays.

    What was promised must be in the ledger before anything is judged by it: while the store is busy the old one stays.
    """
    waiting = False
    while True:
        await wanted.wait()
        wanted.clear()
        try:
            with manager.reloading():
                config = await asyncio.to_thread(reread)
                await wiring.configure(config)
                settle()
        except ConfigErrors as refused:
            log.error("config.refused", errors=refused.errors)
            observer.on_notice(f"refused, the old configuration stays: {refused.errors[0]}")
        except StoreBusy as busy:
            if not waiting:
                log.error("config.waiting", reason=str(busy))
            waiting = True
            asyncio.get_running_loop().call_later(STORE_RETRY_SECONDS, wanted.set)
        else:
            waiting = False
            metrics.reload(successful=True)
            log.info("config.loaded", digest=config.digest(), customers=len(config.customers))
            continue
        metrics.reload(successful=False)


@asynccontextmanager
async def _groups() -> AsyncIterator[tuple[asyncio.TaskGroup, asyncio.TaskGroup]]:
    """The parents of all tasks: loops and looks. On leaving the looks end first, then what writes them down."""
    try:
        async with asyncio.TaskGroup() as loops:
            try:
                async with asyncio.TaskGroup() as looks:
                    yield loops, looks
                    _stop()
            except* _Stopping:
                pass
            _stop()
    except* _Stopping:
        pass


def _ending(looks: asyncio.TaskGroup, tick: Callable[[str], None]) -> Callable[[str], None]:
    """The same call; a fault in it ends the daemon, where the scheduler would log it and go on without the check."""

    async def fail(fault: Exception) -> None:
        raise fault

    def call(id_: str) -> None:
        try:
            tick(id_)
        except Exception as fault:
            looks.create_task(fail(fault), name=f"tick {id_}")

    return call


def _stop() -> NoReturn:
    raise _Stopping


@contextmanager
def _signals(reload_: asyncio.Event, stop: asyncio.Event | None) -> Iterator[None]:
    """SIGHUP has the daemon read its configuration again; SIGTERM and SIGINT end it, if they are its own to hear."""
    loop = asyncio.get_running_loop()
    wanted = {signal.SIGHUP: reload_}
    if stop is not None:
        wanted |= {signal.SIGTERM: stop, signal.SIGINT: stop}
    before = {number: signal.getsignal(number) for number in wanted}
    for number, event in wanted.items():
        loop.add_signal_handler(number, event.set)
    try:
        yield
    finally:
        for number in wanted:
            loop.remove_signal_handler(number)
            signal.signal(number, before[number])
