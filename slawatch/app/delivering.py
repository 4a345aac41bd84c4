"""The loops that hand over what is owed: news at once, and beside it summaries, which take long to make."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from functools import partial
from random import SystemRandom

from slawatch.app.enclosing import Printer
from slawatch.app.mailing import Mailing
from slawatch.clock import Clock
from slawatch.deliver import DeliveryObserver, Limits, deliver
from slawatch.model import Lane
from slawatch.store import Store

#: Nobody waits for a summary, and one child makes them.
ONE_BY_ONE = Limits(connections=1)


class Delivering:
    """`news` and `summaries`: set when some are owed."""

    def __init__(self) -> None:
        self.news = asyncio.Event()
        self.summaries = asyncio.Event()

    def wake(self) -> None:
        """Something is owed, whatever it is."""
        self.news.set()
        self.summaries.set()

    def loops(
        self, store: Store, mailing: Mailing, observer: DeliveryObserver, printer: Printer, clock: Clock
    ) -> Iterator[tuple[str, Coroutine[None, None, None]]]:
        """Each with its name."""
        hand_over = partial(deliver, store, mailing, clock=clock, observer=observer, random=SystemRandom())
        yield "deliver", hand_over(compose=mailing.compose, wake=self.news, limits=lambda: mailing.limits)
        compose = partial(mailing.compose_summary, printer)
        in_rest = hand_over(compose=compose, wake=self.summaries, limits=lambda: ONE_BY_ONE, lane=Lane.SUMMARIES)
        yield "deliver summaries", in_rest
