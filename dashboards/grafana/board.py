"""A dashboard: rows of panels on Grafana's grid, what may be chosen above them, and what is marked in the graphs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dashboards.grafana.colours import BAD, MAINTENANCE
from dashboards.grafana.panel import DATASOURCE, Json, Panel
from dashboards.grafana.queries import mine

#: Grafana 11 reads this form as it is; later ones move it to theirs.
SCHEMA = 39
COLUMNS = 24
TAG = "slawatch"
#: Where the calendar months of the agreement begin.
ZONE = "Europe/Amsterdam"


@dataclass(frozen=True, slots=True)
class Row:
    """Panels side by side, all `height` units high; what is wider than the grid goes on below.

    `repeat`: the variable for each value of which the row is shown once.
    """

    title: str
    height: int
    panels: tuple[Panel, ...]
    repeat: str | None = None


@dataclass(frozen=True, slots=True)
class Variable:
    """What may be chosen: the values of a label. `several`: more than one at once, and all at the beginning."""

    name: str
    label: str
    query: str
    several: bool = False

    def json(self) -> Json:
        return {
            "type": "query",
            "name": self.name,
            "label": self.label,
            "datasource": DATASOURCE,
            "query": {"query": self.query, "refId": self.name},
            "definition": self.query,
            "refresh": 2,
            "sort": 1,
            "multi": self.several,
            "includeAll": self.several,
            **({"current": {"text": ["All"], "value": ["$__all"], "selected": True}} if self.several else {}),
            "hide": 0,
        }


JOB = Variable("job", "Job", "label_values(slawatch_build_info, job)", several=True)
CUSTOMERS = Variable(
    "customer", "Customer", 'label_values(slawatch_maintenance_active{job=~"$job"}, customer)', several=True
)
CUSTOMER = Variable("customer", "Customer", CUSTOMERS.query)
PAGES = Variable(
    "page", "Page", 'label_values(slawatch_page_loads_total{job=~"$job", customer=~"$customer"}, page)', several=True
)


@dataclass(frozen=True, slots=True)
class Marked:
    """Stretches of time that are marked in every graph: where the query gives anything."""

    name: str
    expr: str
    colour: str
    text: str

    def json(self) -> Json:
        return {
            "name": self.name,
            "datasource": DATASOURCE,
            "enable": True,
            "hide": False,
            "iconColor": self.colour,
            "expr": self.expr,
            "step": "60s",
            "titleFormat": self.name,
            "textFormat": self.text,
            "tagKeys": "customer",
            "useValueForTime": False,
        }


OUTAGES = Marked("Outage", f"{mine('customer_up')} == 0", BAD, "{{customer}} was down")
WINDOWS = Marked(
    "Maintenance", f"{mine('maintenance_active')} == 1", MAINTENANCE, "A maintenance window of {{customer}}"
)


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard. `name`: of its file, and with a prefix its uid, which never changes.

    `since`: what is shown at first, up to now.
    """

    name: str
    title: str
    description: str
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]
    marked: tuple[Marked, ...] = ()
    since: str = "now-24h"

    @property
    def uid(self) -> str:
        return f"slawatch-{self.name}"

    def json(self) -> Json:
        """As Grafana reads it from a file."""
        return {
            "uid": self.uid,
            "title": f"slawatch: {self.title}",
            "description": self.description,
            "tags": [TAG],
            "schemaVersion": SCHEMA,
            "version": 1,
            "editable": False,
            "graphTooltip": 1,
            "timezone": ZONE,
            "time": {"from": self.since, "to": "now"},
            "refresh": "1m",
            "links": [_TO_THE_OTHERS],
            "annotations": {"list": [each.json() for each in self.marked]},
            "templating": {"list": [_DATASOURCE, *(each.json() for each in self.variables)]},
            "panels": [{"id": number, **panel} for number, panel in enumerate(_placed(self.rows), 1)],
        }


_DATASOURCE: Json = {
    "type": "datasource",
    "name": "datasource",
    "label": "Data source",
    "query": "prometheus",
    "refresh": 1,
    "hide": 0,
}

_TO_THE_OTHERS: Json = {
    "type": "dashboards",
    "title": "slawatch",
    "tags": [TAG],
    "asDropdown": False,
    "includeVars": True,
    "keepTime": False,
    "targetBlank": False,
}


def _placed(rows: tuple[Row, ...]) -> Iterator[Json]:
    """Every row's heading and panels with their places, from the top."""
    y = 0
    for row in rows:
        heading: Json = {"type": "row", "title": row.title, "collapsed": False, "panels": []}
        yield heading | _at(0, y, COLUMNS, 1) | ({"repeat": row.repeat} if row.repeat else {})
        x, y = 0, y + 1
        for panel in row.panels:
            if x + panel.width > COLUMNS:
                x, y = 0, y + row.height
            yield panel.json() | _at(x, y, panel.width, row.height)
            x += panel.width
        y += row.height


def _at(x: int, y: int, width: int, height: int) -> Json:
    return {"gridPos": {"x": x, "y": y, "w": width, "h": height}}
