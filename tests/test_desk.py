"""The desk on a real store, and the API before it over real sockets."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from yarl import URL

from slawatch import web
from slawatch.account import Desk, in_force, in_force_or
from slawatch.model import (
    DAY,
    HOUR,
    AvailabilityTerms,
    Cause,
    ConfirmTerms,
    Contact,
    Event,
    EventKind,
    Exclusion,
    ExclusionKind,
    Instant,
    MaintenanceTerms,
    Message,
    MessageKind,
    Notice,
    Reason,
    SpeedTerms,
    Terms,
)
from slawatch.reporters.metrics import Metrics
from slawatch.rules.calendar import parse, text
from slawatch.rules.owed import Recipients
from slawatch.rules.wishes import Acknowledge, Announce, Cancel, End, Exclude, Refused, Remark, Update, Void, Withdraw
from slawatch.store import Batch, Store, StoreBusy, open_store
from slawatch.web.wishes import REQUESTS, request_of

NOW = parse("2026-11-10T11:00:00Z")
STARTS, ENDS = parse("2026-11-20T22:00:00Z"), parse("2026-11-21T04:00:00Z")
ANNOUNCED = Announce("all", STARTS, ENDS, "pia", Reason.NEW_VERSION)


def terms(customer: str) -> Terms:
    return Terms(
        customer,
        "Tommy 2.0",
        "Europe/Amsterdam",
        AvailabilityTerms(Fraction("0.999"), Fraction("0.99"), ("dashboard",)),
        SpeedTerms(Fraction("0.95"), 3000, ("dashboard",)),
        MaintenanceTerms(Notice(5)),
        ConfirmTerms(),
        {},
    )


@dataclass
class Office:
    """A desk with its store, a clock that is set, whom it told, and the API before it."""

    store: Store
    file: Path
    now: Instant = NOW
    told: list[Collection[str]] = field(default_factory=list)
    recipients: dict[str, Recipients] = field(default_factory=dict)
    desk: Desk = field(init=False)

    def __post_init__(self) -> None:
        every = {name: terms(name) for name in ("duinzicht", "bosrand")}
        self.desk = Desk(self.store, lambda: self.now, lambda: every, self.tell, lambda: self.recipients)

    async def tell(self, customers: Collection[str]) -> None:
        self.told.append(customers)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    file = tmp_path / "slawatch.db"
    patience = timedelta(milliseconds=100)
    async with open_store(f"sqlite:///{file}", write=True, clock=lambda: NOW, patience=patience) as store:
        yield Office(store, file)


async def test_what_is_announced_is_in_force_and_told(office: Office) -> None:
    assert await office.desk.ask(ANNOUNCED) == {"id": "w1", "warnings": []}

    (one,) = await in_force(office.store, "duinzicht")
    assert (one.id, one.starts, one.ends, one.announced, one.announced_by) == ("w1", STARTS, ENDS, NOW, "pia")
    assert office.told == [{"duinzicht", "bosrand"}]


async def test_what_is_refused_leaves_nothing(office: Office) -> None:
    with pytest.raises(Refused, match="ends: before it has begun"):
        await office.desk.ask(Announce("all", ENDS, STARTS, "pia"))

    assert await office.store.declarations() == ()
    assert office.told == []


async def test_a_trial_says_what_would_be_declared_and_declares_nothing(office: Office) -> None:
    granted, known = await office.desk.trial(ANNOUNCED)
    assert (granted.id, [one.customer for one in granted.declarations]) == ("w1", ["duinzicht", "bosrand"])
    assert known.standings["duinzicht"].windows == {}
    assert await office.store.declarations() == ()
    assert office.told == []


async def test_several_customers_are_excluded_under_one_id(office: Office) -> None:
    wish = Exclude("bosrand,duinzicht", NOW - HOUR, NOW, "A", "r", "pia")
    assert (await office.desk.ask(wish))["id"] == "x1"
    assert {one["customer"] for one in await office.desk.exclusions()} == {"bosrand", "duinzicht"}


async def test_a_list_says_for_each_customer_whether_a_window_is_left_out_and_why_not(office: Office) -> None:
    await office.desk.ask(Announce("duinzicht", NOW + DAY, NOW + DAY + HOUR, "pia", Reason.OTHER))
    await office.desk.ask(Announce("bosrand", STARTS, ENDS, "pia", Reason.NEW_VERSION))

    listed = await office.desk.maintenance()
    assert [(one["customer"], one["id"], one["state"], one["counted"], one["proof"], one["why"]) for one in listed] == [
        ("duinzicht", "w1", "planned", False, "declared", "late_notice"),
        ("bosrand", "w2", "planned", True, "declared", None),
    ]


async def test_a_window_lives_from_planned_to_ended(office: Office) -> None:
    await office.desk.ask(Announce("duinzicht", STARTS, ENDS, "pia"))
    states = []
    for office.now in (STARTS - 1, STARTS, ENDS):
        states += [one["state"] for one in await office.desk.maintenance()]
    await office.desk.ask(End("w1", "pia"))

    assert states == ["planned", "running", "over"]
    assert [one["state"] for one in await office.desk.maintenance()] == ["ended"]


async def test_mail_proves_the_notice_until_it_is_void(office: Office) -> None:
    await office.desk.ask(Announce("duinzicht", STARTS, ENDS, "pia"))
    mail = Message("m1", "duinzicht", "a", "nl", MessageKind.MAINTENANCE, "w1", 1, "m1", "m1", NOW - DAY, NOW - DAY)
    await office.store.record(Batch(messages=(mail,)))
    await office.store.claim(NOW, 1)
    await office.store.settle_accepted("m1", NOW - HOUR, "relay", "250")
    assert [one.announced_by for one in await in_force(office.store, "duinzicht")] == [None]

    await office.desk.ask(Void("m1", "teruggekomen", "pia"))
    assert [one.announced_by for one in await in_force(office.store, "duinzicht")] == ["pia"]

    await office.desk.ask(Void("w1", "niemand gebeld", "pia"))
    assert [one.announced for one in await in_force(office.store, "duinzicht")] == [None]


@pytest.mark.parametrize("notice", ["w1", "w1/1"])
async def test_a_voided_window_has_no_proof_by_mail_either(office: Office, notice: str) -> None:
    await office.desk.ask(Announce("duinzicht", STARTS, ENDS, "pia"))
    mail = Message("m1", "duinzicht", "a", "nl", MessageKind.MAINTENANCE, "w1", 1, "m1", "m1", NOW, NOW)
    await office.store.record(Batch(messages=(mail,)))
    await office.store.claim(NOW, 1)
    await office.store.settle_accepted("m1", NOW + HOUR, "relay", "250")
    office.now += 2 * HOUR
    await office.desk.ask(Void(notice, "teruggekomen", "pia"))

    (one,) = await in_force(office.store, "duinzicht")
    assert (one.announced, one.announced_by) == (None, None)


async def test_a_contact_that_refuses_for_good_changes_nothing_that_was_known_before(office: Office) -> None:
    office.now = NOW - 2 * DAY
    await office.desk.ask(Announce("duinzicht", STARTS, ENDS, "pia"))
    mails = [
        Message(one, "duinzicht", one, "nl", MessageKind.MAINTENANCE, "w1", 1, one, one, NOW - 3 * DAY, NOW - 3 * DAY)
        for one in ("a", "b")
    ]
    await office.store.record(Batch(messages=tuple(mails)))
    await office.store.claim(NOW, 2)
    await office.store.settle_accepted("a", NOW - 3 * DAY, "relay", "250")
    before = await in_force(office.store, "duinzicht", as_of=NOW - 1)
    await office.store.settle_failed("b", "550 no such user")

    assert await in_force(office.store, "duinzicht", as_of=NOW - 1) == before
    assert [one.announced for one in before] == [NOW - 2 * DAY]
    assert [one.announced for one in await in_force(office.store, "duinzicht")] == [NOW - 3 * DAY]


MAILED = Recipients((Contact("beheer@duinzicht.example", "nl"),), "example.org")


async def test_what_is_declared_and_what_it_owes_are_in_the_ledger_together(office: Office) -> None:
    office.recipients = {"duinzicht": MAILED}
    await office.desk.ask(ANNOUNCED)
    (owed,) = await office.store.messages()

    assert (owed.customer, owed.kind, owed.outage, owed.sequence) == ("duinzicht", MessageKind.MAINTENANCE, "w1", 1)
    assert {one.recorded for one in await office.store.declarations()} == {owed.created}


async def test_a_store_that_is_busy_takes_neither_the_declaration_nor_what_it_owes(office: Office) -> None:
    office.recipients = {"duinzicht": MAILED}
    with closing(sqlite3.connect(office.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            await office.desk.ask(ANNOUNCED)
        other.execute("ROLLBACK")

    assert await office.store.declarations() == await office.store.messages() == ()


async def test_a_series_of_the_configuration_is_mailed_once_and_its_mail_proves_what_is_written_ahead(
    office: Office,
) -> None:
    def weekly(count: int) -> dict[str, tuple[Exclusion, ...]]:
        spans = [(STARTS + week * 7 * DAY, ENDS + week * 7 * DAY) for week in range(count)]
        kind = ExclusionKind.MAINTENANCE
        every = enumerate(spans, 1)
        return {"duinzicht": tuple(Exclusion(kind, *span, id=f"c.{k}", repeat="FREQ=WEEKLY") for k, span in every)}

    await office.desk.take_over(weekly(2), {"duinzicht": MAILED})
    (owed,) = await office.store.claim(NOW, 10)
    await office.store.settle_accepted(owed.id, NOW, "relay", "250")
    await office.desk.take_over(weekly(4))

    assert len(await office.store.messages()) == 1
    assert [one.announced for one in await in_force(office.store, "duinzicht")] == [NOW] * 4


async def test_force_majeure_is_in_force_until_withdrawn(office: Office) -> None:
    await office.desk.ask(Exclude("duinzicht", NOW - HOUR, NOW, "A. Jansen", "stroom", "pia"))
    assert [one.kind for one in await in_force(office.store, "duinzicht")] == [ExclusionKind.FORCE_MAJEURE]

    office.now += HOUR
    await office.desk.ask(Withdraw("x1", "vergissing", "pia"))
    assert await in_force(office.store, "duinzicht") == ()
    assert len(await in_force(office.store, "duinzicht", as_of=NOW)) == 1
    assert [one["withdrawn"] for one in await office.desk.exclusions()] == [text(NOW + HOUR)]


async def test_an_outage_is_listed_with_what_was_said_of_it(office: Office) -> None:
    opened = Event("e1", "duinzicht", EventKind.OPENED, "o1", NOW, NOW, ("dashboard",), Cause.HTTP_5XX)
    await office.store.record(Batch(events=(opened,)))
    await office.desk.ask(Remark("o1", "schijf vol", "pia", "T-1"))
    await office.desk.ask(Acknowledge("o1", "jan"))

    (one,) = await office.desk.outages()
    assert (one["id"], one["ends"], one["cause"], one["acknowledged_by"]) == ("o1", None, "http_5xx", "jan")
    assert [(note["who"], note["text"], note["ticket"]) for note in one["notes"]] == [("pia", "schijf vol", "T-1")]


async def test_a_window_that_comes_again_stands_for_each_time_and_is_cancelled_whole(office: Office) -> None:
    weekly = Announce("duinzicht", STARTS, ENDS, "pia", Reason.NEW_VERSION, repeat="FREQ=WEEKLY;COUNT=3")
    assert await office.desk.ask(weekly) == {"id": "w1", "warnings": []}
    assert [one.id for one in await in_force(office.store, "duinzicht")] == ["w1.1", "w1.2", "w1.3"]

    await office.desk.ask(Cancel("w1", "pia"))
    assert await in_force(office.store, "duinzicht") == ()


@pytest.mark.parametrize(
    ("wish", "refusal"),
    [
        (Announce("all", STARTS, ENDS, "pia", repeat="weekly"), "^repeat: "),
        (
            Announce("all", STARTS + 500 * DAY, ENDS + 500 * DAY, "pia", repeat="FREQ=WEEKLY"),
            "^starts: nothing comes within 400d, expected an earlier time$",
        ),
    ],
)
async def test_a_series_that_is_none_is_refused(office: Office, wish: Announce, refusal: str) -> None:
    with pytest.raises(Refused, match=refusal):
        await office.desk.ask(wish)


async def test_the_configurations_windows_come_into_force_once(office: Office) -> None:
    window = Exclusion(
        ExclusionKind.MAINTENANCE, STARTS, ENDS, announced=NOW, announced_by="sd", reason="other", id="c-1"
    )
    for _ in range(2):
        await office.desk.take_over({"duinzicht": (window,), "bosrand": ()})

    assert [(one.id, one.announced_by) for one in await in_force(office.store, "duinzicht")] == [("c-1", "sd")]
    assert len(await office.store.declarations()) == 1


async def test_a_customer_without_terms_in_the_ledger_has_the_configurations_windows(office: Office) -> None:
    window = Exclusion(ExclusionKind.MAINTENANCE, STARTS, ENDS)
    assert await in_force_or(office.store, "duinzicht", (window,)) == (window,)

    await office.store.save_terms("duinzicht", "digest", "{}", NOW)
    assert await in_force_or(office.store, "duinzicht", (window,)) == ()


RAN = Exclusion(
    ExclusionKind.MAINTENANCE,
    NOW - DAY,
    NOW - HOUR,
    announced=NOW - 8 * DAY,
    announced_by="sd",
    reason="other",
    id="c-1",
)


async def from_before_there_was_evidence(office: Office) -> None:
    """The ledger of an older version: its rows are in no chain."""
    await office.store.save_terms("duinzicht", "digest", "null", NOW - 20 * DAY)
    with closing(sqlite3.connect(office.file)) as database:
        database.execute("delete from chains")
        database.commit()


async def test_an_upgrade_leaves_the_configurations_past_windows_as_they_were_believed(office: Office) -> None:
    await from_before_there_was_evidence(office)
    assert await in_force_or(office.store, "duinzicht", (RAN,)) == (RAN,)

    await office.desk.ask(Exclude("duinzicht", NOW - HOUR, NOW, "A. Jansen", "stroom", "pia"))
    assert [one.id for one in await in_force_or(office.store, "duinzicht", (RAN,))] == ["c-1", "x1"]

    await office.desk.take_over({"duinzicht": (RAN,)})
    (window, _) = await in_force(office.store, "duinzicht")
    assert (window.starts, window.entered) == (RAN.starts, RAN.announced)
    assert [one.id for one in await in_force_or(office.store, "duinzicht", (RAN,))] == ["c-1", "x1"]


async def test_a_window_written_after_the_upgrade_is_entered_when_it_is_loaded(office: Office) -> None:
    await from_before_there_was_evidence(office)
    await office.desk.take_over({"duinzicht": ()})
    await office.store.save_terms("duinzicht", "other", "{}", NOW)
    await office.desk.take_over({"duinzicht": (RAN,)})

    assert [one.entered for one in await in_force(office.store, "duinzicht")] == [NOW]


async def test_a_customer_who_is_new_has_no_past_to_believe(office: Office) -> None:
    await office.desk.take_over({"duinzicht": (RAN,)})

    assert [one.entered for one in await in_force(office.store, "duinzicht")] == [NOW]


# -- the API ----------------------------------------------------------------------------------------------------------


@dataclass
class Api:
    """The API before a desk, by its Unix socket and by its port."""

    office: Office
    socket: aiohttp.ClientSession
    port: aiohttp.ClientSession

    async def post(self, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        async with self.socket.post(URL(f"http://slawatch{path}", encoded=True), json=body) as answer:
            return answer.status, await answer.json(content_type=None)


@pytest.fixture
async def api(office: Office, tmp_path: Path) -> AsyncIterator[Api]:
    async with AsyncExitStack() as stack:
        served = web.serve(
            "127.0.0.1:0",
            tmp_path / "sock",
            metrics=Metrics(),
            health=web.Health(),
            status=dict,
            desk=office.desk,
        )
        server = await stack.enter_async_context(served)
        connector = aiohttp.UnixConnector(str(tmp_path / "sock"))
        by_socket = await stack.enter_async_context(aiohttp.ClientSession(connector=connector))
        by_port = await stack.enter_async_context(aiohttp.ClientSession(f"http://{server.addresses[0]}"))
        yield Api(office, by_socket, by_port)


async def test_each_wish_has_a_request_that_says_the_same(api: Api) -> None:
    opened = Event("e1", "duinzicht", EventKind.OPENED, "o1", NOW, NOW, ("dashboard",), Cause.HTTP_5XX)
    await api.office.store.record(Batch(events=(opened,)))
    wished = {
        "w1": ANNOUNCED,
        "w1/1": Void("w1/1", "r", "pia"),
        "o1": Remark("o1", "t", "pia", "T-1"),
        "x1": Exclude("all", NOW - HOUR, NOW, "A", "r", "p"),
    }
    for id_, wish in wished.items():
        assert await api.post(*request_of(wish)) == (200, {"id": id_, "warnings": []})
    status, told = await api.post(*request_of(Update("o1", "Klaar om 15:00", "pia")))
    assert (status, told["id"]) == (200, "o1")

    assert [one.kind for one in await in_force(api.office.store, "duinzicht")] == ["force_majeure", "maintenance"]


async def test_a_wish_for_what_has_no_name_is_refused_as_for_what_is_not_there(api: Api) -> None:
    for wish, detail in (
        (Cancel("", "pia"), "no window ''"),
        (Withdraw("", "r", "pia"), "no exclusion ''"),
        (Void("", "r", "pia"), "no announcement ''"),
        (Remark("", "t", "pia"), "no outage ''"),
    ):
        status, told = await api.post(*request_of(wish))
        assert (status, told["detail"]) == (422, detail)


BODY = {"customer": "all", "starts": text(STARTS), "ends": text(ENDS), "by": "pia"}


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (BODY | {"starts": "morgen"}, 400, "starts: expected a time such as 2026-03-01T00:00:30Z, got 'morgen'"),
        (
            BODY | {"ends": "9999-12-31T23:59:59Z"},
            400,
            "ends: expected a time of this century, got '9999-12-31T23:59:59Z'",
        ),
        (BODY | {"starts": 5}, 400, "starts: expected a time such as 2026-03-01T00:00:30Z, got 5"),
        (BODY | {"colour": "red"}, 400, "colour: unknown, expected one of the documented keys"),
        (BODY | {"by": None}, 400, "by: missing"),
        (BODY | {"ends": text(STARTS)}, 422, "ends: before it has begun, expected a time after starts"),
        (BODY | {"text": "x" * 70_000}, 413, "body: expected at most 65536 bytes"),
    ],
)
async def test_what_is_wrong_is_told_as_a_problem_in_one_line(api: Api, body, status, detail) -> None:
    async with api.socket.post("http://slawatch/api/v1/maintenance", json=body) as answer:
        assert answer.content_type == "application/problem+json"
        told = await answer.json(content_type=None)

    assert (told["status"], told["detail"]) == (status, detail)
    assert await api.office.store.declarations() == ()


async def test_what_stands_is_told_over_the_socket_and_over_the_port_to_nobody_unknown(api: Api) -> None:
    await api.office.desk.ask(ANNOUNCED)
    for name, count in (("maintenance", 2), ("exclusions", 0), ("outages", 0)):
        async with api.socket.get(f"http://slawatch/api/v1/{name}") as answer:
            assert len((await answer.json())[name]) == count
        async with api.port.get(f"/api/v1/{name}") as answer:
            assert answer.status == 401
    async with api.port.post("/api/v1/maintenance", json=BODY) as answer:
        assert answer.status == 401
        assert (await answer.json(content_type=None))["detail"] == "sign in, or show a token"


def test_every_request_has_a_path_of_its_own() -> None:
    assert len({request.path for request in REQUESTS}) == len(REQUESTS) == 10
