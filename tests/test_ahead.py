"""What is claimed ahead: by whose turn it is, as much as the pace asks for, and given back when it got stale."""

from __future__ import annotations

import pytest
from mail_samples import message

from slawatch.deliver.ahead import MOST, STALE, Ahead
from slawatch.model import Message, MessageKind


def mails(count: int, kind: MessageKind = MessageKind.OUTAGE) -> list[Message]:
    return [message(kind, contact=f"c{number}@park.example") for number in range(count)]


def taken(ahead: Ahead, now: float = 0.0) -> list[Message]:
    return list(iter(lambda: ahead.next(now), None))


def test_what_is_told_of_outages_goes_first_and_the_rest_as_it_came() -> None:
    announced, outages = mails(2, MessageKind.MAINTENANCE), mails(2)
    recovered = mails(1, MessageKind.RECOVERY)
    ahead = Ahead()
    for messages in (announced, outages, recovered):
        ahead.add(messages, 0.0)

    assert taken(ahead) == [*outages, *recovered, *announced]


@pytest.mark.parametrize(
    ("sent", "seconds", "there", "missing"),
    [
        (0, 1.0, 0, 0),
        (10, 1.0, 0, 5),
        (10, 1.0, 3, 2),
        (10, 10.0, 0, 0),
        (1000, 1.0, 0, MOST),
        (3, 0.0, 0, MOST),
    ],
)
def test_as_much_is_claimed_ahead_as_goes_out_in_half_a_second(
    sent: int, seconds: float, there: int, missing: int
) -> None:
    ahead = Ahead()
    ahead.missing(100.0)
    ahead.add(mails(there), 100.0)
    for _ in range(sent):
        ahead.ended()

    assert ahead.missing(100.0 + seconds) == missing
    assert ahead.is_low is (there <= (missing + there) // 2)


def test_what_waited_too_long_is_not_sent_but_given_back() -> None:
    ahead, (old, new) = Ahead(), mails(2)
    ahead.add([old], 0.0)
    ahead.add([new], 1.0)

    assert ahead.next(STALE + 0.5) is None
    assert ahead.take_stale(STALE + 0.5) == [old.id]
    assert ahead.ids == {new.id}
    assert ahead.next(STALE + 0.5) == new
