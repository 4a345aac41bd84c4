"""The stand-in for Tommy: what it does when nothing is wrong, and at each switch."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import aiohttp
import pytest

from slawatch.demo.door import Door, reserve
from slawatch.demo.faults import BadFault, Faults, Switch, changed
from slawatch.demo.parks import PARKS, bookings, overview
from slawatch.demo.standin import COOKIE, Manners, Sessions, StandIn

NOON = 1_774_000_800_000_000  # 2026-03-20 in Amsterdam
MANNERS = Manners("monitor", "zeelucht", session_seconds=600.0, pace=0.0)
DEADLINE = aiohttp.ClientTimeout(total=10)
IMPATIENT = aiohttp.ClientTimeout(total=0.4)


@dataclass
class Stopwatch:
    """Seconds that pass when a test says so."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Served:
    standin: StandIn
    door: Door
    http: aiohttp.ClientSession
    elapsed: Stopwatch

    def at(self, path: str) -> str:
        return self.door.url + path

    def turn(self, **faults: object) -> None:
        self.standin.switch.set(changed(self.standin.switch.faults, faults))

    async def sign_in(self, password: str = "zeelucht") -> tuple[int, str]:
        form = {"username": "monitor", "password": password}
        async with self.http.post(self.at("login"), data=form) as answer:
            return answer.status, await answer.text()

    async def get(self, path: str) -> tuple[int, str, str]:
        """Status, the path that it ended at, and the text."""
        async with self.http.get(self.at(path)) as answer:
            return answer.status, answer.url.path, await answer.text()


@asynccontextmanager
async def serve(park: int = 0) -> AsyncIterator[Served]:
    elapsed = Stopwatch()
    standin = StandIn(PARKS[park], MANNERS, clock=lambda: NOON, elapsed=elapsed)
    async with (
        Door(standin.app, reserve(0)) as door,
        aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=DEADLINE) as http,
    ):
        yield Served(standin, door, http, elapsed)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serve() as one:
        yield one


@contextmanager
def in_seconds(most: float) -> Iterator[None]:
    began = asyncio.get_running_loop().time()
    yield
    assert asyncio.get_running_loop().time() - began < most


# -- nothing wrong ----------------------------------------------------------------------------------------------------


async def test_a_page_sends_who_is_not_signed_in_to_the_dutch_login_form(served: Served) -> None:
    status, path, text = await served.get("reserveringen")

    assert (status, path) == (200, "/login")
    for part in ('<form id="login"', 'id="username"', 'id="password"', '<button type="submit">Inloggen'):
        assert part in text
    assert "signed-in" not in text


async def test_signing_in_leads_to_the_page_that_was_asked_for(served: Served) -> None:
    form = {"username": "monitor", "password": "zeelucht", "next": "/reserveringen"}
    async with served.http.post(served.at("login"), data=form) as answer:
        text = await answer.text()

    assert answer.url.path == "/reserveringen"
    assert '<form class="signed-in"' in text
    assert 'id="reservations"' in text
    assert 'id="login"' not in text


@pytest.mark.parametrize("elsewhere", ["https://example.net/", "//example.net/", "/logout"])
async def test_signing_in_never_leads_elsewhere(served: Served, elsewhere: str) -> None:
    form = {"username": "monitor", "password": "zeelucht", "next": elsewhere}
    async with served.http.post(served.at("login"), data=form, allow_redirects=False) as answer:
        assert answer.headers["Location"] == "/dashboard"


async def test_a_wrong_password_shows_the_form_again_and_gives_no_session(served: Served) -> None:
    status, text = await served.sign_in("fout")

    assert status == 200
    assert '<form id="login"' in text
    assert "Gebruikersnaam of wachtwoord is onjuist." in text
    assert "fout" not in text
    assert (await served.get("dashboard"))[1] == "/login"


async def test_the_rows_come_by_a_later_fetch(served: Served) -> None:
    await served.sign_in()
    _, _, page = await served.get("reserveringen")
    async with served.http.get(served.at("api/reserveringen")) as answer:
        rows = (await answer.json())["rows"]

    assert "<tbody></tbody>" in page
    assert 'class="spinner"' in page
    assert len(rows) > 20
    assert answer.headers["Server-Timing"].startswith("db;dur=")


