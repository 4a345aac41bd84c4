"""Which messages maintenance owes to whom: one for each version of a window, and of a series one for all its times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from slawatch.model import Declaration, DeclarationKind, Instant, Message, MessageKind, Topic
from slawatch.rules.calendar import parse
from slawatch.rules.declared import CONFIGURATION, MIGRATION
from slawatch.rules.owed import Recipients, owed
from slawatch.rules.series import says_otherwise, series_of
from slawatch.rules.stands import Standing

_TOLD_OF = frozenset({DeclarationKind.WINDOW_ANNOUNCED, DeclarationKind.WINDOW_MOVED, DeclarationKind.WINDOW_CANCELLED})


@dataclass(frozen=True, slots=True)
class _News:
    """What is to be told of a window or a series: which number of it, and until when there is any sense in it."""

    kind: MessageKind
    about: str
    number: int
    ends: Instant


def announcing(
    declared: Iterable[Declaration],
    standings: Mapping[str, Standing],
    earlier: Iterable[Message],
    recipients: Mapping[str, Recipients],
    now: Instant,
) -> tuple[Message, ...]:
    """What these declarations owe the contacts of their customers who want to hear of maintenance.

    `standings`: before them. `earlier`: the announcements that came to be owed so far. Windows of the configuration
    that have begun are told to nobody, nor is one that it says somebody told the customers of, the first time.
    """
    together: dict[tuple[str, str], list[Declaration]] = {}
    for one in declared:
        if one.customer in recipients and one.kind in _TOLD_OF:
            about = series_of(one) if "series" in one.facts else one.subject
            together.setdefault((one.customer, about), []).append(one)
    threads = _threads(earlier)
    found: list[Message] = []
    for (customer, about), said in together.items():
        news = _news(about, said, standings[customer], now)
        if news is not None:
            found += _messages(
                news, customer, threads.get((customer, series_of(said[0])), {}), recipients[customer], now
            )
    return tuple(found)


def reminders(
    customer: str,
    window: str,
    number: int,
    starts: Instant,
    earlier: Iterable[Message],
    to: Recipients,
    now: Instant,
) -> tuple[Message, ...]:
    """That a window is near, in its version of this `number`; not to who came to be owed its announcement since then.

    `earlier`: the announcements of the window and of its series.
    """
    near = starts - (to.cadence.reminder or 0)
    announced = tuple(earlier)
    late = {one.contact for one in announced if one.created > near}
    threads = _threads(announced).get((customer, window.partition(".")[0]), {})
    return tuple(
        owed(MessageKind.REMINDER, customer, window, number, contact, to, now, threads=threads, expires=starts)
        for contact in to.wanting(Topic.MAINTENANCE)
        if contact.address not in late
    )


def _news(about: str, said: Sequence[Declaration], stands: Standing, now: Instant) -> _News | None:
    """What is declared about one window, or together about the times of one series, as news; None when it is none."""
    series = said[0].facts.get("series")
    before = stands.series.get(about, 0)
    ends = max(_ends(one, stands) for one in said)
    if all(one.kind is DeclarationKind.WINDOW_CANCELLED for one in said) and series in (None, before):
        number = len(stands.windows[about].versions) if series is None else before
        return _News(MessageKind.CANCELLED, about, number, ends)
    more_of_the_same = series is not None and series <= before
    if more_of_the_same or not any(_is_news(one, stands, now) for one in said):
        return None
    window = stands.windows.get(about)
    number = 1 if window is None else len(window.versions) + 1
    return _News(MessageKind.MAINTENANCE, about, number if series is None else series, ends)


def _is_news(said: Declaration, stands: Standing, now: Instant) -> bool:
    if said.kind is DeclarationKind.WINDOW_CANCELLED:
        return True
    window = stands.windows.get(said.subject)
    by_file = said.facts.get("source") in (CONFIGURATION, MIGRATION) or (window is not None and window.configured)
    if _ends(said, stands) <= now or (by_file and parse(said.facts["starts"]) <= now):
        return False
    if window is not None:
        return says_otherwise(window, said)
    told_by_a_person = by_file and "announced" in said.facts and said.facts.get("series", 1) == 1
    return not told_by_a_person


def _ends(said: Declaration, stands: Standing) -> Instant:
    return parse(said.facts["ends"]) if "ends" in said.facts else stands.windows[said.subject].latest.ends


def _messages(
    news: _News, customer: str, threads: Mapping[str, str], to: Recipients, now: Instant
) -> Iterable[Message]:
    """A cancellation only to who was owed the announcement, or to all where that was told by other means."""
    for contact in to.wanting(Topic.MAINTENANCE):
        if news.kind is MessageKind.CANCELLED and threads and contact.address not in threads:
            continue
        yield owed(
            news.kind, customer, news.about, news.number, contact, to, now, threads=threads, expires=news.ends
        )  # fmt: skip


def _threads(announced: Iterable[Message]) -> dict[tuple[str, str], dict[str, str]]:
    """By customer and series, the thread of its announcements to each contact."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for one in announced:
        found.setdefault((one.customer, one.outage.partition(".")[0]), {}).setdefault(one.contact, one.thread)
    return found
