"""What slawatch serves over HTTP: `/metrics`, its own health, its status as JSON, and a page that links to them."""

from slawatch.web.api.described import described
from slawatch.web.api.managing import AUDIT, TOKENS, USERS, path_of
from slawatch.web.api.messages import outbox_path
from slawatch.web.api.reported import INCIDENTS, MOST_INCIDENTS, beat_of, import_of
from slawatch.web.api.wishes import request_of
from slawatch.web.contact_page import Visitor
from slawatch.web.errors import CannotListen, PortInUse
from slawatch.web.health import Health
from slawatch.web.pages.facts import Row, Sheet, State
from slawatch.web.pages.news import News
from slawatch.web.people.entrance import Entrance
from slawatch.web.server import Server, ensure_free, serve
from slawatch.web.tls import BadCertificate, server_context
from slawatch.web.tls import take as take_certificate

__all__ = [
    "AUDIT",
    "INCIDENTS",
    "MOST_INCIDENTS",
    "TOKENS",
    "USERS",
    "BadCertificate",
    "CannotListen",
    "Entrance",
    "Health",
    "News",
    "PortInUse",
    "Row",
    "Server",
    "Sheet",
    "State",
    "Visitor",
    "beat_of",
    "described",
    "ensure_free",
    "import_of",
    "outbox_path",
    "path_of",
    "request_of",
    "serve",
    "server_context",
    "take_certificate",
]
