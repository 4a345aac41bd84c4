"""The rules that Prometheus evaluates over the metrics: what is recorded, and who is alerted of what.

`text` writes the rules file for customers as they are configured. `docs/runbook.md` has a section for each alert.
"""

from slawatch.reporters.alerts.everything import RUNBOOK, groups, text
from slawatch.reporters.alerts.rule import Alert, Severity

__all__ = ["RUNBOOK", "Alert", "Severity", "groups", "text"]
