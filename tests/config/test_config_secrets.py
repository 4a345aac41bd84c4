"""Where passwords are, and that they show nowhere."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from slawatch.config import Config, ConfigErrors, Secret, SecretUnreadable, load


def test_a_secret_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLAWATCH_TEST_SECRET", " hunter2 ")
    assert Secret(env="SLAWATCH_TEST_SECRET").reveal() == " hunter2 "


@pytest.mark.parametrize(
    ("content", "expected"),
    [(b"hunter2", "hunter2"), (b"hunter2\n", "hunter2"), (b"h\xc3\xa9 \r\n", "hé "), (b"a\n\n", "a\n")],
)
def test_a_secret_file_loses_the_line_end_that_an_editor_leaves(tmp_path: Path, content: bytes, expected: str) -> None:
    file = tmp_path / "secret"
    file.write_bytes(content)
    file.chmod(0o600)
    assert Secret(file="secret", folder=tmp_path).reveal() == expected


def test_a_secret_is_one_reference() -> None:
    with pytest.raises(ValueError, match="one of env and file"):
        Secret()
    with pytest.raises(ValueError, match="one of env and file"):
        Secret(env="A", file="b")


def test_each_unreadable_secret_is_one_line_with_its_place(
    good: str, read: Callable[[str], Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.setenv("RIGHT", "hunter2")
    monkeypatch.delenv("P", raising=False)
    for name, content, mode in (("open", b"hunter2", 0o644), ("empty", b"\n", 0o600), ("binary", b"\xff", 0o600)):
        Path(name).write_bytes(content)
        Path(name).chmod(mode)
    names = ["env: EMPTY", "env: RIGHT", "file: none", "file: .", "file: open", "file: empty", "file: binary"]
    relays = "".join(f"    - {{url: 'smtp://h', username: u, password: {{{name}}}}}\n" for name in names)
    bounces = "  bounces: {address: b@b.example, key: {file: none}}\n"
    config = read(good + "mail:\n  sender: a@b.example\n  relays:\n" + relays + bounces)
    assert config.unreadable_secrets() == (
        (
            "slawatch.yaml:8:42: customers[0].credentials.password: "
            "the environment variable P is not set, expected a password in it"
        ),
        "slawatch.yaml:12:48: mail.relays[0].password: EMPTY is empty, expected a password in it",
        "slawatch.yaml:14:48: mail.relays[2].password: none cannot be read: no such file",
        "slawatch.yaml:15:48: mail.relays[3].password: . is a directory, expected a file with the password",
        (
            "slawatch.yaml:16:48: mail.relays[4].password: "
            "open can be read by everyone on this machine, expected mode 0640 or stricter"
        ),
        "slawatch.yaml:17:48: mail.relays[5].password: empty is empty, expected a password in it",
        "slawatch.yaml:18:48: mail.relays[6].password: binary is not text in UTF-8",
        "slawatch.yaml:19:40: mail.bounces.key: none cannot be read: no such file",
    )


def test_with_secrets_all_errors_still_come_together(
    good: str, read: Callable[[str], Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("P", raising=False)
    read(good)
    Path("slawatch.yaml").write_text(good.replace("ready: tr", "ready: tr, every: 5"))
    with pytest.raises(ConfigErrors) as raised:
        load(Path("slawatch.yaml"), with_secrets=True)
    assert [line.split(":")[1] for line in raised.value.errors] == ["4", "8"]
    monkeypatch.setenv("P", "hunter2")
    Path("slawatch.yaml").write_text(good)
    assert load(Path("slawatch.yaml"), with_secrets=True).unreadable_secrets() == ()


def test_reading_a_configuration_needs_no_secret(
    good: str, read: Callable[[str], Config], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("P", raising=False)
    credentials = read(good).customers[0].credentials
    assert credentials is not None
    with pytest.raises(SecretUnreadable) as raised:
        credentials.password.reveal()
    assert str(raised.value) == "the environment variable P is not set, expected a password in it"


def test_a_relative_secret_file_starts_at_the_configurations_folder(
    good: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "conf").mkdir()
    (tmp_path / "conf" / "slawatch.yaml").write_text(good.replace("{env: P}", "{file: secrets/p}"))
    (tmp_path / "conf" / "secrets").mkdir()
    secret = os.open(tmp_path / "conf" / "secrets" / "p", os.O_CREAT | os.O_WRONLY, 0o600)
    os.write(secret, b"hunter2\n")
    os.close(secret)
    monkeypatch.chdir(tmp_path)
    credentials = load(Path("conf/slawatch.yaml"), with_secrets=True).customers[0].credentials
    assert credentials is not None
    assert credentials.password.reveal() == "hunter2"


def test_a_secret_shows_nowhere(good: str, read: Callable[[str], Config], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("P", "hunter2")
    config = read(good)
    credentials = config.customers[0].credentials
    assert credentials is not None
    assert credentials.password.reveal() == "hunter2"
    dumped = json.dumps(config.model_dump(mode="json", by_alias=True))
    shown = [repr(config), str(config), dumped, repr(config.model_dump()), json.dumps(config.document("duinzicht"))]
    assert not [text for text in shown if "hunter2" in text]
    assert '{"env": "P"}' in dumped


def test_the_example_passes_where_its_passwords_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUINZICHT_PASSWORD", "hunter2")
    monkeypatch.setenv("HEIDEHOF_PASSWORD", "hunter3")
    example = load(Path(__file__).parents[2] / "slawatch.yaml", with_secrets=True)
    assert example.unreadable_secrets() == ()
