"""`/customers/ID/summaries`: the months, and below it each document at an address of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from zoneinfo import ZoneInfo

import structlog
from aiohttp import hdrs, web

from slawatch.reporters.wording.tongue import LANGUAGES, mark
from slawatch.rules.calendar import parse
from slawatch.rules.document import Document
from slawatch.rules.permissions import Permission
from slawatch.store import StoreError
from slawatch.web.look import page, reader_of
from slawatch.web.look.words import WHY
from slawatch.web.people.asker import asker_of
from slawatch.web.people.needs import needs
from slawatch.web.summaries.facts import Archive, Ask, MonthKept, NoDocument, Shelf
from slawatch.web.summaries.places import Full, Places
from slawatch.web.summaries.taking import taken

log = structlog.get_logger()

#: So many documents at once, and so many of them for one person; who comes then is asked to come back.
MOST, EACH = 8, 2
RETRY_SECONDS = 20

#: What stands in an address, with the format and profile that it means, and what it is called.
FORMS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "html": ("html", "machine", mark("Page")),
        "pdf": ("pdf", "machine", "PDF"),
        "xlsx": ("xlsx", "machine", mark("Workbook (XLSX)")),
        "csv-excel": ("csv", "excel", mark("CSV for a Dutch Excel")),
        "csv": ("csv", "machine", mark("CSV for programs")),
        "json": ("json", "machine", "JSON"),
        "zip": ("zip", "machine", mark("Evidence (ZIP)")),
    }
)
#: Of these there is one for all languages; the last only of a closed month.
PLAIN, CLOSED = frozenset({"csv", "json"}), frozenset({"zip"})

_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,5}", re.ASCII)

_NO_CUSTOMER = mark("There is no customer of that name.")
_NO_MONTH = mark("There is no summary of that month.")
_WRONG = mark("This address is not right.")
_FULL = mark("As many documents are being made as can be. Please try again in half a minute.")
_FAILED = mark("The document could not be made. The watching goes on; please tell who looks after slawatch.")
_BUSY = mark("This cannot be read at the moment. Please try again in a minute.")


class Refusal(Exception):
    """What stands on the page that is shown instead. `detail`: a line of what was found, in English."""

    def __init__(self, status: HTTPStatus, said: str, detail: str = "") -> None:
        super().__init__(said)
        self.status = status
        self.said = said
        self.detail = detail


def summaries(archive: Archive, places: Places | None = None) -> Callable[[web.Application], None]:
    """The part of the pages that shows these."""
    routes = _Routes(archive, places or Places(MOST, EACH))

    def add(app: web.Application) -> None:
        app.router.add_get("/customers/{customer}/summaries", needs(Permission.READ, routes.show))
        path = "/customers/{customer}/summaries/{month}/{form}"
        app.router.add_get(path, needs(Permission.REPORT, routes.take), allow_head=False)

    return add


class _Routes:
    def __init__(self, archive: Archive, places: Places) -> None:
        self._archive = archive
        self._places = places

    async def show(self, request: web.Request) -> web.StreamResponse:
        """`month`: which, by default the latest that is closed; `revision`: which to take; `from`, `to`: to compare."""
        try:
            return await self._shown(request, await self._shelf(request))
        except Refusal as refusal:
            return await _refused(request, refusal)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """`language`: by default the customer's; `revision`: by default the latest."""
        asker = asker_of(request)
        assert asker is not None, "a route with a permission has an asker"
        try:
            ask = _asked(request)
            with self._places.one(asker.name):
                return await taken(request, self._archive, ask)
        except Full:
            return await _refused(request, Refusal(HTTPStatus.SERVICE_UNAVAILABLE, _FULL))
        except NoDocument as none:
            return await _refused(request, _refusal(none))
        except OSError as trouble:
            log.error("document.not_kept", reason=str(trouble))
            return await _refused(request, Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, _FAILED))
        except Refusal as refusal:
            return await _refused(request, refusal)

    async def _shelf(self, request: web.Request) -> Shelf:
        try:
            shelf = await self._archive.shelf(request.match_info["customer"])
        except StoreError as busy:
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, _BUSY, str(busy)) from None
        if shelf is None:
            raise Refusal(HTTPStatus.NOT_FOUND, _NO_CUSTOMER)
        return shelf

    async def _shown(self, request: web.Request, shelf: Shelf) -> web.Response:
        kept = _chosen(shelf, request.query.get("month", ""))
        revision = _number(request, "revision")
        editions = () if kept is None else kept.editions
        if revision is not None and revision not in {one.revision for one in editions}:
            raise Refusal(HTTPStatus.NOT_FOUND, _NO_MONTH)
        return await page(
            request,
            "summaries/summaries.html",
            shelf=shelf,
            kept=kept,
            revision=revision,
            difference=None if kept is None else await self._difference(request, shelf, kept),
            zone=ZoneInfo(shelf.zone),
            forms={name: word for name, (_, _, word) in FORMS.items() if editions or name not in CLOSED},
            plain=PLAIN,
            languages_of=tuple(LANGUAGES),
            may_take=reader_of(request).may(Permission.REPORT),
            parse=parse,
            why=WHY,
        )

    async def _difference(self, request: web.Request, shelf: Shelf, kept: MonthKept) -> Document | None:
        """Of the two revisions that are asked for, else of the last two."""
        if len(kept.editions) < 2:
            return None
        last = kept.editions[-1].revision
        earlier = _number(request, "from") or last - 1
        later = _number(request, "to") or last
        if earlier >= later:
            earlier, later = later, earlier
        if earlier == later:
            return None
        try:
            return await self._archive.differences(shelf.customer, kept.month, (earlier, later))
        except NoDocument as none:
            raise _refusal(none) from None
        except StoreError as busy:
            raise Refusal(HTTPStatus.SERVICE_UNAVAILABLE, _BUSY, str(busy)) from None


