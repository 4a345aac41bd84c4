"""What holds for the whole suite: how properties are tried, where folders lie, which files begin first, whose the log is."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

# How long an example takes hangs on what else the machine does. Where a change is judged, the examples are the same each time.
settings.register_profile("here", deadline=None)
settings.register_profile("judged", deadline=None, derandomize=True)
settings.load_profile("judged" if os.environ.get("CI") else "here")

#: A store waits for the disk at each commit, and no test takes the power away: where memory has room, folders lie in it.
MEMORY, ROOM_BYTES = Path("/dev/shm"), 2**30


def has_room(place: Path) -> bool:
    """Whether tests can write there, and run what they write."""
    if not os.access(place, os.W_OK | os.X_OK):
        return False
    found = os.statvfs(place)
    return found.f_bavail * found.f_frsize > ROOM_BYTES and not found.f_flag & os.ST_NOEXEC


if has_room(MEMORY):
    tempfile.tempdir = str(MEMORY)

#: Building an image wants root and buildah: elsewhere these tests are not part of the suite.
collect_ignore = [] if os.geteuid() == 0 and shutil.which("buildah") else ["test_image.py"]

#: The files that take longest: they begin first, so that no worker has one of them left when the other is done.
LONGEST = (
    "test_image.py",
    "test_faults.py",
    "test_ops_for_real.py",
    "test_living.py",
    "test_scraped.py",
    "test_probe_login.py",
    "test_browser.py",
    "test_refusals.py",
    "test_probe_page.py",
    "test_alert_rules.py",
    "test_probe_faults.py",
    "test_mail_look.py",
    "test_oracle.py",
    "test_store_pruning.py",
    "test_supervised.py",
    "test_checkpoints.py",
    "test_metrics_prometheus.py",
    "test_store_copies.py",
    "test_looks.py",
    "test_deliver_faults.py",
    "test_recorder.py",
    "test_alerts_for_real.py",
    "test_deliver_processes.py",
    "test_boards_answers.py",
    "test_all_together.py",
    "test_declaring.py",
    "test_live_is_replay.py",
    "test_sealed_days.py",
    "test_store_trouble.py",
    "test_web_look.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture(autouse=True)
def log() -> Iterator[None]:
    """A verb that ran in this process set its log up; that ends with the test."""
    yield
    structlog.reset_defaults()
