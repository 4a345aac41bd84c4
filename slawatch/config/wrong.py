"""What is wrong with a configuration, and the words that say so to a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from slawatch.rules.naming import nearest

#: A longer text than this is cut where a message quotes it.
_QUOTED = 60


class ConfigErrors(Exception):
    """A configuration that cannot be used. `errors`: one line each, `FILE:LINE:COLUMN: KEY: what is wrong`."""

    def __init__(self, errors: tuple[str, ...]) -> None:
        super().__init__("\n".join(errors))
        self.errors = errors


class UnknownCustomer(LookupError):
    """No customer of the configuration has this id; the text names the nearest one."""

    def __init__(self, customer_id: str, known: Iterable[str]) -> None:
        super().__init__(f"no customer {got(customer_id)}{nearest(customer_id, known)}")
        self.customer_id = customer_id


class Wrong(ValueError):
    """A value that cannot stand: what is wrong and what would be right.

    `at`: the keys and indexes below the value that the words are about, when not about the whole.
    """

    def __init__(self, what: str, *at: str | int) -> None:
        super().__init__(what)
        self.what = what
        self.at = at


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: line and column from 1, and the key as a person writes it (`customers[0].url`)."""

    line: int
    column: int
    path: str

    def below(self, step: str | int) -> str:
        """The path of what stands under this one."""
        if isinstance(step, int):
            return f"{self.path}[{step}]"
        name = step if step.isprintable() and step and len(step) <= _QUOTED else ascii(step[:_QUOTED])
        return f"{self.path}.{name}" if self.path else name


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to say about one place."""

    place: Place
    what: str

    @property
    def missing(self) -> bool:
        """Whether something was not said at all."""
        return self.what.startswith("missing")

    def line(self, file: str) -> str:
        key = f"{self.place.path}: " if self.place.path else ""
        return f"{file}:{self.place.line}:{self.place.column}: {key}{self.what}"


def lines(file: str, problems: Iterable[Problem]) -> tuple[str, ...]:
    """The problems in the order of the file; what was found twice at one place, or follows from another, said once."""
    first: dict[tuple[int, int, str], Problem] = {}
    problems = tuple(problems)
    explained = {problem.place for problem in problems if not problem.missing}
    for problem in problems:
        if problem.missing and problem.place in explained:
            continue
        first.setdefault((problem.place.line, problem.place.column, problem.what), problem)
    in_order = sorted(first.values(), key=lambda problem: (problem.place.line, problem.place.column))
    return tuple(problem.line(file) for problem in in_order)


def got(value: object) -> str:
    """A value of the file as a message names it: `'text'`, `the number 5`, `a section`."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int():
            return f"the number {value}"
        case Decimal():
            return f"the number {value:f}"
        case str():
            return repr(value if len(value) <= _QUOTED else value[:_QUOTED] + "...")
        case Mapping():
            return "a section"
        case tuple() | list():
            return "a list"
        case _:
            return f"a {type(value).__name__}"
