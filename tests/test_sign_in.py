"""Signing in and out, over real sockets: who gets a session, for how long, and what a stranger learns."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from aiohttp import web
from axe_playwright_python.async_playwright import Axe
from entering import NOW, PASSWORD, US, House, entered
from playwright.async_api import Page, async_playwright, expect

from slawatch.browser import find
from slawatch.model import DAY, HOUR, SECOND
from slawatch.people import Hasher, SignIn, Wrong
from slawatch.rules.permissions import Permission, Role
from slawatch.web.people.forms import read_form
from slawatch.web.people.login import path_of_ours

PAGE = {"Accept": "text/html"}
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
READERS: tuple[tuple[str, int, Literal["light", "dark"]], ...] = (("en", 1280, "light"), ("nl", 320, "dark"))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with entered(tmp_path) as house:
        await house.add("anna", Role.OPERATOR)
        yield house


async def status(house: House, session: str) -> int:
    return (await house.ask("GET", "/api/v1/status", session=session)).status


async def test_who_signs_in_has_a_session_that_scripts_and_other_sites_do_not_get(house: House, tmp_path: Path) -> None:
    told = await house.sign_in("Anna ")
    cookie = told.cookies["slawatch"]

    assert (told.status, told.where) == (303, "./overview")
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["secure"]) == (True, "Lax", "/", "")
    assert await status(house, f"slawatch={cookie.value}") == 200
    assert cookie.value.encode() not in b"".join(one.read_bytes() for one in tmp_path.glob("slawatch.db*"))
    assert (await house.listed())[-1] == ("anna", "session", "signed_in", "anna")


async def test_a_wrong_name_and_a_wrong_password_are_told_the_same(house: House) -> None:
    told = [await house.sign_in(*one) for one in (("anna", "hemel op aarde 8"), ("nobody", PASSWORD), ("<b>", ""))]

    shown = {(one.status, re.sub(r'(?<= name="name" value=)"[^"]*"', "", one.text)) for one in told}
    assert shown == {(401, told[0].text.replace('value="anna"', "value="))}
    assert [one.cookies for one in told] == [{}, {}, {}]
    assert "Name or password is wrong." in told[0].text
    listed = ("anna", "(unknown name)", "(unknown name)")  # which may be a password in the wrong field
    assert (await house.listed())[-3:] == [(name, "session", "sign_in_refused", name) for name in listed]


async def test_the_page_to_sign_in_speaks_the_readers_language(house: House) -> None:
    told = await house.ask("GET", "/login", headers={"Accept-Language": "nl"})

    assert told.status == 200
    assert '<html lang="nl">' in told.text
    assert "<button>Inloggen</button>" in told.text
    assert 'autocomplete="current-password"' in told.text


async def test_who_is_not_signed_in_is_led_to_where_one_does_and_from_there_to_the_page(house: House) -> None:
    led = await house.ask("GET", "/api/v1/status?x=1", headers=PAGE)
    assert (led.status, led.headers["Content-Type"][:24]) == (401, "application/problem+json")
    page = await house.ask("GET", "/login?next=/customers/duinzicht%3Fmonth=2026-10")
    following = re.search('name="next" value="(.+?)"', page.text)
    assert following is not None
    told = await house.ask("POST", "/login", data={"name": "anna", "password": PASSWORD, "next": following[1]})
    assert told.where == "./customers/duinzicht?month=2026-10"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/a\\b",
        "evil",
        "",
        "/a b",
        "/\r\nX: y",
        "/" + "a" * 3000,
    ],
)
def test_signing_in_leads_to_no_other_site(elsewhere: str) -> None:
    assert path_of_ours(elsewhere) == "/overview"


async def test_who_fails_too_often_waits_and_nobody_else_does(house: House) -> None:
    await house.add("bert", Role.VIEWER)
    for _ in range(5):
        assert (await house.sign_in("anna", "wrong")).status == 401
    told = await house.sign_in("anna", "wrong")
    assert (told.status, told.headers["Retry-After"]) == (429, "1")
    assert "Too many attempts. Please try again in 1 s." in told.text
    assert (await house.sign_in("anna")).status == 429
    house.now += 1 * SECOND
    assert (await house.sign_in("anna")).status == 303


async def test_a_flood_of_wrong_passwords_does_not_fill_the_audit_list(house: House) -> None:
    for _ in range(104):
        house.now += 16 * SECOND
        assert (await house.sign_in("anna", "x")).status in {401, 429}
    house.now += HOUR
    await house.sign_in("anna", "x")
    refused = await house.office.audit(what="sign_in_refused")
    assert 10 < len(refused) <= 102
    assert all("x" not in one["facts"] for one in refused)


async def test_a_session_ends_by_itself_and_never_lasts_longer_than_a_week(house: House) -> None:
    session = await house.session("anna")
    for hours in range(0, 7 * 24, 11):
        house.now = NOW + hours * HOUR
        assert await status(house, session) == 200
    house.now = NOW + 7 * DAY
    assert await status(house, session) == 401
    house.now = NOW
    other = await house.session("anna")
    house.now = NOW + 12 * HOUR
    assert await status(house, other) == 401


async def test_signing_out_ends_the_session_and_takes_a_form_of_ones_own(house: House) -> None:
    session = await house.session("anna")
    assert (await house.ask("POST", "/logout", session=session, data={"form_key": "x"})).status == 403
    assert await status(house, session) == 200
    page = await house.ask("GET", "/", session=session)
    key = re.search('name="form_key" value="(.+?)"', page.text)
    assert key is not None
    told = await house.ask("POST", "/logout", session=session, data={"form_key": key[1]})
    assert (told.status, told.where, told.cookies["slawatch"].value) == (303, "./login", "")
    assert await status(house, session) == 401
    assert (await house.listed())[-1] == ("anna", "session", "signed_out", "anna")


async def test_who_is_disabled_removed_or_gets_another_password_is_signed_out_at_once(house: House) -> None:
    session = await house.session("anna")
    await house.office.disable(US, "anna")
    assert await status(house, session) == 401
    assert (await house.sign_in("anna")).status == 401
    await house.office.enable(US, "anna")
    assert await status(house, session) == 401
    session = await house.session("anna")
    await house.office.set_password(US, "anna", "een heel ander woord")
    assert await status(house, session) == 401
    await house.office.remove_user(US, "anna")
    assert (await house.sign_in("anna", "een heel ander woord")).status == 401


class Overtaken(Hasher):
    """While it looks at a password, that becomes another one."""

    house: House

    async def fits(self, hash_: str | None, password: str) -> bool:
        fits = await super().fits(hash_, password)
        await self.house.office.set_password(US, "anna", "een heel ander woord")
        return fits


async def test_a_password_that_is_changed_while_it_is_looked_at_signs_nobody_in(house: House) -> None:
    hasher = Overtaken(memory_kib=8, passes=1, lanes=1)
    hasher.house = house

    with pytest.raises(Wrong):
        await SignIn(house.store.people, lambda: NOW, hasher).sign_in("anna", PASSWORD, "192.0.2.7")


async def test_in_a_browser_one_signs_in_and_out_by_keyboard_and_axe_finds_nothing(house: House) -> None:
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=str(find().path)) as browser,
    ):
        for language, width, light in READERS:
            async with await browser.new_context(
                viewport={"width": width, "height": 700}, color_scheme=light, locale=language
            ) as context:
                page = await context.new_page()
                await page.goto(f"{house.url}/login?next=/")
                await type_in(page, "anna", "wrong")
                await expect(page.get_by_role("alert")).to_be_visible()
                await expect(page.locator("#name")).to_have_value("anna")
                found = (await Axe().run(page, options=WCAG)).response
                assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == []
                assert await page.evaluate("document.documentElement.scrollWidth") <= width
                await type_in(page, "anna", PASSWORD)
                await expect(page.locator(".who")).to_have_text("anna")
                assert page.url == f"{house.url}/"
                await page.locator("form[action$=logout] button").press("Enter")
                await expect(page.locator("#password")).to_be_visible()
                assert "slawatch" not in {one.get("name") for one in await context.cookies()}


async def type_in(page: Page, name: str, password: str) -> None:
    await page.fill("#name", name)
    await page.locator("#name").press("Tab")
    await page.keyboard.type(password)
    await page.keyboard.press("Enter")


async def test_a_forged_cookie_opens_nothing(house: House) -> None:
    for cookie in ("slawatch=", "slawatch=forged", "slawatch=" + "a" * 4000, "__Host-slawatch=x", "x"):
        assert await status(house, cookie) == 401, cookie


async def test_a_form_that_another_site_sends_signs_nobody_in(house: House) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        told = await house.sign_in("anna", headers=headers)
        assert (told.status, told.cookies) == (403, {})
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": house.url}, {"Origin": "null"}):
        assert (await house.sign_in("anna", headers=headers)).status == 303


def part(head: str, body: bytes = b"anna") -> bytes:
    return b"--x\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n--x--\r\n"


NAME = 'Content-Disposition: form-data; name="name"'
FIELDS, PARTS = "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        (FIELDS + "; charset=punycode", b"name=a-b9z", 400),
        (FIELDS + "; charset=utf-7", b"name=%2B2AA-", 400),
        (FIELDS + "; charset=UTF-8", b"name=anna", 401),
        (FIELDS, b"name=%ed%a0%80", 401),
        (PARTS, part(NAME), 401),
        (PARTS, part(NAME + "\r\nContent-Transfer-Encoding: x"), 400),
        (PARTS, part(NAME + "\r\nContent-Type: text/plain; charset=utf-7", b"+2AA-"), 400),
        (PARTS, part("Content-Disposition"), 400),
        (PARTS, part('Content-Disposition: form-data; name="_charset_"', b"x" * 40), 400),
        (PARTS, part(NAME, b"a" * 2048), 413),
    ],
)
async def test_a_form_that_cannot_be_read_is_refused_and_not_logged(
    house: House, kind: str, body: bytes, expected: int, capsys: pytest.CaptureFixture[str]
) -> None:
    told = await house.ask("POST", "/login", data=body, headers={"Content-Type": kind})

    assert told.status == expected
    assert "web.failed" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("kind", [FIELDS, PARTS])
async def test_a_packed_form_is_not_unpacked(house: House, kind: str) -> None:
    packed = zlib.compress(b"name=" + b"a" * 5_000_000)

    told = await house.ask("POST", "/login", data=packed, headers={"Content-Type": kind, "Content-Encoding": "deflate"})

    assert told.status == {FIELDS: 400, PARTS: 413}[kind]


async def begun(
    house_url: str, path: str, kind: str, **headers: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A request of which the body is waited for."""
    reader, writer = await asyncio.open_connection(*house_url.removeprefix("http://").split(":"))
    said = {"Host": "a", "Expect": "100-continue", "Content-Type": kind, "Content-Length": "9", **headers}
    lines = "".join(f"{name}: {value}\r\n" for name, value in said.items())
    writer.write(f"POST {path} HTTP/1.1\r\n{lines}\r\n".encode())
    await reader.readuntil(b"100 Continue\r\n\r\n")
    return reader, writer


