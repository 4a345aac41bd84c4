"""Mail: what a message says, and the way out over SMTP."""

from slawatch.reporters.mail.bounces import bounce_address, bounced_message
from slawatch.reporters.mail.connection import Patience
from slawatch.reporters.mail.facts import Addressee, OutageFacts, SenderSettings, facts_as_told
from slawatch.reporters.mail.outcome import Accepted, Undeliverable, Unrenderable
from slawatch.reporters.mail.text import render
from slawatch.reporters.mail.transport import Transport

__all__ = [
    "Accepted",
    "Addressee",
    "OutageFacts",
    "Patience",
    "SenderSettings",
    "Transport",
    "Undeliverable",
    "Unrenderable",
    "bounce_address",
    "bounced_message",
    "facts_as_told",
    "render",
]
