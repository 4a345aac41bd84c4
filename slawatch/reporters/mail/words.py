"""The words of the mails: what every language must have. What we say that we saw is true whatever lies behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from slawatch.model import Cause


@dataclass(frozen=True, slots=True)
class Seen:
    """What a user notices of a cause, while it lasts and afterwards."""

    now: str
    then: str


@dataclass(frozen=True, slots=True)
class Words:
    """One language. `{name}` is the customer's, `{service}` what it was promised, `{address}` where to ask."""

    locale: str
    minute: str  # patterns of Unicode CLDR
    second: str
    hours: tuple[str, str]  # one, more
    minutes: tuple[str, str]
    seconds: tuple[str, str]
    subject: str
    outage_title: str
    outage_lead: str
    outage_again_lead: str
    recovery_title: str
    recovery_lead: str
    hit: str
    since: str
    began: str
    ended: str
    lasted: str
    we_see: str
    we_saw: str
    reference: str
    we_do: str
    we_do_text: str
    next_word: str
    next_word_text: str
    questions: str
    questions_text: str
    questions_text_without_address: str
    still_trouble: str
    automatic: str
    unclear: Seen
    causes: Mapping[Cause, Seen]
    checks: Mapping[str, str]
