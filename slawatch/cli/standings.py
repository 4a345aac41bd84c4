"""The status as a person reads it in a terminal."""

from __future__ import annotations

import sys
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from slawatch.rules.calendar import comes_twice, moment, parse

#: Into a pipe nothing is cut.
WIDE = 250

STATES = {"up": "green", "down": "bold red", "unknown": "yellow", "maintenance": "cyan"}

#: Why maintenance is not left out of the figures.
WHY = {
    "hotfix": "hotfix",
    "late_notice": "told too late",
    "declared_late": "declared after it began",
    "no_notice": "nothing proves the notice",
}

_WORST = ("down", "unknown", "maintenance", "up")

Shown = dict[str, Any]


def show(told: Shown, *, detailed: bool) -> None:
    """All customers in a table, worst first, and what fails; one customer with what its figures are made of."""
    console = Console(highlight=False, markup=False, emoji=False, width=None if sys.stdout.isatty() else WIDE)
    if not told["running"]:
        console.print("No daemon is running; this is what the ledger holds.", style="yellow")
    customers = sorted(told["customers"], key=_worst_first)
    console.print(_overview(customers))
    for one in customers:
        if detailed:
            _details(console, one)
        elif one["state"] == "down" or any(check.get("cause") for check in one["checks"]):
            console.print(_trouble(one), style=STATES["down" if one["state"] == "down" else "unknown"])
    owed = told["outbox"]
    waiting = owed.get("queued", 0) + owed.get("sending", 0)
    if waiting or owed.get("failed"):
        console.print(f"mail: {waiting} waiting, {owed.get('failed', 0)} refused for good")
    if owed.get("failed"):
        console.print("slawatch outbox list --state failed says who was not told, and why", style="yellow")


def _worst_first(one: Shown) -> tuple[int, float, str]:
    ratio = one["month"]["availability"]["ratio"]
    return _WORST.index(one["state"]), 1.0 if ratio is None else ratio, one["customer"]


def _overview(customers: list[Shown]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1))
    for name in ("customer", "now", "month", "lowest", "highest", "in time", "down", "unknown"):
        table.add_column(name, justify="left" if name in {"customer", "now"} else "right", no_wrap=True)
    for one in customers:
        table.add_row(*_row(one))
    return table


def _row(one: Shown) -> list[Text | str]:
    figure, speed = one["month"]["availability"], one["month"]["speed"]
    return [
        one["customer"],
        Text(one["state"], style=STATES[one["state"]]),
        Text(percent(figure["ratio"]), style="bold red" if figure["met"] is False else ""),
        percent(figure["lower"]),
        percent(figure["upper"]),
        Text(percent(speed["share"]), style="bold red" if speed["met"] is False else ""),
        length(figure["seconds"]["down"]),
        length(figure["seconds"]["unknown"]),
    ]


def _trouble(one: Shown) -> str:
    """Since when and by what cause one customer is down, or which of its checks failed when last looked at."""
    zone = _zone(one)
    lasting = [outage for outage in one["month"]["outages"] if outage["ends"] is None]
    if one["state"] == "down" and lasting:
        first = min(lasting, key=lambda outage: str(outage["starts"]))
        checks, since = ", ".join(first["checks"]), _short(first["starts"], zone)
        return f"{one['customer']}: {first['cause']} ({checks}) since {since}"
    whys = [f"{check['check']} {check['cause']}" for check in one["checks"] if check.get("cause")]
    return f"{one['customer']}: {', '.join(whys)}"


def _details(console: Console, one: Shown) -> None:
    month, zone = one["month"], _zone(one)
    console.print()
    console.print(Text.assemble((one["name"], "bold"), f", {month['month']} until {_day(month['as_of'], zone)}"))
    console.print(_checks(one, zone))
    console.print(_promises(month))
    if month["outages"]:
        console.print(_outages(month["outages"], zone))
    for window in month["exclusions"]:
        console.print(f"  {window['kind']}  {_span(window['starts'], window['ends'], zone)}  {_left_out(window, zone)}")


def _left_out(window: Shown, zone: ZoneInfo) -> str:
    if not window["counted"]:
        return f"counts: {WHY[window['why']]}"
    if window["why"] is None:
        return "left out"
    pieces = ", ".join(_span(piece["starts"], piece["ends"], zone) for piece in window["left_out"])
    return f"left out {pieces}; the rest counts: {WHY[window['why']]}"


