"""The switches page, its API, and the world that it belongs to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from email.message import EmailMessage

import aiohttp
import aiosmtplib
import pytest

from slawatch.demo.faults import KINDS, Faults
from slawatch.demo.places import Places, Wishes
from slawatch.demo.world import open_world

WISHES = Wishes(pace=0.0, metrics="http://127.0.0.1:9464/metrics")


@pytest.fixture
async def world() -> AsyncIterator[Places]:
    async with open_world(WISHES, password="zeelucht") as places:
        yield places


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, timeout=aiohttp.ClientTimeout(total=10)) as session:
        yield session


async def sign_in(http: aiohttp.ClientSession, park: str) -> str:
    """The path that signing in ends at."""
    async with http.post(park + "login", data={"username": "monitor", "password": "zeelucht"}) as answer:
        return answer.url.path


async def mail(world: Places, to: str, subject: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "storing@demo.example", to, subject
    message.set_content("Tekst.\n")
    host, port = world.smtp.split(":")
    await aiosmtplib.send(message, hostname=host, port=int(port), start_tls=False)


async def test_every_switch_is_on_the_page_as_a_plain_form(world: Places, http: aiohttp.ClientSession) -> None:
    async with http.get(world.switches) as answer:
        text = await answer.text()

    for park in world.parks:
        assert f'<form method="post" action="/faults/{park}">' in text
    for kind in KINDS:
        assert text.count(f'name="{kind.name}" value="on"') == len(world.parks)
    for step in (0, 2, 4, 6, 20):
        assert text.count(f'name="slow" value="{step}"') == len(world.parks)
    for address in (*world.parks.values(), world.mails, "http://127.0.0.1:9464/metrics"):
        assert f'href="{address}' in text
    assert {kind.name for kind in KINDS} == set(asdict(Faults())) - {"slow"}


async def test_its_links_lead_where_its_reader_is_and_to_the_mails_that_are_elsewhere(
    http: aiohttp.ClientSession,
) -> None:
    """As out of a container, which others know by another name."""
    async with open_world(replace(WISHES, mails="http://127.0.0.1:8025/"), password="zeelucht") as places:
        host, port = places.switches.removeprefix("http://").strip("/").split(":")
        async with http.get(places.switches, headers={"Host": f"localhost:{port}"}) as answer:
            text = await answer.text()

    assert 'href="http://127.0.0.1:8025/"' in text
    for park in places.parks.values():
        assert f'href="{park.replace(host, "localhost")}"' in text


async def test_a_pressed_button_acts_on_that_park_only_and_shows(world: Places, http: aiohttp.ClientSession) -> None:
    async with http.post(world.switches + "faults/heiderand", data={"unavailable": "on"}) as answer:
        text = await answer.text()

    assert answer.url.path == "/"
    assert 'name="unavailable" value="off" role="switch" aria-checked="true"' in text
    statuses = {}
    for park, url in world.parks.items():
        async with http.get(url + "health") as health:
            statuses[park] = health.status
    assert statuses == {"duinzicht": 200, "heiderand": 503, "woodland": 200}


async def test_the_api_sets_and_tells_switches(world: Places, http: aiohttp.ClientSession) -> None:
    async with http.post(world.switches + "faults/duinzicht", json={"slow": 4, "empty": True}) as answer:
        assert await answer.json() == asdict(Faults(slow=4.0, empty=True))
    async with http.post(world.switches + "faults/duinzicht", json={"all_off": True, "hang": True}) as answer:
        assert await answer.json() == asdict(Faults(hang=True))
    async with http.get(world.switches + "faults") as answer:
        assert (await answer.json())["duinzicht"] == asdict(Faults(hang=True))


async def test_refuse_refuses_when_the_switch_answers(world: Places, http: aiohttp.ClientSession) -> None:
    async with http.post(world.switches + "faults/woodland", json={"refuse": True}):
        pass
    with pytest.raises(aiohttp.ClientConnectorError):
        await http.get(world.parks["woodland"] + "health")
    async with http.post(world.switches + "faults/woodland", json={"refuse": False}):
        pass
    async with http.get(world.parks["woodland"] + "health") as answer:
        assert answer.status == 200


@pytest.mark.parametrize("switch", ["end_sessions", "login_broken", "password_changed"])
async def test_sessions_are_thrown_away(world: Places, http: aiohttp.ClientSession, switch: str) -> None:
    park = world.parks["duinzicht"]
    assert await sign_in(http, park) == "/dashboard"
    async with http.post(world.switches + "faults/duinzicht", json={switch: True}):
        pass
    async with http.get(park + "dashboard") as answer:
        assert answer.url.path == "/login"


async def test_a_password_that_stays_changed_throws_nobody_out_again(
    world: Places, http: aiohttp.ClientSession
) -> None:
    address = world.switches + "faults/duinzicht"
    await http.post(address, json={"login_broken": True})
    await http.post(address, json={"login_broken": False})
    assert await sign_in(http, world.parks["duinzicht"]) == "/dashboard"
    await http.post(address, json={"empty": True})
    async with http.get(world.parks["duinzicht"] + "dashboard") as answer:
        assert answer.url.path == "/dashboard"


@pytest.mark.parametrize(
    ("park", "body", "status", "said"),
    [
        ("nowhere", "{}", 404, "nowhere: there is no such park; there are duinzicht, heiderand, woodland\n"),
        ("duinzicht", "[]", 400, 'expected an object such as {"unavailable": true}\n'),
        ("duinzicht", '{"slow": 999}', 400, "slow: expected seconds from 0 to 120, got 999\n"),
    ],
)
async def test_what_the_api_cannot_do_it_says(
    world: Places, http: aiohttp.ClientSession, park: str, body: str, status: int, said: str
) -> None:
    headers = {"Content-Type": "application/json"}
    async with http.post(world.switches + f"faults/{park}", data=body, headers=headers) as answer:
        assert (answer.status, await answer.text()) == (status, said)


async def test_a_body_that_is_no_json_is_refused(world: Places, http: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/json"}
    async with http.post(world.switches + "faults/duinzicht", data="{", headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.text()).startswith("the body is not JSON: ")


async def test_the_page_is_told_of_a_switch_and_of_a_mail(world: Places, http: aiohttp.ClientSession) -> None:
    async with http.get(world.switches + "live") as stream:
        assert await stream.content.readuntil(b"\n\n") == b"retry: 1000\n\n"
        await http.post(world.switches + "faults/duinzicht", json={"hang": True})
        assert await stream.content.readuntil(b"\n\n") == b"data: changed\n\n"
        await mail(world, "beheer@duinzicht.example", "Storing bij <Duinzicht>")
        assert await stream.content.readuntil(b"\n\n") == b"data: changed\n\n"
    async with http.get(world.switches) as answer:
        text = await answer.text()
    assert f'<a href="{world.mails}mails/1">Storing bij &lt;Duinzicht&gt;</a>' in text


async def test_a_port_in_use_is_replaced_by_a_free_one_and_said(world: Places, http: aiohttp.ClientSession) -> None:
    taken = int(world.mails.split(":")[2].strip("/"))
    async with open_world(Wishes(mail_port=taken, pace=0.0), password="zeelucht") as second:
        assert second.moved == (f"port {taken} is in use: the mails at {second.mails} instead",)
        async with http.get(second.mails) as answer:
            assert answer.status == 200


async def test_the_world_ends_at_once_with_readers_and_waiters(http: aiohttp.ClientSession) -> None:
    loop = asyncio.get_running_loop()
    async with open_world(WISHES, password="zeelucht") as places:
        await http.post(places.switches + "faults/duinzicht", json={"hang": True})
        hanging = asyncio.create_task(http.get(places.parks["duinzicht"] + "health"))
        stream = await http.get(places.switches + "live")
        await stream.content.readuntil(b"\n\n")
        done, _ = await asyncio.wait([hanging], timeout=0.1)
        assert not done
        began = loop.time()
    assert loop.time() - began < 3
    with pytest.raises(aiohttp.ClientError):
        await hanging
    stream.close()