async def test_a_session_ends_ten_minutes_after_signing_in_however_busy_it_was(served: Served) -> None:
    await served.sign_in()
    served.elapsed.seconds = 599.0
    assert (await served.get("dashboard"))[1] == "/dashboard"
    served.elapsed.seconds = 600.0

    assert (await served.get("dashboard"))[1] == "/login"
    assert (await served.get("api/dashboard"))[0] == 401


async def test_the_cookie_says_nothing_of_its_end(served: Served) -> None:
    form = {"username": "monitor", "password": "zeelucht"}
    async with served.http.post(served.at("login"), data=form, allow_redirects=False) as answer:
        cookie = answer.cookies[COOKIE]

    assert cookie["httponly"]
    assert cookie["max-age"] == cookie["expires"] == ""


async def test_signing_out_ends_the_session(served: Served) -> None:
    await served.sign_in()
    token = next(cookie.value for cookie in served.http.cookie_jar if cookie.key == COOKIE)
    async with served.http.post(served.at("logout")) as answer:
        assert answer.url.path == "/login"

    assert not served.standin.sessions.holds(token)


async def test_health_needs_no_session(served: Served) -> None:
    assert await served.get("health") == (200, "/health", '{"status": "ok", "park": "duinzicht"}')


async def test_the_english_park_speaks_english() -> None:
    async with serve(park=2) as woodland:
        _, _, text = await woodland.get("login")
    assert '<html lang="en"' in text
    assert "Sign in to Tommy" in text


async def test_everything_that_a_page_needs_is_bundled(served: Served) -> None:
    await served.sign_in()
    for path in ("dashboard", "reserveringen", "static/tommy.css", "static/tommy.js"):
        status, _, text = await served.get(path)
        assert status == 200
        assert "//" not in text.replace("http://www.w3.org/2000/svg", "").replace("// ", "")
    assert (await served.get("static/tommy_base.html"))[0] == 404


# -- the switches -----------------------------------------------------------------------------------------------------


async def test_unavailable_answers_503_everywhere(served: Served) -> None:
    served.turn(unavailable=True)
    for path in ("health", "login", "dashboard", "static/tommy.js", "nowhere"):
        status, _, text = await served.get(path)
        assert status == 503
        assert "Tommy is even niet bereikbaar" in text

    served.turn(unavailable=False)
    assert (await served.get("health"))[0] == 200


async def test_hang_takes_the_connection_and_answers_only_when_it_is_over(served: Served) -> None:
    served.turn(hang=True)
    with pytest.raises(TimeoutError):
        await served.http.get(served.at("health"), timeout=IMPATIENT)
    waiting = asyncio.create_task(served.get("health"))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done

    served.turn(hang=False)
    assert (await waiting)[0] == 200


async def test_slow_holds_back_pages_but_not_their_data_nor_health(served: Served) -> None:
    await served.sign_in()
    served.turn(slow=60.0)
    for path in ("api/reserveringen", "health", "static/tommy.css"):
        assert (await served.get(path))[0] == 200
    for path in ("dashboard", "reserveringen", "login"):
        with pytest.raises(TimeoutError):
            await served.http.get(served.at(path), timeout=IMPATIENT)


async def test_slow_takes_as_long_as_it_says(served: Served) -> None:
    await served.sign_in()
    served.turn(slow=0.3)
    began = asyncio.get_running_loop().time()
    await served.get("dashboard")
    assert 0.3 <= asyncio.get_running_loop().time() - began < 2


async def test_switching_slow_off_lets_at_once_go_who_waits(served: Served) -> None:
    await served.sign_in()
    served.turn(slow=60.0)
    waiting = asyncio.create_task(served.get("dashboard"))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done

    with in_seconds(2):
        served.turn(slow=0.0)
        assert (await waiting)[0] == 200


async def test_empty_gives_no_rows(served: Served) -> None:
    await served.sign_in()
    served.turn(empty=True)
    assert (await served.get("api/reserveringen"))[2] == '{"rows": []}'


async def test_login_broken_shows_the_form_and_answers_500(served: Served) -> None:
    served.turn(login_broken=True)
    assert (await served.get("login"))[0] == 200
    status, text = await served.sign_in()
    assert status == 500
    assert "Er ging iets mis" in text


async def test_password_changed_refuses_the_right_password(served: Served) -> None:
    served.turn(password_changed=True)
    status, text = await served.sign_in()
    assert status == 200
    assert "Gebruikersnaam of wachtwoord is onjuist." in text


