"""What is told to who is refused: RFC 9457 below /api, a page to who reads pages, a line of text to all others.

Who is not known and asks for a page is led to where one signs in, and from there to the page.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from slawatch.reporters.wording.tongue import mark
from slawatch.web.api.problems import problem_of
from slawatch.web.look import page
from slawatch.web.look.page import from_here
from slawatch.web.people.entrance import ENTRANCE

log = structlog.get_logger()

LOGIN = "/login"
#: What each status says on a page.
_SAID = {
    HTTPStatus.UNAUTHORIZED: mark("You are not signed in."),
    HTTPStatus.FORBIDDEN: mark("You may not do this."),
    HTTPStatus.NOT_FOUND: mark("There is no such page."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: mark("This is too much to send."),
    HTTPStatus.INTERNAL_SERVER_ERROR: mark("Something is wrong at our side. Please try again later."),
    HTTPStatus.SERVICE_UNAVAILABLE: mark("This is not possible at the moment. Please try again in a few minutes."),
}
_OTHER = mark("This cannot be done as it was asked.")


@web.middleware
async def refuse(request: web.Request, handler: Handler) -> web.StreamResponse:
    """A fault of ours tells the client nothing more than that, and the log everything."""
    try:
        return await handler(request)
    except web.HTTPException as refused:
        if refused.status < HTTPStatus.BAD_REQUEST:
            raise
        return await _told(request, refused)
    except Exception:
        log.exception("web.failed", method=request.method, path=request.path)
        return await _told(request, web.HTTPInternalServerError())


async def _told(request: web.Request, refused: web.HTTPException) -> web.StreamResponse:
    status, pages = HTTPStatus(refused.status), "text/html" in request.headers.get(hdrs.ACCEPT, "")
    response: web.StreamResponse
    if request.path.startswith("/api/"):
        response = problem_of(refused)
    elif not pages:
        response = web.Response(text=refused.text, status=status)
    elif _may_sign_in(request, status):
        response = web.Response(status=HTTPStatus.FOUND, headers={hdrs.LOCATION: _login_from(request)})
    else:
        response = await page(request, "people/refused.html", status=status, said=_SAID.get(status, _OTHER))
    for name in (hdrs.ALLOW, hdrs.RETRY_AFTER):
        if name in refused.headers:
            response.headers[name] = refused.headers[name]
    if response.status == HTTPStatus.UNAUTHORIZED:
        response.headers[hdrs.WWW_AUTHENTICATE] = 'Bearer realm="slawatch"'
    return response


def _may_sign_in(request: web.Request, status: HTTPStatus) -> bool:
    reading = request.method in {hdrs.METH_GET, hdrs.METH_HEAD}
    return status is HTTPStatus.UNAUTHORIZED and reading and ENTRANCE in request.app


def _login_from(request: web.Request) -> str:
    return f"{from_here(request)(LOGIN)}?{urlencode({'next': request.path_qs})}"
