"""The verbs user, token and audit, in a store without a daemon, and through a real server over its socket."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result
from entering import PASSWORD, entered

from slawatch.cli.main import cli
from slawatch.cli.refusal import refusal_of
from slawatch.people import Hasher
from slawatch.store import open_store

CONFIG = """
pages: {{dashboard: {{path: /, ready: main}}}}
customers: [{{id: duinzicht, url: "https://duinzicht.example"}}]
store: sqlite:///{folder}/slawatch.db
web: {{socket: "{folder}/sock"}}
"""
Slawatch = Callable[..., Result]


@pytest.fixture
def slawatch(tmp_path: Path) -> Iterator[Slawatch]:
    config, secret = tmp_path / "slawatch.yaml", tmp_path / "password"
    config.write_text(CONFIG.format(folder=tmp_path))
    secret.write_text(f"{PASSWORD}\n")

    def call(*arguments: str, typed: str = "") -> Result:
        words = [str(secret) if one == "PASSWORD" else one for one in arguments]
        return CliRunner(env={"SLAWATCH_CONFIG": str(config)}).invoke(cli, words, input=typed)

    yield call
    structlog.reset_defaults()


def refused(result: Result) -> tuple[tuple[str, ...], int]:
    assert result.exception is not None
    refusal = refusal_of(result.exception)
    assert refusal is not None, result.exception
    return refusal.lines, refusal.status


ANNA = ("user", "add", "Anna", "--role", "operator", "--password-file", "PASSWORD", "--by", "carla")


async def test_without_a_daemon_users_and_tokens_are_kept_in_the_store(slawatch: Slawatch, tmp_path: Path) -> None:
    def ask(*arguments: str, typed: str = "") -> str:
        result = slawatch(*arguments, typed=typed)
        assert result.exit_code == 0, result.exception
        return result.stdout

    def all_of_it() -> str:
        assert ask(*ANNA) == "added anna\n"
        assert ask("user", "role", "anna", "admin", "--by", "carla") == "anna is admin\n"
        assert ask("user", "password", "anna", "--password-file", "-", typed="een ander woord\n") != ""
        assert ask("user", "disable", "anna") == "disabled anna\n"
        assert "disabled" in ask("user", "list")
        assert ask("user", "enable", "anna") == "enabled anna\n"
        secret = ask("token", "create", "backup host", "--scope", "beat", "--scope", "read", "--days", "90").strip()
        assert re.fullmatch(r"slawatch_[\w-]{43}", secret)
        (token,) = json.loads(ask("token", "list", "--json"))
        assert (token["name"], token["scopes"], token["holds"]) == ("backup host", ["beat", "read"], True)
        assert ask("token", "revoke", token["id"]) == f"revoked {token['id']}\n"
        assert "revoked" in ask("token", "list")
        assert ask("user", "remove", "anna") == "removed anna\n"
        assert ask("user", "list", "--json") == "[]\n"
        return secret

    secret = await asyncio.to_thread(all_of_it)
    lines = json.loads(await asyncio.to_thread(ask, "audit", "--json"))
    assert [one["what"] for one in lines][::-1] == [
        "user_added", "role_changed", "password_changed", "user_disabled", "user_enabled", "token_created",
        "token_revoked", "user_removed",
    ]  # fmt: skip
    assert {one["way"] for one in lines} == {"store"}
    assert lines[-1]["who"] == "carla"
    for hidden in (PASSWORD, secret, "een ander woord", "argon2"):
        assert hidden not in json.dumps(lines)
    table = await asyncio.to_thread(ask, "audit", "--what", "role_changed", "--since", "2026-01-01 00:00")
    assert "role: admin; was: operator" in table


def test_what_is_declared_without_a_daemon_is_listed_too(slawatch: Slawatch) -> None:
    slawatch("exclusion", "add", "--starts", "2026-11-01 10:00", "--ends", "2026-11-01 10:30", "--approved-by", "A. Jansen",
             "--reason", "Stroom", "--by", "carla")  # fmt: skip
    slawatch("outbox", "retry", "--failed", "--by", "pia")
    lines = json.loads(slawatch("audit", "--what", "declared", "--json").stdout)
    assert [(one["who"], one["way"], one["subject"], one["facts"]["request"]) for one in lines] == [
        ("pia", "store", "", "/api/v1/outbox/retry"),
        ("carla", "store", "x1", "/api/v1/exclusions"),
    ]


async def test_a_running_daemon_is_asked_over_its_socket(slawatch: Slawatch, tmp_path: Path) -> None:
    async with entered(tmp_path) as house:
        added = await asyncio.to_thread(slawatch, *ANNA)
        made = await asyncio.to_thread(slawatch, "token", "create", "prometheus", "--scope", "read", "--by", "carla")
        users = await asyncio.to_thread(slawatch, "user", "list", "--json")
        again = await asyncio.to_thread(slawatch, *ANNA)
        assert (await house.sign_in("anna")).status == 303
        assert (await house.ask("GET", "/api/v1/status", token=made.stdout.strip())).status == 200
        audit = await asyncio.to_thread(slawatch, "audit", "--who", "carla", "--json")
    assert added.stdout == "added anna\n"
    assert [one["name"] for one in json.loads(users.stdout)] == ["anna"]
    assert refused(again) == (("user 'anna' is there already, expected another name",), 2)
    assert [(one["way"], one["what"]) for one in json.loads(audit.stdout)] == [
        ("socket", "token_created"),
        ("socket", "user_added"),
    ]


@pytest.mark.parametrize(
    ("arguments", "typed", "line"),
    [
        (
            ("user", "add", "a b", "--role", "viewer", "--password-file", "PASSWORD"),
            "",
            "name: expected up to 64 of a-z, ",
        ),
        (
            ("user", "add", "bo", "--role", "viewer", "--password-file", "-"),
            "kort\n",
            "password: too short, expected at ",
        ),
        (
            ("user", "add", "bo", "--role", "viewer"),
            "x\nx\n",
            "password: nobody to ask here, expected --password-file ",
        ),
        (
            ("user", "add", "bo", "--role", "viewer", "--password-file", "/none"),
            "",
            "--password-file: /none cannot be ",
        ),
        (("user", "remove", "bo"), "", "no user 'bo'"),
        (("token", "revoke", "t-1"), "", "no token 't-1'"),
        (
            ("user", "add", "bo", "--role", "viewer", "--password-file", "PASSWORD", "--by", " "),
            "",
            "by: empty, expected words",
        ),
        (("token", "create", "a", "--scope", "read", "--by", "a\nb"), "", "by: '\\n' cannot be printed, expected "),
        (("token", "create", " ", "--scope", "read"), "", "name: empty, expected words"),
        (("audit", "--since", "gisteren"), "", "--since: expected a time such as "),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(
    slawatch: Slawatch, arguments: tuple[str, ...], typed: str, line: str
) -> None:
    lines, status = refused(slawatch(*arguments, typed=typed))
    assert status == 2
    assert len(lines) == 1
    assert lines[0].startswith(line)


async def test_a_password_is_kept_as_argon2id_with_the_memory_and_passes_that_rfc_9106_recommends(
    slawatch: Slawatch, tmp_path: Path
) -> None:
    await asyncio.to_thread(slawatch, *ANNA)
    async with open_store(f"sqlite:///{tmp_path / 'slawatch.db'}", write=False) as store:
        (anna,) = await store.people.users()
    assert anna.hash.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert "argon2" not in repr(anna)
    assert await Hasher().fits(anna.hash, PASSWORD)
    assert not await Hasher().fits(anna.hash, PASSWORD + " ")
    assert not await Hasher().fits(None, PASSWORD)


async def test_a_password_file_as_windows_writes_it_has_the_password_and_nothing_more(
    slawatch: Slawatch, tmp_path: Path
) -> None:
    (tmp_path / "password").write_bytes(b"\xef\xbb\xbf" + PASSWORD.encode() + b"\r\n")
    await asyncio.to_thread(slawatch, *ANNA)
    async with open_store(f"sqlite:///{tmp_path / 'slawatch.db'}", write=False) as store:
        (anna,) = await store.people.users()
    assert await Hasher().fits(anna.hash, PASSWORD)
