"""The formats that a summary is written in: a line each."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from slawatch.app.bundling import write_bundle
from slawatch.app.rendering.wanted import Wanted
from slawatch.app.statements import as_json, statement
from slawatch.app.summaries import summarize
from slawatch.browser.press import Press
from slawatch.config import Config
from slawatch.reporters.summary import Profile, Summary, as_csv, as_html, as_pdf, as_xlsx
from slawatch.store import Store


@dataclass(frozen=True, slots=True)
class Job:
    """A document that is wanted, in a `language`, and what it is made of. `press`: gives the browser that prints."""

    wanted: Wanted
    language: str
    out: Path
    store: Store
    config: Config
    press: Callable[[], Awaitable[Press]]

    async def summary(self) -> Summary:
        one = self.wanted
        return await summarize(self.store, self.config, one.customer, one.month, one.at, revision=one.revision)


#: Writes the job's file; gives which revision is in it, None where the month is not closed.
Write = Callable[[Job], Awaitable[int | None]]


@dataclass(frozen=True, slots=True)
class Format:
    """`ending`: of its files' names. `spoken`: whether the language makes a difference. `binary`: not for a screen."""

    ending: str
    media_type: str
    write: Write
    spoken: bool = True
    binary: bool = False


def _of_summary(lay_out: Callable[[Summary, str], bytes]) -> Write:
    """The writing of what is laid out in a language."""

    async def write(job: Job) -> int | None:
        summary = await job.summary()
        await asyncio.to_thread(lambda: job.out.write_bytes(lay_out(summary, job.language)))
        return _revision(summary)

    return write


async def _csv(job: Job) -> int | None:
    return await _of_summary(lambda summary, language: as_csv(summary, language, Profile(job.wanted.profile)))(job)


async def _pdf(job: Job) -> int | None:
    summary = await job.summary()
    printed = await as_pdf(summary, job.language, await job.press())
    await asyncio.to_thread(job.out.write_bytes, printed)
    return _revision(summary)


async def _json(job: Job) -> int | None:
    one = job.wanted
    told = await statement(job.store, job.config, one.customer, one.month, one.at, one.revision)
    await asyncio.to_thread(lambda: job.out.write_bytes(as_json(told)))
    return told["revision"] if "closed" in told else None


async def _zip(job: Job) -> int | None:
    summary = await job.summary()
    with job.out.open("wb") as file:
        await write_bundle(job.store, summary, job.language, file)
    return _revision(summary)


def _revision(summary: Summary) -> int | None:
    return None if summary.revision is None else summary.revision.revision


_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "html": Format("html", "text/html", _of_summary(as_html)),
        "pdf": Format("pdf", "application/pdf", _pdf, binary=True),
        "xlsx": Format("xlsx", _WORKBOOK, _of_summary(as_xlsx), binary=True),
        "csv": Format("csv", "text/csv", _csv),
        "zip": Format("zip", "application/zip", _zip, binary=True),
        "json": Format("json", "application/json", _json, spoken=False),
    }
)