def _asked(request: web.Request) -> Ask:
    """Raises Refusal: 404 for a form that there is none of, 400 for what is none."""
    told, language = request.match_info, request.query.get("language")
    if told["form"] not in FORMS:
        raise Refusal(HTTPStatus.NOT_FOUND, _WRONG)
    if not _MONTH.fullmatch(told["month"]) or (language is not None and language not in LANGUAGES):
        raise Refusal(HTTPStatus.BAD_REQUEST, _WRONG)
    format_, profile, _ = FORMS[told["form"]]
    return Ask(told["customer"], told["month"], format_, profile, language, _number(request, "revision"))


def _number(request: web.Request, name: str) -> int | None:
    written = request.query.get(name)
    if written is None or written == "":
        return None
    if not _NUMBER.fullmatch(written):
        raise Refusal(HTTPStatus.BAD_REQUEST, _WRONG)
    return int(written)


def _chosen(shelf: Shelf, month: str) -> MonthKept | None:
    """The month that is asked for; else the latest that is closed, else the latest. None where there is none at all."""
    if month and not _MONTH.fullmatch(month):
        raise Refusal(HTTPStatus.BAD_REQUEST, _WRONG)
    closed = [one for one in shelf.months if one.editions]
    found = next((one for one in shelf.months if one.month == month), None)
    if month and found is None:
        raise Refusal(HTTPStatus.NOT_FOUND, _NO_MONTH)
    return found or next(iter(closed or shelf.months), None)


def _refusal(none: NoDocument) -> Refusal:
    if none.busy:
        return Refusal(HTTPStatus.SERVICE_UNAVAILABLE, _FULL)
    if none.fault:
        log.error("document.not_made", reason=str(none))
        return Refusal(HTTPStatus.INTERNAL_SERVER_ERROR, _FAILED)
    return Refusal(HTTPStatus.NOT_FOUND, _NO_MONTH, str(none))


async def _refused(request: web.Request, refusal: Refusal) -> web.Response:
    back = f"/customers/{request.match_info['customer']}" if refusal.said != _NO_CUSTOMER else "/overview"
    response = await page(
        request,
        "summaries/refused.html",
        status=refusal.status,
        said=refusal.said,
        detail=refusal.detail,
        back=back,
    )
    if refusal.status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers[hdrs.RETRY_AFTER] = str(RETRY_SECONDS)
    return response
