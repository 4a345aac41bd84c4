"""The pages where maintenance is announced, looked at first, moved, ended and cancelled."""

from slawatch.web.maintenance.facts import Judged, Letter, Line, Planner, Preview
from slawatch.web.maintenance.routes import maintenance

__all__ = ["Judged", "Letter", "Line", "Planner", "Preview", "maintenance"]
