"""The pages of a customer's summaries: its months, what was corrected, and each as a document to take along."""

from slawatch.web.summaries.facts import Archive, Ask, Edition, MonthKept, NoDocument, Shelf
from slawatch.web.summaries.routes import summaries

__all__ = ["Archive", "Ask", "Edition", "MonthKept", "NoDocument", "Shelf", "summaries"]
