"""The tables of what happened: outages and what was said of them, windows, mails, blips, unknown time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from slawatch.reporters.summary.facts import MailSent, Outage, Summary, Window
from slawatch.reporters.summary.tables.cells import (
    Cell,
    Column,
    Row,
    Table,
    count,
    flag,
    length,
    text,
    time,
    word,
    words,
)
from slawatch.reporters.summary.tables.listed_words import (
    CAUSES,
    EXCLUSIONS,
    PROOFS,
    REASONS,
    SAYINGS,
    STATES,
    WHYS,
    checks,
)
from slawatch.reporters.wording.tongue import mark


def outages(summary: Summary) -> Table:
    """By start, numbered from 1."""
    columns = (
        Column("id", mark("Name")),
        Column("starts", mark("Begin")),
        Column("ends", mark("End")),
        Column("down_seconds", mark("Not available")),
        Column("cause", mark("Cause")),
        Column("checks", mark("What was down")),
        Column("confirmed", mark("Confirmed")),
        Column("first_mail", mark("First mail accepted")),
        Column("acknowledged", mark("Taken up")),
        Column("acknowledged_by", mark("Taken up by")),
    )
    rows = (Row(count(number), _outage(one, summary)) for number, one in enumerate(summary.outages, 1))
    return Table("outage", mark("Outages"), mark("Number"), columns, tuple(rows))


def _outage(one: Outage, summary: Summary) -> tuple[Cell, ...]:
    accepted = [mail.accepted for mail in one.mails if mail.accepted is not None]
    return (
        text(one.id),
        time(one.starts),
        time(one.ends),
        length(one.down),
        word(one.cause, CAUSES),
        words(one.checks, checks(summary)),
        time(one.confirmed),
        time(min(accepted, default=None)),
        time(one.acknowledged),
        text(one.acknowledged_by),
    )


def remarks(summary: Summary) -> Table:
    """What the customers were told of the outages by operators, each with the outage's number.

    What operators said among themselves is not for the document that customers get.
    """
    columns = (
        Column("outage", mark("Outage")),
        Column("at", mark("Time")),
        Column("who", mark("By")),
        Column("text", mark("Text")),
    )
    said = [(number, one) for number, outage in enumerate(summary.outages, 1) for one in outage.remarks if one.public]
    rows = (
        Row(count(turn), (count(number), time(one.at), text(one.who), text(one.text)))
        for turn, (number, one) in enumerate(said, 1)
    )
    return Table("remark", mark("Told to customers"), mark("Number"), columns, tuple(rows))


def windows(summary: Summary) -> Table:
    """Maintenance and force majeure by start, numbered from 1, with proof of notice and what they meant."""
    columns = (
        Column("id", mark("Name")),
        Column("kind", mark("Kind")),
        Column("starts", mark("Begin")),
        Column("ends", mark("End")),
        Column("counted", mark("Left out of the figures")),
        Column("why", mark("Remark")),
        Column("left_out_seconds", mark("Time left out")),
        Column("told", mark("Told at")),
        Column("needed", mark("To be told by")),
        Column("proof", mark("Proof")),
        Column("at_night", mark("At night")),
        Column("by", mark("By")),
        Column("reason", mark("Reason")),
        Column("text", mark("Text")),
    )
    rows = (Row(count(number), _window(one)) for number, one in enumerate(summary.windows, 1))
    return Table("window", mark("Maintenance and force majeure"), mark("Number"), columns, tuple(rows))


def _window(one: Window) -> tuple[Cell, ...]:
    return (
        text(one.id),
        word(one.kind, EXCLUSIONS),
        time(one.starts),
        time(one.ends),
        flag(one.counted),
        word(one.why, WHYS),
        length(one.left_out),
        time(one.told),
        time(one.needed),
        word(one.proof, PROOFS),
        flag(one.at_night),
        text(one.by),
        word(one.reason, REASONS),
        text(one.text),
    )


def mails(summary: Summary) -> Table:
    """Each mail about the outages and windows, with the number of what it is about."""
    columns = (
        Column("about", mark("About")),
        Column("number", mark("Number")),
        Column("contact", mark("Contact")),
        Column("says", mark("Mail")),
        Column("owed", mark("Owed")),
        Column("accepted", mark("Accepted")),
        Column("state", mark("State")),
        Column("relay", mark("Mail server")),
        Column("proves", mark("Proves the notice")),
    )
    rows = (Row(count(turn), cells) for turn, cells in enumerate(_mails(summary), 1))
    return Table("mail", mark("Mails"), mark("Number"), columns, tuple(rows))


#: What a mail is about.
_ABOUT = {"outage": mark("outage"), "window": mark("maintenance")}


def _mails(summary: Summary) -> Iterator[tuple[Cell, ...]]:
    told: tuple[tuple[str, Sequence[Outage | Window]], ...] = (("outage", summary.outages), ("window", summary.windows))
    for about, things in told:
        for number, thing in enumerate(things, 1):
            for mail in thing.mails:
                yield (word(about, _ABOUT), count(number), *_mail(mail))


def _mail(one: MailSent) -> tuple[Cell, ...]:
    return (
        text(one.contact),
        word(one.says, SAYINGS),
        time(one.owed),
        time(one.accepted),
        word(one.state, STATES),
        text(one.relay),
        flag(one.proves),
    )


def blips(summary: Summary) -> Table:
    """Failures that no second look confirmed."""
    columns = (
        Column("at", mark("Begin")),
        Column("ends", mark("End")),
        Column("checks", mark("What failed")),
        Column("cause", mark("Cause")),
    )
    rows = (
        Row(count(number), (time(one.at), time(one.ends), words(one.checks, checks(summary)), word(one.cause, CAUSES)))
        for number, one in enumerate(summary.blips, 1)
    )
    return Table("blip", mark("Failures that were not confirmed"), mark("Number"), columns, tuple(rows))


def unseen(summary: Summary) -> Table:
    """Time of which nothing is known; without a cause nobody looked."""
    columns = (
        Column("starts", mark("Begin")),
        Column("ends", mark("End")),
        Column("seconds", mark("How long")),
        Column("causes", mark("Cause")),
    )
    rows = (
        Row(count(number), (time(one.starts), time(one.ends), length(one.ends - one.starts), words(one.causes, CAUSES)))
        for number, one in enumerate(summary.unseen, 1)
    )
    return Table("unknown", mark("Unknown time"), mark("Number"), columns, tuple(rows))
