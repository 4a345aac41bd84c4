"""Incidents as a service desk gives them: a table (CSV) or lines of JSON. What is unclear is refused with its line."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

from slawatch.model import Incident, Instant
from slawatch.recorded.incident_words import KINDS, NAMES, NEEDED, PRIORITIES, one_word, time_of
from slawatch.recorded.lines import BadRecording, Fault, parsed
from slawatch.rules.incidents import without_persons, wrong_with
from slawatch.rules.naming import nearest


@dataclass(frozen=True, slots=True)
class Desk:
    """What is known where incidents are read. `customers`: each id by what a file may call it, in small letters.

    `zone`: gives that of a customer's agreement. `now`: nothing happened later.
    """

    customers: Mapping[str, str]
    zone: Callable[[str], ZoneInfo]
    now: Instant


def incidents(contents: bytes, name: str, desk: Desk, *, skip_unknown: bool = False) -> tuple[list[Incident], int]:
    """The incidents in a file, and how many were left out.

    With `skip_unknown` those of customers that are not known are. Raises BadRecording with all faults found, each as
    `name:line: ...`.
    """
    found: dict[tuple[str, str], tuple[int, Incident]] = {}
    faults, skipped = [], 0
    for number, row in _rows(contents, name):
        try:
            if isinstance(row, Fault):
                raise row
            if skip_unknown and _known(row, desk) is None:
                skipped += 1
                continue
            _once(found, number, _incident(row, desk))
        except Fault as fault:
            faults.append(f"{name}:{number}: {fault.what}")
    if faults:
        raise BadRecording(faults)
    return [one for _, one in found.values()], skipped


def _once(found: dict[tuple[str, str], tuple[int, Incident]], number: int, one: Incident) -> None:
    earlier = found.setdefault((one.customer, one.id), (number, one))[0]
    if earlier != number:
        raise Fault(f"id: {one.id!r} stands on line {earlier} too, expected each once")


def _rows(contents: bytes, name: str) -> Iterator[tuple[int, Mapping[str, Any] | Fault]]:
    try:
        text = contents.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRecording([f"{name}: expected UTF-8 text; from Excel save it as CSV UTF-8"]) from None
    if not text.strip():
        raise BadRecording([f"{name}: empty, expected a table with a header, or lines of JSON"])
    return _of_lines(text) if text.lstrip().startswith("{") else _of_table(text, name)


def _of_lines(text: str) -> Iterator[tuple[int, Mapping[str, Any] | Fault]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            try:
                row = parsed(line.encode())
                _ensure_known(row)
                yield number, row
            except Fault as fault:
                yield number, fault


def _ensure_known(row: Mapping[str, Any]) -> None:
    for key, value in row.items():
        if key not in NAMES:
            raise Fault(f"{key}: unknown{nearest(key, NAMES)}")
        if value is not None and not isinstance(value, str):
            raise Fault(f"{key}: expected text, got {value!r}")


def _of_table(text: str, name: str) -> Iterator[tuple[int, Mapping[str, Any] | Fault]]:
    header = text.lstrip().splitlines()[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    table = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: Sequence[str | None] | None = None
    before = 0
    try:
        for cells in table:
            number, before = before + 1, table.line_num
            if not any(cell.strip() for cell in cells):
                continue
            if columns is None:
                columns = _columns(cells, f"{name}:{number}")
            elif len(cells) != len(columns):
                yield number, Fault(f"expected {len(columns)} cells as in the header, got {len(cells)}")
            else:
                yield number, {column: cell for column, cell in zip(columns, cells, strict=True) if column is not None}
    except csv.Error as error:
        yield before + 1, Fault(f"expected a table: {error}")


def _columns(cells: Sequence[str], where: str) -> list[str | None]:
    """Our name of each column, None of one that is passed over. Raises BadRecording for a header that lacks one."""
    meant = {word: ours for ours, words in NAMES.items() for word in words}
    columns = [meant.get(one_word(cell)) for cell in cells]
    faults = [f"{where}: no column {' or '.join(NAMES[ours])} in the header" for ours in NEEDED if ours not in columns]
    twice = sorted({ours for ours in columns if ours is not None and columns.count(ours) > 1})
    faults += [f"{where}: more than one column is {' or '.join(NAMES[ours])}, expected one" for ours in twice]
    if faults:
        raise BadRecording(faults)
    return columns


def _known(row: Mapping[str, Any], desk: Desk) -> str | None:
    return desk.customers.get((row.get("customer") or "").strip().lower())


def _incident(row: Mapping[str, Any], desk: Desk) -> Incident:
    customer = _known(row, desk)
    if customer is None:
        said = row.get("customer") or ""
        raise Fault(f"customer: {said!r} is not configured{nearest(said, set(desk.customers.values()))}")
    zone = desk.zone(customer)
    opened = _time(row, "opened", zone)
    if opened is None:
        raise Fault("opened: missing, expected a time such as 2026-11-02 09:15")
    made = Incident(
        customer,
        (row.get("id") or "").strip(),
        _one_of(PRIORITIES, row, "priority", "1, 2, 3 or none"),
        opened,
        _time(row, "answered", zone),
        _time(row, "solved", zone),
        _one_of(KINDS, row, "kind", "fault, outage, wish or question") if (row.get("kind") or "").strip() else None,
        without_persons(row.get("subject") or ""),
    )
    wrong = wrong_with(made, desk.now)
    if wrong is not None:
        raise Fault(wrong)
    return made


def _one_of(words: Mapping[str, Any], row: Mapping[str, Any], key: str, expected: str) -> Any:
    said = row.get(key) or ""
    try:
        return words[one_word(said)]
    except KeyError:
        raise Fault(f"{key}: expected {expected}, got {said!r}") from None


def _time(row: Mapping[str, Any], key: str, zone: ZoneInfo) -> Instant | None:
    said = (row.get(key) or "").strip()
    try:
        return time_of(said, zone) if said else None
    except ValueError as error:
        raise Fault(f"{key}: {error}") from None
