"""What cannot be done as it was asked: one clear line, the right exit status, and nothing written."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from lineage import gone

from slawatch.cli import main

DONE, CRASHED, BAD_INPUT, NOT_STARTED = 0, 1, 2, 3

CONFIG = """
agreement:
  availability: {checks: [dashboard]}
  speed: {pages: [dashboard]}
pages:
  dashboard: {path: /dashboard, ready: "#dashboard"}
customers:
  - id: duinzicht
    url: http://127.0.0.1:8801
    contacts: [beheer@duinzicht.example]
mail: {sender: storing@example.org, relays: ["smtp://nergens.invalid:587"]}
store: sqlite:///slawatch.db
monitor: {witnesses: ["127.0.0.2:1"]}
web: {listen: "127.0.0.1:0"}
"""

LOGIN = """
login: {path: /login, username: "#u", password: "#p", submit: button, inside: nav, outside: form}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a good configuration."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path)
    return tmp_path


def write(folder: Path, *changes: tuple[str, str], more: str = "") -> None:
    text = CONFIG
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "slawatch.yaml").write_text(text + more)


def contents(folder: Path) -> dict[str, bytes | None]:
    return {str(path): path.read_bytes() if path.is_file() else None for path in sorted(folder.rglob("*"))}


def status_of(arguments: Sequence[str]) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.fixture
def refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs a verb that is refused with this status; gives what it said. Nothing is printed and nothing is written."""

    def run(status: int, *arguments: str) -> str:
        before = contents(folder)
        assert status_of(arguments) == status
        out, err = capsys.readouterr()
        said = [line for line in err.splitlines() if not line.startswith("{")]
        assert out == ""
        assert len(said) >= 1
        assert "Traceback" not in err
        assert contents(folder) == before
        return "\n".join(said)

    return run


REPLAY = ("replay", "--month", "2026-03", "--customer", "duinzicht", "--observations")

ASKED_WRONGLY = [
    ((), "slawatch: Missing command. (see slawatch --help)"),
    (("watch",), "slawatch: No such command 'watch'. (see slawatch --help)"),
    (
        ("--config", "slawatch.yaml", "status"),
        "slawatch: --config stands behind the verb: expected slawatch VERB --config ... (see slawatch --help)",
    ),
    (("--colour", "status"), "slawatch: No such option '--colour'. (see slawatch --help)"),
    (
        ("maintenance", "--json", "list"),
        "slawatch maintenance: --json stands behind the verb: expected slawatch maintenance VERB --json ..."
        " (see slawatch maintenance --help)",
    ),
    *(
        ((group,), f"slawatch {group}: Missing command. (see slawatch {group} --help)")
        for group in ("exclusion", "mail", "maintenance", "notice", "outage", "outbox")
    ),
    (("report",), "slawatch report: Missing argument 'CUSTOMER'. (see slawatch report --help)"),
    (("report", "duinzicht"), "slawatch report: Missing argument 'MONTH'. (see slawatch report --help)"),
    (("report", "nobody", "2026-03"), "no customer 'nobody', expected duinzicht"),
    (("report", "duinzicht", "../../x"), "expected a month such as 2026-03, got '../../x'"),
    (("report", "duinzicht", "0000-00"), "expected a month such as 2026-03, got '0000-00'"),
    (("report", "duinzicht", "2999-01"), "2999-01: this month has not begun"),
    (
        ("report", "duinzicht", "2026-03", "--format", "docx"),
        "slawatch report: Invalid value for '--format': 'docx' is not one of 'html', 'pdf', 'xlsx', 'csv', 'zip', "
        "'json'. (see slawatch report --help)",
    ),
    (("report", "duinzicht", "2026-03", "--config", "nowhere.yaml"),
     "nowhere.yaml: no such file, expected a configuration such as the example slawatch.yaml"),
    (("export-observations", "duinzicht", "2026-13"), "expected a month such as 2026-03, got '2026-13'"),
    (("export-observations", "", "2026-03"), "no customer '', expected duinzicht"),
    (("status", "nobody"), "no customer 'nobody', expected duinzicht"),
    (("probe", "nobody", "dashboard"), "no customer 'nobody', expected duinzicht"),
    (("probe", "duinzicht", "nothing"), "duinzicht has no page 'nothing': expected one of dashboard"),
    (("probe", "duinzicht"), "slawatch probe: Missing argument 'PAGE'. (see slawatch probe --help)"),
    (("check", "--config", "."), ".: a directory, expected a YAML file"),
    (("check", "--config", "/dev/null"), "/dev/null: empty, expected at least customers:"),
    (
        ("run", "--log-level", "loud"),
        "slawatch run: Invalid value for '--log-level': 'loud' is not one of 'debug', 'info', 'warning', 'error'."
        " (see slawatch run --help)",
    ),
    (
        ("demo", "--port", "65536"),
        "slawatch demo: Invalid value for '--port': 65536 is not in the range 0<=x<=65535. (see slawatch demo --help)",
    ),
    (
        ("demo", "--seconds", "nan"),
        "slawatch demo: Invalid value for --seconds: expected a number of seconds (see slawatch demo --help)",
    ),
    ((*REPLAY, "nowhere.jsonl"), "nowhere.jsonl: cannot be read: No such file or directory"),
    ((*REPLAY, "."), ".: cannot be read: Is a directory"),
    ((*REPLAY, "/dev/null", "--until", "soon"), "--until: expected a time such as 2026-03-01T00:00:30Z, got 'soon'"),
    (
        (*REPLAY, "/dev/null", "--until", "2026-01-01T00:00:00Z"),
        "2026-03 begins at 2026-02-28T23:00:00Z: expected a later time than 2026-01-01T00:00:00Z",
    ),
    ((*REPLAY, "slawatch.yaml"), "slawatch.yaml:2: expected one JSON object a line: Expecting value: line 1 column 1"),
    ((*REPLAY, sys.executable), f"{sys.executable}:1: expected UTF-8 text"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "line"), ASKED_WRONGLY, ids=[" ".join(one) or "nothing" for one, _ in ASKED_WRONGLY]
)
def test_what_is_asked_wrongly_is_told_in_one_line(
    refused: Callable[..., str], arguments: tuple[str, ...], line: str
) -> None:
    said = refused(BAD_INPUT, *arguments).splitlines()
    assert said[0].startswith(line)
    assert len(said) == 1 or "--observations" in arguments


def test_all_that_is_wrong_in_a_configuration_is_told_at_once(refused: Callable[..., str], folder: Path) -> None:
    write(folder, ("checks:", "cheks:"), ("url: http:", "url: htp:"), ("sqlite:", "sqlit:"), ("dashboard]", "dash]"))
    said = refused(BAD_INPUT, "run").splitlines()
    assert [line.split(":")[1] for line in said] == ["3", "4", "9", "12"]
    assert all(line.startswith("slawatch.yaml:") for line in said)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"\xff\xfe\x00", "slawatch.yaml: not text, expected YAML in UTF-8 (byte 1 is none)"),
        (b"customers: [" + b"[" * 500, "slawatch.yaml:1:52: not YAML: nested deeper than 40 levels"),
        (b"a: &a [*a]\n", "slawatch.yaml:1:1: customers: missing"),
    ],
    ids=["binary", "deep", "endless"],
)
@pytest.mark.parametrize("verb", [("check",), ("run",), ("status",), ("probe", "duinzicht", "dashboard")], ids=" ".join)
def test_a_file_that_is_no_configuration_is_told_by_every_verb(
    refused: Callable[..., str], folder: Path, verb: tuple[str, ...], content: bytes, line: str
) -> None:
    (folder / "slawatch.yaml").write_bytes(content)
    assert refused(BAD_INPUT, *verb).startswith(line)


@pytest.mark.parametrize("verb", [("check",), ("run",), ("probe", "duinzicht", "dashboard")], ids=" ".join)
def test_a_secret_that_cannot_be_read_is_told_before_anything_starts(
    refused: Callable[..., str], folder: Path, verb: tuple[str, ...]
) -> None:
    (folder / "everyone").write_text("geheim")
    (folder / "everyone").chmod(0o644)
    secret = "example]\n    credentials: {username: monitor, password: {file: everyone}}\nmail"
    write(folder, ("example]\nmail", secret), more=LOGIN)
    said = refused(BAD_INPUT, *verb)
    assert said.endswith("everyone can be read by everyone on this machine, expected mode 0640 or stricter")
    assert "geheim" not in said


# -- the store --------------------------------------------------------------------------------------------------------

READERS = [("status",), ("report", "duinzicht", "2026-03"), ("export-observations", "duinzicht", "2026-03")]
TORN = {
    "empty": (b"", "is empty (0 bytes), a store never is; restore a backup, or remove it to begin anew"),
    "foreign": (b"no database at all" * 1000, "is not a database; it is left as it is"),
    "cut": (b"SQLite format 3\0\x10\x00" + b"\0" * 5000, "is truncated (5018 bytes); it is left as it is: restore it"),
}


@pytest.mark.parametrize("how", TORN)
@pytest.mark.parametrize("verb", READERS, ids=" ".join)
def test_a_torn_store_is_told_by_who_reads_it(
    refused: Callable[..., str], folder: Path, verb: tuple[str, ...], how: str
) -> None:
    content, line = TORN[how]
    (folder / "slawatch.db").write_bytes(content)
    said = refused(BAD_INPUT if verb[0] in {"report", "export-observations"} else NOT_STARTED, *verb)
    assert f"{folder}/slawatch.db: {line}" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("verb", READERS, ids=" ".join)
def test_a_store_that_is_not_there_is_not_made_by_reading(refused: Callable[..., str], verb: tuple[str, ...]) -> None:
    said = refused(NOT_STARTED if verb[0] == "status" else BAD_INPUT, *verb)
    assert said.endswith("slawatch.db: there is no store yet; `slawatch run` makes it")


@pytest.mark.parametrize(
    ("where", "line"),
    [
        ("nowhere/slawatch.db", "slawatch.db: cannot be written: No such file or directory"),
        ("folder", "folder: cannot be written: Is a directory"),
        ("torn", "torn: is not a database; it is left as it is"),
    ],
)
def test_a_store_that_cannot_be_made_or_written_is_told(
    refused: Callable[..., str], folder: Path, where: str, line: str
) -> None:
    (folder / "folder").mkdir()
    (folder / "torn").write_text("no database at all\n" * 1000)
    write(folder, ("slawatch.db", where))
    assert refused(NOT_STARTED, "run").endswith(line)


# -- what slawatch cannot start without -------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_told_before_anything_is_written(refused: Callable[..., str], folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        write(folder, ("127.0.0.1:0", address))
        assert refused(NOT_STARTED, "run") == f"{address}: already in use; set web.listen to another address"


@pytest.mark.parametrize(
    ("listen", "line"),
    [
        ("192.0.2.1:9464", "192.0.2.1:9464: cannot listen there: Cannot assign requested address; set web.listen"),
        ("nergens.invalid:9464", "nergens.invalid:9464: cannot listen there: no such host; set web.listen"),
    ],
)
def test_an_address_that_is_not_ours_is_told(refused: Callable[..., str], folder: Path, listen: str, line: str) -> None:
    write(folder, ('"127.0.0.1:0"', f'"{listen}", trusted_proxies: ["192.0.2.7"]'))
    assert refused(NOT_STARTED, "run").startswith(line)


def test_a_socket_that_cannot_be_is_told_before_anything_is_written(refused: Callable[..., str], folder: Path) -> None:
    (folder / "slawatch.db.sock").write_text("no socket")
    assert refused(NOT_STARTED, "run").endswith(
        "slawatch.db.sock: is there and is no socket; set web.socket to another path"
    )
    long = folder / ("d" * 100)
    long.mkdir()
    write(folder, ("sqlite:///", f"sqlite:///{long}/"))
    assert refused(NOT_STARTED, "run").endswith("over 107 bytes, path too long; set web.socket")


@pytest.mark.parametrize(("browser", "line"), [("/no/such", "monitor.browser.executable: /no/such is not a program"),
                                               ("./broken", "no browser can be started: ")])  # fmt: skip
def test_a_browser_that_is_not_to_be_had_is_told_before_anything_is_written(
    refused: Callable[..., str], folder: Path, browser: str, line: str
) -> None:
    (folder / "broken").write_text("#!/bin/sh\nexit 1\n")
    (folder / "broken").chmod(0o755)
    executable = folder / browser if browser.startswith("./") else browser
    write(folder, ("monitor: {", f"monitor: {{browser: {{executable: {executable}}}, "))
    assert refused(NOT_STARTED, "run").startswith(line)


# -- what answers at the socket ---------------------------------------------------------------------------------------


@contextmanager
def answering(path: Path, answer: bytes | None) -> Iterator[None]:
    """Someone at a Unix socket who answers so and hangs up; with None, a socket whose owner died."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        if answer is None:
            listener.close()
            yield
            return
        listener.listen()

        def serve() -> None:
            with suppress(OSError):  # the end of the listener
                while True:
                    caller, _ = listener.accept()
                    with caller:
                        caller.recv(65536)
                        caller.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def http(body: bytes, status: str = "200 OK") -> bytes:
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (status.encode(), len(body), body)


