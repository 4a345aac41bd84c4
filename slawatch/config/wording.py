"""pydantic's errors in our words, each at the place in the file that it is about."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from slawatch.config.merging import PROMISED, SHARED
from slawatch.config.shape import Shape, keys, shape_at
from slawatch.config.tree import Section, Steps, place_of
from slawatch.config.wrong import Problem, Wrong, got
from slawatch.rules.naming import nearest, one_of

#: What stands under these keys may be a misplaced password: messages never show it.
_PRIVATE = frozenset({"credentials", "relays", "password"})

#: What would be right, by pydantic's type of error; a type that is not here cannot come from our shapes.
_EXPECTED = {
    "int_type": "a whole number",
    "bool_type": "true or false",
    "literal_error": "{choices}",
    "greater_than_equal": "at least {ge}",
    "less_than_equal": "at most {le}",
    "mapping_type": "a section",
    "dict_type": "a section",
}


def problems(error: ValidationError, shape: type[Shape], tree: Section) -> list[Problem]:
    """Every error of a validation of `tree` against `shape`, placed."""
    return [_problem(one, shape, tree) for one in error.errors(include_url=False)]


def _problem(error: Any, shape: type[Shape], tree: Section) -> Problem:
    steps: Steps = error["loc"]
    wrong = error.get("ctx", {}).get("error")
    if isinstance(wrong, Wrong):
        return Problem(place_of(tree, (*steps, *wrong.at)), wrong.what)
    if error["type"] == "extra_forbidden":
        return Problem(
            place_of(tree, steps, key=True), "unknown key" + nearest(str(steps[-1]), _known(shape, steps[:-1]))
        )
    shown = "a value" if _PRIVATE & set(steps) and isinstance(error["input"], str) else got(error["input"])
    return Problem(place_of(tree, steps), _what(error, shown, shape, steps))


def _what(error: Any, shown: str, shape: type[Shape], steps: Steps) -> str:
    kind, limits = error["type"], error.get("ctx", {})
    if kind == "missing":
        return "missing" + _example(", expected something like ", shape, steps)
    if kind in {"model_type", "model_attributes_type"}:
        section = shape_at(shape, steps)
        return f"expected a section with {one_of(keys(section)) if section else 'keys'}, got {shown}"
    if kind == "tuple_type":
        return f"expected a list{_example(' such as ', shape, steps)}, got {shown}"
    choices = str(limits.get("expected", "")).replace("'", "")
    return f"expected {_EXPECTED[kind].format(choices=choices, **limits)}, got {shown}"


def _known(shape: type[Shape], steps: Steps) -> list[str]:
    """The keys that may stand in the section, also those that the merge takes away."""
    section = shape_at(shape, steps)
    known = list(keys(section)) if section else []
    if not steps:
        known += SHARED
    elif steps[0] == "customers" and len(steps) == 2:
        known += PROMISED
    return known


def _field(shape: type[Shape], steps: Steps) -> FieldInfo | None:
    section = shape_at(shape, steps[:-1])
    return keys(section).get(str(steps[-1])) if section else None


def _example(before: str, shape: type[Shape], steps: Steps) -> str:
    field = _field(shape, steps)
    return f"{before}{field.examples[0]}" if field and field.examples else ""
