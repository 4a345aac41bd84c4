"""Every panel's queries, asked of a real Prometheus that scraped slawatch's metrics of three parks."""

import asyncio
import math

import pytest
from three_parks import DAY, PARKS, PERFECT, QUIET, STEPS, Answers, answers, boards, panels

FLEET, CUSTOMER, SPEED, ITSELF = (f"slawatch-{name}" for name in ("fleet", "customer", "speed", "itself"))


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    return asyncio.run(answers(tmp_path_factory.mktemp("prometheus")))


def by_customer(series):
    return {labels["customer"]: value for labels, value in series}


@pytest.mark.parametrize("board", boards(), ids=lambda board: board["uid"])
def test_every_query_of_every_panel_gives_figures(given: Answers, board):
    asked = {key: queries for key, queries in given.by_panel.items() if key[0] == board["uid"] and key[1] != QUIET}
    silent = [
        (key, number)
        for key, queries in asked.items()
        for number, series in enumerate(queries)
        if not series or not all(math.isfinite(value) for _, value in series)
    ]
    assert {title for _, _, title in asked} == {panel["title"] for panel in panels(board)}
    assert silent == []


@pytest.mark.parametrize(("board", "no_figure"), [(CUSTOMER, ["Last month"]), (SPEED, ["In time last month"])])
def test_no_graph_of_a_quiet_park_is_empty(given: Answers, board: str, no_figure: list[str]):
    """A number may have no figure, and says so; a graph may lack a line, but not all."""
    empty = [
        title
        for (its_board, park, title), queries in given.by_panel.items()
        if (its_board, park) == (board, QUIET)
        if not any(math.isfinite(value) for series in queries for _, value in series)
    ]
    assert empty == no_figure


def test_every_mark_gives_the_park_that_it_is_of(given: Answers):
    told = {(board, name): sorted(by_customer(series)) for (board, name), series in given.marked.items()}
    its = {"Outage": ["kreekoever"], "Maintenance": ["zonnedal"]}
    assert told == {(board, name): parks for board in (FLEET, CUSTOMER, SPEED) for name, parks in its.items()}


def test_what_may_be_chosen_is_what_is_there(given: Answers):
    right = {"job": ["slawatch"], "customer": sorted([*PARKS, QUIET, PERFECT]), "page": ["dashboard", "reservations"]}
    assert given.choices == {key: right[key[1]] for key in given.choices}
    assert {name for _, name in given.choices} == set(right)


@pytest.mark.parametrize(
    ("title", "number"),
    [
        ("Customers", 5),
        ("Down now", 1),
        ("Unknown now", 1),
        ("In maintenance now", 1),
        ("Out of budget", 2),
        ("At risk", 1),
        ("Behind in speed", 1),
        ("Outages", 1),
    ],
)
def test_the_fleet_counts_customers(given: Answers, title: str, number: int):
    assert given.number(FLEET, title) == number


@pytest.mark.parametrize(
    ("column", "figures"),
    [
        ("State", (1, 0, 2)),
        ("Maintenance", (0, 0, 1)),
        ("Budget left", (0.75, -1.5, 0.25)),
        ("Downtime left", (1944, -3888, 648)),
        ("This month", (2, 0, 1)),
        ("Last month", (1, 1, 1)),
        ("Availability", (0.9995, 0.98, 0.9985)),
        ("Network", (0.99995, 0.99995, 0.99995)),
        ("Speed", (0.98, 0.94, 0.96)),
        ("Speed this month", (1, 0, 1)),
        ("Speed last month", (0, 0, 0)),
    ],
)
def test_the_fleets_table_tells_of_each_customer(given: Answers, column: str, figures: tuple[float, ...]):
    (board,) = (board for board in boards() if board["uid"] == FLEET)
    (table,) = (panel for panel in panels(board) if panel["type"] == "table")
    (names,) = (each["options"]["renameByName"] for each in table["transformations"] if each["id"] == "organize")
    refs = {title: name.removeprefix("Value #") for name, title in names.items()}
    place = [target["refId"] for target in table["targets"]].index(refs[column])
    told = by_customer(given.of(FLEET, table["title"])[place])
    assert {park: told[park] for park in PARKS} == pytest.approx(dict(zip(PARKS, figures, strict=True)))


def test_the_fleet_over_time_has_each_state_and_shares_of_all_checks(given: Answers):
    down, unknown, up = (value for ((_, value),) in given.of(FLEET, "Customers by state"))
    assert (down, unknown, up) == (1, 1, 3)
    failed, unseen = (value for ((_, value),) in given.of(FLEET, "Checks that failed, of all checks"))
    assert (failed, unseen) == pytest.approx((1 / 14, 4 / 14))  # three checks were not looked at yet
    shares = [value for ((_, value),) in given.of(FLEET, "Page loads in time")]
    assert shares == pytest.approx([1 - 6 / 26, 0.75, 0.95])