ALIEN = "what answers there is not slawatch; set web.socket to another path"


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (None, "there is no store yet; `slawatch run` makes it"),
        (b"", ALIEN),
        (b"220 mail.example ESMTP\r\n", ALIEN),
        (http(b"hello"), ALIEN),
        (http(b'{"running'), ALIEN),
        (http(b"[1]"), ALIEN),
        (http(b'{"running": true, "outbox": {}, "customers": [{"customer": 1}]}'), ALIEN),
        (http(b"", "500 Oops"), "the daemon answers 500; its log says why"),
        (http(b"", "404 Not Found"), "the daemon answers 404; its log says why"),
    ],
    ids=["dead", "mute", "smtp", "text", "torn", "list", "other", "500", "404"],
)  # fmt: skip
def test_status_tells_who_does_not_answer_as_slawatch_does(
    refused: Callable[..., str], folder: Path, answer: bytes | None, line: str
) -> None:
    with answering(folder / "slawatch.db.sock", answer):
        said = refused(NOT_STARTED, "status")
    assert said.endswith(line)
    assert len(said.splitlines()) == 1


# -- in processes of their own: what a shell, a container or another user does to it ----------------------------------


def slawatch(*arguments: str, before: Sequence[str] = ()) -> subprocess.Popen[str]:
    command = [*before, sys.executable, "-m", "slawatch", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8")


STREAMS = {
    "slawatch check >/dev/full": (NOT_STARTED, "slawatch: cannot write: No space left on device\n"),
    "slawatch schema | true": (DONE, ""),
    "slawatch status nobody 2>/dev/full": (BAD_INPUT, ""),
    "slawatch status nobody <&- >&- 2>&-": (BAD_INPUT, ""),
    "env -i LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0 slawatch status dün": (
        BAD_INPUT, r"no customer 'd\udcc3\udcbcn', expected duinzicht" "\n",
    ),
}  # fmt: skip


def test_streams_that_are_full_closed_or_gone_change_no_exit_status(folder: Path) -> None:
    shells = {
        said: subprocess.Popen(
            ["bash", "-c", f'set -o pipefail; {said.replace("slawatch", f"{sys.executable} -m slawatch")}'],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )
        for said in STREAMS
    }  # fmt: skip
    told = {}
    for said, shell in shells.items():
        _, err = shell.communicate(timeout=90)
        told[said] = shell.returncode, err
    assert told == STREAMS


def test_what_this_user_may_not_read_or_write_is_told(folder: Path) -> None:
    """As root too: without the capability to pass over file modes."""
    as_anyone = ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    (folder / "unreadable.yaml").write_text(CONFIG)
    (folder / "unreadable.yaml").chmod(0)
    (folder / "kept").mkdir()
    (folder / "kept.yaml").write_text(CONFIG.replace("sqlite:///", f"sqlite:///{folder}/kept/"))
    (folder / "kept").chmod(0o500)
    (folder / "secret").write_text("geheim")
    (folder / "secret").chmod(0)
    secret = "example]\n    credentials: {username: monitor, password: {file: secret}}\nmail"
    (folder / "secret.yaml").write_text(CONFIG.replace("example]\nmail", secret) + LOGIN)
    asked = {
        "unreadable": slawatch("check", "--config", "unreadable.yaml", before=as_anyone),
        "kept": slawatch("run", "--config", "kept.yaml", before=as_anyone),
        "secret": slawatch("run", "--config", "secret.yaml", before=as_anyone),
    }
    told = {}
    for name, verb in asked.items():
        _, err = verb.communicate(timeout=90)
        lines = [line for line in err.splitlines() if not line.startswith("{")]
        told[name] = verb.returncode, *lines
    assert told == {
        "unreadable": (BAD_INPUT, "unreadable.yaml: cannot be read: Permission denied"),
        "kept": (NOT_STARTED, f"{folder}/kept/slawatch.db: cannot be written: Permission denied"),
        "secret": (
            BAD_INPUT,
            "secret.yaml:11:48: customers[0].credentials.password: secret cannot be read: Permission denied",
        ),
    }
    assert list((folder / "kept").iterdir()) == []


async def test_sigterm_ends_a_start_that_hangs(folder: Path) -> None:
    (folder / "hangs").write_text(
        f"#!/bin/sh\necho $$ > {folder}/pid.new; mv {folder}/pid.new {folder}/pid; exec sleep 600\n"
    )
    (folder / "hangs").chmod(0o755)
    write(folder, ("monitor: {", f"monitor: {{browser: {{executable: {folder}/hangs}}, "))
    daemon = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "slawatch", "run", stderr=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(20):
        while not (folder / "pid").exists():
            await asyncio.sleep(0.02)
    daemon.send_signal(signal.SIGTERM)
    async with asyncio.timeout(5):
        _, err = await daemon.communicate()
    assert (daemon.returncode, b"Traceback" in err) == (DONE, False)
    assert not (folder / "slawatch.db").exists()
    await gone([int((folder / "pid").read_text())])


async def test_a_log_that_cannot_be_written_ends_nothing(folder: Path) -> None:
    daemon = await asyncio.create_subprocess_exec("sh", "-c", 'exec "$0" -m slawatch run 2>/dev/full', sys.executable)
    async with asyncio.timeout(30):
        while not (folder / "slawatch.db.sock").exists():
            await asyncio.sleep(0.02)
    verb = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "slawatch", "status", "--json", stdout=asyncio.subprocess.PIPE
    )
    shown, _ = await asyncio.wait_for(verb.communicate(), 30)
    assert b'"running": true' in shown
    daemon.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(daemon.wait(), 10) == DONE
