"""A customer's status page: how it is now, what is planned, and how it was."""

from slawatch.web.status.facts import DaySeen, Interruption, MonthFigure, Notice, Update, Work
from slawatch.web.status.routes import status_pages

__all__ = ["DaySeen", "Interruption", "MonthFigure", "Notice", "Update", "Work", "status_pages"]
