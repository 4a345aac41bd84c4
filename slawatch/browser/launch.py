"""How the driver and the browser are started: flags, a clean environment, and finding their processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.async_api import Browser, Playwright

from slawatch.browser import processes
from slawatch.browser.executable import Found
from slawatch.browser.leftovers import MARK
from slawatch.browser.processes import Process

#: Beside Playwright's own flags, which already switch off field trials, component updates, sync and reporting.
#: Never --disable-features here: Chromium takes the last one, and Playwright's list would be lost.
FLAGS = (
    "--disable-gpu",  # nothing is shown
    "--no-proxy-server",  # the network as it is: no proxy from the environment, no WPAD look-up
    "--disable-domain-reliability",  # no reports to Google's sites
    "--disable-client-side-phishing-detection",
    "--disable-crash-reporter",
    "--no-pings",  # no <a ping> requests
)

LAUNCH_SECONDS = 15.0


@contextmanager
def drivers_environment(folder: Path) -> Iterator[None]:
    """While the driver starts: its temporary folder is ours, it carries our mark and does not log its traffic.

    Playwright starts the driver with a copy of our environment and offers no other way in.
    """
    wanted = {"TMPDIR": str(folder), MARK: str(folder), "DEBUG": "", "NODE_OPTIONS": ""}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def find_driver(folder: Path) -> Process | None:
    """The driver's process: our child with our mark."""
    own = os.getpid()
    ours = (one for one in processes.everyone() if one.parent == own and one.alive)
    return next((one for one in ours if processes.mentions(one.pid, f"{MARK}={folder}\0")), None)


async def launch(driver: Playwright, found: Found, folder: Path, *, sandbox: bool) -> Browser:
    """A new browser with a profile of its own. Raises Playwright's Error."""
    return await driver.chromium.launch(
        executable_path=found.path,
        headless=True,
        chromium_sandbox=sandbox,
        handle_sigint=False,
        handle_sigterm=False,
        handle_sighup=False,
        timeout=LAUNCH_SECONDS * 1000,
        args=list(FLAGS),
        env={"HOME": str(folder), "TMPDIR": str(folder), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", MARK: str(folder)},
    )