def _checks(one: Shown, zone: ZoneInfo) -> Table:
    grid = _grid()
    for check in one["checks"]:
        if check["verdict"] is None:
            grid.add_row(f"  {check['check']}", "never looked at")
            continue
        took = "" if check["seconds"] is None else f"{check['seconds']:.3f} s"
        verdict = Text(check["verdict"], style=STATES[check["verdict"]])
        grid.add_row(f"  {check['check']}", verdict, _short(check["at"], zone), took, check["cause"] or "")
    return grid


def _promises(month: Shown) -> Table:
    """What was promised, and what has come of it so far."""
    figure, speed, network, terms = month["availability"], month["speed"], month["network"], month["terms"]
    grid = _grid()
    promised = f"{percent(figure['ratio'])}; at least {percent(figure['objective'])}"
    grid.add_row("  availability", _judged(figure), promised)
    grid.add_row("", "", f"between {percent(figure['lower'])} and {percent(figure['upper'])}; blips: {month['blips']}")
    if figure["why"] == "insufficient_coverage":
        needed = percent(float(terms["availability"]["coverage"]))
        grid.add_row("", "", f"measured {percent(figure['coverage'])} of the month so far; needed {needed}")
    elif figure["why"]:
        grid.add_row("", "", figure["why"])
    within = f"{percent(speed['share'])} of {speed['loads']} loads within {speed['threshold_seconds']:g} s"
    grid.add_row("  speed", _judged(speed), f"{within}; at least {percent(speed['objective'])}")
    if speed["p95_seconds"] is not None:
        grid.add_row("", "", f"p95 {speed['p95_seconds']:.3f} s")
    if network is not None:
        grid.add_row("  network", "", percent(network["ratio"]))
    return grid


def _judged(promise: Shown) -> Text:
    if promise["met"] is None:
        return Text("not judged", "yellow")
    return Text("met", "green") if promise["met"] else Text("not met", "bold red")


def _outages(outages: list[Shown], zone: ZoneInfo) -> Table:
    grid = _grid()
    for _ in range(4):
        grid.add_column(no_wrap=True)  # what must give way on a narrow terminal is the checks
    for outage in outages:
        lasted, checks = length(outage["seconds"]), ", ".join(outage["checks"])
        grid.add_row("  outage", _span(outage["starts"], outage["ends"], zone), lasted, outage["cause"], checks)
    return grid


def _grid() -> Table:
    return Table(box=None, pad_edge=False, show_header=False, padding=(0, 1))


# -- how times, shares and lengths are written ----------------------------------------------------------------


def _zone(one: Shown) -> ZoneInfo:
    return ZoneInfo(one["month"]["terms"]["timezone"])


def _local(written: str, zone: ZoneInfo) -> datetime:
    return moment(parse(written)).astimezone(zone)


def _day(written: str, zone: ZoneInfo) -> str:
    """Such as 2026-11-23 07:54:38 CET, in the agreement's zone as the mails."""
    return f"{_local(written, zone):%Y-%m-%d %H:%M:%S %Z}"


def _short(written: str, zone: ZoneInfo) -> str:
    local = _local(written, zone)
    return f"{local:%d %b %H:%M:%S %Z}" if comes_twice(local) else f"{local:%d %b %H:%M:%S}"


def _span(starts: str, ends: str | None, zone: ZoneInfo) -> str:
    """Such as 23 Nov 07:51:18 - 07:51:28; a day that is another is said."""
    began = _short(starts, zone)
    if ends is None:
        return f"{began} - now"
    ended = _short(ends, zone)
    same_day = began[:6] == ended[:6]
    return f"{began} - {ended[7:] if same_day else ended}"


def percent(share: float | None, digits: int = 3) -> str:
    """A share as percent, floored: never rounded up to a target."""
    if share is None:
        return "-"
    unit = Decimal(1).scaleb(-digits)
    return f"{(Decimal(repr(share)) * 100).quantize(unit, ROUND_FLOOR)}%"


def length(seconds: float) -> str:
    """Seconds as a person says them: 4 d 3 h, 2 h 5 min, 3 min 12 s, 12 s."""
    whole = int(seconds)
    for size, name, smaller, smaller_name in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {name}" + (f" {rest} {smaller_name}" if rest else "")
    return "under 1 s" if 0 < seconds < 1 else f"{whole} s"
