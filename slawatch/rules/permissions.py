"""Who may do what: the roles of people, the scopes of machines, and what each allows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Permission(StrEnum):
    """One kind of thing that can be done."""

    READ = "read"  # see all figures, outages and windows
    REPORT = "report"  # take summaries and their evidence
    DECLARE = "declare"  # announce maintenance, exclude, acknowledge, note, update
    BEAT = "beat"  # report that a backup or a restore was made
    MANAGE = "manage"  # people, tokens, the audit list


class Role(StrEnum):
    """What somebody is to slawatch."""

    VIEWER = "viewer"
    ACCOUNT_MANAGER = "account_manager"
    OPERATOR = "operator"
    ADMIN = "admin"


#: What each role may do.
ROLES: Mapping[Role, frozenset[Permission]] = MappingProxyType(
    {
        Role.VIEWER: frozenset({Permission.READ}),
        Role.ACCOUNT_MANAGER: frozenset({Permission.READ, Permission.REPORT}),
        Role.OPERATOR: frozenset({Permission.READ, Permission.REPORT, Permission.DECLARE}),
        Role.ADMIN: frozenset(Permission),
    }
)
