"""The formats that a summary is written in: a line each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from slawatch.browser import Press
from slawatch.reporters.summary import Summary, as_csv, as_html, as_json, as_xlsx, reproducible

#: Gives the browser that prints, started when it is first asked for.
GetPress = Callable[[], Awaitable[Press]]


@dataclass(frozen=True, slots=True)
class Format:
    """`ending`: of its files' names. `spoken`: whether the language makes a difference. `binary`: no text for a screen.

    `write`: the summary in a language and, for CSV, by a profile. Raises BrowserLost, NoBrowser.
    """

    ending: str
    media_type: str
    write: Callable[[Summary, str, str, GetPress], Awaitable[bytes]]
    spoken: bool = True
    binary: bool = False


async def _json(summary: Summary, _language: str, _profile: str, _press: GetPress) -> bytes:
    return as_json(summary)


async def _csv(summary: Summary, language: str, profile: str, _press: GetPress) -> bytes:
    return as_csv(summary, language, profile)


async def _xlsx(summary: Summary, language: str, _profile: str, _press: GetPress) -> bytes:
    return as_xlsx(summary, language)


async def _html(summary: Summary, language: str, _profile: str, _press: GetPress) -> bytes:
    return as_html(summary, language)


async def _pdf(summary: Summary, language: str, _profile: str, press: GetPress) -> bytes:
    printed = await (await press()).pdf(as_html(summary, language))
    return reproducible(printed, summary)


_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "html": Format("html", "text/html; charset=utf-8", _html),
        "pdf": Format("pdf", "application/pdf", _pdf, binary=True),
        "xlsx": Format("xlsx", _SHEET, _xlsx, binary=True),
        "csv": Format("csv", "text/csv; charset=utf-8", _csv),
        "json": Format("json", "application/json", _json, spoken=False),
    }
)
