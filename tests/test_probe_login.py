"""Signing in on real forms: kept, expired, refused, out of order; and the password in no text whatever."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from sites import PASSWORD, Site, customer, open_site
from structlog.testing import capture_logs

from slawatch import config
from slawatch.browser import Engine, open_engine
from slawatch.config import BrowserSettings, Monitor
from slawatch.model import Cause, Look, Verdict
from slawatch.probes import Probe, Tools, build, open_tools
from slawatch.probes.page.sessions import Sessions

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine() -> AsyncIterator[Engine]:
    async with open_engine(BrowserSettings()) as engine:
        yield engine


@pytest_asyncio.fixture(loop_scope="module")
async def tools(engine: Engine) -> AsyncIterator[Tools]:
    async with open_tools(engine, Monitor()) as tools:
        yield tools


@pytest_asyncio.fixture(loop_scope="module")
async def site() -> AsyncIterator[tuple[Site, str]]:
    async with open_site() as (site, url):
        site.login = True
        yield site, url


@pytest.fixture
def probe(tools: Tools, site: tuple[Site, str], tmp_path: Path) -> Probe:
    return build(customer(site[1], secret=tmp_path / "secret"), "rows", tools)


def unsaid(look: Look) -> bool:
    """The password is in no fact, as it is or in parts."""
    return not re.search(re.escape(PASSWORD[:6]), repr(look))


async def test_one_login_serves_many_looks_and_is_not_in_their_time(probe: Probe, site: tuple[Site, str]) -> None:
    looks = [await probe.look() for _ in range(3)]
    assert [look.verdict for look in looks] == [Verdict.UP] * 3
    assert site[0].logins == 1
    assert [look.facts["login"] for look in looks] == ["new", "kept", "kept"]
    assert all(look.milliseconds is not None and look.milliseconds < 1000 for look in looks)


async def test_an_expired_session_is_renewed_in_the_same_look(probe: Probe, site: tuple[Site, str]) -> None:
    await probe.look()
    site[0].sessions.clear()
    seen = await probe.look()
    assert seen.verdict is Verdict.UP
    assert seen.facts["path"] == "/page"
    assert "redirect" not in seen.phases
    assert site[0].logins == 2


async def test_an_answer_401_is_an_expired_session(probe: Probe, site: tuple[Site, str]) -> None:
    site[0].fault = "401_signed_out"
    await probe.look()
    site[0].sessions.clear()
    assert (await probe.look()).verdict is Verdict.UP
    assert site[0].logins == 2


async def test_a_form_that_flashes_up_is_not_being_signed_out(probe: Probe, site: tuple[Site, str]) -> None:
    await probe.look()
    site[0].fault = "signed_out_flash"
    assert (await probe.look()).verdict is Verdict.UP
    assert site[0].logins == 1


async def test_two_looks_at_once_sign_in_once(tools: Tools, site: tuple[Site, str], tmp_path: Path) -> None:
    probes = [build(customer(site[1], secret=tmp_path / "secret"), "rows", tools) for _ in range(2)]
    looks = await asyncio.gather(*(probe.look() for probe in probes))
    assert [look.verdict for look in looks] == [Verdict.UP] * 2
    assert site[0].logins == 1


async def test_a_form_that_signs_in_by_script(probe: Probe, site: tuple[Site, str]) -> None:
    site[0].scripted_form = True
    assert (await probe.look()).verdict is Verdict.UP


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        ("rejected", Cause.LOGIN_REJECTED),
        ("401", Cause.LOGIN_REJECTED),
        ("429", Cause.BLOCKED),
        ("503", Cause.LOGIN_UNAVAILABLE),
        ("form_503", Cause.LOGIN_UNAVAILABLE),
        ("form_403", Cause.BLOCKED),
    ],
)
@pytest.mark.parametrize("scripted", [False, True])
async def test_what_a_login_that_fails_is_called(
    probe: Probe, site: tuple[Site, str], fault: str, cause: Cause, scripted: bool
) -> None:
    site[0].login_fault, site[0].scripted_form = fault, scripted
    with capture_logs() as logs:
        seen = await probe.look()
    assert seen.cause is cause
    assert unsaid(seen)
    assert PASSWORD not in str(logs)


async def test_a_session_that_does_not_stick_is_the_applications_fault(probe: Probe, site: tuple[Site, str]) -> None:
    site[0].login_fault = "forgets"
    assert (await probe.look()).cause is Cause.LOGIN_UNAVAILABLE


async def test_a_login_page_that_does_not_answer_is_the_applications_fault(
    tools: Tools, site: tuple[Site, str], tmp_path: Path
) -> None:
    site[0].login_fault = "form_hang"
    impatient = build(customer(site[1], timeout=1, secret=tmp_path / "secret"), "rows", tools)
    seen = await impatient.look()
    assert seen.cause is Cause.LOGIN_UNAVAILABLE


async def test_a_refused_login_is_not_tried_again_before_its_time(
    engine: Engine, site: tuple[Site, str], tmp_path: Path
) -> None:
    elapsed = [0.0]
    async with open_tools(engine, Monitor(), sessions=Sessions(lambda: elapsed[0])) as tools:
        probe = build(customer(site[1], secret=tmp_path / "secret"), "rows", tools)
        site[0].login_fault = "rejected"
        for now, logins in ((0, 1), (59, 1), (60, 2), (359, 2), (360, 3), (1259, 3)):
            elapsed[0] = now
            assert (await probe.look()).cause is Cause.LOGIN_REJECTED
            assert site[0].logins == logins
        site[0].fault = "503"
        assert (await probe.look()).cause is Cause.HTTP_5XX, "waiting hides no outage"
        site[0].fault = site[0].login_fault = ""
        elapsed[0] = 1260
        assert (await probe.look()).verdict is Verdict.UP


async def test_a_site_that_is_gone_is_not_a_matter_of_login(tools: Tools, tmp_path: Path) -> None:
    async with open_site() as (_, url):
        pass
    seen = await build(customer(url, secret=tmp_path / "secret"), "rows", tools).look()
    assert seen.cause is Cause.CONNECT


async def test_a_password_that_cannot_be_read_is_our_fault(
    tools: Tools, site: tuple[Site, str], tmp_path: Path
) -> None:
    probe = build(customer(site[1], secret=tmp_path / "secret"), "rows", tools)
    (tmp_path / "secret").unlink()
    seen = await probe.look()
    assert seen.cause is Cause.LOGIN_REJECTED
    assert site[0].logins == 0


async def test_fields_that_are_not_there_leak_nothing(tools: Tools, site: tuple[Site, str], tmp_path: Path) -> None:
    right = customer(site[1], secret=tmp_path / "secret")
    assert right.login is not None
    for field in ("username", "password", "submit"):
        login = config.Login.model_validate(right.login.model_dump() | {field: "#nergens"})
        with capture_logs() as logs:
            seen = await build(right.model_copy(update={"login": login, "id": f"park-{field}"}), "rows", tools).look()
        assert seen.cause is Cause.LOGIN_UNAVAILABLE
        assert "#nergens" in str(seen.facts["why"])
        assert unsaid(seen)
        assert PASSWORD not in str(logs)


@pytest.mark.parametrize("wrong", ["password", "inside", "outside"])
async def test_a_login_selector_that_never_was_right_is_our_mistake_and_no_outage(
    wrong: str, tools: Tools, site: tuple[Site, str], tmp_path: Path
) -> None:
    right = customer(site[1], secret=tmp_path / "secret", timeout=2.0)
    assert right.login is not None
    mistaken = right.model_copy(update={"login": right.login.model_copy(update={wrong: "#nowhere"})})

    never_up = await build(mistaken, "rows", tools, seen_ready=False).look()
    tools.sessions.forget("duinzicht")
    once_up = await build(mistaken, "rows", tools, seen_ready=True).look()

    assert never_up.cause is Cause.SELECTOR_DRIFT
    assert once_up.cause is Cause.LOGIN_UNAVAILABLE
