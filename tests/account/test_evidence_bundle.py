"""An evidence bundle: the same ledger gives the same bytes, and one byte changed anywhere in it is found."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from small_slawatch import DOWN, PARK, SLOW, UP, Small, living, terms
from test_month_close import CLOSED, CONFIG, MIDNIGHT, SETTLED, force_majeure, settle

from slawatch.account import Sealing, check_bundle
from slawatch.app.bundling import write_bundle
from slawatch.app.summaries import summarize
from slawatch.cli.main import cli
from slawatch.config import load
from slawatch.model import DAY, HOUR, MINUTE, SECOND, BeatKind, Heartbeat, Incident, Priority
from slawatch.recorded import bundle
from slawatch.recorded.archive import Archive, BadArchive, contents, entries
from slawatch.recorded.bundle_reading import Bundle
from slawatch.rules.asked import NotClosed

MONTH = "2026-03"


@dataclass(frozen=True)
class Made:
    """One month's bundles. `again`: made once more; `pruned`: when rows were gone; `first`: of its first revision."""

    bundle: bytes
    again: bytes
    pruned: bytes
    first: bytes
    reported: str = ""


async def lived(small: Small, folder: Path) -> None:
    """Outages in the month and over its end, a window that nobody was told of, words on an outage."""
    (folder / "slawatch.yaml").write_text(CONFIG.format(folder=folder))
    document = json.dumps(load(folder / "slawatch.yaml").document(PARK))
    await small.store.save_terms(PARK, hashlib.sha256(document.encode()).hexdigest(), document, small.now)
    opened = (MIDNIGHT - 2 * DAY, MIDNIGHT - 2 * HOUR)
    incidents = [Incident(PARK, f"{number}", Priority.ONE, at) for number, at in enumerate(opened)]
    await small.store.reported.add_incidents(incidents)
    await small.store.reported.add_heartbeat(Heartbeat("vm", BeatKind.DAILY, MIDNIGHT - DAY, duration=90 * SECOND))
    for begins, ends, look in ((-60, -50, DOWN), (-30, -27, SLOW), (-10, 210, DOWN), (3 * 1440, 3 * 1440 + 5, SLOW)):
        for minute, seen in ((begins - 1, UP), (begins, look), (begins + 1, look), (ends, UP), (ends + 1, UP)):
            small.now = MIDNIGHT + minute * MINUTE
            await small.seen_by_all(seen)


async def bundled(small: Small, folder: Path, revision: int | None = None) -> bytes:
    config = load(folder / "slawatch.yaml")
    file = BytesIO()
    await write_bundle(
        small.store, await summarize(small.store, config, PARK, MONTH, small.now, revision=revision), "nl", file
    )
    return file.getvalue()


@cache
def made() -> Made:
    async def make(folder: Path) -> Made:
        async with living(folder, MIDNIGHT - 3 * HOUR, terms()) as small:
            await lived(small, folder)
            await settle(small, CLOSED)
            await small.store.declare([force_majeure(SETTLED + 5 * HOUR)])
            await settle(small, SETTLED + 4 * DAY)
            told = [await bundled(small, folder), await bundled(small, folder)]
            first = await bundled(small, folder, 1)
            await Sealing(small.store, small.clock).settle([PARK])
            days = await small.store.sealed_days(PARK, "dashboard", 0, small.now)
            assert [await small.store.prune(day) for day in days] == [True] * 3
            return Made(*told, await bundled(small, folder), first)

    with TemporaryDirectory() as folder:
        told = asyncio.run(make(Path(folder)))
        report = ["report", PARK, MONTH, "--config", f"{folder}/slawatch.yaml"]
        return replace(told, reported=CliRunner().invoke(cli, report, catch_exceptions=False).stdout)


