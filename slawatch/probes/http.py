"""The light http probe: one GET on a new connection, no browser."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl

import aiohttp

from slawatch.config import Customer, Http
from slawatch.model import VERDICTS, Cause, CheckId, Look, Verdict
from slawatch.probes.connections import Steps
from slawatch.probes.page.judge import KEPT_OUT
from slawatch.probes.page.phases import whole_milliseconds
from slawatch.probes.page.visit import refused
from slawatch.probes.redact import path_of
from slawatch.probes.tools import Tools

#: So much of an answer's body is read: enough to see that it comes.
BODY_BYTES = 64 * 1024
#: Of the files or the memory of this machine none is left.
OURS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS})


class HttpProbe:
    """Asks for the path and takes any answer below 400 as up. Redirects are answers and are not followed: this check
    speaks of the network and the server at this address, not of where they send one.
    """

    def __init__(self, customer: Customer, name: str, http: Http, tools: Tools) -> None:
        self.id = CheckId(customer.id, "http", name)
        self._url = customer.at(http.path)
        self._seconds = http.timeout.total_seconds()
        self._tools = tools

    async def look(self) -> Look:
        loop = asyncio.get_running_loop()
        steps, began = Steps(), loop.time()
        status: int | None = None
        cause: Cause | None
        try:
            async with asyncio.timeout(self._seconds):
                async with self._tools.http.get(self._url, allow_redirects=False, trace_request_ctx=steps) as answer:
                    answered = loop.time()
                    status, cause = answer.status, cause_of_answer(answer)
                    await _read(answer)
        except TimeoutError:
            cause = _cause_of_silence(steps, status)
        except (aiohttp.ClientError, OSError) as error:
            cause = cause_of_error(error)
        took = (loop.time() - began) * 1000
        phases = {name: round(length, 1) for name in ("dns", "connect") if (length := steps.length(name)) is not None}
        if status is not None:
            phases["ttfb"] = round((answered - steps.at.get("connect_end", began)) * 1000, 1)
            phases["response"] = round(max(0.0, took - (answered - began) * 1000), 1)
        if cause is not None:
            cause = await self._tools.witnesses.judge(cause)
        return Look(
            verdict=Verdict.UP if cause is None else VERDICTS[cause],
            cause=cause,
            milliseconds=whole_milliseconds(took),
            phases=phases,
            facts={"path": path_of(self._url)} | ({"status": status} if status is not None else {}),
        )


async def _read(answer: aiohttp.ClientResponse) -> None:
    """Read the body's beginning, or all of it."""
    left = BODY_BYTES
    while left > 0 and (chunk := await answer.content.readany()):
        left -= len(chunk)


def cause_of_answer(answer: aiohttp.ClientResponse) -> Cause | None:
    """What an HTTP answer means by its status and headers."""
    if answer.status in KEPT_OUT or refused(answer.headers):
        return Cause.BLOCKED
    if answer.status >= 500:
        return Cause.HTTP_5XX
    return Cause.HTTP_4XX if answer.status >= 400 else None


def cause_of_error(error: Exception) -> Cause:
    """What a failed request means."""
    if isinstance(error, OSError) and error.errno in OURS:
        return Cause.MONITOR_OVERLOAD
    if isinstance(error, aiohttp.ClientConnectorDNSError | socket.gaierror):
        return Cause.DNS
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError | aiohttp.ServerFingerprintMismatch):
        return Cause.TLS
    if isinstance(error, aiohttp.ClientResponseError | aiohttp.ClientPayloadError):
        return Cause.HTTP_5XX  # an answer that is not HTTP, or breaks off
    return Cause.CONNECT


def _cause_of_silence(steps: Steps, status: int | None) -> Cause:
    """What time ran out in: the body of an answer, the name, the connection, or the wait for an answer."""
    if status is not None:
        return Cause.TIMEOUT_READY
    if steps.in_step("dns"):
        return Cause.DNS
    if steps.in_step("connect"):
        return Cause.CONNECT
    return Cause.TIMEOUT_SERVER
