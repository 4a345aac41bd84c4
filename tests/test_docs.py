"""The documents are true where a machine can tell: verbs, links, examples, causes, events, layers."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from slawatch.cli.main import cli
from slawatch.config import load
from slawatch.model import VERDICTS, Verdict
from slawatch.web.api.described import OPERATIONS
from slawatch.web.api.operation import Operation

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SOURCES = sorted((ROOT / "slawatch").rglob("*.py"))
NAMES = [str(path.relative_to(ROOT)) for path in DOCUMENTS]

FENCE = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^(?: {4}.*)?\n)+", re.MULTILINE)
LINK = re.compile(r"!?\[[^]]*\]\(([^)\s]+)\)")
SPAN = re.compile(r"`([^`\n]+)`")
#: Home directories and workplaces: what an install may be called in any machine's tree is no such place.
PLACE_OF_A_MACHINE = re.compile(r"(?<![\w.*/-])/(?:home|root|work|Users)/\w")


def text_of(name: str) -> str:
    return (ROOT / name).read_text()


def blocks(text: str) -> Iterator[str]:
    """What is set as code: fenced, or indented by four."""
    yield from FENCE.findall(text)
    yield from (found for found in INDENTED.findall(FENCE.sub("", text)) if found.strip())


def prose(text: str) -> str:
    return SPAN.sub("", FENCE.sub("", text))


def anchors(text: str) -> set[str]:
    """Where a link may lead in a document, named as GitHub does."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in titles}


