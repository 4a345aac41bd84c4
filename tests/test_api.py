"""The API by hand: what it lists and tells, to whom, and what becomes of what nobody should ask."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import pytest_asyncio
from api_house import MESSAGE, OUTAGE, REFUSED, Api, api
from click.testing import CliRunner

from slawatch.cli.asking import ask_for_all
from slawatch.cli.main import cli
from slawatch.model import DAY, HOUR
from slawatch.rules.permissions import Permission
from slawatch.rules.wishes import Announce
from slawatch.web.api.described import IDS, MONTH, OPERATIONS, described
from slawatch.web.api.operation import PREFIX
from slawatch.web.api.reported import BEAT

pytestmark = pytest.mark.asyncio(loop_scope="module")
LISTS = [one for one in OPERATIONS if one.method == "GET" and "limit" in one.query.model_fields]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Api]:
    async with api(tmp_path_factory.mktemp("api")) as one:
        yield one


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def token(served: Api) -> str:
    return await served.token()


def path_of(operation: Any) -> str:
    """With an id and a month of the document's own examples."""
    its = IDS.get(operation.path.split("/")[1], ("", ""))[1]
    return str(operation.path.replace("{id}", quote(its, safe="")).replace("{month}", MONTH))


# -- the document -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one.method == "GET"], ids=lambda one: one.path)
async def test_an_answer_has_the_keys_that_the_document_tells_and_no_other(
    served: Api, token: str, operation: Any
) -> None:
    status, told, _ = await served.ask(path_of(operation), token)
    assert status == 200
    operation.answer.model_validate_json(json.dumps(told))


