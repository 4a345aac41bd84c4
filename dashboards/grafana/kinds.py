"""The kinds of panels with one unit: a number, bars, lines, states over time, a heatmap."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.grafana.colours import BLUE, PLAIN
from dashboards.grafana.panel import Json, Panel, Query, overriding

_LAST = {"calcs": ["lastNotNull"], "fields": "", "values": False}


@dataclass(frozen=True, slots=True)
class Stat(Panel):
    """One number, large. `text`: what is written, `auto` or `name`."""

    width: int = 3
    text: str = "auto"

    def _type(self) -> str:
        return "stat"

    def _options(self) -> Json:
        says = self.words or self.steps != PLAIN
        return {
            "reduceOptions": _LAST,
            "colorMode": "background_solid" if says else "none",
            "graphMode": "none",
            "textMode": self.text,
            "wideLayout": False,
        }


@dataclass(frozen=True, slots=True)
class Bars(Panel):
    """A bar a name: what would need too many colours as lines."""

    width: int = 8

    def _type(self) -> str:
        return "bargauge"

    def _options(self) -> Json:
        return {"reduceOptions": _LAST, "orientation": "horizontal", "displayMode": "basic", "showUnfilled": True}


@dataclass(frozen=True, slots=True)
class Lines(Panel):
    """Lines over time. `stacked`: on top of one another. `limit`: the steps are drawn as dashed lines too."""

    stacked: bool = False
    limit: bool = False

    def _type(self) -> str:
        return "timeseries"

    def _asks(self) -> Json:
        return {"instant": False, "range": True}

    def _custom(self) -> Json:
        return {
            "drawStyle": "line",
            "lineInterpolation": "stepAfter",
            "lineWidth": 0 if self.stacked else 2,
            "fillOpacity": 80 if self.stacked else 0,
            "showPoints": "never",
            "spanNulls": False,
            "stacking": {"mode": "normal" if self.stacked else "none", "group": "A"},
            "thresholdsStyle": {"mode": "dashed" if self.limit else "off"},
        }

    def _overrides(self) -> list[Json]:
        return [overriding(query.legend, _line(query)) for query in self.queries if query.colour]

    def _options(self) -> Json:
        return {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
            "tooltip": {"mode": "multi", "sort": "none"},
        }


@dataclass(frozen=True, slots=True)
class Timeline(Panel):
    """A coloured bar a name over time, with the words in it."""

    width: int = 24

    def _type(self) -> str:
        return "state-timeline"

    def _asks(self) -> Json:
        return {"instant": False, "range": True}

    def _custom(self) -> Json:
        return {"lineWidth": 0, "fillOpacity": 80, "spanNulls": False}

    def _options(self) -> Json:
        return {
            "showValue": "auto",
            "mergeValues": True,
            "rowHeight": 0.9,
            "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom"},
        }


@dataclass(frozen=True, slots=True)
class Heatmap(Panel):
    """How many fell in each bucket, over time. The one query gives buckets by `le`."""

    def _type(self) -> str:
        return "heatmap"

    def _asks(self) -> Json:
        return {"instant": False, "range": True, "format": "heatmap"}

    def _options(self) -> Json:
        # Cividis goes from dark blue to yellow in even steps of lightness, for every kind of eye.
        return {
            "calculate": False,
            "color": {
                "mode": "scheme",
                "scheme": "Cividis",
                "scale": "exponential",
                "exponent": 0.5,
                "steps": 64,
                "fill": "dark-blue",
                "reverse": False,
            },
            "cellGap": 1,
            "exemplars": {"color": BLUE},
            "filterValues": {"le": 1e-9},
            "yAxis": {"axisPlacement": "left", "unit": self.unit, "reverse": False},
            "rowsFrame": {"layout": "auto"},
            "tooltip": {"mode": "single", "yHistogram": False, "showColorScale": True},
            "legend": {"show": True},
        }


def _line(query: Query) -> list[Json]:
    told: list[Json] = [{"id": "color", "value": {"mode": "fixed", "fixedColor": query.colour}}]
    if query.dashed:
        told.append({"id": "custom.lineStyle", "value": {"fill": "dash", "dash": [10, 8]}})
    if query.fill_to:
        told += [{"id": "custom.fillBelowTo", "value": query.fill_to}, {"id": "custom.fillOpacity", "value": 15}]
    return told
