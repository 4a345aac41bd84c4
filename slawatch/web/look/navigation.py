"""The pages that every page leads to, each for who may see it, as far as they are served."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiohttp import web

from slawatch.reporters.wording.tongue import mark
from slawatch.rules.permissions import Permission
from slawatch.web.look.reader import Reader


@dataclass(frozen=True, slots=True)
class Entry:
    """`label`: in English, as it stands in the catalogues."""

    path: str
    label: str
    needs: Permission


ENTRIES = (
    Entry("/overview", mark("Overview"), Permission.READ),
    Entry("/maintenance", mark("Maintenance"), Permission.READ),
)


@dataclass(frozen=True, slots=True)
class Link:
    path: str
    label: str
    here: bool


def links(request: web.Request, reader: Reader) -> Iterator[Link]:
    """What this reader is led to. `here`: the page that is asked for, or the one that it belongs to."""
    served = {resource.canonical for resource in request.app.router.resources()}
    for entry in ENTRIES:
        if entry.path in served and reader.may(entry.needs):
            yield Link(entry.path, reader.tongue.say(entry.label), request.path == entry.path)
