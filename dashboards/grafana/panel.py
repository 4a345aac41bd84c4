"""A panel: what is asked, in which unit and colours it is answered. Frozen values that give Grafana's JSON."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from dashboards.grafana.colours import PLAIN, Steps, Words, mappings, thresholds

Json = dict[str, Any]
DATASOURCE: Json = {"type": "prometheus", "uid": "${datasource}"}


@dataclass(frozen=True, slots=True)
class Query:
    """One question. `legend`: the name of the answer, `{{label}}` filled in. `colour`: of the line that it gives.

    `dashed`: a limit, not a measurement. `fill_to`: the line down to which the space is filled: a band.
    """

    expr: str
    legend: str = "__auto"
    colour: str | None = None
    dashed: bool = False
    fill_to: str | None = None


@dataclass(frozen=True, slots=True)
class Panel(ABC):
    """What all have. `width`: in columns of 24. `unit`: Grafana's id. `interval`: the shortest step of a graph."""

    title: str
    description: str
    unit: str
    queries: tuple[Query, ...]
    width: int = 12
    words: Words = ()
    steps: Steps = PLAIN
    decimals: int | None = None
    least: float | None = None
    most: float | None = None
    none: str = "no figure"
    interval: str | None = None

    def json(self) -> Json:
        """The panel without its place."""
        ask = [self._target(query, chr(ord("A") + i)) for i, query in enumerate(self.queries)]
        defaults: Json = {
            "unit": self.unit,
            "noValue": self.none,
            "color": {"mode": "thresholds"},
            "mappings": mappings(self.words),
            "thresholds": thresholds(self.steps),
            "custom": self._custom(),
        }
        bounds = {"decimals": self.decimals, "min": self.least, "max": self.most}
        defaults |= {name: value for name, value in bounds.items() if value is not None}
        return {
            "type": self._type(),
            "title": self.title,
            "description": self.description,
            "datasource": DATASOURCE,
            "targets": ask,
            "fieldConfig": {"defaults": defaults, "overrides": self._overrides()},
            "options": self._options(),
            **({"interval": self.interval} if self.interval else {}),
            **self._more(),
        }

    def _target(self, query: Query, ref: str) -> Json:
        return {
            "refId": ref,
            "datasource": DATASOURCE,
            "editorMode": "code",
            "expr": query.expr,
            "legendFormat": query.legend,
            **self._asks(),
        }

    @abstractmethod
    def _type(self) -> str:
        """What Grafana calls such a panel."""

    def _asks(self) -> Json:
        """Whether a point or a line is asked for, and in which form."""
        return {"instant": True, "range": False}

    def _custom(self) -> Json:
        return {}

    def _overrides(self) -> list[Json]:
        return []

    def _options(self) -> Json:
        return {}

    def _more(self) -> Json:
        return {}


def overriding(name: str, properties: list[Json]) -> Json:
    """What one series or column has differently."""
    return {"matcher": {"id": "byName", "options": name}, "properties": properties}