@pytest.mark.parametrize(("path", "kind"), [("/login", FIELDS), ("/api/v1/maintenance", "application/json")])
async def test_a_body_that_breaks_off_is_no_fault_of_ours(
    tmp_path: Path, path: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with entered(tmp_path) as house:
        token = await house.token(Permission.DECLARE)
        _, writer = await begun(house.url, path, kind, Authorization=f"Bearer {token}")
        writer.write(b"name")
        writer.close()
        await writer.wait_closed()
    assert "web.failed" not in "".join(capsys.readouterr())


async def test_a_form_that_does_not_come_is_not_waited_for() -> None:
    async def handle(request: web.Request) -> web.Response:
        return web.json_response(sorted(await read_form(request, taken_seconds=0.01)))

    app = web.Application()
    app.router.add_post("/", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, lingering_time=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        reader, writer = await begun("{}:{}".format(*runner.addresses[0]), "/", FIELDS)
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
        writer.close()
    finally:
        await runner.cleanup()


async def test_a_body_that_is_no_form_or_too_large_is_refused(house: House) -> None:
    large = await house.ask("POST", "/login", data={"name": "a" * 70_000}, headers=PAGE)
    assert large.status == 413
    assert "This is too much to send." in large.text
    assert (await house.ask("POST", "/login", json={"name": "anna"})).status == 401
    assert (await house.ask("GET", "/", headers={"X": "y" * 9000})).status == 400
