"""The verb report: each format, to a screen, a file or a folder; and everyone's month by children of its own."""

import asyncio
import json
import os
import signal
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook
from pypdf import PdfReader
from small_slawatch import PARK, living, terms
from test_month_close import CLOSED, CONFIG, MIDNIGHT, a_month, settle

from slawatch.app.rendering import CannotRender, Wanted, open_renderers
from slawatch.browser import processes
from slawatch.cli.main import cli
from slawatch.clock import now
from slawatch.config import Config, load
from slawatch.model import HOUR

MONTH = "2026-03"
EVERYTHING = ("html", "pdf", "xlsx", "csv", "zip", "json")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with a closed month of one customer, and a configuration that has another one too, who was never seen."""
    here = tmp_path_factory.mktemp("reports")

    async def life() -> None:
        async with living(here, MIDNIGHT - 3 * HOUR, terms()) as small:
            await a_month(small, here)
            await settle(small, CLOSED)

    asyncio.run(life())
    more = '  - {id: heiderand, url: "https://heiderand.example", language: en}\n'
    written = CONFIG.format(folder=here).replace("store:", f"{more}store:")
    (here / "slawatch.yaml").write_text(written)
    return here


@pytest.fixture(scope="module")
def config(folder: Path) -> Config:
    return load(folder / "slawatch.yaml")


def report(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(
        cli, ["report", *arguments, "--config", str(folder / "slawatch.yaml")], standalone_mode=False
    )


def names_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_one_call_writes_every_format_under_a_name_of_its_own(folder: Path, tmp_path: Path):
    formats = [word for one in EVERYTHING for word in ("--format", one)]
    done = report(folder, PARK, MONTH, *formats, "--language", "en", "--out", f"{tmp_path}/out")
    stem = f"{PARK}-{MONTH}-r1"
    names = [f"{stem}-en.{one}" for one in ("html", "pdf", "xlsx")] + [f"{stem}.csv", f"{stem}-en.zip", f"{stem}.json"]
    assert done.stdout.splitlines() == [str(tmp_path / "out" / name) for name in names]
    assert names_in(tmp_path / "out") == sorted(names)
    html, pdf, xlsx, csv, zipped, told = ((tmp_path / "out" / name).read_bytes() for name in names)
    assert b'<html lang="en"' in html
    assert "March 2026" in PdfReader(BytesIO(pdf)).pages[0].extract_text()
    assert load_workbook(BytesIO(xlsx)).sheetnames[0] == "Summary"
    assert csv.startswith(b"customer,month,revision,")
    assert "statement.json" in zipfile.ZipFile(BytesIO(zipped)).namelist()
    assert json.loads(told)["closed"]["why"] == "the month was closed"


def test_a_single_text_goes_to_standard_output_in_the_customers_language(folder: Path):
    assert '<html lang="nl"' in report(folder, PARK, MONTH, "--format", "html").stdout
    assert json.loads(report(folder, PARK, MONTH).stdout)["month"] == MONTH


def test_a_file_is_written_as_it_is_named_and_replaced_whole(folder: Path, tmp_path: Path):
    (tmp_path / "march.csv").write_text("an older one")
    assert report(folder, PARK, MONTH, "--format", "csv", "--out", str(tmp_path / "march.csv")).stdout == ""
    assert (tmp_path / "march.csv").read_bytes().startswith(b"customer,month,revision,")
    assert names_in(tmp_path) == ["march.csv"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((PARK, MONTH, "--format", "csv", "--format", "html"), "--out: expected a folder for several formats"),
        ((PARK, MONTH, "--out", "nowhere/x.json"), "--out: nowhere: no such folder"),
        (("all", MONTH), "--out: expected a folder for the summaries of all"),
        (("all", MONTH, "--out", "slawatch.yaml"), "--out: slawatch.yaml: cannot be made a folder: File exists"),
        (("all", MONTH, "--revision", "1"), "all: expected one customer with --revision or --diff"),
        (("nobody", MONTH, "--format", "html"), "no customer 'nobody', expected one of duinzicht, heiderand"),
        (("heiderand", MONTH, "--format", "zip", "--out", "x.zip"),
         "heiderand 2026-03: the month is not closed yet; expected a closed one"),
    ],
)  # fmt: skip
def test_what_cannot_be_written_is_refused_in_a_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
):
    monkeypatch.chdir(folder)
    before = names_in(folder)
    assert str(report(folder, *arguments).exception) == said
    assert names_in(folder) == before


def test_everyones_month_is_written_and_who_has_none_does_not_end_it(folder: Path, tmp_path: Path):
    done = report(folder, "all", MONTH, "--format", "html", "--format", "zip", "--out", str(tmp_path), "--jobs", "2")
    assert done.return_value == 2
    assert names_in(tmp_path) == [
        "duinzicht-2026-03-r1-nl.html",
        "duinzicht-2026-03-r1-nl.zip",
        "heiderand-2026-03-so-far-en.html",
    ]
    assert done.stderr.splitlines() == [
        "heiderand: zip: heiderand 2026-03: the month is not closed yet; expected a closed one",
        f"{tmp_path}: 3 documents of 2 customers; 1 could not be made",
    ]


def wanted(**more: str) -> Wanted:
    return replace(Wanted(PARK, MONTH, "json", now()), **more)


def children() -> list[int]:
    """The processes in which documents are made: ours, by their command."""
    own = [one.pid for one in processes.everyone() if one.parent == os.getpid() and one.alive]
    return [pid for pid in own if b"slawatch.app.rendering.child" in Path(f"/proc/{pid}/cmdline").read_bytes()]


async def test_one_child_makes_what_is_asked_and_is_replaced_when_it_is_killed_or_knows_an_older_configuration(
    config: Config, folder: Path, tmp_path: Path
):
    changed = folder / "changed.yaml"
    changed.write_text((folder / "slawatch.yaml").read_text())
    in_force = [load(changed)]
    changed.write_text("customers: nonsense")  # what stands in the file by now is not in force
    async with open_renderers(lambda: in_force[0]) as these, asyncio.timeout(60):
        made = await these.render(wanted(), tmp_path / "one")
        size = (tmp_path / "one").stat().st_size
        assert (made.name, made.media_type, made.size) == ("duinzicht-2026-03-r1.json", "application/json", size)
        (first,) = children()
        assert os.getpriority(os.PRIO_PROCESS, first) == 19

        for more, said in (
            ({"customer": "nobody"}, "no customer 'nobody', expected one of duinzicht, heiderand"),
            ({"month": "2026-13"}, "expected a month such as 2026-03, got '2026-13'"),
        ):
            with pytest.raises(CannotRender) as refused:
                await these.render(wanted(**more), tmp_path / "none")
            assert (str(refused.value), refused.value.busy, refused.value.fault) == (said, False, False)
        assert children() == [first]

        in_force[0] = config
        assert await these.render(wanted(), tmp_path / "two") == made
        (second,) = children()
        assert second != first
        os.kill(second, signal.SIGKILL)
        assert await these.render(wanted(), tmp_path / "three") == made
        (third,) = children()
        assert third not in {first, second}
    assert children() == []


async def test_beyond_a_few_that_wait_the_next_is_told_to_come_again(config: Config, tmp_path: Path):
    async with open_renderers(lambda: config, most_waiting=1) as these, asyncio.TaskGroup() as tasks:
        for name in ("one", "two"):
            tasks.create_task(these.render(wanted(), tmp_path / name))
        await asyncio.sleep(0)
        with pytest.raises(CannotRender) as refused:
            await these.render(wanted(), tmp_path / "three")
        assert refused.value.busy
