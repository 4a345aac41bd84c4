"""Incidents as service desks write them down: tables and lines of JSON, and what is unclear, by its line."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from slawatch.model import Incident, IncidentKind, Instant, Priority
from slawatch.recorded import BadRecording, Desk, incidents
from slawatch.recorded.incident_words import NAMES, time_of
from slawatch.rules.calendar import parse, text

ZONE = ZoneInfo("Europe/Amsterdam")
DESK = Desk(
    {"duinzicht": "duinzicht", "park duinzicht": "duinzicht", "bosrand": "bosrand"},
    lambda _customer: ZONE,
    parse("2026-11-25T12:00:00Z"),
)
HEADER = "customer,id,priority,opened,answered,solved\n"


def read(written: str, *, skip_unknown: bool = False) -> list[Incident]:
    return incidents(written.encode(), "w.csv", DESK, skip_unknown=skip_unknown)[0]


def refused(written: bytes) -> list[str]:
    with pytest.raises(BadRecording) as found:
        incidents(written, "w.csv", DESK)
    return found.value.faults


def at(written: str) -> Instant:
    return parse(written)


WANTED = [
    Incident(
        "duinzicht",
        "1042",
        Priority.ONE,
        at("2026-11-02T08:15:00Z"),
        None,
        at("2026-11-02T13:00:00Z"),
        IncidentKind.FAULT,
        "Kassa; loopt vast",
    ),
    Incident("bosrand", "1043", Priority.NONE, at("2026-10-24T22:30:00Z"), at("2026-11-03T09:00:30Z")),
]


@pytest.mark.parametrize(
    "written",
    [
        "\ufeffKlant;Nummer;Prioriteit;Gemeld;Beantwoord;Opgelost;Soort;Onderwerp;Behandelaar\r\n"
        '"Park Duinzicht";1042;Prio 1;02-11-2026 09:15;;2-11-2026 14:00;Fout;"Kassa; loopt\nvast";Pia\r\n'
        ";;;;;;;;\r\n"
        "bosrand;1043;Geen prio;25-10-2026 00:30:00;3-11-2026 10:00:30;;;;Jan\r\n",
        "id,customer,priority,opened,answered,solved,kind,subject\n"
        '1042,duinzicht,1,2026-11-02 09:15,,2026-11-02T13:00:00Z,fault,"Kassa; loopt vast"\n'
        "1043,bosrand,none,2026-10-25T00:30:00+02:00,2026-11-03 10:00:30,,,\n",
        '{"customer": "duinzicht", "id": "1042", "priority": "1", "opened": "2026-11-02 09:15", "kind": "fault", '
        '"solved": "2026-11-02 14:00", "subject": "Kassa; loopt vast"}\n\n'
        '{"customer": "bosrand", "id": "1043", "priority": "none", "opened": "2026-10-25 00:30", '
        '"answered": "2026-11-03T10:00:30+01:00", "solved": null}',
    ],
)
def test_tables_of_either_kind_and_lines_of_json_say_the_same(written: str):
    assert read(written) == WANTED


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("2026-10-25 02:30", "2026-10-25T00:30:00Z"),  # comes twice: the earlier
        ("29-3-2026 2:30", "2026-03-29T01:30:00Z"),  # does not exist: forward by the gap
        ("2026-11-02T09:15:30.5Z", "2026-11-02T09:15:30.500000Z"),
    ],
)
def test_a_time_is_by_the_clock_of_the_agreement(said: str, meant: str):
    assert text(time_of(said, ZONE)) == meant


@pytest.mark.parametrize(
    "said", ["2026-11-02", "11/2/2026 09:15", "31-2-2026 09:15", "2026-11-02 25:00", "0001-01-01 00:00", "gisteren"]
)
def test_what_is_no_time_is_told_what_would_be_one(said: str):
    with pytest.raises(ValueError, match=r"^expected a time such as 2026-11-02 09:15 or 2-11-2026 09:15, got '"):
        time_of(said, ZONE)


def test_all_that_is_wrong_is_told_by_its_line():
    rows = (
        "duinzich,1,1,2026-11-02 09:15,,",
        "duinzicht,2,hoog,2026-11-02 09:15,,",
        "duinzicht,3,1,,,",
        "duinzicht,4,1,2026-11-02 09:15,gisteren,",
        "duinzicht,5,1,2026-11-02 09:15,,2026-11-02 09:14",
        "duinzicht,6,1,2026-11-25 13:01,,",
        "duinzicht,,1,2026-11-02 09:15,,",
        "duinzicht,8,1,2026-11-02 09:15",
        "duinzicht,9,1,2026-11-02 09:15,,",
        "duinzicht,9,1,2026-11-02 09:15,,",
    )
    assert refused((HEADER + "\n".join(rows)).encode()) == [
        "w.csv:2: customer: 'duinzich' is not configured, did you mean 'duinzicht'?",
        "w.csv:3: priority: expected 1, 2, 3 or none, got 'hoog'",
        "w.csv:4: opened: missing, expected a time such as 2026-11-02 09:15",
        "w.csv:5: answered: expected a time such as 2026-11-02 09:15 or 2-11-2026 09:15, got 'gisteren'",
        "w.csv:6: solved: expected a time from opened 2026-11-02T08:15:00Z on, got 2026-11-02T08:14:00Z",
        "w.csv:7: opened: expected a time that has been, got 2026-11-25T12:01:00Z",
        "w.csv:8: id: expected 1 to 100 characters that can be printed, got ''",
        "w.csv:9: expected 6 cells as in the header, got 4",
        "w.csv:11: id: '9' stands on line 10 too, expected each once",
    ]


@pytest.mark.parametrize(
    ("written", "faults"),
    [
        (b"  \n", ["w.csv: empty, expected a table with a header, or lines of JSON"]),
        (b"klant;\xe9", ["w.csv: expected UTF-8 text; from Excel save it as CSV UTF-8"]),
        (
            b"klant,nummer,prio,gemeld,opgelost,id\n",
            [
                "w.csv:1: no column answered or beantwoord in the header",
                "w.csv:1: more than one column is id or number or nummer or incident, expected one",
            ],
        ),
        (HEADER.encode() + b'a,"b\n', ["w.csv:2: expected a table: unexpected end of data"]),
        (
            b'{"customer": "duinzicht", "solvd": "x"}\n{"id": 7}\nno',
            [
                "w.csv:1: solvd: unknown, did you mean 'solved'?",
                "w.csv:2: id: expected text, got 7",
                "w.csv:3: expected one JSON object a line: Expecting value: line 1 column 1 (char 0)",
            ],
        ),
    ],
)
def test_what_is_no_table_is_told_what_would_be_one(written: bytes, faults: list[str]):
    assert refused(written) == faults


def test_customers_that_are_not_known_are_left_out_where_that_is_asked():
    written = HEADER + "elders,1,1,2026-11-02 09:15,,\nbosrand,2,1,2026-11-02 09:15,,\n"

    found, skipped = incidents(written.encode(), "w.csv", DESK, skip_unknown=True)
    assert ([one.id for one in found], skipped) == (["2"], 1)


def test_the_document_names_every_column():
    told = (Path(__file__).parent.parent / "docs/incidents.md").read_text()

    for ours, words in NAMES.items():
        assert f"| {', '.join(f'`{word}`' for word in words)} |" in told, ours
