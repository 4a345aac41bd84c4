"""All tables of a summary, in the order in which they are told."""

from __future__ import annotations

from slawatch.reporters.summary.facts import Summary
from slawatch.reporters.summary.tables.cells import Table
from slawatch.reporters.summary.tables.event_tables import blips, mails, outages, remarks, unseen, windows
from slawatch.reporters.summary.tables.figure_tables import about, availability, days, network, promises, speed, trend
from slawatch.reporters.summary.tables.setting_tables import revisions, settings
from slawatch.reporters.summary.tables.speed_tables import load_times, pages


def tables(summary: Summary) -> tuple[Table, ...]:
    """Everything that a summary says, table by table; of what did not happen there is an empty one."""
    return (
        about(summary),
        promises(summary),
        availability(summary),
        network(summary),
        speed(summary),
        trend(summary),
        days(summary),
        outages(summary),
        remarks(summary),
        windows(summary),
        mails(summary),
        blips(summary),
        unseen(summary),
        pages(summary),
        load_times(summary),
        revisions(summary),
        settings(summary),
    )
