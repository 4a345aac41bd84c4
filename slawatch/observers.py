"""Who is told what happens, beside the ledger: a terminal, the log, a test. After the commit, never before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import structlog

from slawatch.model import Event, Message, Observation

log = structlog.get_logger()


class Observer(Protocol):
    """Told on the event loop; must not block and must not raise."""

    def on_ready(self, addresses: Mapping[str, str]) -> None:
        """The daemon watches; `addresses` by what they are (`metrics`, `socket`, `store`, `browser`)."""

    def on_look(self, observation: Observation) -> None:
        """A look is in the ledger."""

    def on_event(self, event: Event) -> None:
        """Something happened to an outage, and it is in the ledger."""

    def on_message(self, message: Message, delay_seconds: float | None) -> None:
        """A mail was accepted, `delay_seconds` after the outage was confirmed."""

    def on_notice(self, text: str) -> None:
        """Something a person should know, in one line."""


class Everyone:
    """All observers as one."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._observers = observers

    def on_ready(self, addresses: Mapping[str, str]) -> None:
        for one in self._observers:
            one.on_ready(addresses)

    def on_look(self, observation: Observation) -> None:
        for one in self._observers:
            one.on_look(observation)

    def on_event(self, event: Event) -> None:
        for one in self._observers:
            one.on_event(event)

    def on_message(self, message: Message, delay_seconds: float | None) -> None:
        for one in self._observers:
            one.on_message(message, delay_seconds)

    def on_notice(self, text: str) -> None:
        for one in self._observers:
            one.on_notice(text)


class Logged:
    """The log as an observer: what changes, once."""

    def on_ready(self, addresses: Mapping[str, str]) -> None:
        log.info("daemon.ready", **addresses)

    def on_look(self, observation: Observation) -> None:
        look = observation.look
        log.debug("look", check=str(observation.check), verdict=str(look.verdict), cause=look.cause)

    def on_event(self, event: Event) -> None:
        log.info(str(event.kind), customer=event.customer, outage=event.outage, checks=event.checks, cause=event.cause)

    def on_message(self, message: Message, delay_seconds: float | None) -> None:
        log.info("message.accepted", customer=message.customer, message=message.id, delay_seconds=delay_seconds)

    def on_notice(self, text: str) -> None:
        log.warning("notice", text=text)
