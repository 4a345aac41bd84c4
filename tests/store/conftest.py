"""The stores that the contract suite runs on: a SQLite file, and a database on a real PostgreSQL server.

The server is started once a session, as an unprivileged user (initdb refuses root), on a Unix socket only, and is
stopped by its own process id.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from store_rows import SetClock


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a running server's `postgres` database."""
    folder = Path(tempfile.mkdtemp(prefix="slawatch-pg-", dir="/tmp"))
    user = _unprivileged_user()
    if user is not None:
        shutil.chown(folder, user)
    cluster = folder / "cluster"
    initdb = [_binary("initdb"), "-D", cluster, "-U", "slawatch", "--auth=trust", "--no-sync", "-E", "UTF8"]
    made = subprocess.run(
        [*initdb, "--locale=C.UTF-8"], check=False, user=user, capture_output=True, text=True, cwd=folder
    )
    assert made.returncode == 0, made.stderr
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [_binary("postgres"), "-D", cluster, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"],
            user=user,
            cwd=folder,
            stderr=log,
        )
    url = f"postgresql://slawatch@/postgres?host={folder}"
    try:
        _wait_until_it_answers(url, server, folder / "log")
        yield url
    finally:
        server.send_signal(signal.SIGQUIT)  # "immediate": what it holds is thrown away anyhow
        server.wait(30)
        shutil.rmtree(folder)


@pytest.fixture
def sqlite_path(tmp_path: Path) -> Path:
    return tmp_path / "slawatch.db"


@pytest.fixture
def sqlite_url(sqlite_path: Path) -> str:
    return f"sqlite:///{sqlite_path}"


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """The URL of a schema of the test's own, which is quicker to make than a database; it goes when the server goes."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres, autocommit=True) as admin:
        admin.execute(SQL("CREATE SCHEMA {}").format(Identifier(name)))
    return f"{postgres}&options=-csearch_path%3D{name}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a store that is not there yet, on each engine."""
    found: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return found


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


def _binary(name: str) -> str:
    places = [
        os.environ.get("PATH", os.defpath),
        *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)),
    ]
    found = shutil.which(name, path=os.pathsep.join(places))
    assert found is not None, f"{name} is not installed: apt-get install postgresql"
    return found


def _unprivileged_user() -> str | None:
    """Whom the server runs as; None when we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _wait_until_it_answers(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    def answers() -> bool:
        assert server.poll() is None, log.read_text()
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    wait_until(answers, seconds=30)


def wait_until(condition: Callable[[], bool], *, seconds: float) -> None:
    """Returns as soon as `condition` holds; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not come true within {seconds} s"
        time.sleep(0.02)
