"""All groups of rules in their order, and the file that they make."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import yaml

from slawatch.config import Check, Customer
from slawatch.reporters.alerts import availability, itself, looking, speed
from slawatch.reporters.alerts.pace import MINUTE, alike
from slawatch.reporters.alerts.rule import Alert, Group, Rule

#: Where the runbook is when nobody says otherwise: its place in this repository.
RUNBOOK = "docs/runbook.md"
_HEAD = """\
# What Prometheus records and alerts of slawatch. Written by `slawatch alert-rules`: after a change of
# slawatch.yaml write it anew.
# docs/runbook.md says of each alert what it means, how to look and what to do; alertmanager.yml who gets it.

"""


def groups(customers: Sequence[Customer]) -> tuple[Group, ...]:
    """The rules for customers as they are configured: windows and thresholds follow from intervals and objectives."""
    each = alike(customers)
    checks: list[Check] = [check for one in customers for check in one.checks.values()]
    every = [check.every for check in checks] or [MINUTE]
    pages = [page.every for one in customers for page in one.pages.values()] or [MINUTE]
    commonest = next((one.pace.judged for one in each), MINUTE)
    confirming = [one.agreement.confirm for one in customers]
    second_look = max((one.recheck for one in confirming if one.failures == 1), default=timedelta())
    return (
        Group("slawatch-recorded", "30s", (*availability.recorded(each), *speed.recorded(each))),
        Group(
            "slawatch-availability",
            "15s",
            (
                *availability.down(second_look),
                *availability.platform(),
                *availability.burning(each),
                *availability.budget(),
            ),
        ),
        Group("slawatch-speed", "30s", (*speed.slow(each), speed.platform(), *speed.month())),
        Group(
            "slawatch-looking",
            "30s",
            (*looking.stale(max(every)), *looking.kept_out(max(pages)), *looking.suspect(min(every), commonest)),
        ),
        Group("slawatch-itself", "15s", (*itself.there(), *itself.telling(), *itself.steering())),
    )


def text(customers: Sequence[Customer], runbook: str = RUNBOOK) -> str:
    """The rules file. `runbook`: the address of the runbook; an alert's section is named behind it."""
    written = [
        {"name": group.name, "interval": group.interval, "rules": [_written(rule, runbook) for rule in group.rules]}
        for group in groups(customers)
    ]
    return _HEAD + yaml.dump({"groups": written}, Dumper=_Dumper, sort_keys=False, width=1000, allow_unicode=True)


def _written(rule: Rule, runbook: str) -> dict[str, Any]:
    if not isinstance(rule, Alert):
        return {"record": rule.name, "expr": rule.expr}
    return {
        "alert": rule.name,
        "expr": rule.expr,
        **({"for": rule.lasting} if rule.lasting else {}),
        "labels": {"severity": str(rule.severity)},
        "annotations": {
            "summary": rule.summary,
            "description": rule.description,
            "runbook_url": f"{runbook}#{rule.name.lower()}",
        },
    }


class _Dumper(yaml.SafeDumper):
    """Expressions of several lines as they are read: a line each."""


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _represent)
