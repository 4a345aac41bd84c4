"""The loop `account`: ledger to figures."""

from slawatch.account.ledger import agreed, observations, report
from slawatch.account.live import Account
from slawatch.account.restoring import Restored, latest_at, restored
from slawatch.account.status import standing, standing_of, summary

__all__ = [
    "Account",
    "Restored",
    "agreed",
    "latest_at",
    "observations",
    "report",
    "restored",
    "standing",
    "standing_of",
    "summary",
]
