"""The loop `account`: ledger to figures (design section 2)."""

from slawatch.account.ledger import report
from slawatch.account.live import Account

__all__ = ["Account", "report"]
