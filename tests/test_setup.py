"""The set-up: what stands in the locks, the Makefile, the Dockerfile and the scripts that install."""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
LOCKS = ["run", "dev", "locking"]
SCRIPTS = sorted(path.name for path in (ROOT / "scripts").iterdir() if path.is_file())
PROGRAMS = Path(sys.executable).parent


def lock_text(name: str) -> str:
    return (ROOT / "locks" / f"{name}.lock").read_text()


def pins(name: str) -> dict[str, str]:
    """Package name to its pinned version."""
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", lock_text(name), re.MULTILINE))


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def asked_for(name: str) -> list[Requirement]:
    """What pyproject.toml asks of the named lock."""
    groups = project()["dependency-groups"]
    run = [
        *project()["project"]["dependencies"],
        *project()["project"]["optional-dependencies"]["demo"],
        *groups["build"],
    ]
    return [
        Requirement(text) for text in {"run": run, "dev": [*run, *groups["dev"]], "locking": groups["locking"]}[name]
    ]


def run(*command: str | Path, **options) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False, **options)


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_of_a_lock_is_pinned_and_has_hashes(name):
    entries = re.sub(r" \\\n +", " ", lock_text(name)).splitlines()
    entries = [entry for entry in entries if not entry.startswith("#")]

    assert entries
    pinned = re.compile(r"[a-z0-9-]+==[^ ]+( ; [^#]+?)?( --hash=sha256:[0-9a-f]{64})+")
    assert [entry for entry in entries if not pinned.fullmatch(entry)] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_address_and_no_option(name):
    assert re.findall(r"://|^\s*-[^-].*|^--.*|--(?!hash=)\S+|@ ", lock_text(name), re.MULTILINE) == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_the_project_asks_for(name):
    pinned = pins(name)

    unmet = [
        str(wish)
        for wish in asked_for(name)
        if not wish.specifier.contains(pinned.get(canonicalize_name(wish.name), "0.dev0"))
    ]
    assert unmet == [], "run: make lock"


def test_the_development_lock_holds_the_running_one():
    assert pins("run").items() <= pins("dev").items()


def test_make_alone_lists_every_target_that_a_person_calls():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())
    parts = {"packages", "packages-dev", "browser"}

    listed = re.findall(r"^  make (\S+) +\S", run("make", "--no-print-directory").stdout, re.MULTILINE)

    assert set(listed) == targets - parts
    assert {"demo", "test", "lint", "bench", "lock", "clean"} < set(listed)


def test_the_dockerfile_passes_hadolint():
    answer = run(PROGRAMS / "hadolint", "Dockerfile")

    assert (answer.returncode, answer.stdout) == (0, "")


def test_every_rule_that_hadolint_leaves_out_has_its_reason():
    left_out = re.findall(r"^  - (\w+)(.*)$", (ROOT / ".hadolint.yaml").read_text(), re.MULTILINE)

    assert left_out
    assert [rule for rule, reason in left_out if not re.match(r"  # \w.{20}", reason)] == []


def test_the_image_runs_without_rights_under_tini_and_stops_on_sigterm():
    final = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]

    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", final, re.MULTILINE)
    assert re.search(r'^ENTRYPOINT \["/usr/bin/tini", "--", "slawatch"\]$', final, re.MULTILINE)
    assert "\nSTOPSIGNAL SIGTERM\n" in final
    assert "\nHEALTHCHECK " in final


def test_the_image_installs_by_hash_only():
    dockerfile = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    installs = re.findall(r"pip install ([^&\n]*)", dockerfile)

    assert len(installs) == 2
    assert all(
        "--require-hashes" in options or "--no-deps --no-build-isolation --no-index" in options for options in installs
    )


def test_nothing_but_what_the_image_copies_reaches_its_build():
    rules = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    let_in = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    copied = {
        source
        for line in re.findall(r"^COPY (?!--from)(.*)$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
        for source in line.split()[:-1]
    }

    assert rules[0] == "*"
    assert let_in == copied


@pytest.mark.parametrize("name", [*(f"scripts/{name}" for name in SCRIPTS), ".ci/run"])
def test_a_script_can_be_run_and_stops_at_its_first_unset_name(name):
    script = ROOT / name

    assert os.access(script, os.X_OK)
    assert re.search(r"^set -e?uo pipefail$", script.read_text(), re.MULTILINE)


def test_no_old_python_is_taken(tmp_path):
    old = tmp_path / "python-of-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    (tmp_path / "scripts").mkdir()
    script = tmp_path / "scripts" / "install-packages"
    script.write_bytes((ROOT / "scripts" / "install-packages").read_bytes())

    answer = run("bash", script, "run", env={**os.environ, "PYTHON": str(old)})

    assert answer.returncode == 3
    assert answer.stderr == (
        f"set-up: Python >= 3.11 is missing (looked for {old}); "
        "on Ubuntu 22.04: apt-get install python3.11 python3.11-venv\n"
    )


def test_what_is_installed_asks_nothing_of_apt():
    answer = run("scripts/install-apt", "bash", "coreutils")

    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_without_root_or_sudo_the_one_line_says_what_to_run():
    nobody = {"user": 65534} if os.geteuid() == 0 else {}

    with tempfile.TemporaryDirectory() as programs, (ROOT / "scripts" / "install-apt").open() as script:
        Path(programs).chmod(0o755)
        for program in ("apt-get", "dpkg-query"):
            (Path(programs) / program).symlink_to(f"/usr/bin/{program}")
        answer = run("/bin/bash", "-s", "no-such-package", stdin=script, env={"PATH": programs}, **nobody)

    assert answer.returncode == 3
    assert answer.stderr == (
        "set-up: not installed: no-such-package. There is no sudo here; "
        "run as root: apt-get install --yes --no-install-recommends no-such-package\n"
    )