async def test_the_document_is_for_everyone_and_a_verb_prints_it_too(served: Api) -> None:
    status, told, headers = await served.ask("/openapi.json")
    assert (status, headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert told == described() == json.loads(CliRunner().invoke(cli, ["schema", "--api"]).stdout)
    assert told["openapi"] == "3.1.0"


async def test_what_the_document_tells_is_what_is_served_and_takes_somebody_known(served: Api) -> None:
    for operation in OPERATIONS:
        status, told, headers = await served.ask(path_of(operation), method=operation.method, json={})
        assert (status, headers["WWW-Authenticate"]) == (401, 'Bearer realm="slawatch"'), operation.name
        assert told["detail"] == "sign in, or show a token"
    assert set(described()["paths"]) == {one.path for one in OPERATIONS}


async def test_each_operation_takes_the_permission_that_the_document_names(served: Api) -> None:
    tokens = {one: await served.token(*(set(Permission) - {one})) for one in Permission}
    for operation in OPERATIONS:
        without = tokens[operation.permission]
        status, told, _ = await served.ask(path_of(operation), without, method=operation.method, json={})
        assert (status, told["detail"]) == (403, f"a machine may not: this needs the permission {operation.permission}")


# -- lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", LISTS, ids=lambda one: one.name)
async def test_a_list_page_by_page_is_the_whole_list(served: Api, token: str, operation: Any) -> None:
    path = path_of(operation)
    name = next(key for key in operation.answer.model_fields if key != "next")
    _, whole, _ = await served.ask(f"{path}?limit=1000", token)
    assert whole["next"] is None

    rows: list[Any] = []
    cursor = ""
    while True:
        _, page, _ = await served.ask(f"{path}?limit=1&cursor={cursor}", token)
        assert len(page[name]) <= 1
        rows += page[name]
        cursor = page["next"]
        if cursor is None:
            break
    assert rows == whole[name] != []


async def test_a_verb_reads_all_pages_of_a_list(tmp_path: Path) -> None:
    async with api(tmp_path) as served:
        desk, now = served.house.desk, served.house.at
        await desk.ask(Announce("all", now + DAY, now + DAY + HOUR, "pia", repeat="FREQ=DAILY;COUNT=170"))
        socket, path = tmp_path / "sock", f"{PREFIX}/maintenance"
        every = await ask_for_all(socket, path, "maintenance")
        some = await ask_for_all(socket, path, "maintenance", 1003)
        assert every is not None
        assert len(every) == len({(one["customer"], one["id"]) for one in every}) == 1027
        assert some == every[:1003]


@pytest.mark.parametrize(
    ("path", "name", "ids"),
    [
        ("/customers?q=PARK", "customers", ["duinzicht", "waterkant"]),
        ("/customers?state=unknown&q=heide", "customers", ["heidehof"]),
        ("/outages", "outages", ["o1", OUTAGE]),
        ("/outages?customer=bosrand", "outages", []),
        ("/outages?open=true", "outages", ["o1"]),
        ("/outages?open=false", "outages", [OUTAGE]),
        ("/outages?until=2026-11-12T09:00:00Z", "outages", []),
        ("/outages?until=2026-11-12T09:00:01Z", "outages", [OUTAGE]),
        ("/outages?since=2026-11-12T10:00:00Z", "outages", ["o1"]),
        ("/maintenance?customer=heidehof", "maintenance", ["w1", "w2"]),
        ("/maintenance?customer=heidehof&state=planned", "maintenance", []),
        ("/maintenance?customer=heidehof&since=2026-11-30T00:00:00Z", "maintenance", ["w2"]),
        ("/maintenance?customer=heidehof&until=2026-11-30T00:00:00Z", "maintenance", ["w1"]),
        ("/maintenance?customer=nobody", "maintenance", []),
        ("/exclusions", "exclusions", ["x2", "x1"]),
        ("/exclusions?customer=zandbank", "exclusions", ["x1"]),
        ("/messages?kind=outage", "messages", ["m2", MESSAGE]),
        ("/messages?state=failed", "messages", ["m2"]),
        ("/messages?kind=recovery", "messages", []),
        (f"/messages?outage={OUTAGE}&customer=duinzicht", "messages", [MESSAGE]),
    ],
)
async def test_a_list_is_of_what_is_asked_for(served: Api, token: str, path: str, name: str, ids: list[str]) -> None:
    status, told, _ = await served.ask(path, token)
    assert (status, [one["id"] for one in told[name]]) == (200, ids)


async def test_addresses_are_for_who_looks_after_people(served: Api, token: str) -> None:
    path = "/messages?state=failed"
    (known,) = (await served.ask(path, token))[1]["messages"]
    assert (known["contact"], known["error"]) == (REFUSED.contact, REFUSED.error)

    status, told, _ = await served.ask(path, await served.token(Permission.READ, Permission.DECLARE))
    (hidden,) = told["messages"]
    assert (status, hidden["contact"], hidden["error"]) == (200, None, "550 5.1.1 <...>: no such user")
    assert "jan@" not in json.dumps(told)


# -- customers and their months ---------------------------------------------------------------------------------------


async def test_a_customers_figure_is_that_of_its_statement(served: Api, token: str) -> None:
    _, told, _ = await served.ask("/customers/zandbank", token)
    (listed,) = (await served.ask("/customers?q=zandbank", token))[1]["customers"]
    assert {key: told[key] for key in listed} == listed
    assert (told["month"]["month"], told["month"]["complete"]) == ("2026-12", False)
    assert told["availability"]["share"] == told["month"]["availability"]["ratio"]
    assert told["budget_seconds"] == pytest.approx((31 * 24 - 6) * 3.6)  # a window of six hours is left out


async def test_a_closed_month_is_told_to_the_byte_and_again_only_when_it_changed(served: Api, token: str) -> None:
    path = f"/customers/bosrand/statements/{MONTH}"
    stood = await served.house.store.statements("bosrand", MONTH)
    for query, its in (("", stood[1]), ("?revision=1", stood[0]), ("?revision=2", stood[1])):
        status, told, headers = await served.ask(path + query, token)
        assert (status, told, headers["ETag"]) == (200, json.loads(its.document), f'"{its.digest}"')
        assert headers["Cache-Control"] == "private, no-cache"
    for known, status in ((stood[1].digest, 304), (stood[0].digest, 200)):
        asked = await served.ask(path, token, headers={"If-None-Match": f'"x", W/"{known}"'})
        assert (asked[0], asked[1] is None) == (status, status == 304)


async def test_revisions_of_a_month_are_compared(served: Api, token: str) -> None:
    path = f"/customers/bosrand/statements/{MONTH}/differences"
    _, told, _ = await served.ask(path, token)
    assert (told["from"]["revision"], told["to"]["revision"], told["to"]["who"]) == (1, 2, "pia")
    changed = {one["at"]: (one["from"], one["to"]) for one in told["differences"]}
    assert changed["availability.seconds.down"] == (3600.0, 0.0)
    assert changed["exclusions[0]"][0] is None
    assert (await served.ask(f"{path}?from=2&to=2", token))[1]["differences"] == []
    back = (await served.ask(f"{path}?from=2&to=1", token))[1]["differences"]
    assert {one["at"]: (one["to"], one["from"]) for one in back} == changed


@pytest.mark.parametrize(
    ("path", "status", "detail"),
    [
        ("/customers/nobody", 404, "no customer 'nobody'"),
        ("/customers/nobody/statements", 404, "no customer 'nobody'"),
        (f"/customers/nobody/statements/{MONTH}", 404, "no customer 'nobody'"),
        ("/customers/bosrand/statements/2026-12", 404, "bosrand 2026-12: not closed, expected a month of its statements"),
        (f"/customers/bosrand/statements/{MONTH}?revision=3", 404, "bosrand 2026-11: no revision 3, expected one up to 2"),
        ("/customers/bosrand/statements/2026-13", 400, "month: expected a month such as 2026-03, got '2026-13'"),
        ("/customers/..%2F..%2Fetc%2Fpasswd", 404, "no customer '../../etc/passwd'"),
        ("/customers/%00", 400, "id: expected text without a zero in it"),
        ("/outages?colour=red", 400, "colour: unknown, expected one of the documented keys"),
        ("/outages?open=yes", 400, "open: expected true or false"),
        ("/outages?since=morgen", 400, "since: expected a time such as 2026-03-01T00:00:30Z, got 'morgen'"),
        ("/outages?limit=1001", 400, "limit: expected at most 1000"),
        ("/outages?limit=0", 400, "limit: expected at least 1"),
        ("/outages?limit=ten", 400, "limit: expected a whole number"),
        ("/outages?limit=1&limit=2", 400, "limit: given twice, expected once"),
        ("/outages?cursor=x", 400, "cursor: expected what the page before says as next"),
        ("/outages?cursor=WyJkdWluemljaHQiLDEsIncyIl0", 400, "cursor: expected what the page before says as next"),
        ("/messages?state=lost", 400, "state: expected 'queued', 'sending', 'accepted', 'failed', 'folded' or 'dropped'"),
        ("/nothing", 404, "nothing is served here; /api/v1/openapi.json describes what is"),
    ],
)  # fmt: skip
async def test_what_cannot_be_told_is_a_problem_in_one_line(
    served: Api, token: str, path: str, status: int, detail: str
) -> None:
    found, told, headers = await served.ask(path, token)
    assert (found, told["status"], told["detail"]) == (status, status, detail)
    assert headers["Content-Type"] == "application/problem+json; charset=utf-8"


# -- what is asked to be done -----------------------------------------------------------------------------------------


async def test_all_that_is_wrong_with_a_body_is_told_with_its_place(served: Api, token: str) -> None:
    body = {"customer": "all", "starts": "morgen", "reason": "rain", "colour": "red"}
    status, told, _ = await served.ask("/maintenance", token, "POST", json=body)
    assert (status, told["title"], told["type"]) == (400, "Bad Request", "about:blank")
    assert told["errors"] == [
        {"pointer": "#/starts", "detail": "expected a time such as 2026-03-01T00:00:30Z, got 'morgen'"},
        {"pointer": "#/ends", "detail": "missing"},
        {"pointer": "#/reason", "detail": "expected 'preventive', 'new_version', 'hotfix' or 'other'"},
        {"pointer": "#/colour", "detail": "unknown, expected one of the documented keys"},
    ]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"", 400), (b"{", 400), (b"[]", 400), (b"null", 400), (b'{"text": "\xff"}', 400), (b"x" * 70_000, 413)],
)
async def test_what_is_no_body_is_a_problem(served: Api, token: str, body: bytes, status: int) -> None:
    found, told, _ = await served.ask("/outages/o1/notes", token, "POST", data=body)
    assert (found, told["status"]) == (status, status)
    assert "\n" not in told["detail"]


