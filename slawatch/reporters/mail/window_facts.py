"""From what was declared of a maintenance window to what its mails say."""

from __future__ import annotations

from collections.abc import Sequence

from slawatch.model import Instant, Message, Saying
from slawatch.reporters.mail.facts import Addressee, Occurrence, WindowFacts, known, says
from slawatch.reporters.mail.outcome import Unrenderable
from slawatch.rules.stands import Standing, Window


def window_facts(message: Message, stands: Standing, to: Addressee, told: int | None = None) -> WindowFacts:
    """What the message's mail says of its window, or of all that is to come of its series.

    `stands`: what stood as of the instant that the mail tells. `told`: the version that this contact heard of last;
    without it the one before. Raises Unrenderable when no such window was declared.
    """
    windows = _spoken_of(message, stands)
    if not windows:
        raise Unrenderable(f"no maintenance {message.outage} is declared for {message.customer}")
    latest = windows[-1]
    return WindowFacts(
        window=latest.series,
        to=to,
        occurrences=tuple(_occurrence(one, message, told) for one in windows),
        reason=latest.reason,
        text=latest.text,
        recurring=message.outage not in stands.windows,
    )


def _spoken_of(message: Message, stands: Standing) -> Sequence[Window]:
    """By start: the one window; of a series what the message cancels, or what is still to come."""
    if message.outage in stands.windows:
        return (stands.windows[message.outage],)
    series = sorted(stands.named(message.outage), key=lambda one: one.latest.starts)
    if says(message) is Saying.CANCELLED:
        when = max((one.cancelled for one in series if one.cancelled is not None), default=None)
        return [one for one in series if one.cancelled is not None and one.cancelled == when]
    return [one for one in series if not one.over(known(message))] or series


def _occurrence(window: Window, message: Message, told: int | None) -> Occurrence:
    cancelled = says(message) is Saying.CANCELLED
    return Occurrence(
        id=window.id,
        starts=window.latest.starts,
        ends=window.latest.ends,
        revision=revision(window, cancelled=cancelled),
        was=_was(window, told) if says(message) is Saying.CHANGED else None,
    )


def revision(window: Window, *, cancelled: bool) -> int:
    """Counts what was declared of the window's times, from 0; its cancellation is one more."""
    return len(window.versions) - 1 + cancelled


def _was(window: Window, told: int | None) -> tuple[Instant, Instant] | None:
    """The times of the version that was told, where there is one and they are not those of now."""
    before = window.versions[:-1]
    if not before:
        return None
    version = before[min(told or len(before), len(before)) - 1]
    times = version.starts, version.ends
    return None if times == (window.latest.starts, window.latest.ends) else times
