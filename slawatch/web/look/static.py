"""The style sheet and the script of all pages, under names that change with what is in them, kept for a year."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from slawatch.web.people.needs import needs

#: All that a page may do: take style and script from here, send its forms here, and nothing else.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

_KINDS: Mapping[str, str] = MappingProxyType({"look.css": "text/css", "live.js": "text/javascript"})
_KEPT = "public, max-age=31536000, immutable"


@cache
def static_path(name: str) -> str:
    """Where a file is served, such as `/static/look.1f0c2a9b44d1.css`. Raises KeyError for one that there is not."""
    stem, kind = name.split(".")
    return f"/static/{stem}.{hashlib.sha256(_content(name)).hexdigest()[:12]}.{kind}"


def add_static(router: web.UrlDispatcher) -> None:
    """Each file, for everyone: the page where one signs in has a look too."""
    for name in _KINDS:
        router.add_get(static_path(name), needs(None, _serving(name)))


def _serving(name: str) -> Handler:
    async def handle(_request: web.Request) -> web.Response:
        return web.Response(
            body=_content(name), content_type=_KINDS[name], charset="utf-8", headers={hdrs.CACHE_CONTROL: _KEPT}
        )

    return handle


@cache
def _content(name: str) -> bytes:
    if name not in _KINDS:
        raise KeyError(name)
    return resources.files(__package__).joinpath(name).read_bytes()
