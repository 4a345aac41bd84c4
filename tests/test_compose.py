"""What `docker compose up` is told fits the image, the configurations and the stand-in. No container engine runs here."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from slawatch.config import Config, load
from slawatch.demo.parks import PARKS
from slawatch.demo.places import USERNAME

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
OURS = ("slawatch", "tommy")


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> Config:
    for name, value in SERVICES["slawatch"]["environment"].items():
        monkeypatch.setenv(name, value)
    return load(ROOT / "deploy/compose/slawatch.yaml", with_secrets=True)


def mounts(service: str) -> dict[str, str]:
    """Where each thing is seen in the container, by what it is outside."""
    return dict(one.removesuffix(":ro").split(":") for one in SERVICES[service].get("volumes", ()))


def test_it_has_all_that_ops_look_at():
    assert set(SERVICES) == {"slawatch", "tommy", "prometheus", "alertmanager", "grafana", "mail"}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_is_reached_from_this_machine_only_and_gains_no_rights(service: str):
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[service]["ports"])
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert SERVICES[service]["security_opt"] == ["no-new-privileges:true"]


@pytest.mark.parametrize("service", [name for name in SERVICES if name not in OURS])
def test_what_others_made_is_taken_in_one_version(service: str):
    assert re.fullmatch(r"[\w/]+:v?\d+\.\d+(\.\d+)?", SERVICES[service]["image"])


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_mounted_is_there(service: str):
    files = [ROOT / source for source in mounts(service) if source.startswith("./")]
    named = {source for source in mounts(service) if not source.startswith("./")}
    assert named <= COMPOSE["volumes"].keys()
    assert [str(one) for one in files if not one.exists()] == []


def test_the_image_gets_its_configuration_and_keeps_its_store(config: Config):
    where = mounts("slawatch")
    assert f"SLAWATCH_CONFIG={where['./deploy/compose/slawatch.yaml']} " in DOCKERFILE
    assert f"VOLUME {where['store']}\n" in DOCKERFILE
    assert f"WORKDIR {where['store']}\n" in DOCKERFILE
    assert config.store == "sqlite:///slawatch.db"
    assert config.web.listen == "0.0.0.0:9464"
    assert "EXPOSE 9464\n" in DOCKERFILE
    assert SERVICES["slawatch"]["ports"] == ["127.0.0.1:9464:9464"]


def test_the_stand_in_is_started_by_what_the_image_has():
    tini, _, python, *_ = SERVICES["tommy"]["entrypoint"]
    assert f'ENTRYPOINT ["{tini}", "--", "slawatch"]' in DOCKERFILE
    assert f'"{python}"' in DOCKERFILE
    assert SERVICES["tommy"]["healthcheck"]["test"][1] == python


def test_each_park_of_the_stand_in_is_watched_where_it_is(config: Config):
    first = int(SERVICES["tommy"]["command"][1]) + 1
    host = SERVICES["tommy"]["environment"]["SLAWATCH_DEMO_HOST"]
    assert host in SERVICES
    parks = {park.id: f"http://{host}:{port}" for port, park in enumerate(PARKS, start=first)}
    assert {one.id: one.url for one in config.customers} == parks
    assert {one.credentials.username for one in config.customers if one.credentials} == {USERNAME}
    assert SERVICES["tommy"]["ports"] == [f"127.0.0.1:{port}:{port}" for port in range(first - 1, first + len(PARKS))]
    password = SERVICES["tommy"]["environment"]["SLAWATCH_DEMO_PASSWORD"]
    assert SERVICES["slawatch"]["environment"]["TOMMY_PASSWORD"] == password


def test_mails_go_to_the_viewer(config: Config):
    assert config.mail is not None
    assert [str(one.url) for one in config.mail.relays] == ["smtp://mail:1025"]
    told = SERVICES["tommy"]["command"]
    assert told[told.index("--mails") + 1] == "http://127.0.0.1:8025/"
    assert SERVICES["mail"]["ports"] == ["127.0.0.1:8025:8025"]


def test_prometheus_scrapes_slawatch_and_tells_alertmanager(config: Config):
    told = yaml.safe_load((ROOT / "deploy/compose/prometheus.yml").read_text())
    (job,) = told["scrape_configs"]
    port = config.web.listen.rpartition(":")[2]
    assert (job["job_name"], job["static_configs"]) == ("slawatch", [{"targets": [f"slawatch:{port}"]}])
    (whom,) = told["alerting"]["alertmanagers"]
    assert whom["static_configs"] == [{"targets": ["alertmanager:9093"]}]


def test_prometheus_loads_every_alert_rule(tmp_path: Path):
    where = mounts("prometheus")
    for outside, inside in where.items():
        if outside.startswith("./"):
            seen = tmp_path / inside.removeprefix("/")
            seen.parent.mkdir(parents=True, exist_ok=True)
            seen.write_text((ROOT / outside).read_text().replace("/etc/prometheus", f"{tmp_path}/etc/prometheus"))
    config = tmp_path / "etc/prometheus/prometheus.yml"
    checked = subprocess.run(["promtool", "check", "config", config], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    groups = yaml.safe_load((ROOT / "alertmanager/slawatch.rules.yml").read_text())["groups"]
    assert f"SUCCESS: {sum(len(group['rules']) for group in groups)} rules found" in checked.stdout


def test_grafana_asks_that_prometheus():
    assert SERVICES["grafana"]["environment"]["PROMETHEUS_URL"] == "http://prometheus:9090"


async def test_the_stand_in_listens_by_the_name_that_others_know_it_by():
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "slawatch.demo.world"),
        env=os.environ | {"SLAWATCH_DEMO_HOST": "localhost"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    places = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
    await asyncio.wait_for(process.communicate(b""), 20)
    assert all(url.startswith("http://localhost:") for url in (places["switches"], *places["parks"].values()))
