"""slawatch.yaml: its shape, its errors, and what it says.

`load` reads a file. Durations are `timedelta`, shares `Fraction`, times `model.Instant`; everything is frozen.
"""

from slawatch.config.agreement import Agreement, Availability, Confirm, Maintenance, Speed
from slawatch.config.customer import Customer
from slawatch.config.editor_schema import schema
from slawatch.config.ledger import terms_from_document
from slawatch.config.loading import load
from slawatch.config.mail import Mail, Relay
from slawatch.config.scalars import FEWEST_MONTHS
from slawatch.config.secret import Secret, SecretUnreadable
from slawatch.config.service import BrowserSettings, Monitor, sqlite_file
from slawatch.config.watched import Check, Credentials, Http, Login, Page
from slawatch.config.web import SignedHeader, Tls, Web
from slawatch.config.whole import Config
from slawatch.config.window import AHEAD, DeclaredWindow, read_time
from slawatch.config.wrong import ConfigErrors, UnknownCustomer

__all__ = [
    "AHEAD",
    "FEWEST_MONTHS",
    "Agreement",
    "Availability",
    "BrowserSettings",
    "Check",
    "Config",
    "ConfigErrors",
    "Confirm",
    "Credentials",
    "Customer",
    "DeclaredWindow",
    "Http",
    "Login",
    "Mail",
    "Maintenance",
    "Monitor",
    "Page",
    "Relay",
    "Secret",
    "SecretUnreadable",
    "SignedHeader",
    "Speed",
    "Tls",
    "UnknownCustomer",
    "Web",
    "load",
    "read_time",
    "schema",
    "sqlite_file",
    "terms_from_document",
]