@pytest.mark.parametrize("packed", [b"not packed", gzip.compress(b"x" * 10_000_000)])
async def test_a_packed_body_is_not_unpacked(served: Api, token: str, packed: bytes) -> None:
    told = await served.ask("/outages/o1/notes", token, "POST", data=packed, headers={"Content-Encoding": "gzip"})
    assert (told[0], told[1]["detail"]) == (415, "Content-Encoding: expected none, got 'gzip'")


async def test_a_request_that_needs_no_word_needs_no_body(tmp_path: Path) -> None:
    async with api(tmp_path) as served:
        token = await served.token(Permission.DECLARE, Permission.READ)
        status, told, _ = await served.ask(f"/outages/{OUTAGE}/ack", token, "POST")
        assert (status, told) == (200, {"id": OUTAGE, "warnings": []})
        again = await served.ask(f"/outages/{OUTAGE}/ack", token, "POST")
        assert (again[0], again[1]["detail"]) == (422, f"{OUTAGE} is acknowledged already, by a machine")
        (one,) = (await served.ask("/outages?open=false", token))[1]["outages"]
        assert one["acknowledged_by"] == "a machine"


async def test_what_is_not_there_cannot_be_changed(served: Api, token: str) -> None:
    for operation in OPERATIONS:
        # A heartbeat makes the source that it names.
        if operation.method == "POST" and "{id}" in operation.path and operation is not BEAT:
            body = {
                "reason": "r",
                "text": "t",
                "role": "viewer",
                "password": "een lang wachtwoord",
                "ends": "2026-12-20T09:00:00Z",
            }
            known = operation.said.model_fields
            path = operation.path.replace("{id}", "x" * 300)
            found = await served.ask(path, token, "POST", json={key: body[key] for key in body if key in known})
            assert (found[0], found[1]["detail"][:3]) == (404, "no "), operation.name


async def test_a_wrong_method_is_told_which_are_right(served: Api, token: str) -> None:
    found, told, headers = await served.ask("/maintenance", token, "DELETE")
    assert (found, headers["Allow"]) == (405, "GET,HEAD,POST")
    assert told["detail"] == "DELETE: cannot be asked here, expected one of GET, HEAD, POST"


async def test_a_head_is_the_head_of_what_would_be_told(served: Api, token: str) -> None:
    path = f"/customers/bosrand/statements/{MONTH}"
    got, head = await served.ask(path, token), await served.ask(path, token, "HEAD")
    assert (head[0], head[1]) == (200, None)
    assert {name: head[2][name] for name in ("ETag", "Content-Length")} == {
        name: got[2][name] for name in ("ETag", "Content-Length")
    }
