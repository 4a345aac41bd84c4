from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from slawatch.config import Config, load

Read = Callable[[str], Config]

#: A small configuration that is right; tests change what they are about.
GOOD = """\
login: {username: "#u", password: "#p", inside: .in, outside: .out}
pages:
  dashboard: {path: /dashboard, ready: .card}
  reservations: {path: /res, ready: tr}
customers:
  - id: duinzicht
    url: https://duinzicht.example
    credentials: {username: m, password: {env: P}}
"""


@pytest.fixture
def good() -> str:
    return GOOD


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Read:
    """Reads a text as ./slawatch.yaml, so that messages start with that name."""
    monkeypatch.chdir(tmp_path)

    def read(text: str) -> Config:
        Path("slawatch.yaml").write_text(text)
        return load(Path("slawatch.yaml"))

    return read
