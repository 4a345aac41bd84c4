"""What was declared on a page goes into the audit list."""

from __future__ import annotations

import structlog
from aiohttp import web

from slawatch.store import Actor, Deed, StoreError
from slawatch.web.people.asker import Asker
from slawatch.web.people.entrance import ENTRANCE

log = structlog.get_logger()


async def list_declared(request: web.Request, asker: Asker, subject: str) -> None:
    """That something was declared about the subject: it was, whether it can be listed or not."""
    entrance = request.app.get(ENTRANCE)
    if entrance is None:
        return
    try:
        actor = Actor(asker.name, asker.way, asker.origin)
        await entrance.office.note(actor, Deed.DECLARED, subject, request=request.path)
    except StoreError as busy:
        log.error("audit.not_written", path=request.path, subject=subject, reason=str(busy))
