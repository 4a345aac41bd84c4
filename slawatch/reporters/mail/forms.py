"""The letter as plain text and as HTML: one template each, read once and with its style sheet put inline."""

from __future__ import annotations

from functools import cache
from importlib import resources

import css_inline
from jinja2 import Environment, FunctionLoader, StrictUndefined, select_autoescape

from slawatch.reporters.mail.letter import Closing, Letter


def as_text(letter: Letter, closing: Closing) -> str:
    width = max((len(label) for label, _ in letter.rows), default=0) + 1
    return _templates().get_template("letter.txt").render(letter=letter, closing=closing, width=width)


def as_html(letter: Letter, closing: Closing, subject: str, language: str) -> str:
    """Without anything to fetch. What a phone or dark mode changes stays in a style sheet; the rest is inline."""
    template = _templates().get_template("letter.html")
    return template.render(letter=letter, closing=closing, subject=subject, language=language)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FunctionLoader(_source),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _source(name: str) -> str:
    source = resources.files(__package__).joinpath("templates", name).read_text(encoding="utf-8")
    if not name.endswith(".html"):
        return source
    # Its parser keeps the template's own marks, as long as they stand in text and attributes only.
    inliner = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
    return inliner.inline(source)
