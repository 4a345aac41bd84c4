"""The image is built and run for real. Collected only where root has buildah (tests/conftest.py)."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).parent.parent
#: Debian and every package come over the network, twice.
LIMIT_SECONDS = 1200


def test_the_image_is_built_and_slawatch_watches_in_it():
    trusted = os.environ.get("SSL_CERT_FILE")
    more = () if trusted is None else ("--certificates", trusted)
    made = subprocess.run(
        [ROOT / "scripts/image-test", "--once", *more],
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert "image-test: the demo saw pages of all parks up\n" in made.stderr
