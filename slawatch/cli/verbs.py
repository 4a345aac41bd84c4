"""Which verbs there are, and where each stands."""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterator
from importlib import import_module

import click

#: The module of the verb, here, and its name in it.
PLACES = {
    "run": ("daemon", "run"),
    "demo": ("daemon", "demo"),
    "check": ("settings", "check"),
    "probe": ("probing", "probe"),
    "status": ("daemon", "status"),
    "maintenance": ("maintenance", "maintenance"),
    "exclusion": ("afterwards", "exclusion"),
    "notice": ("afterwards", "notice"),
    "outage": ("afterwards", "outage"),
    "incidents": ("incidents", "incidents_verbs"),
    "heartbeat": ("heartbeats", "heartbeat"),
    "mail": ("mail", "mail"),
    "outbox": ("outbox", "outbox_verbs"),
    "replay": ("figures", "replay"),
    "report": ("report", "report"),
    "export-observations": ("figures", "export_observations"),
    "export-exclusions": ("figures", "export_exclusions"),
    "verify": ("statements", "verify"),
    "user": ("people", "user"),
    "token": ("tokens", "token"),
    "audit": ("auditing", "audit"),
    "backup": ("copies", "backup"),
    "restore": ("copies", "restore"),
    "schema": ("settings", "schema"),
    "alert-rules": ("alerting", "alert_rules"),
}


class Verbs(UserDict[str, click.Command]):
    """Each verb by its name. A verb is loaded when it is asked for, so that none waits for what only others need."""

    def __missing__(self, name: str) -> click.Command:
        module, function = PLACES[name]
        self[name] = verb = getattr(import_module(f"slawatch.cli.{module}"), function)
        assert isinstance(verb, click.Command)
        return verb

    def __contains__(self, name: object) -> bool:
        return name in PLACES

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)
