"""The demo's pages, style sheets and scripts: all bundled, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources

import jinja2
from aiohttp import web

_TYPES = {"css": "text/css", "js": "text/javascript"}


@cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("slawatch.demo", "pages"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(name: str, **values: object) -> str:
    """The template `name` filled in with `values`."""
    return _templates().get_template(name).render(**values)


def page_response(
    name: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
) -> web.Response:
    """The page `name` filled in with `values`, never kept by a cache."""
    return web.Response(
        text=render(name, **values),
        status=status,
        content_type="text/html",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )


def file_response(name: str, *, among: Collection[str]) -> web.Response:
    """The bundled file `name` if it is one of `among`, otherwise 404."""
    if name not in among:
        raise web.HTTPNotFound
    text = resources.files(__name__).joinpath(name).read_text(encoding="utf-8")
    return web.Response(
        text=text, content_type=_TYPES[name.rpartition(".")[2]], headers={"Cache-Control": "max-age=3600"}
    )
