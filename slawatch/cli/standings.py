"""The status as a person reads it in a terminal."""

from __future__ import annotations

import sys
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

#: Into a pipe nothing is cut.
WIDE = 250

STATES = {"up": "green", "down": "bold red", "unknown": "yellow", "maintenance": "cyan"}


def show(told: dict[str, Any], *, detailed: bool) -> None:
    """All customers in a table, worst first; one customer with its checks, outages, blips and exclusions."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    if not told["running"]:
        console.print("No daemon is running; this is what the ledger holds.", style="yellow")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("customer", "now", "month", "lowest", "highest", "in time", "down", "unknown", "blips"):
        table.add_column(name, justify="left" if name in {"customer", "now"} else "right", overflow="fold")
    for one in sorted(told["customers"], key=_worst_first):
        table.add_row(*_row(one))
    console.print(table)
    if detailed:
        for one in told["customers"]:
            _details(console, one)
    owed = told["outbox"]
    waiting = owed.get("queued", 0) + owed.get("sending", 0)
    if waiting or owed.get("failed"):
        console.print(f"mail: {waiting} waiting, {owed.get('failed', 0)} refused for good")


def _worst_first(one: dict[str, Any]) -> tuple[int, float, str]:
    order = ["down", "unknown", "maintenance", "up"]
    ratio = one["month"]["availability"]["ratio"]
    return order.index(one["state"]), 1.0 if ratio is None else ratio, one["customer"]


def _row(one: dict[str, Any]) -> list[Text | str]:
    figure, speed = one["month"]["availability"], one["month"]["speed"]
    return [
        one["customer"],
        Text(one["state"], style=STATES[one["state"]]),
        Text(percent(figure["ratio"]), style="bold red" if figure["met"] is False else ""),
        percent(figure["lower"]),
        percent(figure["upper"]),
        Text(percent(speed["share"], 2), style="bold red" if speed["met"] is False else ""),
        length(figure["seconds"]["down"]),
        length(figure["seconds"]["unknown"]),
        str(one["month"]["blips"]),
    ]


def _details(console: Console, one: dict[str, Any]) -> None:
    month = one["month"]
    figure = month["availability"]
    console.print(f"\n[bold]{_plain(one['name'])}[/], {month['month']} as of {month['as_of']}")
    for check in one["checks"]:
        seen = "never looked at" if check["verdict"] is None else f"{check['verdict']:8}{check['at']}"
        took = "" if check.get("seconds") is None else f"  {check['seconds']:.3f} s"
        cause = f"  {check['cause']}" if check.get("cause") else ""
        console.print(f"  {check['check']:16}{seen}{took}{cause}")
    judged = {True: "met", False: "not met", None: f"not judged: {figure['why']}"}[figure["met"]]
    console.print(f"  availability: {judged}; coverage {percent(figure['coverage'])}")
    for outage in month["outages"]:
        ends = outage["ends"] or "now"
        console.print(
            f"  outage  {outage['starts']} to {ends}  {length(outage['seconds'])}  {outage['cause']}"
            f"  {', '.join(outage['checks'])}"
        )
    for window in month["exclusions"]:
        counted = "left out" if window["counted"] else f"counts: {window['why']}"
        console.print(f"  {window['kind']}  {window['starts']} to {window['ends']}  {counted}")


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


def percent(share: float | None, digits: int = 3) -> str:
    """A share as percent, floored: never rounded up to a target."""
    if share is None:
        return "-"
    unit = Decimal(1).scaleb(-digits)
    return f"{(Decimal(repr(share)) * 100).quantize(unit, ROUND_FLOOR)} %"


def length(seconds: float) -> str:
    """Seconds as a person says them: 4 d 3 h, 2 h 5 min, 3 min 12 s, 12 s."""
    whole = int(seconds)
    for size, name, smaller, smaller_name in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {name}" + (f" {rest} {smaller_name}" if rest else "")
    return f"{seconds:g} s" if 0 < seconds < 1 else f"{whole} s"
