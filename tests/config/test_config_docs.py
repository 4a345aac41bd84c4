"""The document and the schema tell every key, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from slawatch.config import Config, Http, Login, Page, load, schema
from slawatch.config.merging import PROMISED, SHARED
from slawatch.config.reading import read
from slawatch.config.scalars import HoursOfDay, Months, read_duration, read_share, write_hours, write_months
from slawatch.config.shape import Shape, element, inner, keys
from slawatch.config.summaries import AccountManager, Summaries
from slawatch.config.tree import bare

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "slawatch.yaml"
ROW = re.compile(r"^\| `([^`]+)` \| (.+) \| (.+) \|$", re.MULTILINE)


def every_key(shape: type[Shape], path: str) -> Iterator[tuple[str, Any]]:
    """Each key below a section as the document writes it, with its default; shared sections are told once."""
    for name, field in keys(shape).items():
        key = f"{path}{name}"
        yield key, ... if field.is_required() else field.get_default(call_default_factory=True)
        within, items = inner(field.annotation), element(field.annotation)
        if key.startswith("customers[].") and name in (*SHARED, "agreement"):
            continue
        if isinstance(within, type) and issubclass(within, Shape):
            yield from every_key(within, f"{key}.")
        elif isinstance(items, type) and issubclass(items, Shape):
            yield from every_key(items, f"{key}[].")


def keys_of_the_file() -> dict[str, Any]:
    found = dict(every_key(Config, ""))
    sections: tuple[tuple[str, type[Shape], str], ...] = (
        ("login", Login, ""),
        ("pages", Page, "NAME."),
        ("http", Http, ""),
        ("account_manager", AccountManager, ""),
        ("summaries", Summaries, ""),
    )
    for name, shape, path in sections:
        found |= {name: None, **dict(every_key(shape, f"{name}.{path}"))}
    return found | {f"customers[].{name}": None for name in PROMISED}


def documented() -> dict[str, str]:
    return {row[1]: row[3] for row in ROW.finditer((ROOT / "docs/configuration.md").read_text())}


def test_the_document_tells_every_key_and_no_other() -> None:
    told = {key for key in documented() if not re.search(r"[ :%]|^\d", key)}
    assert told == set(keys_of_the_file())


def test_the_document_tells_the_right_defaults() -> None:
    told = documented()
    for key, default in keys_of_the_file().items():
        cell = told[key]
        if default is ...:
            assert cell == "required", key
            continue
        written = re.fullmatch(r"`([^`]+)`", cell)
        if isinstance(default, timedelta):
            assert written, key
            assert read_duration(written[1]) == default, key
        elif isinstance(default, Fraction):
            assert written, key
            assert read_share(written[1]) == default, key
        elif isinstance(default, HoursOfDay):
            assert cell == f"`{write_hours(default)}`", key
        elif isinstance(default, Months):
            assert cell == f"`{write_months(default)}`", key
        elif isinstance(default, int | str) and default:
            assert cell == f"`{default}`", key
        else:
            assert not written, key
            assert cell != "required", key


def test_the_examples_of_the_document_are_right(tmp_path: Path) -> None:
    text = (ROOT / "docs/configuration.md").read_text()
    (example,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    file = tmp_path / "slawatch.yaml"
    file.write_text(example)
    assert load(file).customers[0].id == "duinzicht"


def fits(value: object, form: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether a value fits a JSON Schema, as far as ours goes: a keyword that this does not know fails the test."""
    known = {"$ref", "anyOf", "const", "enum", "type", "pattern", "minLength", "minimum", "maximum", "exclusiveMinimum"}
    known |= {"items", "minItems", "properties", "additionalProperties", "required", "minProperties", "maxProperties"}
    known |= {"description", "default", "examples", "title", "$schema", "$defs"}
    assert set(form) <= known, set(form) - known
    kinds = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": tuple, "null": type(None)}
    if "$ref" in form and not fits(value, root["$defs"][form["$ref"].removeprefix("#/$defs/")], root):
        return False
    if "anyOf" in form and not any(fits(value, one, root) for one in form["anyOf"]):
        return False
    if "type" in form and form["type"] != "number" and type(value) is not kinds[form["type"]]:
        return False
    if ("const" in form and value != form["const"]) or ("enum" in form and value not in form["enum"]):
        return False
    if isinstance(value, str):
        return bool(re.search(form.get("pattern", ""), value)) and len(value) >= form.get("minLength", 0)
    if isinstance(value, tuple):
        return len(value) >= form.get("minItems", 0) and all(fits(one, form.get("items", {}), root) for one in value)
    if isinstance(value, dict) and form.get("type") == "object":
        other, own = form.get("additionalProperties", {}), form.get("properties", {})
        return set(form.get("required", ())) <= set(value) and all(
            (key in own or other is not False) and fits(one, own.get(key, other), root) for key, one in value.items()
        )
    return True


def test_the_example_fits_the_schema() -> None:
    tree, problems = read(EXAMPLE.read_text(), EXAMPLE)
    assert problems == []
    assert fits(bare(tree), schema(), schema())


def test_a_slip_does_not_fit_the_schema() -> None:
    tree, _ = read(EXAMPLE.read_text(), EXAMPLE)
    for way, wrong in (
        (("pages", "dashboard", "every"), 60),
        (("pages", "dashboard", "evry"), "60s"),
        (("customers", 0, "id"), "Duinzicht"),
        (("customers", 0, "credentials", "password"), "hunter2"),
        (("agreement", "confirm", "blips"), "maybe"),
        (("mail", "relays", 0), "mail.example.org"),
        (("retention", "observations"), "12 months"),
        (("nonsense",), 1),
    ):
        assert not fits(changed(bare(tree), way, wrong), schema(), schema()), way


def changed(value: Any, way: tuple[str | int, ...], new: object) -> Any:
    if not way:
        return new
    step, rest = way[0], way[1:]
    if isinstance(step, int):
        return tuple(changed(one, rest, new) if index == step else one for index, one in enumerate(value))
    return {**value, step: changed(value.get(step), rest, new)}


def test_the_schema_explains_every_key() -> None:
    told = schema()
    sections = [told, *(one for one in told["$defs"].values() if "properties" in one)]
    unexplained = [
        name for section in sections for name, field in section["properties"].items() if "description" not in field
    ]
    assert unexplained == []
    assert (ROOT / "slawatch.yaml").read_text().startswith("# yaml-language-server: $schema=")
