"""Which browser is there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from slawatch.browser.lost import NoBrowser

Kind: TypeAlias = Literal["headless-shell", "chromium"]

#: Overrides the search, as the setting does; for a machine where the configuration is shared.
VARIABLE = "SLAWATCH_BROWSER"

#: Debian's packages. Its scripts in /usr/bin add flags of their own, so they come last.
SHELLS = ("/usr/lib/chromium/chromium-headless-shell", "/usr/lib64/chromium-browser/headless_shell")
FULL = ("/usr/lib/chromium/chromium", "/usr/lib64/chromium-browser/chromium-browser")
NAMES = ("google-chrome", "google-chrome-stable", "chromium", "chromium-browser")

MISSING = (
    "no browser found: install Debian's chromium-headless-shell, or run `playwright install --only-shell chromium`, "
    "or name one in monitor.browser.executable"
)


@dataclass(frozen=True, slots=True)
class Found:
    """A browser on this machine. The headless shell costs a fifth of the full Chromium's CPU time per look."""

    path: Path
    kind: Kind


def find(executable: str | None = None, environment: Mapping[str, str] = os.environ) -> Found:
    """The browser to use: the setting, SLAWATCH_BROWSER, a headless shell, a full Chromium. Raises NoBrowser."""
    for source, named in (("monitor.browser.executable", executable), (VARIABLE, environment.get(VARIABLE))):
        if named:
            path = Path(named).expanduser()
            if not _runs(path):
                raise NoBrowser(f"{source}: {named} is not a program that can be run, expected the path of a Chromium")
            return Found(path, _kind(path))
    for path in _candidates(environment):
        if _runs(path):
            return Found(path, _kind(path))
    raise NoBrowser(MISSING)


def _candidates(environment: Mapping[str, str]) -> Iterator[Path]:
    yield from map(Path, SHELLS)
    downloads = _downloads(environment)
    for pattern in ("chromium_headless_shell-*/chrome-*/*headless[-_]shell", "chromium-*/chrome-linux*/chrome"):
        if pattern.startswith("chromium-"):
            yield from map(Path, FULL)
            yield from (Path(path) for path in map(shutil.which, NAMES) if path)
        yield from sorted(downloads.glob(pattern), reverse=True)


def _downloads(environment: Mapping[str, str]) -> Path:
    """Where Playwright keeps what it downloaded."""
    named = environment.get("PLAYWRIGHT_BROWSERS_PATH")
    return Path(named) if named else Path(environment.get("HOME", "/root")) / ".cache" / "ms-playwright"


def _runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _kind(path: Path) -> Kind:
    return "headless-shell" if "headless" in path.name else "chromium"
