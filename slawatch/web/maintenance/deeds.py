"""What one can do with maintenance: from the fields of a form to the wish that the desk is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from slawatch.model import Reason
from slawatch.reporters.wording.tongue import mark
from slawatch.rules.wishes import ALL, SEVERAL, Announce, Cancel, End, Move, Wish
from slawatch.web.maintenance.said import Reading

_NOBODY = mark("Please choose at least one customer.")
_NO_REASON = mark("Please choose what the work is.")


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for what: `window`, where it is about one that there is; `customers`, those who were chosen."""

    by: str
    window: str
    customers: Sequence[str]


Read: TypeAlias = Callable[[Reading, Asked], Wish]


@dataclass(frozen=True, slots=True)
class Deed:
    """`title`, `button`: on its page. `done`: what is said once it is. `read`: the wish; raises Errors.

    `plain`: there is nothing to fill in that would have to be.
    """

    title: str
    button: str
    done: str
    read: Read
    plain: bool = False


def _announce(reading: Reading, asked: Asked) -> Wish:
    starts, ends = reading.time("starts"), reading.time("ends")
    announced, repeat = reading.time("announced", needed=False), reading.repeat()
    reason = reading.text("reason")
    if reason not in set(Reason):
        reading.wrong("reason", _NO_REASON)
    everyone = reading.text("whom") != "some"
    if not everyone and not asked.customers:
        reading.wrong("customers", _NOBODY)
    reading.check()
    assert starts is not None
    assert ends is not None
    return Announce(
        customer=ALL if everyone else SEVERAL.join(asked.customers),
        starts=starts,
        ends=ends,
        by=asked.by,
        reason=Reason(reason),
        text=reading.text("text") or None,
        announced=announced,
        repeat=repeat,
    )


def _move(reading: Reading, asked: Asked) -> Wish:
    starts, ends = reading.time("starts"), reading.time("ends")
    announced = reading.time("announced", needed=False)
    reading.check()
    return Move(asked.window, asked.by, starts, ends, announced)


def _end(reading: Reading, asked: Asked) -> Wish:
    at = reading.time("at", needed=False)
    reading.check()
    return End(asked.window, asked.by, at)


def _cancel(_: Reading, asked: Asked) -> Wish:
    return Cancel(asked.window, asked.by)


ANNOUNCE = Deed(
    mark("Announce maintenance"), mark("Announce it"), mark("Announced: {id}. The mails are on their way."), _announce
)
#: About a window that there is, by what stands in the address.
DEEDS: Mapping[str, Deed] = MappingProxyType(
    {
        "move": Deed(mark("Move {id}"), mark("Move it"), mark("Moved: {id}. The mails are on their way."), _move),
        "end": Deed(mark("End {id}"), mark("End it"), mark("Ended: {id}."), _end, plain=True),
        "cancel": Deed(
            mark("Cancel {id}"),
            mark("Cancel it"),
            mark("Cancelled: {id}. The mails are on their way."),
            _cancel,
            plain=True,
        ),
    }
)
