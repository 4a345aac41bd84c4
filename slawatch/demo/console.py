"""What the demo shows in the terminal: where all is, each look, each event. Plain lines where there is no terminal."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import IO

import rich.console
from rich.text import Text

from slawatch import clock as wall
from slawatch.clock import Clock
from slawatch.model import (
    SECOND,
    Event,
    EventKind,
    Instant,
    Message,
    MessageState,
    Observation,
    Verdict,
)

_VERDICTS = {Verdict.UP: "green", Verdict.DOWN: "bold red", Verdict.UNKNOWN: "bold yellow"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of what runs where: what it is, its address, and what to know about it."""

    label: str
    address: str
    note: str = ""


class Terminal(rich.console.Console):
    """Where lines go. Says once that its reader has gone, and is silent from then on."""

    def __init__(self, file: IO[str], *, lost: Callable[[], None] = lambda: None) -> None:
        super().__init__(file=file, highlight=False, markup=False, emoji=False)
        self._lost = lost

    def on_broken_pipe(self) -> None:
        self.quiet = True
        # What the file still holds must not fail again when Python closes it at the end.
        with Path(os.devnull).open("w") as nothing:
            os.dup2(nothing.fileno(), self.file.fileno())
        self._lost()


class Console:
    """An observer of the daemon that tells a person, one line each, on the given rich console.

    `names`: customers' names by id. `lines`: what runs where beside slawatch itself, which tells its own addresses
    when it is ready. `slow_milliseconds`: a load beyond it is marked. `zone`: of the times; None is this machine's.
    """

    def __init__(
        self,
        terminal: rich.console.Console,
        *,
        names: Mapping[str, str],
        lines: Sequence[Line] = (),
        slow_milliseconds: int = 3000,
        clock: Clock = wall.now,
        zone: tzinfo | None = None,
    ) -> None:
        self._terminal = terminal
        self._names = names
        self._lines = tuple(lines)
        self._slow = slow_milliseconds
        self._clock = clock
        self._zone = zone
        self._began: dict[str, Instant] = {}
        self._width = max((len(name) for name in names), default=0)

    # -- what the daemon tells ------------------------------------------------------------------------------------

    def on_ready(self, addresses: Mapping[str, str]) -> None:
        own = [Line(what.capitalize(), address) for what, address in addresses.items() if what in _SHOWN]
        lines = [*self._lines, *own]
        label, address = (max(len(text) for text in column) for column in zip(*map(_columns, lines), strict=True))
        self._print()
        for line in lines:
            text = Text.assemble("  ", (line.label.ljust(label), "bold"), "  ")
            text.append(line.address.ljust(address) if line.note else line.address, "cyan")
            text.append(f"  {line.note}" if line.note else "", "dim")
            self._print(text)
        self._print()

    def on_look(self, observation: Observation) -> None:
        look, check = observation.look, observation.check
        quiet = check.kind == "http" and look.verdict is Verdict.UP
        text = Text(style="dim" if quiet else "")
        text.append(self._now(), "dim")
        text.append(f"  {check.customer:<{self._width}}  {check.name:<12}  ")
        text.append(f"{look.verdict:<7}", _VERDICTS[look.verdict])
        slow = look.verdict is Verdict.UP and look.milliseconds is not None and look.milliseconds > self._slow
        took = "" if look.milliseconds is None else f"{look.milliseconds} ms"
        text.append(f"  {took:>8}", "bold yellow" if slow else "")
        notes = [f"{look.cause} {look.facts.get('status', '')}".strip()] if look.cause else ["slow"] if slow else []
        notes += ["again"] if observation.recheck else []
        text.append(f"  {', '.join(notes)}" if notes else "", "" if look.cause or slow else "dim")
        self._print(text)

    def on_event(self, event: Event) -> None:
        name = self._names.get(event.customer, event.customer)
        checks = ", ".join(event.checks)
        match event.kind:
            case EventKind.OPENED:
                self._began[event.outage] = event.at
                since = self._time(event.at)
                self._bar("OUTAGE", f"{name} is down since {since}: {event.cause} ({checks})", "bold white on red3")
            case EventKind.JOINED:
                self._bar("OUTAGE", f"{name}: {checks} are in it now", "bold white on red3")
            case EventKind.CLOSED:
                began = self._began.get(event.outage)
                after = "" if began is None else f" after {_length(began, event.at)}"
                self._bar("OVER", f"{name} is back{after}", "bold white on green4")
            case EventKind.REOPENED:
                self._bar("OUTAGE", f"{name} is down again, in the same outage", "bold white on red3")
            case EventKind.OVERRAN:
                planned = self._time(event.at)
                self._bar("OVERRUN", f"{name} is down past the end of {event.outage}, {planned}", "bold white on red3")

    def on_message(self, message: Message, delay_seconds: float | None) -> None:
        if message.state is MessageState.FAILED:
            self._bar("MAIL", f"to {message.contact} was refused: {message.error}", "bold white on dark_orange3")
            return
        delay = "" if delay_seconds is None else f" after {delay_seconds:.1f} s"
        self._bar("MAIL", f"{message.kind} mail to {message.contact} accepted{delay}", "bold white on dodger_blue3")

    def on_notice(self, text: str) -> None:
        self._print(Text.assemble((self._now(), "dim"), "  ", (text, "yellow")))

    # -- lines ----------------------------------------------------------------------------------------------------

    def say(self, text: str, style: str = "") -> None:
        """A line of the demo itself."""
        self._print(Text(text, style))

    def _bar(self, what: str, text: str, style: str) -> None:
        bar = Text(f"{self._now()}  {what:<6}  {text}")
        if self._terminal.is_terminal:
            bar.truncate(self._terminal.width, overflow="ellipsis", pad=True)
            bar.stylize(style)
        self._print(bar)

    def _print(self, text: Text | str = "") -> None:
        """One line: cut off at the edge of a terminal, whole in a file."""
        if self._terminal.is_terminal:
            self._terminal.print(text, no_wrap=True, overflow="ellipsis")
        else:
            self._terminal.print(text, soft_wrap=True)

    def _now(self) -> str:
        return self._time(self._clock())

    def _time(self, at: Instant) -> str:
        return datetime.fromtimestamp(at // SECOND, tz=UTC).astimezone(self._zone).strftime("%H:%M:%S")


#: Of the daemon's own addresses, those that a person can use.
_SHOWN = ("metrics", "status", "store")


def _columns(line: Line) -> tuple[str, str]:
    return line.label, line.address if line.note else ""


def _length(starts: Instant, ends: Instant) -> str:
    """The seconds between the two as they are shown, as in the mails."""
    minutes, seconds = divmod(ends // SECOND - starts // SECOND, 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
