"""What went wrong, as RFC 9457 has it: a problem whose `detail` is one line for a person."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import web
from pydantic import ValidationError
from pydantic_core import ErrorDetails

#: Where everything that can be asked is described.
DOCUMENT = "/api/v1/openapi.json"


@dataclass(frozen=True, slots=True)
class Slip:
    """One thing that is wrong with a request. `where`: a parameter's name, or a place in the body (RFC 6901)."""

    where: str
    what: str
    in_body: bool

    def __str__(self) -> str:
        place = self.where.removeprefix("#/").replace("/", ".") if self.in_body else self.where
        return f"{place}: {self.what}" if place not in {"", "#"} else f"body: {self.what}"

    @property
    def told(self) -> dict[str, str]:
        return {"pointer" if self.in_body else "parameter": self.where, "detail": self.what}


class BadRequest(ValueError):
    """A request that cannot be read; its text is one line: what is wrong and what would be right."""

    def __init__(self, *slips: Slip) -> None:
        super().__init__(str(slips[0]))
        self.slips = slips


def bad_body(pointer: str, what: str) -> BadRequest:
    return BadRequest(Slip(pointer, what, in_body=True))


def bad_parameter(name: str, what: str) -> BadRequest:
    return BadRequest(Slip(name, what, in_body=False))


def slips_of(error: ValidationError, *, in_body: bool) -> tuple[Slip, ...]:
    """All that is wrong, in the order in which it was found; never what was sent, but as a rule of ours repeats it."""
    return tuple(
        Slip(
            ("#" + "".join(f"/{step}" for step in one["loc"])) if in_body else ".".join(map(str, one["loc"])),
            _words(one),
            in_body,
        )
        for one in error.errors(include_url=False, include_input=False)
    )


def _words(error: ErrorDetails) -> str:
    match error["type"]:
        case "missing":
            return "missing"
        case "extra_forbidden":
            return "unknown, expected one of the documented keys"
        case "enum":
            return f"expected {error['ctx']['expected']}"
        case "less_than_equal":
            return f"expected at most {error['ctx']['le']}"
        case "greater_than_equal":
            return f"expected at least {error['ctx']['ge']}"
        case "string_type":
            return "expected text"
        case "string_pattern_mismatch":
            return "expected text without a zero in it"
    return error["msg"].removeprefix("Value error, ")


def problem(status: HTTPStatus, detail: str, slips: Sequence[Slip] = ()) -> web.Response:
    """`slips`: each thing that is wrong with the request, where that is known."""
    said: dict[str, object] = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail}
    if slips:
        said["errors"] = [one.told for one in slips]
    text = json.dumps(said, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/problem+json")


def problem_of(refused: web.HTTPException) -> web.Response:
    """The problem for what the server itself refuses: a path or a method that is not there, who may not."""
    status, said = HTTPStatus(refused.status), refused.text or ""
    if status is HTTPStatus.NOT_FOUND:
        said = f"nothing is served here; {DOCUMENT} describes what is"
    elif isinstance(refused, web.HTTPMethodNotAllowed):
        said = f"{refused.method}: cannot be asked here, expected one of {', '.join(sorted(refused.allowed_methods))}"
    elif said.startswith(f"{status}:"):
        said = status.phrase
    return problem(status, said)
