"""slawatch watches a hosted application against its service level agreement, and proves what it says."""

__version__ = "0.1.0"
