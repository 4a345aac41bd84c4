"""A page, rendered for its reader: the template's own part inside the frame that all pages share."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from http import HTTPStatus
from itertools import islice
from typing import Any

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from slawatch import __version__
from slawatch.reporters.wording import revised
from slawatch.reporters.wording.phrasing import month_name
from slawatch.reporters.wording.tongue import Tongue
from slawatch.web.look import figures
from slawatch.web.look.navigation import links
from slawatch.web.look.reader import CHOICE, Reader, keep_choice, reader_of
from slawatch.web.look.static import static_path
from slawatch.web.turns import TURN_SECONDS

#: So many pieces of a template take half a millisecond.
PIECES = 400
#: Each language as its own speakers call it.
_OWN_NAMES = {"nl": "Nederlands", "en": "English"}


async def page(
    request: web.Request,
    template: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    language: str | None = None,
    **values: object,
) -> web.Response:
    """The template filled in with `values`, as a response. `template`: its path in `slawatch/web`.

    Rendered in a thread, so a long one leaves the event loop free. Every template may use, beside `values`, what
    `_given` gives: above all `say("...")`, and `at("/path")` for each address. `language`: of whom the page is for,
    where that is known; else the reader's, who may choose another.
    """
    reader = reader_of(request, language)
    given = _given(request, reader, () if language else tuple(_OWN_NAMES.items()))
    text = await asyncio.to_thread(_rendered, template, {**given, **values})
    response = web.Response(text=text, status=status, content_type="text/html")
    response.headers["Vary"] = "Accept-Language, Cookie"
    response.headers["Content-Language"] = reader.language
    response.enable_compression()
    keep_choice(request, response)
    return response


async def printed(template: str, tongue: Tongue, path: str, **values: object) -> str:
    """The template filled in, for whoever asks for that path: it knows of no request and no reader."""
    at = from_path(path)
    given = {"at": at, "static": lambda name: at(static_path(name)), **_spoken(tongue)}
    return await asyncio.to_thread(_rendered, template, {**given, **values})


def _rendered(template: str, values: Mapping[str, object]) -> str:
    """In parts: after each the event loop gets its turn, for which it would otherwise wait 5 ms each time.

    Nothing smaller is held on to, or the collector of garbage would look through the whole process every few pages.
    """
    pieces, parts = _templates().get_template(template).generate(values), []
    while some := list(islice(pieces, PIECES)):
        parts.append("".join(some))
        time.sleep(TURN_SECONDS)
    return "".join(parts)


def _given(request: web.Request, reader: Reader, languages: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What every template may use.

    `at`: an address from this page's on, for a proxy may serve everything under a path of its own.
    """
    tongue, at = reader.tongue, from_here(request)
    return {
        "reader": reader,
        "may": reader.may,
        "at": at,
        "static": lambda name: at(static_path(name)),
        "navigation": tuple(links(request, reader)),
        "languages": [
            (language, name, request.rel_url.update_query({CHOICE: language}).raw_query_string)
            for language, name in languages
        ],
        "version": __version__,
        **_spoken(tongue),
    }


def _spoken(tongue: Tongue) -> dict[str, Any]:
    """Words and figures in a language."""
    return {
        "say": tongue.say,
        "count": tongue.count,
        "percent": partial(figures.percent, tongue=tongue),
        "revised": partial(revised.why, tongue=tongue),
        "promised": partial(figures.promised, tongue=tongue),
        "seconds": partial(figures.seconds, tongue=tongue),
        "whole_seconds": partial(figures.whole_seconds, tongue=tongue),
        "brief": partial(figures.brief, tongue=tongue),
        "clock": partial(figures.clock, tongue=tongue),
        "dated": partial(figures.dated, tongue=tongue),
        "day_of": partial(figures.day_of, tongue=tongue),
        "month_name": partial(month_name, tongue=tongue),
    }


def from_here(request: web.Request) -> Callable[[str], str]:
    """Gives the way from the page that is asked for to a path of ours."""
    return from_path(request.rel_url.raw_path)


def from_path(path: str) -> Callable[[str], str]:
    """Gives the way from that path to another."""
    up = "../" * (path.count("/") - 1)

    def at(path: str) -> str:
        return (up or "./") + path.removeprefix("/")

    return at


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("slawatch", "web"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
