"""The page where operators say what they know of a customer's outages."""

from slawatch.web.outages.facts import OutageSheet
from slawatch.web.outages.routes import outages

__all__ = ["OutageSheet", "outages"]
