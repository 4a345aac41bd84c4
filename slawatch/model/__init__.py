"""The nouns: frozen values that every other part speaks in."""

from slawatch.model.declarations import Declaration, DeclarationKind
from slawatch.model.events import Event, EventKind
from slawatch.model.exclusions import Exclusion, ExclusionKind, Reason, Version
from slawatch.model.heartbeats import BeatKind, Heartbeat, Outcome
from slawatch.model.incidents import Incident, IncidentKind, Priority
from slawatch.model.looks import MONITOR_CAUSES, VERDICTS, Cause, CheckId, Look, Observation, Verdict
from slawatch.model.messages import Contact, Lane, Message, MessageKind, MessageState, Saying, Topic
from slawatch.model.terms import (
    AvailabilityTerms,
    BusinessTerms,
    CheckTerms,
    ConfirmTerms,
    Holidays,
    MaintenanceTerms,
    Notice,
    SpeedTerms,
    Terms,
)
from slawatch.model.time import DAY, HOUR, MINUTE, SECOND, Instant, Micros
from slawatch.model.unavailable import Unavailable

__all__ = [
    "DAY",
    "HOUR",
    "MINUTE",
    "MONITOR_CAUSES",
    "SECOND",
    "VERDICTS",
    "AvailabilityTerms",
    "BeatKind",
    "BusinessTerms",
    "Cause",
    "CheckId",
    "CheckTerms",
    "ConfirmTerms",
    "Contact",
    "Declaration",
    "DeclarationKind",
    "Event",
    "EventKind",
    "Exclusion",
    "ExclusionKind",
    "Heartbeat",
    "Holidays",
    "Incident",
    "IncidentKind",
    "Instant",
    "Lane",
    "Look",
    "MaintenanceTerms",
    "Message",
    "MessageKind",
    "MessageState",
    "Micros",
    "Notice",
    "Observation",
    "Outcome",
    "Priority",
    "Reason",
    "Saying",
    "SpeedTerms",
    "Terms",
    "Topic",
    "Unavailable",
    "Verdict",
    "Version",
]
