"""A table with a row a customer, of several questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboards.grafana.colours import Steps, Words, mappings, thresholds
from dashboards.grafana.panel import Json, Panel, Query, overriding


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: what is asked by customer, and how the answer is shown."""

    title: str
    expr: str
    unit: str = "none"
    words: Words = ()
    steps: Steps = ()
    decimals: int | None = None

    def properties(self) -> list[Json]:
        told: list[Json] = [{"id": "unit", "value": self.unit}]
        if self.decimals is not None:
            told.append({"id": "decimals", "value": self.decimals})
        if self.words:
            told.append({"id": "mappings", "value": mappings(self.words)})
        if self.steps:
            told.append({"id": "thresholds", "value": thresholds(self.steps)})
        if self.words or self.steps:
            told.append({"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}})
        return told


@dataclass(frozen=True, slots=True)
class Table(Panel):
    """A row a customer, the least of column `sort` first; the customer's name leads to `link`."""

    width: int = 24
    queries: tuple[Query, ...] = ()
    columns: tuple[Column, ...] = field(default=())
    sort: str = ""
    link: str = ""

    def json(self) -> Json:
        told = Panel.json(self)
        told["targets"] = [
            self._target(Query(c.expr, ""), ref) for c, ref in zip(self.columns, _refs(self.columns), strict=True)
        ]
        return told

    def _type(self) -> str:
        return "table"

    def _asks(self) -> Json:
        return {"instant": True, "range": False, "format": "table"}

    def _custom(self) -> Json:
        return {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": True}

    def _overrides(self) -> list[Json]:
        lead = {"title": "What this customer was promised and got", "url": self.link, "targetBlank": False}
        return [
            overriding("Customer", [{"id": "links", "value": [lead]}]),
            *(overriding(c.title, c.properties()) for c in self.columns),
        ]

    def _options(self) -> Json:
        return {"showHeader": True, "cellHeight": "sm", "sortBy": [{"displayName": self.sort, "desc": False}]}

    def _more(self) -> Json:
        names = {f"Value #{ref}": c.title for c, ref in zip(self.columns, _refs(self.columns), strict=True)}
        order = {"customer": 0} | {name: i + 1 for i, name in enumerate(names)}
        arranged = {
            "excludeByName": {"Time": True},
            "indexByName": order,
            "renameByName": {"customer": "Customer"} | names,
        }
        return {"transformations": [{"id": "merge", "options": {}}, {"id": "organize", "options": arranged}]}


def _refs(columns: Sequence[Column]) -> list[str]:
    return [chr(ord("A") + i) for i in range(len(columns))]
