"""Mail: what a message says, and the way out over SMTP."""

from slawatch.reporters.mail.bounces import bounce_address, bounced_message
from slawatch.reporters.mail.connection import Patience
from slawatch.reporters.mail.facts import (
    Addressee,
    DigestFacts,
    MonthSoFar,
    Occurrence,
    OperatorWords,
    OutageFacts,
    SenderSettings,
    Told,
    WindowFacts,
    known,
    says,
)
from slawatch.reporters.mail.ics import feed
from slawatch.reporters.mail.letters import Facts
from slawatch.reporters.mail.outage_facts import facts_as_told
from slawatch.reporters.mail.outcome import Accepted, Undeliverable, Unrenderable
from slawatch.reporters.mail.summary_facts import Enclosure, Stood, SummaryFacts
from slawatch.reporters.mail.text import render, render_test
from slawatch.reporters.mail.transport import Transport
from slawatch.reporters.mail.window_facts import window_facts

__all__ = [
    "Accepted",
    "Addressee",
    "DigestFacts",
    "Enclosure",
    "Facts",
    "MonthSoFar",
    "Occurrence",
    "OperatorWords",
    "OutageFacts",
    "Patience",
    "SenderSettings",
    "Stood",
    "SummaryFacts",
    "Told",
    "Transport",
    "Undeliverable",
    "Unrenderable",
    "WindowFacts",
    "bounce_address",
    "bounced_message",
    "facts_as_told",
    "feed",
    "known",
    "render",
    "render_test",
    "says",
    "window_facts",
]