@pytest.mark.parametrize(("park", "left"), list(zip(PARKS, (0.75, -1.5, 0.25), strict=True)))
def test_the_budget_stands_within_its_bounds_beside_the_month_that_is_left(given: Answers, park: str, left: float):
    most, least, stands, month = (value for ((_, value),) in given.of(CUSTOMER, "Budget left", park))
    assert (most, least, stands) == pytest.approx((left + 0.1, left - 0.1, left))
    assert month == pytest.approx(20 / 30, abs=120 / (30 * DAY))


def test_the_customers_board_compares_what_was_attained_with_what_was_promised(given: Answers):
    attained = [value for ((_, value),) in given.of(CUSTOMER, "Attained and promised", "kreekoever")]
    assert attained == [0.98, 0.99995, 0.999]
    assert given.number(CUSTOMER, "State", "zonnedal") == 2
    assert given.number(CUSTOMER, "Maintenance ends in", "zonnedal") == pytest.approx(3600, abs=120)
    assert given.number(CUSTOMER, "Maintenance ends in", "duinzicht") == 0


def test_a_customers_time_is_told_in_parts_that_make_the_whole(given: Answers):
    parts = [value for ((_, value),) in given.of(CUSTOMER, "Where the time went", "duinzicht")]
    assert [part / sum(parts) for part in parts] == pytest.approx([0.10, 0.20, 0.05, 0.15, 0.50])


def test_a_customers_outages_and_blips_are_whole_numbers(given: Answers):
    told = {park: [value for ((_, value),) in given.of(CUSTOMER, "Outages and blips", park)] for park in PARKS}
    assert told == {"duinzicht": [0, 1], "kreekoever": [1, 0], "zonnedal": [0, 0]}


def test_the_most_frequent_cause_is_the_one_that_the_looks_had(given: Answers):
    ((first, count), *others) = given.of(CUSTOMER, "Looks that were not up, by cause", "kreekoever")[0]
    assert first["cause"] == "http_5xx"
    assert count >= STEPS - 1
    assert {value for _, value in others} == {0}


def test_the_speed_board_tells_the_share_and_the_percentiles(given: Answers):
    shares = [value for ((_, value),) in given.of(SPEED, "Loads in time", "duinzicht")]
    assert shares == pytest.approx([0.75, 0.75, 0.95])
    p95, p50 = (series[0][1] for series in given.of(SPEED, "p50 and p95", "duinzicht")[:2])
    assert p50 == pytest.approx(1.5)  # two of four are within 1.5 s
    assert p95 == pytest.approx(7.5 + 2.5 * 0.8)  # the last of four lies between 7.5 and 10 s
    exact = {labels["page"]: value for labels, value in given.of(SPEED, "p95 this month", "duinzicht")[0]}
    assert exact == {"dashboard": 1.84, "reservations": 2.95}


def test_the_heatmap_has_the_bound_of_the_promise(given: Answers):
    buckets = {labels["le"]: value for labels, value in given.of(SPEED, "Load times", "duinzicht")[0]}
    assert buckets["3.0"] / buckets["+Inf"] == pytest.approx(0.75)
    assert buckets["10.0"] == pytest.approx(buckets["+Inf"])


def test_the_phases_are_those_of_the_last_look(given: Answers):
    (board,) = (board for board in boards() if board["uid"] == SPEED)
    (panel,) = (panel for panel in panels(board) if panel["title"] == "Phases of the last look")
    names = [target["legendFormat"] for target in panel["targets"]]
    told = [value for ((_, value),) in given.of(SPEED, "Phases of the last look", "duinzicht")]
    assert dict(zip(names, told, strict=True)) == {
        "dns": 0.002,
        "connect": 0.009,
        "tls": 0.02,
        "ttfb": 0.12,
        "response": 0.16,
        "dom": 0.5,
        "lcp": 0.7,
        "ready": 0.84,
    }


def test_slawatch_tells_of_itself(given: Answers):
    assert given.number(ITSELF, "Answers") == 1
    ((version, _),) = given.of(ITSELF, "Version")[0]
    assert version["version"] == "1.2.3"
    assert given.number(ITSELF, "Configuration") == 1
    assert given.number(ITSELF, "Messages owed") == 3
    assert given.number(ITSELF, "Messages refused") == 1
    assert given.number(ITSELF, "Failed writes") == 0
    assert given.number(ITSELF, "Own trouble") >= STEPS - 1
    loop = [value for ((_, value),) in given.of(ITSELF, "How late the event loop wakes")]
    assert loop == pytest.approx([0.001 + 0.004 * 0.99, 0.001 + 0.004 * 0.5])


def test_all_mails_of_outages_that_took_four_seconds_are_within_ten(given: Answers):
    told = [value for ((_, value),) in given.of(ITSELF, "Mails of outages, by delay")]
    assert len(set(told)) == 1
    assert told[0] >= STEPS - 1
