"""What holds for every dashboard as it is committed, without asking anything."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from three_parks import boards, panels

from dashboards.grafana import FOLDER, written
from slawatch.reporters.metrics import FAMILIES

ROOT = FOLDER.parent.parent.parent
BOARDS = boards()
EVERY = [(board, panel) for board in BOARDS for panel in panels(board)]
SELECTOR = re.compile(r"\b([a-z_][a-z0-9_]*)\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)(?:=~|!~|!=|=)"([^"]*)"')
#: What Prometheus adds to what it scrapes.
ADDED = {"job", "instance", "le"}


def named(board: Mapping[str, Any]) -> str:
    return board["uid"]


def of_a_panel(case: Any) -> str:
    return case["uid"] if "uid" in case else case["title"]


every_board = pytest.mark.parametrize("board", BOARDS, ids=named)
every_panel = pytest.mark.parametrize(("board", "panel"), EVERY, ids=of_a_panel)


def queries(board: Mapping[str, Any]) -> Iterator[str]:
    """Every PromQL of a board: of its panels, marks and variables."""
    yield from (target["expr"] for panel in panels(board) for target in panel["targets"])
    yield from (mark["expr"] for mark in board["annotations"]["list"])
    yield from (one["definition"] for one in board["templating"]["list"] if one["type"] == "query")


def test_what_is_committed_is_what_the_code_writes():
    assert {path.name: path.read_text() for path in FOLDER.iterdir()} == written()


def test_each_board_has_a_name_that_never_changes():
    told = {board["uid"]: board["title"] for board in BOARDS}
    assert told == {
        "slawatch-fleet": "slawatch: fleet",
        "slawatch-customer": "slawatch: customer SLA",
        "slawatch-speed": "slawatch: page speed",
        "slawatch-itself": "slawatch: slawatch itself",
    }


@every_board
def test_no_two_panels_have_one_number_or_one_title(board):
    numbers = [panel["id"] for panel in board["panels"]]
    titles = [panel["title"] for panel in panels(board)]
    assert len(set(numbers)) == len(numbers)
    assert len(set(titles)) == len(titles)


@every_board
def test_panels_lie_on_the_grid_and_not_on_one_another(board):
    taken: dict[tuple[int, int], str] = {}
    for panel in board["panels"]:
        place = panel["gridPos"]
        assert 0 <= place["x"] < place["x"] + place["w"] <= 24, panel["title"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), panel["title"]) == panel["title"]


@every_board
def test_rows_are_filled_to_the_edge(board):
    widths: dict[int, int] = {}
    for panel in board["panels"]:
        place = panel["gridPos"]
        widths[place["y"]] = widths.get(place["y"], 0) + place["w"]
    assert set(widths.values()) == {24}


@every_panel
def test_a_panel_says_what_it_shows_and_in_which_unit(board, panel):
    assert panel["title"]
    assert len(panel["description"]) > 25
    assert panel["description"].endswith(".")
    assert panel["fieldConfig"]["defaults"]["unit"]
    assert panel["fieldConfig"]["defaults"]["noValue"]
    assert panel["targets"]


@every_panel
def test_a_table_has_a_unit_for_each_column(board, panel):
    if panel["type"] == "table":
        (names,) = (one["options"]["renameByName"] for one in panel["transformations"] if one["id"] == "organize")
        units = {
            one["matcher"]["options"]: [each["value"] for each in one["properties"] if each["id"] == "unit"]
            for one in panel["fieldConfig"]["overrides"]
        }
        assert {title: len(units[title]) for title in names.values()} == {
            title: int(title != "Customer") for title in names.values()
        }
        assert len(names) == len(panel["targets"]) + 1


@every_panel
def test_everything_is_asked_of_the_chosen_data_source(board, panel):
    assert {one["datasource"]["uid"] for one in (panel, *panel["targets"])} == {"${datasource}"}


@every_board
def test_what_a_query_leaves_open_can_be_chosen(board):
    there = {one["name"] for one in board["templating"]["list"]}
    used = {name for query in queries(board) for name in re.findall(r"\$\{?(\w+)", query)}
    repeated = {panel["repeat"] for panel in board["panels"] if "repeat" in panel}
    assert used | repeated | {"datasource"} == there | (used & {"__rate_interval", "__range"})


@every_board
def test_the_data_source_is_chosen_first_and_by_the_usual_name(board):
    first = board["templating"]["list"][0]
    assert (first["type"], first["name"], first["label"]) == ("datasource", "datasource", "Data source")


@every_board
def test_no_query_names_a_metric_that_the_document_does_not_have(board):
    told = set(re.findall(r"`(\w+)`", (ROOT / "docs/metrics.md").read_text()))
    histograms = {family.full_name for family in FAMILIES if family.kind == "histogram"}
    for query in queries(board):
        for name, _ in SELECTOR.findall(query):
            whole = re.sub(r"_(bucket|count|sum)$", "", name)
            assert (whole if whole in histograms else name) in told, query


@every_board
def test_no_query_asks_for_a_label_that_the_metric_does_not_have(board):
    labels = {family.full_name: {*family.labels} for family in FAMILIES}
    for query in queries(board):
        for name, matchers in SELECTOR.findall(query):
            whole = re.sub(r"_(bucket|count|sum)$", "", name)
            has = labels.get(name, labels.get(whole, set())) | ADDED
            assert {label for label, _ in MATCHER.findall(matchers)} <= has, query


@every_board
def test_every_selector_names_the_job_and_the_customers_where_they_are_chosen(board):
    chosen = {one["name"] for one in board["templating"]["list"]}
    whose = {family.full_name for family in FAMILIES if "customer" in family.labels}
    for query in (target["expr"] for panel in panels(board) for target in panel["targets"]):
        for name, matchers in SELECTOR.findall(query):
            assert ("job", "$job") in MATCHER.findall(matchers), query
            if "customer" in chosen and re.sub(r"_(bucket|count|sum)$", "", name) in whose:
                assert ("customer", "$customer") in MATCHER.findall(matchers), query


@every_board
def test_a_counter_is_only_read_through_its_growth(board):
    """Over `$__rate_interval` in a graph, which Grafana fits to the step; over what is shown in a number."""
    for panel in panels(board):
        window = "$__range" if panel["targets"][0]["instant"] else "$__rate_interval"
        for target in panel["targets"]:
            grown = re.findall(r"\b(rate|increase)\([^{]*\{[^}]*\}\[([^]]+)\]\)", target["expr"])
            counters = re.findall(r"\w+_(?:total|bucket|count|sum)\{", target["expr"])
            assert len(grown) == len(counters), target["expr"]
            assert {over for _, over in grown} <= {window}, target["expr"]


@every_board
def test_a_bound_is_written_as_prometheus_has_it(board):
    bounds = {f"{bound!r}" for family in FAMILIES for bound in family.bounds}
    assert {bound for query in queries(board) for bound in re.findall(r'le="([^"]+)"', query)} <= bounds


@every_board
def test_boards_lead_to_one_another(board):
    (link,) = board["links"]
    assert (link["type"], link["tags"]) == ("dashboards", board["tags"])
    assert link["includeVars"]


def test_a_customers_name_in_the_fleet_leads_to_its_board():
    urls = [
        lead["url"]
        for _, panel in EVERY
        for one in panel["fieldConfig"]["overrides"]
        for each in one["properties"]
        if each["id"] == "links"
        for lead in each["value"]
    ]
    assert [re.match(r"/d/([\w-]+)/", url)[1] for url in urls] == ["slawatch-customer"]
    assert "var-customer=${__value.raw}" in urls[0]


def provisioned(name: str) -> Any:
    return yaml.safe_load((FOLDER.parent / "provisioning" / name / "slawatch.yaml").read_text())


def test_the_provisioned_data_source_is_a_prometheus_that_boards_choose_by_default():
    (source,) = provisioned("datasources")["datasources"]
    assert (source["type"], source["isDefault"]) == ("prometheus", True)
    shown = re.findall(r"scrape_interval: (\w+)", (ROOT / "docs/metrics.md").read_text())
    assert [source["jsonData"]["timeInterval"]] == shown


def test_the_provisioned_folder_is_the_one_that_the_document_says_to_mount():
    (provider,) = provisioned("dashboards")["providers"]
    mounted = re.findall(r"`dashboards/grafana/boards` \| `([^`]+)`", (ROOT / "docs/dashboards.md").read_text())
    assert [provider["options"]["path"]] == mounted
    assert Path(mounted[0]).is_absolute()
    assert not provider["allowUiUpdates"]