def section(text: str, title: str) -> str:
    """A section of second rank, without its heading."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section {title!r}"
    return found[1]


def options_of(command: click.Command) -> set[str]:
    """Its options as they are written, by their long names; of a verb with verbs of its own, those of all."""
    if isinstance(command, click.Group):
        return set().union(*map(options_of, command.commands.values()))
    written = {
        name for one in command.params if isinstance(one, click.Option) for name in one.opts + one.secondary_opts
    }
    return {name for name in written if name.startswith("--")}


def commands_shown(text: str) -> Iterator[str]:
    """Every call of slawatch in code that a reader may copy."""
    for block in blocks(text):
        for line in block.splitlines():
            call = re.match(r"(?:.*\| *|\w+ exec \w+ )?(?:\S*/bin/)?slawatch ([\w-]+(?: .*)?)$", line.strip())
            if call:
                yield re.split(r" [|>&] | && |\s#", call[1] + " ")[0].strip()


# -- verbs ------------------------------------------------------------------------------------------------------------


def test_the_verbs_document_tells_every_verb_and_no_other():
    assert set(re.findall(r"^## (.+)$", text_of("docs/verbs.md"), re.MULTILINE)) == set(cli.commands)


@pytest.mark.parametrize("verb", cli.commands)
def test_a_verbs_section_tells_its_options_and_no_other(verb):
    text = text_of("docs/verbs.md")
    rows = re.findall(r"^\| (`--.+?) \|", section(text, verb), re.MULTILINE)
    told = {option for row in rows for option in SPAN.findall(row)}
    common = set(SPAN.findall(text.split("\n## ")[0])) & {"--config FILE"}

    assert common, "the beginning tells of --config"
    assert told == options_of(cli.commands[verb]) - {"--config"}


@pytest.mark.parametrize(
    ("verb", "within"),
    [(verb, name) for verb, group in cli.commands.items() if isinstance(group, click.Group) for name in group.commands],
)
def test_a_verbs_section_shows_each_verb_within_it(verb, within):
    shown = commands_shown(section(text_of("docs/verbs.md"), verb))

    assert any(call.split()[:2] == [verb, within] for call in shown)


@pytest.mark.parametrize("verb", cli.commands)
def test_a_verbs_section_has_an_example_and_the_exit_status(verb):
    told = section(text_of("docs/verbs.md"), verb)

    assert any(call.split()[0] == verb for call in commands_shown(told))
    assert "Exit status: 0" in told


def test_the_documents_tell_the_defaults_of_options():
    for verb, command in cli.commands.items():
        rows = dict(
            re.findall(r"^\| `(--[\w-]+)`.* \| ([^|]+) \|$", section(text_of("docs/verbs.md"), verb), re.MULTILINE)
        )
        for one in command.params:
            if isinstance(one, click.Option) and one.show_default and not one.is_flag and one.opts[0] in rows:
                default = ", ".join(one.default) if one.multiple else one.default
                assert rows[one.opts[0]] == f"`{default}`", (verb, one.opts[0])


@pytest.mark.parametrize("name", NAMES)
def test_every_command_that_a_document_shows_is_one_that_slawatch_takes(name):
    for call in commands_shown(text_of(name)):
        verb, *rest = shlex.split(call)
        if verb.isupper() or verb in {"--version", "--help"}:
            continue
        assert verb in cli.commands, f"slawatch {call}"
        command = cli.commands[verb]
        if isinstance(command, click.Group):
            within, *rest = rest
            assert within in command.commands, f"slawatch {call}"
            command = command.commands[within]
        if "--help" not in rest:
            command.make_context(verb, rest)


# -- links and places -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_link_within_the_repository_leads_somewhere(name):
    for target in LINK.findall(prose(text_of(name))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        leads_to = (ROOT / name).parent / path if path else ROOT / name
        assert leads_to.exists(), target
        if anchor:
            assert anchor in anchors(leads_to.read_text()), target


def test_the_readme_leads_to_every_document():
    targets = {(ROOT / target.partition("#")[0]).resolve() for target in LINK.findall(prose(text_of("README.md")))}

    assert {path for path in DOCUMENTS if path.parent.name != "adr"} - {ROOT / "README.md"} <= targets


def test_the_list_of_choices_has_every_choice_by_its_title():
    listed = dict(re.findall(r"^\| \[\d{4}\]\((\S+)\) \| (.+?) \|$", text_of("docs/adr/README.md"), re.MULTILINE))
    there = {path.name: path.read_text().splitlines()[0] for path in (ROOT / "docs/adr").glob("[0-9]*.md")}

    assert {name: f"# {name[:4]} {title}" for name, title in listed.items()} == there


@pytest.mark.parametrize("name", NAMES)
def test_no_document_names_a_place_of_one_machine(name):
    assert PLACE_OF_A_MACHINE.findall(text_of(name)) == []


# -- the README -------------------------------------------------------------------------------------------------------


def test_the_readmes_test_command_is_the_one_that_ci_runs():
    commands = [line.split("#")[0].strip() for block in blocks(text_of("README.md")) for line in block.splitlines()]

    assert "make test" in commands
    assert "step make test" in text_of(".ci/run").splitlines()


def test_the_readmes_configuration_is_right(tmp_path):
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", text_of("README.md"), re.MULTILINE | re.DOTALL)
    file = tmp_path / "slawatch.yaml"
    file.write_text(example)

    config = load(file)

    assert config.warnings() == ()
    assert set(config.customer("duinzicht").checks) == {"dashboard", "reservations", "http"}


def test_every_make_target_that_a_document_names_is_there():
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))

    for path in DOCUMENTS:
        lines = [line for block in blocks(path.read_text()) for line in block.splitlines()]
        for call in re.findall(r"(?:^|&& ) *make ((?:[a-z-]+ ?)+)", "\n".join(lines), re.MULTILINE):
            assert set(call.split()) <= targets, (path.name, call)


# -- the API ------------------------------------------------------------------------------------------------------------


def test_the_apis_manual_tells_every_operation_with_its_permission_and_its_keys() -> None:
    rows = re.findall(r"^\| `([A-Z]+ /\S*)` \| `(\w+)` \|(.*?)\| ", text_of("docs/api.md"), re.MULTILINE)

    def keys(operation: Operation) -> Any:
        if operation.said is None:
            names = {field.alias or name for name, field in operation.query.model_fields.items()}
            return names - {"limit", "cursor"}, set()
        fields = operation.said.model_fields
        needed = {name for name, field in fields.items() if field.is_required()}
        return fields.keys() - {"by"} - needed, needed

    def read(cell: str) -> Any:
        needed = set(re.findall(r"\*\*`(\w+)`\*\*", cell))
        return set(re.findall(r"`(\w+)`", cell)) - needed, needed

    assert {what: (permission, read(cell)) for what, permission, cell in rows} == {
        f"{one.method} {one.path}": (str(one.permission), keys(one)) for one in OPERATIONS
    }


# -- operations and architecture --------------------------------------------------------------------------------------


def test_operations_tell_every_unknown_cause_and_what_to_do():
    told = re.findall(r"^\| `(\w+)` \|", section(text_of("docs/operations.md"), "When it says unknown"), re.MULTILINE)

    assert sorted(told) == sorted(cause for cause, verdict in VERDICTS.items() if verdict is Verdict.UNKNOWN)


def test_the_rules_give_every_cause_its_verdict():
    rows = re.findall(r"^\| (down|unknown).*? \| (`.+) \|$", section(text_of("docs/rules.md"), "Causes"), re.MULTILINE)

    assert {cause: verdict for verdict, causes in rows for cause in SPAN.findall(causes)} == VERDICTS


def test_operations_tell_every_event_that_is_logged_as_a_warning_or_worse():
    rows = re.findall(r"^\| ((?:`[\w.]+`(?:, )?)+) \|", section(text_of("docs/operations.md"), "The log"), re.MULTILINE)
    told = {event for row in rows for event in SPAN.findall(row)}

    assert told == set(events_that_ask_for_attention())


def events_that_ask_for_attention() -> Iterator[str]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="log"), attr="warning" | "error" | "exception"),
                    args=[ast.Constant(value=str(event)), *_],
                ):
                    yield event


def test_operations_tell_every_variable_of_the_environment():
    told = re.findall(r"^\| `(SLAWATCH_\w+)` \|", text_of("docs/operations.md"), re.MULTILINE)
    places = [*SOURCES, ROOT / "Dockerfile"]

    assert set(told) == {name for path in places for name in re.findall(r"\bSLAWATCH_[A-Z_]+\b", path.read_text())}


def test_the_architecture_has_the_layers_that_are_kept():
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = [one["layers"] for one in contracts if one["type"] == "layers"]
    told = [line.strip() for block in blocks(text_of("docs/architecture.md")) for line in block.splitlines()]

    assert "\n".join(layer.replace("slawatch.", "") for layer in layers) in "\n".join(told)


def test_the_architectures_tree_is_the_house_as_it_stands():
    (tree,) = [block for block in blocks(text_of("docs/architecture.md")) if block.strip().startswith("slawatch/")]
    told = re.findall(r"^ {6}(\S+) ", tree, re.MULTILINE)
    house = [path for path in (ROOT / "slawatch").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]

    assert sorted(told) == sorted(
        path.name + "/" * path.is_dir() for path in house if path.name not in {"__init__.py", "__main__.py"}
    )


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_python_file_says_what_it_is(path):
    tree = ast.parse(path.read_text())

    assert ast.get_docstring(tree)
