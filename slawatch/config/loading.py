"""From slawatch.yaml to a Config, or to everything that is wrong with it at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError

from slawatch.config import secrets, web
from slawatch.config.addresses import read_timezone
from slawatch.config.agreement import Agreement
from slawatch.config.customer import Pages
from slawatch.config.judging import judge
from slawatch.config.merging import SHARED, with_shared
from slawatch.config.reading import read, text_of
from slawatch.config.shape import Shape
from slawatch.config.summaries import AccountManager, Summaries
from slawatch.config.tree import Scalar, Section, bare, find
from slawatch.config.watched import Http, Login
from slawatch.config.whole import Config
from slawatch.config.wording import problems
from slawatch.config.wrong import ConfigErrors, Problem, Wrong, lines

_S = TypeVar("_S", bound=Shape)


class _Shared(Shape):
    """The sections that customers take over. Judged by themselves too, for a slip in one that nobody uses yet."""

    login: Login | None = None
    pages: Pages = Field(default_factory=dict)
    http: Http | None = None
    account_manager: AccountManager | None = None
    summaries: Summaries = Summaries()


def load(path: Path, *, with_secrets: bool = False, text: str | None = None) -> Config:
    """Read a configuration. Raises ConfigErrors with every error of the file, in its order.

    `with_secrets`: secrets and certificates that cannot be read now are errors too (for `check` and `run`). `text`:
    what was in the file when it was read before (`Config.text`), to be taken in its place.
    """
    text = text_of(path) if text is None else text
    written, found = read(text, path)
    merged = with_shared(written)
    context = {"zone": _zone(written), "folder": path.parent, "file": str(path), "text": text, "tree": merged}
    config, wrong = _validated(Config, merged.without(SHARED), context)
    found += wrong
    _, wrong = _validated(_Shared, written.only(SHARED), context)
    found += (problem for problem in wrong if not problem.missing)
    found += judge(written, merged)
    if with_secrets:
        found += secrets.unreadable(secrets.written_in(merged, path.parent), merged)
        found += web.unreadable(merged, path.parent)
    if found or config is None:
        raise ConfigErrors(lines(str(path), found))
    return config


def _validated(shape: type[_S], tree: Section, context: dict[str, Any]) -> tuple[_S | None, list[Problem]]:
    try:
        return shape.model_validate(bare(tree), context=context), []
    except ValidationError as error:
        return None, problems(error, shape, tree)


def _zone(written: Section) -> ZoneInfo:
    """The agreement's zone, or its default: a wrong one is an error of its own, beside those that need a zone."""
    node = find(written, "agreement", "timezone")
    default: str = Agreement().timezone
    try:
        return ZoneInfo(read_timezone(node.value) if isinstance(node, Scalar) and node.value is not None else default)
    except Wrong:
        return ZoneInfo(default)
