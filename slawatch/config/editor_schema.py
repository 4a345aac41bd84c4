"""The JSON Schema of slawatch.yaml, so that an editor completes and explains it while it is written."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Any, TypeAlias

import yaml
from pydantic.json_schema import GenerateJsonSchema

from slawatch.config.merging import PROMISED, SHARED
from slawatch.config.scalars import HoursOfDay, Months, write_duration, write_hours, write_months, write_share
from slawatch.config.whole import Config

JsonObject: TypeAlias = dict[str, Any]
_REFERENCE = "#/$defs/"


class _AsWritten(GenerateJsonSchema):
    """Defaults in the form that the file has them in."""

    def encode_default(self, dft: Any) -> Any:
        if isinstance(dft, timedelta):
            return write_duration(dft)
        if isinstance(dft, HoursOfDay):
            return write_hours(dft)
        if isinstance(dft, Months):
            return write_months(dft)
        return write_share(dft) if isinstance(dft, Fraction) else super().encode_default(dft)


def schema() -> JsonObject:
    """The schema (draft 2020-12): what `load` accepts in form; what must meet across sections only `load` can tell."""
    made = Config.model_json_schema(mode="validation", by_alias=True, schema_generator=_AsWritten)
    definitions: JsonObject = made.pop("$defs")
    definitions |= {f"Partial{name}": _partial(shape) for name, shape in definitions.items()}
    customer, promised = (definitions[name]["properties"] for name in ("Customer", "Agreement"))
    shared = {name: _overriding(customer[name]) for name in SHARED}
    customer |= {**shared, "agreement": _overriding(customer["agreement"])}
    customer |= {name: _overriding(promised[name]) for name in PROMISED}
    made["properties"] |= shared
    for shape in (made, *definitions.values()):
        _finish(shape)
    definitions["Contact"] = {
        "description": "Somebody who is mailed: an address alone, or a section.",
        "anyOf": [definitions["Contact"]["properties"]["address"], definitions["Contact"]],
    }
    definitions["PartialAccountManager"] = {
        "description": "Who answers for a customer: an address alone, or a section.",
        "anyOf": [definitions["PartialAccountManager"]["properties"]["address"], definitions["PartialAccountManager"]],
    }
    definitions["Relay"] = {
        "description": "An SMTP server: a URL alone, or a section.",
        "anyOf": [definitions["Relay"]["properties"]["url"], definitions["Relay"]],
    }
    used = {name: definitions[name] for name in sorted(_reached(made, definitions))}
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, "title": "slawatch.yaml", **made, "$defs": used}


def _partial(shape: JsonObject) -> JsonObject:
    """A section of which any part may be said, for the rest is said elsewhere: at the top, or at the customer."""
    part: JsonObject = _renamed(copy.deepcopy(shape))
    part.pop("required", None)
    for field in part.get("properties", {}).values():
        field.pop("default", None)
    return part


def _overriding(field: JsonObject) -> JsonObject:
    part: JsonObject = _renamed(copy.deepcopy(field))
    part.pop("default", None)
    if "additionalProperties" in part:
        part["additionalProperties"] = _or_null(part["additionalProperties"])
    return part


def _renamed(value: Any) -> Any:
    """The schema with every reference to a section turned to its partial form."""
    if isinstance(value, dict):
        return {
            key: one.replace(_REFERENCE, f"{_REFERENCE}Partial") if key == "$ref" else _renamed(one)
            for key, one in value.items()
        }
    return [_renamed(one) for one in value] if isinstance(value, list) else value


def _finish(shape: JsonObject) -> None:
    """Let null stand for "not said" wherever something may be left out, and drop what tells a person nothing."""
    shape.pop("title", None)
    for name, field in shape.get("properties", {}).items():
        field.pop("title", None)
        if field.get("default") in (None, "", []) or isinstance(field["default"], dict):
            field.pop("default", None)
        if "examples" in field:
            field["examples"] = [yaml.safe_load(example) for example in field["examples"]]
        if name not in shape.get("required", ()):
            shape["properties"][name] = _or_null(field)


def _or_null(field: JsonObject) -> JsonObject:
    if {"type": "null"} in field.get("anyOf", ()):
        return field
    told: JsonObject = {key: field[key] for key in ("description", "default", "examples") if key in field}
    form = {key: value for key, value in field.items() if key not in told}
    return {**told, "anyOf": [form, {"type": "null"}]}


def _reached(made: JsonObject, definitions: JsonObject) -> set[str]:
    reached: set[str] = set()
    ahead = [made]
    while ahead:
        fresh = set(_references(ahead.pop())) - reached
        reached |= fresh
        ahead += [definitions[name] for name in fresh]
    return reached


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"].removeprefix(_REFERENCE)
        for one in value.values():
            yield from _references(one)
    elif isinstance(value, list):
        for one in value:
            yield from _references(one)
