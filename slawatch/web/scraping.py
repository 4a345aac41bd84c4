"""What Prometheus asks for: all metrics, one customer's, slawatch's own, and where each is to be found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from http import HTTPStatus

from aiohttp import hdrs, web

from slawatch.reporters.metrics import OWN
from slawatch.rules.permissions import Permission
from slawatch.web.negotiation import preferred_format, takes_gzip
from slawatch.web.people.needs import nearby
from slawatch.web.scrape import Scrapes, Wanted

#: In the place of a customer's id, of which none is so: the metrics of slawatch itself.
OWN_PATH = "-"
#: For a scraper to take its answer. Prometheus gives up after ten seconds, unless it is told otherwise.
TAKEN_SECONDS = 60.0


def add_scraping(router: web.UrlDispatcher, scrapes: Scrapes, taken_seconds: float = TAKEN_SECONDS) -> None:
    """`/metrics`, `/metrics/ID`, `/metrics/-` and `/sd`. Who has not taken its answer in `taken_seconds` is cut off."""
    routes = _Routes(scrapes, taken_seconds)
    router.add_get("/metrics", nearby(Permission.READ, routes.everything))
    router.add_get("/metrics/{customer}", nearby(Permission.READ, routes.part))
    router.add_get("/sd", nearby(Permission.READ, routes.targets))


class _Routes:
    def __init__(self, scrapes: Scrapes, taken_seconds: float) -> None:
        self._scrapes = scrapes
        self._taken_seconds = taken_seconds

    async def everything(self, request: web.Request) -> web.StreamResponse:
        return await self._metrics(request, None)

    async def part(self, request: web.Request) -> web.StreamResponse:
        """One customer's, or slawatch's own. 404 for who is not configured (any more), so that its series end."""
        customer = request.match_info["customer"]
        if customer == OWN_PATH:
            return await self._metrics(request, OWN)
        if customer not in self._scrapes.customers:
            return web.Response(text="404: no such customer", status=HTTPStatus.NOT_FOUND)
        return await self._metrics(request, customer)

    async def targets(self, request: web.Request) -> web.Response:
        """What Prometheus' `http_sd_configs` reads: a target for each customer, at the address that was asked.

        `instance` differs, so that the `up` of each is a series of its own. There is no label `customer`: the series
        have it, and Prometheus would rename it in them.
        """
        host = request.headers.get(hdrs.HOST)  # without it, request.host would ask the resolver, and wait
        if not host:
            return web.Response(text="400: say in Host what address was asked", status=HTTPStatus.BAD_REQUEST)
        found = [
            {
                "targets": [host],
                "labels": {
                    "__metrics_path__": f"/metrics/{customer}",
                    "__meta_slawatch_customer": customer,
                    "instance": f"{host}/{customer}",
                },
            }
            for customer in self._scrapes.customers
        ]
        return web.json_response(found)

    async def _metrics(self, request: web.Request, customer: str | None) -> web.StreamResponse:
        wanted = Wanted(
            format=preferred_format(",".join(request.headers.getall(hdrs.ACCEPT, []))),
            gzip=takes_gzip(",".join(request.headers.getall(hdrs.ACCEPT_ENCODING, []))),
            customer=customer,
            names=frozenset(request.query.getall("name[]", [])),
        )
        headers = {hdrs.CONTENT_TYPE: wanted.format.value, hdrs.VARY: "Accept, Accept-Encoding"}
        if wanted.gzip:
            headers[hdrs.CONTENT_ENCODING] = "gzip"
        body = await self._scrapes.body(wanted)
        response = web.StreamResponse(headers=headers)
        response.content_length = sum(map(len, body))
        await self._hand_over(request, response, () if request.method == hdrs.METH_HEAD else body)
        return response

    async def _hand_over(self, request: web.Request, response: web.StreamResponse, body: Iterable[bytes]) -> None:
        """Write as fast as it is read; a reader that went away is its own affair."""
        try:
            async with asyncio.timeout(self._taken_seconds):
                await response.prepare(request)
                with suppress(ConnectionError):
                    for piece in body:
                        await response.write(piece)
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
