"""Incidents and heartbeats over the API: taken in whole or not at all, listed as they stand, and by whom."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from api_house import STRUCK, Api, api

from slawatch.rules.calendar import text
from slawatch.rules.permissions import Permission

OPENED = text(STRUCK)


@pytest.fixture
async def served(tmp_path: Path) -> AsyncIterator[Api]:
    async with api(tmp_path) as made:
        yield made


def saying(*incidents: dict[str, Any], source: str = "week 46") -> dict[str, Any]:
    body = json.dumps({"source": source, "incidents": list(incidents)}).encode()
    return {"data": aiohttp.BytesIOPayload(BytesIO(body), content_type="application/json")}


def incident(id_: str, **more: Any) -> dict[str, Any]:
    return {"customer": "duinzicht", "id": id_, "priority": "2", "opened": OPENED, **more}


async def test_incidents_are_taken_in_and_listed_page_by_page_with_when_they_are_due(served: Api) -> None:
    token = await served.token(Permission.DECLARE, Permission.READ)
    said = (
        incident("1042", priority="1", solved="2026-11-12T15:59:59Z"),
        incident("1043", subject="Bel Jan op 06-12345678"),
        incident("1044", priority="none", kind="wish"),
    )
    status, told, _ = await served.ask("/incidents", token, "POST", **saying(*said))
    assert (status, told) == (200, {"new": 2, "changed": 1, "same": 0})
    assert (await served.ask("/incidents", token, "POST", **saying(*said)))[1] == {"new": 0, "changed": 0, "same": 3}

    _, first, _ = await served.ask("/incidents?limit=2", token)
    _, second, _ = await served.ask(f"/incidents?limit=2&cursor={first['next']}", token)
    listed = first["incidents"] + second["incidents"]
    assert second["next"] is None
    assert [(one["id"], one["due"], one["in_time"], one["overdue"]) for one in listed] == [
        ("1042", "2026-11-13T09:00:00Z", True, False),
        ("1043", "2026-11-19T09:00:00Z", False, True),
        ("1044", None, None, False),
    ]
    assert (listed[1]["subject"], listed[1]["source"]) == ("Bel Jan op [...]", "week 46")
    _, still, _ = await served.ask("/incidents?open=true&customer=duinzicht", token)
    assert [one["id"] for one in still["incidents"]] == ["1043", "1044"]
    assert (await served.ask("/incidents?open=false&customer=bosrand", token))[1]["incidents"] == []


@pytest.mark.parametrize(
    ("said", "status", "detail"),
    [
        (
            incident("1", customer="duinzich"),
            422,
            "incidents[1].customer: no customer 'duinzich', did you mean 'duinzicht'?",
        ),
        (incident("9"), 422, "incidents[1].id: '9' stands at incidents[0] too, expected each once"),
        (
            incident("1", solved="2026-11-12T08:59:59Z"),
            422,
            "incidents[1].solved: expected a time from opened 2026-11-12T09:00:00Z on, got 2026-11-12T08:59:59Z",
        ),
        (incident("1", priority="4"), 400, "incidents.1.priority: expected '1', '2', '3' or 'none'"),
    ],
)
async def test_where_one_incident_is_wrong_none_is_taken_in(
    served: Api, said: dict[str, Any], status: int, detail: str
) -> None:
    token = await served.token(Permission.DECLARE, Permission.READ)
    answered, told, _ = await served.ask("/incidents", token, "POST", **saying(incident("9"), said))
    assert (answered, told["detail"]) == (status, detail)
    assert [one["id"] for one in (await served.ask("/incidents", token))[1]["incidents"]] == ["1042"]


async def test_an_import_may_be_longer_than_other_bodies_and_not_without_bound(served: Api) -> None:
    token = await served.token(Permission.DECLARE)
    many = saying(*(incident(f"n{number}", subject="x" * 100) for number in range(1000)))
    assert (await served.ask("/incidents", token, "POST", **many))[1] == {"new": 1000, "changed": 0, "same": 0}
    endless = saying(incident("n1", subject="x" * 2**24))
    status, told, _ = await served.ask("/incidents", token, "POST", **endless)
    assert (status, told["detail"]) == (413, "body: expected at most 16777216 bytes")


async def test_a_backup_is_reported_by_who_may_and_listed_as_it_stands(served: Api) -> None:
    beating, reading = await served.token(Permission.BEAT), await served.token(Permission.READ)
    status, told, _ = await served.ask("/heartbeats/db1", beating, "POST", json={"kind": "hourly"})
    assert (status, told) == (200, {"source": "db1", "kind": "hourly", "at": "2026-12-02T09:00:00Z", "new": True})
    replica = {"kind": "replica", "lag_seconds": 1.5, "at": "2026-12-02T08:59:00Z"}
    assert (await served.ask("/heartbeats/db1", beating, "POST", json=replica))[0] == 200
    retired = {"kind": "daily", "outcome": "retired"}
    assert (await served.ask("/heartbeats/db1", beating, "POST", json=retired))[0] == 200
    assert (await served.ask("/heartbeats/db1", reading, "POST", json={"kind": "hourly"}))[0] == 403
    assert (await served.ask("/heartbeats", beating))[0] == 403

    _, listed, _ = await served.ask("/heartbeats", reading)
    shown = [(one["kind"], one["age_seconds"], one["lag_seconds"], one["late"]) for one in listed["heartbeats"]]
    assert shown == [("hourly", 0.0, None, False), ("replica", 60.0, 1.5, True)]
    assert {one["who"] for one in listed["heartbeats"]} == {"a machine"}
    _, first, _ = await served.ask("/heartbeats?limit=1", reading)
    _, second, _ = await served.ask(f"/heartbeats?limit=1&cursor={first['next']}", reading)
    assert first["heartbeats"] + second["heartbeats"] == listed["heartbeats"]


@pytest.mark.parametrize(
    ("source", "said", "detail"),
    [
        (
            "db%201",
            {"kind": "hourly"},
            "source: expected a name of a-z, 0-9, '.', '-' and '_', such as db1, got 'db 1'",
        ),
        ("db1", {"kind": "replica"}, "lag: missing, expected how many seconds the replica is behind"),
        ("db1", {"kind": "restore"}, "duration: missing, expected how many seconds the restore took"),
        ("db1", {"kind": "daily", "lag_seconds": 1}, "lag: expected none of what is daily, only of a replica"),
        (
            "db1",
            {"kind": "hourly", "at": "2026-12-02T09:00:01Z"},
            "at: expected a time that has been, got 2026-12-02T09:00:01Z",
        ),
    ],
)
async def test_a_heartbeat_that_says_something_unclear_is_refused(
    served: Api, source: str, said: dict[str, Any], detail: str
) -> None:
    status, told, _ = await served.ask(f"/heartbeats/{source}", await served.token(Permission.BEAT), "POST", json=said)
    assert (status, told["detail"]) == (422, detail)
