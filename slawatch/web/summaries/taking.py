"""A document as an answer: made into a folder of its own, which is removed, and sent as a file."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from aiohttp import hdrs, web

from slawatch.web.summaries.facts import Archive, Ask, Made

#: A summary is styled by itself, shows its own charts, and nothing else: no script, no form, no address of ours.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; sandbox"
#: So much is read and sent at once; who does not take it for so long is let go.
PIECE_BYTES = 256 * 1024
TAKEN_SECONDS = 30.0

_HTML = "text/html"


async def taken(request: web.Request, archive: Archive, ask: Ask) -> web.StreamResponse:
    """The document, for this request. Raises NoDocument before anything is sent."""
    made, file = await _made(archive, ask)
    with file:
        return await _sent(request, made, file)


async def _made(archive: Archive, ask: Ask) -> tuple[Made, BinaryIO]:
    """The document, open to be read, and nowhere in a folder any more: what is broken off leaves nothing behind."""
    folder = await asyncio.to_thread(tempfile.TemporaryDirectory, prefix="slawatch-summary-")
    try:
        made = await archive.make(ask, out := Path(folder.name) / "document")
        return made, await asyncio.to_thread(out.open, "rb")
    finally:
        await asyncio.shield(asyncio.to_thread(folder.cleanup))


async def _sent(request: web.Request, made: Made, file: BinaryIO) -> web.StreamResponse:
    text = made.media_type.startswith("text/")
    response = web.StreamResponse(
        headers={
            hdrs.CONTENT_TYPE: f"{made.media_type}; charset=utf-8" if text else made.media_type,
            hdrs.CONTENT_DISPOSITION: disposition(made.name, shown=made.media_type == _HTML),
            hdrs.CONTENT_LENGTH: str(made.size),
        }
    )
    if made.media_type == _HTML:
        response.headers["Content-Security-Policy"] = POLICY
    try:
        await response.prepare(request)
        while piece := await asyncio.to_thread(file.read, PIECE_BYTES):
            async with asyncio.timeout(TAKEN_SECONDS):
                await response.write(piece)
        await response.write_eof()
    except (ConnectionError, TimeoutError):
        if request.transport is not None:
            request.transport.abort()  # what comes after half a document would be read as its rest
    return response


def disposition(name: str, *, shown: bool) -> str:
    """RFC 6266: to be shown or kept, under this name; for old browsers its plain letters."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-._") else "_" for letter in name)
    kind = "inline" if shown else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
