"""Writes the dashboards: `python -m dashboards.grafana`."""

from __future__ import annotations

from dashboards.grafana import FOLDER, written

for name, text in written().items():
    (FOLDER / name).write_text(text, encoding="utf-8")
