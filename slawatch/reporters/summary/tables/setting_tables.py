"""The tables of what a summary was made with: the settings in force, and the revisions of the closed month."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from slawatch.reporters.summary.facts import Summary
from slawatch.reporters.summary.tables.cells import Cell, Column, Row, Table, count, seconds, share, text, time
from slawatch.reporters.wording.tongue import mark


def settings(summary: Summary) -> Table:
    """The settings that the figures were made with, and before them those that were in force earlier in the month.

    Their names are those of the statement.
    """
    said = [(f"earlier_terms[{turn}]", one) for turn, one in enumerate(summary.statement["earlier_terms"])]
    said.append(("terms", summary.statement["terms"]))
    rows = (Row(text(name), (cell,)) for place, terms in said for name, cell in _flat(place, terms))
    return Table("setting", mark("Settings"), mark("Setting"), (Column("value", mark("Value")),), tuple(rows))


def _flat(place: str, said: Any) -> Iterator[tuple[str, Cell]]:
    """Each plain value under its name with dots, such as `terms.confirm.failures`."""
    if isinstance(said, dict):
        for name, inner in said.items():
            yield from _flat(f"{place}.{name}", inner)
    else:
        yield place, _cell(place, said)


def _cell(place: str, said: Any) -> Cell:
    if isinstance(said, int | float) and not isinstance(said, bool):
        return seconds(said) if place.endswith("_seconds") else count(int(said))
    if place.endswith((".objective", ".coverage")):
        return share(float(Fraction(said)))
    return text(", ".join(map(str, said)) if isinstance(said, list) else str(said))


def revisions(summary: Summary) -> Table:
    """Each text that the closed month was frozen as, the last being this one."""
    columns = (
        Column("as_of", mark("As known at")),
        Column("recorded", mark("Recorded")),
        Column("who", mark("By")),
        Column("why", mark("Because")),
        Column("sha256", mark("Digest of the revision (SHA-256)")),
    )
    rows = (
        Row(count(one.revision), (time(one.as_of), time(one.recorded), text(one.who), text(one.why), text(one.digest)))
        for one in summary.revisions
    )
    return Table("revision", mark("Revisions"), mark("Revision"), columns, tuple(rows))