def files(written: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(written)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def packed(these: dict[str, bytes]) -> bytes:
    file = BytesIO()
    archive = Archive(file)
    for name, written in these.items():
        with archive.file(name) as packer:
            packer.write(written)
    archive.close()
    return file.getvalue()


def faults(written: bytes) -> tuple[str, ...]:
    return check_bundle(BytesIO(written)).faults


def relisted(these: dict[str, bytes]) -> dict[str, bytes]:
    """What a forger hands over who knows of both lists."""
    told = json.loads(these[bundle.MANIFEST])
    for row in told["files"]:
        written = these[row["path"]]
        row |= {"sha256": hashlib.sha256(written).hexdigest(), "bytes": len(written)}
        row["rows"] = None if row["rows"] is None else written.count(b"\n")
    found = these | {bundle.MANIFEST: (json.dumps(told, indent=2, ensure_ascii=False) + "\n").encode()}
    digests = ((name, hashlib.sha256(found[name]).hexdigest()) for name in (*bundle.LISTED, bundle.MANIFEST))
    return found | {bundle.SUMS: bundle.sums(digests)}


def forged(name: str, change: Callable[[str], str]) -> tuple[str, ...]:
    these = files(made().bundle)
    text = these[name].decode()
    assert change(text) != text
    return faults(packed(relisted(these | {name: change(text).encode()})))


# -- what is in it ----------------------------------------------------------------------------------------------------


def test_a_bundle_holds_by_itself_and_says_what_it_is() -> None:
    told = check_bundle(BytesIO(made().bundle))
    assert told.faults == ()
    assert (told.customer, told.month, told.revision) == (PARK, MONTH, 2)
    assert told.looks == files(made().bundle)[bundle.OBSERVATIONS].count(b"\n") > 20
    assert faults(made().first) == ()


def test_the_same_ledger_gives_the_same_bytes_also_when_rows_are_pruned() -> None:
    assert made().bundle == made().again == made().pruned


async def test_what_is_agreed_judged_and_mailed_after_the_close_is_not_in_its_bundle(tmp_path: Path) -> None:
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        (tmp_path / "slawatch.yaml").write_text(CONFIG.format(folder=tmp_path))
        document = load(tmp_path / "slawatch.yaml").document(PARK)
        written = [json.dumps(one) for one in (document, document | {"agreement": "Tommy 3.0"})]
        digests = [hashlib.sha256(one.encode()).hexdigest() for one in written]
        await small.store.save_terms(PARK, digests[0], written[0], small.now)
        for minute, seen in ((-11, UP), (-10, DOWN), (-9, DOWN)):
            small.now = MIDNIGHT + minute * MINUTE
            await small.seen_by_all(seen)
        await settle(small, CLOSED)
        before = await bundled(small, tmp_path, 1)
        small.now += HOUR
        await small.seen_by_all(UP)
        await small.store.save_terms(PARK, digests[1], written[1], small.now)
        (owed, *_) = await small.store.claim(small.now, 10)
        await small.store.settle_accepted(owed.id, small.now, "mail.example.org:587", "250 ok")

        assert await bundled(small, tmp_path, 1) == before
        assert faults(before) == ()


def test_its_statement_is_what_report_prints() -> None:
    assert files(made().bundle)[bundle.STATEMENT].decode() == made().reported


def test_any_unzip_reads_it_and_its_sums_are_those_of_sha256sum() -> None:
    these = files(made().bundle)
    assert tuple(these) == bundle.FILES
    rows = [line.split("  ") for line in these[bundle.SUMS].decode().splitlines()]
    assert rows == [[hashlib.sha256(these[name]).hexdigest(), name] for name in bundle.FILES[:-1]]
    assert "sha256sum -c SHA256SUMS" in these[bundle.README].decode()
    assert made().reported.split('"sha256": "')[1][:64] in these[bundle.README].decode()


def test_it_has_the_mails_the_events_and_all_versions_of_the_month() -> None:
    rows = {
        name: list(map(json.loads, written.splitlines()))
        for name, written in files(made().bundle).items()
        if name.endswith("l") and name != bundle.HTML
    }
    assert {row["says"] for row in rows[bundle.MESSAGES]} == {"outage", "recovery"}
    assert {row["kind"] for row in rows[bundle.EVENTS]} == {"outage_opened", "outage_joined", "outage_closed"}
    assert [row["revision"] for row in rows[bundle.REVISIONS]] == [1, 2]
    assert [row["kind"] for row in rows[bundle.EXCLUSIONS]] == ["force_majeure"]


def test_a_manifest_with_another_digest_of_the_inputs_is_found() -> None:
    inputs = json.loads(files(made().bundle)[bundle.STATEMENT])["inputs_sha256"]
    said = f'manifest.json: inputs_sha256: told "{"0" * 64}", expected "{inputs}"'
    assert forged(bundle.MANIFEST, lambda text: text.replace(inputs, "0" * 64)) == (said,)


async def test_a_month_that_is_not_closed_has_no_bundle(tmp_path: Path) -> None:
    async with living(tmp_path, MIDNIGHT - 3 * HOUR, terms()) as small:
        await lived(small, tmp_path)
        with pytest.raises(NotClosed, match="duinzicht 2026-03: the month is not closed yet; expected a closed one"):
            await bundled(small, tmp_path)


# -- what was changed in it -------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_byte_changed_in_any_file_is_found(data: st.DataObject) -> None:
    these = files(made().bundle)
    name = data.draw(st.sampled_from(bundle.FILES))
    place = data.draw(st.integers(0, len(these[name]) - 1))
    other = data.draw(st.integers(1, 255))
    changed = bytearray(these[name])
    changed[place] ^= other
    assert faults(packed(these | {name: bytes(changed)})) != ()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_one_bit_changed_in_the_zip_is_found_or_is_one_that_no_unzip_reads(data: st.DataObject) -> None:
    place, bit = data.draw(st.integers(0, len(made().bundle) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(made().bundle)
    changed[place] ^= 1 << bit
    assert faults(bytes(changed)) != () or files(bytes(changed)) == files(made().bundle)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000_000))
def test_a_bundle_that_was_cut_off_is_found(length: int) -> None:
    assert faults(made().bundle[: length % len(made().bundle)]) != ()


def test_a_look_that_was_changed_with_both_lists_changes_the_figures() -> None:
    found = forged(bundle.OBSERVATIONS, lambda text: text.replace('"down", "cause": "http_5xx"', '"unknown"', 8))
    assert any(one.startswith("statement.json: availability.seconds.down: told ") for one in found)
    assert any(one.startswith("statement.json: inputs_sha256: told ") for one in found)


def test_a_look_that_was_left_out_is_found() -> None:
    found = forged(bundle.OBSERVATIONS, lambda text: text.partition("\n")[2])
    assert any("inputs_sha256" in one for one in found)


def test_an_exclusion_that_was_added_is_found() -> None:
    line = '{"kind": "force_majeure", "starts": "2026-03-31T21:50:00Z", "ends": "2026-03-31T22:00:00Z", "approved_by": "x", "reason": "y"}\n'
    assert any("availability.seconds.down" in one for one in forged(bundle.EXCLUSIONS, lambda text: text + line))


def test_terms_that_were_changed_are_found() -> None:
    (found,) = forged(bundle.TERMS, lambda text: text.replace("999/1000", "990/1000"))
    assert found.startswith("terms.jsonl: what holds from ")
    assert found.endswith(" is not what its digest was taken of")


def test_a_figure_that_was_changed_is_told_with_what_follows_from_the_looks() -> None:
    found = forged(bundle.STATEMENT, lambda text: text.replace('"blips": 0', '"blips": 10'))
    assert [one for one in found if one.startswith("statement.json: blips: told 1")] != []
    assert [one for one in found if one.startswith("revisions.jsonl: blips: told ")] != []


def test_who_closed_the_month_cannot_be_changed() -> None:
    assert forged(bundle.STATEMENT, lambda text: text.replace('"who": "A. Jansen"', '"who": "B. Jansen"')) == (
        'statement.json: closed.who: told "B. Jansen", found "A. Jansen"',
    )
    found = forged(bundle.REVISIONS, lambda text: text.replace('"who": "A. Jansen"', '"who": "B. Jansen"'))
    assert found[0] == "revisions.jsonl:2: its text, or who made it and why, is not what its digest was taken of"


def test_what_the_manifest_says_of_the_bundle_must_be_so() -> None:
    found = forged(bundle.MANIFEST, lambda text: text.replace('"month": "2026-03"', '"month": "2026-04"'))
    assert 'manifest.json: month: told "2026-04", expected "2026-03"' in found


def test_each_file_that_differs_from_the_manifest_is_named() -> None:
    these = files(made().bundle)
    found = faults(packed(these | {bundle.README: b"x", bundle.HTML: b"y"}))
    assert [one.split(":")[0] for one in found] == ["README.txt"] * 2 + ["summary.html"] * 2 + ["SHA256SUMS"]


# -- what is no bundle ------------------------------------------------------------------------------------------------


def without(name: str) -> bytes:
    return packed({key: written for key, written in files(made().bundle).items() if key != name})


def also(name: str) -> bytes:
    return packed(files(made().bundle) | {name: b"x"})


def by_another_zip(**more: object) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", **more) as zipped:  # type: ignore[call-overload]
        for name, written in files(made().bundle).items():
            zipped.writestr(name, written)
    return file.getvalue()


def twice() -> bytes:
    file = BytesIO()
    archive = Archive(file)
    for name in (bundle.README, bundle.README):
        with archive.file(name) as packer:
            packer.write(b"x")
    archive.close()
    return file.getvalue()


def encrypted() -> bytes:
    changed = bytearray(made().bundle)
    place = changed.rindex(b"PK\x01\x02") + 8
    changed[place] |= 1
    return bytes(changed)


def instead(name: str, written: bytes) -> bytes:
    return packed(relisted(files(made().bundle) | {name: written}))


BOMB = b'{"at": "' + b"0" * (1 << 23)

BAD = {
    "it is not a zip file, or not a whole one": lambda: b"",
    "it is not a zip file, or not a whole one ": lambda: b"PK\x03\x04" + b"x" * 100,
    "it is not a zip file, or not a whole one  ": lambda: made().bundle + b"x",
    "it is not packed as slawatch packs a bundle": by_another_zip,
    "it holds 'README.txt' twice": twice,
    "'SHA256SUMS' is encrypted": encrypted,
    "statement.json is missing": lambda: without(bundle.STATEMENT),
    "it holds 'more.txt', which belongs to no bundle": lambda: also("more.txt"),
    "it holds '../../etc/passwd', which is no name of a file in a bundle": lambda: also("../../etc/passwd"),
    "it holds '/etc/passwd', which is no name of a file in a bundle": lambda: also("/etc/passwd"),
    "it holds 'C:\\\\x', which is no name of a file in a bundle": lambda: also("C:\\x"),
    "it holds 40 files, expected at most 32": lambda: packed({f"f{number}": b"" for number in range(40)}),
    "README.txt has 67,108,865 bytes, expected at most 67,108,864": lambda: instead(bundle.README, b"\0" * ((1 << 26) + 1)),
    "observations.jsonl:1: the line is longer than 4,194,304 bytes": lambda: instead(bundle.OBSERVATIONS, BOMB),
    "statement.json: expected JSON": lambda: instead(bundle.STATEMENT, b"{"),
    "statement.json: expected JSON ": lambda: instead(bundle.STATEMENT, b"[" * 100_000),
    "revisions.jsonl:1: expected JSON": lambda: instead(bundle.REVISIONS, b"\xff\n"),
    "it does not hold the statement of a closed month, with what that follows from": lambda: instead(bundle.STATEMENT, b"[]"),
    "terms.jsonl: expected what was agreed": lambda: instead(bundle.TERMS, b""),
}  # fmt: skip


@pytest.mark.parametrize("said", BAD)
def test_what_is_no_bundle_is_told_in_one_line(said: str) -> None:
    found = faults(BAD[said]())
    assert said.strip() in found
    assert not any("\n" in one for one in found)


def test_a_look_that_cannot_be_read_is_named_by_its_line() -> None:
    found = forged(bundle.OBSERVATIONS, lambda text: text.replace('"up"', '"fine"', 1))
    assert found == ("observations.jsonl:1: verdict: expected up, down or unknown, got 'fine'",)


def test_looks_out_of_order_are_named() -> None:
    found = forged(bundle.OBSERVATIONS, lambda text: "".join(reversed(text.splitlines(keepends=True))))
    assert found[0].startswith("observations.jsonl:2: ")
    assert found[0].endswith("is out of order; expected check by check, each in time")


def test_terms_that_would_take_forever_to_read_are_refused() -> None:
    def endless(text: str) -> str:
        row = json.loads(text)
        row["document"] = row["document"].replace("999/1000", "1e999999999")
        row["sha256"] = hashlib.sha256(row["document"].encode()).hexdigest()
        return json.dumps(row) + "\n"

    (found,) = forged(bundle.TERMS, endless)
    assert found.endswith(" on is not agreed with 'duinzicht'")


def test_what_a_stranger_wrote_steers_no_terminal() -> None:
    (found, *_) = forged(bundle.STATEMENT, lambda text: text.replace('"closed": {', '"closed": {"a\\n\\u001b[31m": 1,'))
    assert found == "statement.json: closed.a  [31m: told 1, found null"


@pytest.mark.parametrize("listed", ["[]", '{"files": 1}', '{"files": [1, {"path": []}]}'])
def test_a_manifest_that_lists_nothing_is_told(listed: str) -> None:
    assert faults(packed(files(made().bundle) | {bundle.MANIFEST: listed.encode()})) != ()


def test_a_file_that_unpacks_to_more_than_it_says_is_not_unpacked() -> None:
    file = BytesIO(packed({"x": b"x" * 1_000_000}))
    entry = replace(entries(file)["x"], size=1000)
    with pytest.raises(BadArchive, match="x cannot be unpacked"):
        list(contents(file, entry))


def test_lines_are_those_of_the_file_wherever_its_pieces_end() -> None:
    written = files(made().bundle)[bundle.OBSERVATIONS]
    assert b"".join(Bundle(BytesIO(made().bundle)).lines(bundle.OBSERVATIONS)) == written


# -- the verb ---------------------------------------------------------------------------------------------------------


def verify(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["verify", *arguments], catch_exceptions=False, standalone_mode=False)


def test_verify_needs_only_the_bundle_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "duinzicht"  # known by its first bytes
    path.write_bytes(made().bundle)
    told = verify("duinzicht")
    assert (told.return_value, told.stderr) == (0, "")
    assert told.stdout.startswith("duinzicht: duinzicht 2026-03 revision 2: holds (")
    assert [*tmp_path.iterdir()] == [path]


def test_verify_tells_each_fault_in_a_line_and_ends_with_status_2(tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    path.write_bytes(without(bundle.STATEMENT))
    told = verify(str(path))
    assert (told.return_value, told.stdout, told.stderr) == (2, "", f"{path}: statement.json is missing\n")
    row = json.loads(verify(str(path), "--json").stdout)
    assert (row["fault"], row["faults"]) == ("statement.json is missing", ["statement.json is missing"])


def test_a_bundle_that_is_not_there_and_one_with_a_month_are_refused(tmp_path: Path) -> None:
    runner = CliRunner()
    for arguments, said in (
        ([str(tmp_path / "no.zip")], "cannot be read: No such file or directory"),
        ([str(tmp_path)], "cannot be read: Is a directory"),
        (
            [str(tmp_path / "no.zip"), MONTH],
            "a bundle says itself of which month it is; expected no MONTH, got 2026-03",
        ),
    ):
        told = runner.invoke(cli, ["verify", *arguments])
        assert str(told.exception) == f"{arguments[0]}: {said}"


def test_what_others_reported_of_the_month_is_there_as_it_was_known() -> None:
    incidents, heartbeats = (
        [json.loads(line) for line in files(made().bundle)[name].splitlines()]
        for name in (bundle.INCIDENTS, bundle.HEARTBEATS)
    )
    assert [(one["id"], one["due"], one["in_time"]) for one in incidents] == [("0", "2026-03-30T15:00:00Z", False)]
    assert [(one["source"], one["kind"], one["outcome"], one["duration_seconds"]) for one in heartbeats] == [
        ("vm", "daily", "good", 90.0)
    ]
