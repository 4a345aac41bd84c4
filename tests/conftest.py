"""What holds for the whole suite: how properties are tried, which files begin first, whose the log is."""

import os
import shutil
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

# How long an example takes hangs on what else the machine does. Where a change is judged, the examples are the same each time.
settings.register_profile("here", deadline=None)
settings.register_profile("judged", deadline=None, derandomize=True)
settings.load_profile("judged" if os.environ.get("CI") else "here")

#: Building an image wants root and buildah: elsewhere these tests are not part of the suite.
collect_ignore = [] if os.geteuid() == 0 and shutil.which("buildah") else ["test_image.py"]

#: The files that take longest: they begin first, so that no worker has one of them left when the other is done.
LONGEST = (
    "test_image.py",
    "test_faults.py",
    "test_ops_for_real.py",
    "test_living.py",
    "test_metrics_prometheus.py",
    "test_scraped.py",
    "test_probe_login.py",
    "test_refusals.py",
    "test_alert_rules.py",
    "test_browser.py",
    "test_probe_page.py",
    "test_declaring.py",
    "test_oracle.py",
    "test_probe_faults.py",
    "test_live_is_replay.py",
    "test_looks.py",
    "test_store_trouble.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@pytest.fixture(autouse=True)
def log() -> Iterator[None]:
    """A verb that ran in this process set its log up; that ends with the test."""
    yield
    structlog.reset_defaults()
