"""The page at `/`: how the daemon is, and where the rest is. It loads nothing else."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from slawatch import __version__

_STYLE = (
    ":root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}"
    "body{max-width:40rem;margin:3rem auto;padding:0 1rem}"
    "dt{font-weight:600}dd{margin:0 0 .75rem}"
)

#: What the content security policy must allow: this style and no other.
STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"

_LINKS = (
    ("/metrics", "metrics, for Prometheus"),
    ("/sd", "where each customer's metrics are, for Prometheus to find"),
    ("/healthz", "alive? 200 while the event loop gives signs of life"),
    ("/readyz", "ready? 200 once the configuration, the store and the schedule are up"),
    ("/api/v1/status", "status, as JSON"),
    ("/api/v1/maintenance", "maintenance windows, as JSON"),
    ("/api/v1/exclusions", "force majeure, as JSON"),
    ("/api/v1/outages", "outages and what was said of them, as JSON"),
)


def index_page(*, stuck: tuple[str, ...], missing: tuple[str, ...]) -> str:
    """The page, with what is stuck and what has not come up yet."""
    links = "\n".join(f'<li><a href="{path}">{path}</a> {escape(text)}</li>' for path, text in _LINKS)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>slawatch</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>slawatch</h1>
<dl>
<dt>Alive</dt><dd>{escape("; ".join(stuck)) or "yes"}</dd>
<dt>Ready</dt><dd>{escape("not yet: " + ", ".join(missing)) if missing else "yes"}</dd>
<dt>Version</dt><dd>{escape(__version__)}</dd>
</dl>
<ul>
{links}
</ul>
</main>
</body>
</html>
"""
