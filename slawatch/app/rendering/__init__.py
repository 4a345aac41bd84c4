"""Summaries as documents, made in child processes that the watching never waits for."""

from slawatch.app.rendering.renderers import CannotRender, Renderers, open_renderers
from slawatch.app.rendering.wanted import Made, Wanted

__all__ = ["CannotRender", "Made", "Renderers", "Wanted", "open_renderers"]
