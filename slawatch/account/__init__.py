"""The loop `account`: ledger to figures."""

from slawatch.account.bundle_check import CheckedBundle, check_bundle
from slawatch.account.closing import Closing
from slawatch.account.copies import Copies
from slawatch.account.desk import Desk, by_customer
from slawatch.account.helpdesk import Helpdesk, judged
from slawatch.account.in_force import all_in_force, in_force, in_force_or, standings
from slawatch.account.keeping import Keeping
from slawatch.account.ledger import agreed, all_agreed, observations
from slawatch.account.lists import Lists
from slawatch.account.live import Account, Onlooker
from slawatch.account.month import Month, read_closed, read_month, report
from slawatch.account.owing import Attended, Owing
from slawatch.account.postmaster import Postmaster, outbox
from slawatch.account.pruning import Pruning
from slawatch.account.restoring import Restored, latest_at, restored
from slawatch.account.sealing import Sealing
from slawatch.account.so_far import month_so_far
from slawatch.account.status import all_standing, standing, standing_of, state_of, summary
from slawatch.account.verifying import Verified, differences, verify
from slawatch.account.words import with_words

__all__ = [
    "Account",
    "Attended",
    "CheckedBundle",
    "Closing",
    "Copies",
    "Desk",
    "Helpdesk",
    "Keeping",
    "Lists",
    "Month",
    "Onlooker",
    "Owing",
    "Postmaster",
    "Pruning",
    "Restored",
    "Sealing",
    "Verified",
    "agreed",
    "all_agreed",
    "all_in_force",
    "all_standing",
    "by_customer",
    "check_bundle",
    "differences",
    "in_force",
    "in_force_or",
    "judged",
    "latest_at",
    "month_so_far",
    "observations",
    "outbox",
    "read_closed",
    "read_month",
    "report",
    "restored",
    "standing",
    "standing_of",
    "standings",
    "state_of",
    "summary",
    "verify",
    "with_words",
]