async def test_script_error_takes_away_what_the_script_needs(served: Served) -> None:
    await served.sign_in()
    assert "window.TOMMY = {" in (await served.get("dashboard"))[2]
    served.turn(script_error=True)
    assert "window.TOMMY = undefined" in (await served.get("dashboard"))[2]


async def test_a_closed_door_refuses_and_keeps_its_port(served: Served) -> None:
    await served.get("health")
    await served.door.close()
    await served.door.close()
    with pytest.raises(aiohttp.ClientConnectorError) as refused:
        await served.http.get(served.at("health"))
    assert isinstance(refused.value.os_error, ConnectionRefusedError)
    with socket.socket() as another, pytest.raises(OSError, match="in use"):
        another.bind(("127.0.0.1", int(served.door.url.split(":")[2].strip("/"))))

    await served.door.open()
    assert (await served.get("health"))[0] == 200


async def test_closing_the_door_cuts_off_who_is_inside(served: Served) -> None:
    served.turn(hang=True)
    waiting = asyncio.create_task(served.get("health"))
    done, _ = await asyncio.wait([waiting], timeout=0.1)
    assert not done

    await served.door.close()
    with pytest.raises(aiohttp.ClientError):
        await waiting


async def test_a_port_in_use_is_not_shared(served: Served) -> None:
    with pytest.raises(OSError, match="in use"):
        reserve(int(served.door.url.split(":")[2].strip("/")))


# -- values -----------------------------------------------------------------------------------------------------------


def test_no_unit_is_let_twice_at_once_and_the_dashboard_counts_the_same_stays() -> None:
    today = date(2026, 3, 20)
    for park in PARKS:
        stays = bookings(park, today)
        assert stays == bookings(park, today)
        for ahead in range(14):
            night = today + timedelta(days=ahead)
            units = [stay.unit for stay in stays if stay.sleeps(night)]
            assert len(units) == len(set(units))
        day = overview(park, stays, today)
        assert day.guests == sum(stay.persons for stay in stays if stay.sleeps(today))
        assert len({stay.number for stay in stays}) == len(stays)


def test_sessions_that_ended_are_forgotten() -> None:
    elapsed = Stopwatch()
    sessions = Sessions(10.0, elapsed)
    first = sessions.open()
    elapsed.seconds = 11.0
    second = sessions.open()
    assert not sessions.holds(first)
    assert sessions.holds(second)
    sessions.end_all()
    assert not sessions.holds(second)
    assert not sessions.holds(None)


@pytest.mark.parametrize(
    ("wanted", "faults"),
    [
        ({"slow": 4}, Faults(slow=4.0, empty=True)),
        ({"slow": "2.5"}, Faults(slow=2.5, empty=True)),
        ({"unavailable": "on", "empty": "off"}, Faults(unavailable=True)),
        ({"unavailable": True}, Faults(unavailable=True, empty=True)),
        ({}, Faults(empty=True)),
    ],
)
def test_a_switch_takes_what_a_form_and_what_json_says(wanted: dict[str, object], faults: Faults) -> None:
    assert changed(Faults(empty=True), wanted) == faults


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        (
            {"broken": True},
            f"broken: there is no such switch; there are {', '.join(asdict(Faults()))}",
        ),
        ({"slow": "fast"}, "slow: expected seconds from 0 to 120, got 'fast'"),
        ({"slow": -1}, "slow: expected seconds from 0 to 120, got -1"),
        ({"slow": 121}, "slow: expected seconds from 0 to 120, got 121"),
        ({"slow": True}, "slow: expected seconds from 0 to 120, got True"),
        ({"slow": "nan"}, "slow: expected seconds from 0 to 120, got 'nan'"),
        ({"hang": 1}, "hang: expected true or false, got 1"),
        ({"hang": []}, "hang: expected true or false, got []"),
    ],
)
def test_a_position_that_a_switch_does_not_have_is_refused(wanted: dict[str, object], error: str) -> None:
    with pytest.raises(BadFault) as refused:
        changed(Faults(), wanted)
    assert str(refused.value) == error


async def test_who_waits_for_a_switch_goes_on_when_the_time_is_over() -> None:
    switch = Switch()
    with in_seconds(2):
        await switch.until(lambda faults: faults.hang, seconds=0.01)
    assert switch.faults == Faults()
