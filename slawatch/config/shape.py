"""What every section of the file has in common."""

from __future__ import annotations

import types
from collections.abc import Mapping
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic.fields import FieldInfo

from slawatch.config.wrong import Wrong


class Shape(BaseModel):
    """A section: frozen, strict, unknown keys refused. A null stands for "not said", so that the default holds."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_not_said(cls, said: object) -> object:
        if not isinstance(said, Mapping):
            return said
        known = keys(cls)
        return {key: value for key, value in said.items() if value is not None or _may_be_null(known.get(key))}


def some(items: object) -> object:
    """Refuse an empty list, before what is in it is read. Raises Wrong."""
    if items == ():
        raise Wrong("expected at least one, got none")
    return items


def keys(shape: type[Shape]) -> dict[str, FieldInfo]:
    """The section's fields by the name that the file gives them."""
    return {field.alias or name: field for name, field in shape.model_fields.items()}


def _may_be_null(field: FieldInfo | None) -> bool:
    return field is None or type(None) in get_args(field.annotation)


def inner(annotation: Any) -> Any:
    """What an annotation holds: the shape of `Shape | None`, of a list's items, of a mapping's values."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return inner(arguments[0])
    if origin in {Union, types.UnionType}:
        return inner(next(one for one in arguments if one is not type(None)))
    return annotation


def element(annotation: Any) -> Any:
    """The annotation of a list's items or a mapping's values; None for what has no elements."""
    holder = inner(annotation)
    origin, arguments = get_origin(holder), get_args(holder)
    if origin is tuple:
        return inner(arguments[0])
    return inner(arguments[1]) if origin is not None and len(arguments) == 2 else None


def shape_at(shape: type[Shape], steps: tuple[str | int, ...]) -> type[Shape] | None:
    """The section's shape that the steps lead to; None when that is no section."""
    reached: Any = shape
    for step in steps:
        if isinstance(reached, type) and issubclass(reached, Shape) and isinstance(step, str):
            field = keys(reached).get(step)
            if field is None:
                return None
            reached = inner(field.annotation)
        else:
            reached = element(reached)
    return reached if isinstance(reached, type) and issubclass(reached, Shape) else None
