"""What a person is told about a file that cannot be used. Each of bad/*.yaml ends with the exact lines, after `#!`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from slawatch.config import Config, ConfigErrors, load

BAD = sorted((Path(__file__).parent / "bad").glob("*.yaml"))
CUSTOMER = "customers: [{id: a, url: 'https://a.example', pages: {p: {path: /, ready: x}}}]\n"
COLON = "text that holds ': ' needs quotes; keep keys of one section in one column"

#: Files that end before a comment could say what is expected of them.
BROKEN = [
    ("", "slawatch.yaml: empty, expected at least customers:"),
    ("# nothing yet\n", "slawatch.yaml: empty, expected at least customers:"),
    ("- a\n", "slawatch.yaml:1:1: a list at the top, expected sections such as customers:"),
    ("foo\n", "slawatch.yaml:1:1: a single value at the top, expected sections such as customers:"),
    (f"{CUSTOMER}---\nfoo: 1\n", "slawatch.yaml:2:1: a second document, expected one file to hold one"),
    ("a: b: c\n", f"slawatch.yaml:1:5: not YAML: mapping values are not allowed here; {COLON}"),
    (
        "a:\n\tb: 1\n",
        (
            "slawatch.yaml:2:1: not YAML: found character '\\t' that cannot start any token; "
            "put the text in quotes; indent with spaces, not tabs"
        ),
    ),
    (
        "a: [1,\nb: 2\n",
        (
            "slawatch.yaml:3:1: not YAML: expected ',' or ']', but got '<stream end>'; "
            "close the [ ] of this list; a text that holds # or , needs quotes"
        ),
    ),
    ("a: 'x\n", "slawatch.yaml:2:1: not YAML: found unexpected end of stream"),
    ("a: \x01\n", "slawatch.yaml:1:4: a control character, expected text"),
    ("a: " + "[" * 6000, "slawatch.yaml:1:44: not YAML: nested deeper than 40 levels"),
]


def lines(read: Callable[[str], Config], text: str) -> tuple[str, ...]:
    with pytest.raises(ConfigErrors) as raised:
        read(text)
    assert str(raised.value) == "\n".join(raised.value.errors)
    return raised.value.errors


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_bad_file_is_told_all_its_errors_at_once(file: Path, read: Callable[[str], Config]) -> None:
    text = file.read_text()
    expected = tuple(line.removeprefix("#! ") for line in text.splitlines() if line.startswith("#! "))
    assert expected
    assert lines(read, text) == expected


@pytest.mark.parametrize(("text", "expected"), BROKEN)
def test_a_broken_file_is_one_line(text: str, expected: str, read: Callable[[str], Config]) -> None:
    assert lines(read, text) == (expected,)


@pytest.mark.parametrize(
    "written",
    [
        "hunter2",
        "'hunter2'",
        "'hunter2",
        "12345hunter2",
        "[hunter2]",
        "{hunter2}",
        "{env: 'hunter2!'}",
        "{env: [hunter2]}",
        "{file: {hunter2: x}}",
        "{text: hunter2}",
        "{hunter2: hunter2}",
        "*hunter2",
        "&hunter2",
        "!hunter2",
        "!hunter2!x y",
        "%hunter2",
        "@hunter2",
        "hunter2: x",
        '"hunter2\\q"',
        "|\n hunter2\n",
        "{env: P}, passwrd: hunter2",
    ],
)
def test_a_password_in_the_file_is_refused_without_showing_it(
    written: str, good: str, read: Callable[[str], Config]
) -> None:
    for text in (
        good.replace("{env: P}", written),
        good + f"mail: {{sender: a@b.example, relays: [{{url: 'smtp://h', username: u, password: {written}}}]}}\n",
    ):
        assert "hunter2" not in "".join(lines(read, text))


@pytest.mark.parametrize(
    "changed",
    [
        ("https://duinzicht.example", "https://monitor:hunter2@duinzicht.example"),
        ("{username: m, password: {env: P}}", "monitor:hunter2"),
        ("customers:", "store: postgresql://slawatch:hunter2@db.example/slawatch\ncustomers:"),
        ("customers:", "store: mysql://slawatch:hunter2@db.example/slawatch\ncustomers:"),
        ("customers:", "store: postgresql://db.example/slawatch?password=hunter2\ncustomers:"),
        ("customers:", "monitor: {witnesses: ['https://u:hunter2@example.net/']}\ncustomers:"),
        ("customers:", "mail: {sender: a@b.example, relays: ['smtp://u:hunter2@h']}\ncustomers:"),
        ("customers:", "mail: {sender: a@b.example, relays: [{url: 'smtp://h', tls: hunter2}]}\ncustomers:"),
    ],
)
def test_a_password_in_another_place_is_not_shown_either(
    changed: tuple[str, str], good: str, read: Callable[[str], Config]
) -> None:
    told = lines(read, good.replace(*changed, 1))
    assert len(told) == 1
    assert "hunter2" not in told[0]


def test_an_error_in_a_shared_section_is_told_once_however_many_customers_take_it_over(
    good: str, read: Callable[[str], Config]
) -> None:
    text = good.replace("ready: .card", "ready: .card, timeout: 20").replace('password: "#p", ', "")
    more = "".join(f"  - {{id: c{n}, url: 'https://c{n}.example', login: null}}\n" for n in range(50))
    assert lines(read, text + more) == (
        'slawatch.yaml:1:8: login.password: missing, expected something like "#password"',
        (
            "slawatch.yaml:3:56: pages.dashboard.timeout: expected a length of time such as 60s, 10m, 1h30m or 5d, "
            "got the number 20; for seconds write 20s"
        ),
    )


def test_what_a_shared_section_lacks_may_be_said_at_the_customers(read: Callable[[str], Config]) -> None:
    config = read("pages: {p: {path: /p}}\ncustomers: [{id: a, url: 'https://a.example', pages: {p: {ready: '#a'}}}]\n")
    assert (config.customers[0].pages["p"].path, config.customers[0].pages["p"].ready) == ("/p", "#a")


def test_a_file_that_is_not_there_or_no_text_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("picture.yaml").write_bytes(b"\x89PNG\r\n\x00")
    Path("big.yaml").write_bytes(b"#" * (8 * 1024 * 1024 + 1))
    for name, expected in (
        ("none.yaml", "none.yaml: no such file, expected a configuration such as the example slawatch.yaml"),
        (".", ".: a directory, expected a YAML file"),
        ("picture.yaml", "picture.yaml: not text, expected YAML in UTF-8 (byte 1 is none)"),
        ("picture.yaml/x", "picture.yaml/x: cannot be read: Not a directory"),
        ("big.yaml", "big.yaml: larger than 8 MiB, expected a YAML file written by a person"),
    ):
        with pytest.raises(ConfigErrors) as raised:
            load(Path(name))
        assert raised.value.errors == (expected,)
