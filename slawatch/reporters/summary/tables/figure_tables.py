"""The tables of a summary's figures: the month, the promises, availability, network, speed, the trend, the days."""

from __future__ import annotations

from collections.abc import Sequence

from slawatch.model import SECOND
from slawatch.reporters.summary.facts import Booked, Promise, Summary, Unit
from slawatch.reporters.summary.tables.cells import (
    NOTHING,
    Cell,
    Column,
    Row,
    Table,
    count,
    date,
    flag,
    length,
    seconds,
    share,
    text,
    time,
    word,
)
from slawatch.reporters.summary.tables.listed_words import WHYS
from slawatch.reporters.wording.promised import PROMISES
from slawatch.reporters.wording.tongue import mark
from slawatch.rules.calendar import parse

#: What rule 6's places are called, in the order in which they are shown.
BOOKED = (
    (Booked.UP, Column("up_seconds", mark("Available"))),
    (Booked.DOWN, Column("down_seconds", mark("Not available"))),
    (Booked.EXCLUDED, Column("excluded_seconds", mark("Left out"))),
    (Booked.UNKNOWN, Column("unknown_seconds", mark("Unknown"))),
)


def about(summary: Summary) -> Table:
    """What the summary is of, and what it was made from."""
    said, revision = summary.statement, summary.revision
    told = (
        (Column("name", mark("Name")), text(summary.name)),
        (Column("service", mark("Service")), text(summary.service)),
        (Column("zone", mark("Time zone")), text(summary.zone)),
        (Column("starts", mark("Begin")), time(parse(said["period"]["starts"]))),
        (Column("ends", mark("End")), time(parse(said["period"]["ends"]))),
        (Column("complete", mark("Month is over")), flag(said["complete"])),
        (Column("as_of", mark("As known at")), time(parse(said["as_of"]))),
        (Column("inputs_sha256", mark("Digest of what was measured (SHA-256)")), text(said["inputs_sha256"])),
        (
            Column("revision_sha256", mark("Digest of the revision (SHA-256)")),
            NOTHING if revision is None else text(revision.digest),
        ),
        (Column("version", mark("Version of slawatch")), text(summary.version)),
    )
    return _single("month", mark("The month"), told)


def promises(summary: Summary) -> Table:
    """Each promise, in the agreement's order."""
    return promises_table(summary.promises)


def promises_table(promised: Sequence[Promise]) -> Table:
    """The same of some of them."""
    columns = (
        Column("watched", mark("Watched")),
        Column("met", mark("Met")),
        Column("figure", mark("Figure")),
        Column("objective", mark("Objective")),
        Column("why", mark("Remark")),
    )
    return Table("promise", mark("Promises"), mark("Promise"), columns, tuple(map(_promise, promised)))


def _promise(one: Promise) -> Row:
    measure = share if one.unit is Unit.SHARE else seconds
    cells = (flag(one.watched), flag(one.met), measure(one.figure), measure(one.objective), word(one.why, WHYS))
    return Row(word(one.id, PROMISES), cells)


def availability(summary: Summary) -> Table:
    """The availability, as a user sees it."""
    said = summary.statement["availability"]
    told = (
        (Column("ratio", mark("Availability")), share(said["ratio"])),
        (Column("objective", mark("Objective")), share(said["objective"])),
        (Column("met", mark("Met")), flag(said["met"])),
        (Column("why", mark("Remark")), word(said["why"], WHYS)),
        (Column("proven_breach", mark("Breach proven")), flag(said["proven_breach"])),
        (Column("lower", mark("At least")), share(said["lower"])),
        (Column("upper", mark("At most")), share(said["upper"])),
        (Column("coverage", mark("Part that was measured")), share(said["coverage"])),
        *((column, length(round(said["seconds"][place] * SECOND))) for place, column in BOOKED),
        (Column("outages", mark("Outages")), count(len(summary.statement["outages"]))),
        (Column("blips", mark("Failures that were not confirmed")), count(summary.statement["blips"])),
    )
    return _single("availability", mark("Availability"), told)


def network(summary: Summary) -> Table:
    """How far the environment could be reached at all; without rows where that is not watched."""
    said = summary.statement["network"]
    if said is None:
        return Table("network", mark("Network"), "", (), ())
    told = (
        (Column("ratio", mark("Reachable")), share(said["ratio"])),
        (Column("lower", mark("At least")), share(said["lower"])),
        (Column("upper", mark("At most")), share(said["upper"])),
        (Column("coverage", mark("Part that was measured")), share(said["coverage"])),
        *((column, length(round(said["seconds"][place] * SECOND))) for place, column in BOOKED),
    )
    return _single("network", mark("Network"), told)


def speed(summary: Summary) -> Table:
    """All loads of all pages together."""
    said = summary.statement["speed"]
    told = (
        (Column("share", mark("Opened in time")), share(said["share"])),
        (Column("objective", mark("Objective")), share(said["objective"])),
        (Column("met", mark("Met")), flag(said["met"])),
        (Column("threshold_seconds", mark("In time is within")), seconds(said["threshold_seconds"])),
        (Column("loads", mark("Loads")), count(said["loads"])),
        (Column("slow", mark("Too slow or failed")), count(said["slow"])),
        (Column("p95_seconds", mark("95 of 100 loads within")), seconds(said["p95_seconds"])),
    )
    return _single("speed", mark("Speed"), told)


def trend(summary: Summary) -> Table:
    """Twelve months, this one last."""
    columns = (
        Column("availability", mark("Availability")),
        Column("availability_met", mark("Availability met")),
        Column("speed", mark("Opened in time")),
        Column("speed_met", mark("Speed met")),
        Column("p95_seconds", mark("95 of 100 loads within")),
    )
    rows = (
        Row(
            text(one.month),
            (
                share(one.availability),
                flag(one.availability_met),
                share(one.speed),
                flag(one.speed_met),
                seconds(one.p95_seconds),
            ),
        )
        for one in summary.trend
    )
    return Table("trend", mark("Twelve months"), mark("Month"), columns, tuple(rows))


def days(summary: Summary) -> Table:
    """Each day of the month in the agreement's zone: its time by place, and its loads."""
    columns = (
        *(column for _, column in BOOKED),
        Column("loads", mark("Loads")),
        Column("slow", mark("Too slow or failed")),
    )
    rows = (
        Row(
            date(one.starts),
            (*(length(one.seconds[place]) for place, _ in BOOKED), count(one.loads), count(one.slow)),
        )
        for one in summary.days
    )
    return Table("day", mark("Days"), mark("Day"), columns, tuple(rows))


def _single(part: str, title: str, told: tuple[tuple[Column, Cell], ...]) -> Table:
    """A table of one row: what it says, each under its column."""
    return Table(part, title, "", tuple(column for column, _ in told), (Row(NOTHING, tuple(cell for _, cell in told)),))
