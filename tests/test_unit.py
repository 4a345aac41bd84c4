"""The systemd unit fits what docs/install.md lays down, and takes from slawatch nothing that it needs."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
UNIT = (ROOT / "deploy/slawatch.service").read_text()
INSTALL = (ROOT / "docs/install.md").read_text()
SETTINGS = re.findall(r"^(\w+)=(.*)$", UNIT, re.MULTILINE)


def said(name: str) -> list[str]:
    return [value for key, value in SETTINGS if key == name]


def test_each_line_is_a_section_a_setting_or_a_word_about_one():
    lines = [line for line in UNIT.splitlines() if line and not re.match(r"#|\[(Unit|Service|Install)\]$", line)]
    assert lines == [f"{key}={value}" for key, value in SETTINGS]


def test_it_starts_what_the_document_installs():
    assert said("ExecStart") == ["/opt/slawatch/.venv/bin/slawatch run"]
    assert "git clone ADDRESS-OF-THIS-REPOSITORY /opt/slawatch\n" in INSTALL
    assert said("Environment") == ["SLAWATCH_CONFIG=/etc/slawatch/slawatch.yaml"]
    assert " slawatch.yaml /etc/slawatch/slawatch.yaml " in INSTALL
    (user,) = said("User")
    assert re.search(rf"useradd --system .* {user}\n", INSTALL)
    assert f"/var/lib/{said('StateDirectory')[0]}" == said("WorkingDirectory")[0]
    assert said("ReadWritePaths") == ["-/var/backups/slawatch"]


def test_it_waits_for_what_slawatch_tells():
    assert (said("Type"), said("NotifyAccess"), said("WatchdogSec")) == (["notify"], ["main"], ["60"])
    assert said("ExecReload") == ["/bin/kill -HUP $MAINPID"]


def test_a_page_that_takes_too_much_memory_does_not_end_slawatch():
    """By systemd's own policy the whole unit ends when any of its processes is killed for memory."""
    assert said("OOMPolicy") == ["continue"]


def test_a_verb_called_as_the_document_says_has_the_passwords_of_the_service(tmp_path):
    (line,) = re.findall(r"^    (\(set -a; .*\))$", INSTALL, re.MULTILINE)
    (tmp_path / "secrets.env").write_text("PARK_PASSWORD='two words, $5'\n")
    (tmp_path / "slawatch.yaml").write_text(
        "login: {path: /login, username: '#u', password: '#p', submit: '#s', inside: nav, outside: form}\n"
        "pages: {dashboard: {path: /, ready: main}}\n"
        "customers:\n"
        "  - {id: park, url: 'https://park.example', credentials: {username: m, password: {env: PARK_PASSWORD}}}\n"
    )
    verb = "runuser -u slawatch -- /opt/slawatch/.venv/bin/slawatch check"
    assert verb in line
    shell = line.replace(verb, f"{sys.executable} -m slawatch check").replace("/etc/slawatch", str(tmp_path))
    config = os.environ | {"SLAWATCH_CONFIG": str(tmp_path / "slawatch.yaml")}

    done = subprocess.run(["sh", "-c", shell], env=config, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stderr


def test_an_upgrade_goes_on_only_after_its_backup_and_two_a_day_have_names_of_their_own():
    assert re.search(r'backup "/var/backups/slawatch/\$\(date \+%F-%H%M\)\.db" &&\n +git pull', INSTALL)


def test_the_browsers_sandbox_may_do_what_it_does():
    """Each was tried: without one of these the browser does not start, or not behind all of its sandbox."""
    assert {"chroot", "seccomp"} <= set(said("SystemCallFilter")[0].split())
    assert said("RestrictNamespaces") == ["user pid net"]
    assert not {"MemoryDenyWriteExecute", "PrivateUsers"} & {key for key, _ in SETTINGS}


def test_nothing_else_is_writable_and_nothing_is_gained():
    for name in ("NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "RestrictSUIDSGID"):
        assert said(name) == ["yes"]
    assert (said("ProtectSystem"), said("CapabilityBoundingSet")) == (["strict"], [""])
