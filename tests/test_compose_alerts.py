"""compose.yaml's Alertmanager by its own configuration, with a mail server of the test's in place of the viewer."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import monitoring
import yaml
from smtp_server import SmtpServer

ROOT = Path(__file__).parent.parent


def read(path: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / path).read_text())


def routes(config: dict[str, Any]) -> dict[str, Any]:
    """All but where the receivers are."""
    return {
        "resolve_timeout": config["global"]["resolve_timeout"],
        "route": config["route"],
        "inhibit_rules": config["inhibit_rules"],
        "receivers": [one["name"] for one in config["receivers"]],
    }


def test_its_routes_and_inhibitions_are_the_committed_ones():
    assert routes(read("deploy/compose/alertmanager.yml")) == routes(read("alertmanager/alertmanager.yml"))


async def test_a_page_is_a_mail_in_the_viewer(tmp_path: Path):
    config = read("deploy/compose/alertmanager.yml")
    assert config["global"]["smtp_smarthost"] == "mail:1025"
    down = {"alertname": "SlawatchCustomerDown", "severity": "page", "customer": "duinzicht"}

    with SmtpServer() as viewer:
        config["global"]["smtp_smarthost"] = f"127.0.0.1:{viewer.port}"
        config["route"] = monitoring.shortened(config["route"])
        async with monitoring.alertmanager(tmp_path, config) as running, asyncio.timeout(monitoring.PATIENCE):
            async with running.client.post("/api/v2/alerts", json=[{"labels": down}]) as answer:
                assert answer.status == 200, await answer.text()
            await viewer.receiving(1, seconds=monitoring.PATIENCE)

    (mail,) = viewer.received
    assert (mail.sender, mail.recipient) == ("alertmanager@demo.example", "on-call@demo.example")
    assert mail.parsed["Subject"] == "[FIRING:1] duinzicht (SlawatchCustomerDown page)"
