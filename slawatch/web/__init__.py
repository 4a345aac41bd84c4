"""What slawatch serves over HTTP: `/metrics`, its own health, its status as JSON, and a page that links to them."""

from slawatch.web.contact_page import Visitor
from slawatch.web.errors import CannotListen, PortInUse
from slawatch.web.health import Health
from slawatch.web.maintenance import Judged, Letter, Line, Preview, maintenance
from slawatch.web.outages import OutageSheet, outages
from slawatch.web.outbox import outbox_path
from slawatch.web.pages.facts import Row, Sheet, State
from slawatch.web.pages.news import News
from slawatch.web.people.entrance import Entrance
from slawatch.web.people.managing import AUDIT, TOKENS, USERS, path_of
from slawatch.web.server import Server, ensure_free, serve
from slawatch.web.status import DaySeen, Interruption, MonthFigure, Notice, Update, Work, status_pages
from slawatch.web.summaries import Ask, Edition, MonthKept, NoDocument, Shelf, summaries
from slawatch.web.tls import BadCertificate, server_context
from slawatch.web.tls import take as take_certificate
from slawatch.web.wishes import request_of

__all__ = [
    "AUDIT",
    "TOKENS",
    "USERS",
    "Ask",
    "BadCertificate",
    "CannotListen",
    "DaySeen",
    "Edition",
    "Entrance",
    "Health",
    "Interruption",
    "Judged",
    "Letter",
    "Line",
    "MonthFigure",
    "MonthKept",
    "News",
    "NoDocument",
    "Notice",
    "OutageSheet",
    "PortInUse",
    "Preview",
    "Row",
    "Server",
    "Sheet",
    "Shelf",
    "State",
    "Update",
    "Visitor",
    "Work",
    "ensure_free",
    "maintenance",
    "outages",
    "outbox_path",
    "path_of",
    "request_of",
    "serve",
    "server_context",
    "status_pages",
    "summaries",
    "take_certificate",
]
