"""From an outage in the stand-in to a page at a receiver, and back: slawatch, Prometheus and Alertmanager for real."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from statistics import median

import pytest
from chain import HURRY, hurried, routed
from chain_story import SETTLES, Seen, story
from monitoring import Page
from operands import operands

#: From the moment the park answers 503 to its page. Measured: about 5 s; the bound leaves room for a busy machine.
PAGED_WITHIN = 20.0
#: From the end of slawatch to its page, of which the rule waits 8 s. Measured: about 12 s.
MISSED_WITHIN = 30.0
#: What a slawatch in its first seconds cannot know.
NO_FIGURE = {"Last month", "In time last month"}
#: What there is only when Prometheus has no target or no customer, and while a customer is paged for slow pages.
RIGHTLY_MUTE = {
    'absent(up{job="slawatch"})',
    "absent(slawatch_maintenance_active)",
    'count(count by (customer) (ALERTS{alertname="SlawatchPageLoadSlowFast", alertstate="firing"}))',
    "count( (max without (instance, job) (slawatch_maintenance_active) == 0) unless on (customer) slawatch_customer_up"
    " and on (customer) sum by (customer) (sum without (instance, job)"
    ' (increase(slawatch_probe_failures_total{cause=~"monitor_.*"}[10m]))) > 1.5 )',  # none is unseen
    'ALERTS{alertname="SlawatchOutboxStuck", alertstate="firing"}',  # every mail leaves
    "max without (instance, job) (slawatch_backup_late)",  # nobody reports backups here
}
#: There while a mail is owed, for as long as it is.
AT_TIMES_MUTE = {"max without (instance, job) (slawatch_outbox_oldest_timestamp_seconds)"}
#: Seconds by which what was scraped may be behind: it is published once a second, and scraped as often.
BEHIND = 4.0


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return asyncio.run(story(tmp_path_factory.mktemp("chain")))


def to(seen: Seen, receiver: str, status: str) -> list[tuple[str, str]]:
    return [(page.alert, customer(page)) for page in seen.pages if (page.to, page.status) == (receiver, status)]


def customer(page: Page) -> str:
    return page.labels.get("customer", "")


def fired(seen: Seen) -> set[tuple[str, str]]:
    """All alerts that fired while slawatch was there."""
    return {(one["metric"]["alertname"], one["metric"].get("customer", "")) for one in seen.firing_before_the_end}


# -- pages ------------------------------------------------------------------------------------------------------------


def test_an_outage_pages_in_time(seen: Seen):
    assert seen.paged_within < PAGED_WITHIN


def test_its_end_resolves_the_page(seen: Seen):
    assert ("SlawatchCustomerDown", "duinzicht") in to(seen, "/page", "resolved")


def test_nothing_is_told_of_a_customer_in_maintenance_whatever_is_wrong_there(seen: Seen):
    of_it = {alert: state for (alert, whose), state in seen.in_maintenance.items() if whose == "woodland"}
    assert of_it.pop("SlawatchMaintenanceActive") == "active"
    assert "SlawatchCustomerDown" not in of_it  # the rule itself leaves out maintenance
    assert of_it["SlawatchAvailabilityBudgetBurnTicket"] == "suppressed"
    assert set(of_it.values()) == {"suppressed"}
    assert seen.told_in_maintenance == []


def test_an_outage_that_outlasts_its_maintenance_pages_then(seen: Seen):
    assert seen.paged_within_of_its_end < PAGED_WITHIN


def test_when_all_customers_are_down_the_platform_pages_and_no_further_customer(seen: Seen):
    assert to(seen, "/page", "firing") == [
        ("SlawatchCustomerDown", "duinzicht"),
        ("SlawatchCustomerDown", "woodland"),
        ("SlawatchPlatformDown", ""),
        ("SlawatchExporterDown", ""),
    ]
    assert seen.platform_down["SlawatchPlatformDown", ""] == "active"
    assert {seen.platform_down["SlawatchCustomerDown", park] for park in ("duinzicht", "woodland")} == {"suppressed"}
    assert ("SlawatchPlatformDown", "") in to(seen, "/page", "resolved")


def test_the_end_of_slawatch_is_one_page_in_time_and_no_look_is_called_stale(seen: Seen):
    assert seen.exporter_paged_within < MISSED_WITHIN
    assert seen.firing_without_slawatch == {"SlawatchExporterDown", "SlawatchWatchdog"}


def test_the_watchdog_comes_each_minute_to_its_receiver_and_to_no_other(seen: Seen):
    came = [page.at for page in seen.pages if page.alert == "SlawatchWatchdog" and page.to == "/deadman"]
    assert len(came) == len([page for page in seen.pages if page.alert == "SlawatchWatchdog"])
    assert 60 / HURRY < median(after - before for before, after in pairwise(came)) < 1.5 * 60 / HURRY


# -- a customer that a reload removes, among targets that are found ---------------------------------------------------


def test_each_customer_is_a_target_beside_slawatch_itself_and_is_told_once(seen: Seen):
    assert seen.instances == {"", "/duinzicht", "/heiderand", "/woodland"}
    assert seen.twice == []


def test_no_alert_fires_for_a_customer_that_left_nor_for_its_target(seen: Seen):
    assert {whose for _, whose in fired(seen)} == {"", "duinzicht", "woodland"}
    assert not {"SlawatchExporterDown", "SlawatchLooksStale"} & {alert for alert, _ in fired(seen)}


# -- panels, rules, figures -------------------------------------------------------------------------------------------


def test_every_panel_but_those_of_last_month_has_figures(seen: Seen):
    assert seen.silent == NO_FIGURE


def test_the_boards_show_what_is(seen: Seen):
    assert seen.shown == {"Customers": 3, "Down now": 1, "In maintenance now": 1, "State": 1, "This month": 2}


def test_the_boards_show_the_outage(seen: Seen):
    assert (seen.shown_down["Down now"], seen.shown_down["State"]) == (2, 0)
    assert seen.marked == ["duinzicht"]


def test_every_rule_is_evaluated_and_what_its_operators_work_on_has_figures(seen: Seen):
    assert seen.unevaluated == []
    assert seen.mute - AT_TIMES_MUTE == RIGHTLY_MUTE


def test_what_is_settled_is_in_prometheus_as_in_the_report(seen: Seen):
    down = seen.report["availability"]["seconds"]["down"]
    assert down > 0
    assert seen.settled["bad"] == pytest.approx(down, abs=1e-6)
    assert seen.settled["left"] == pytest.approx(1 - down / seen.settled["budget"], abs=1e-9)
    assert (seen.settled["outages"], seen.settled["blips"]) == (len(seen.report["outages"]), seen.report["blips"])
    assert seen.settled["network"] == seen.report["network"]["ratio"]


def test_the_attained_ratio_is_the_reports_as_of_that_moment(seen: Seen):
    seconds = seen.report["availability"]["seconds"]

    def ratio(later: float) -> float:
        """What the report would say so many seconds later, for all is up since."""
        return (seconds["up"] + later) / (seconds["up"] + later + seconds["down"])

    assert ratio(0) == pytest.approx(seen.report["availability"]["ratio"])
    assert ratio(SETTLES - BEHIND) < seen.settled["attained"] < ratio(SETTLES)


def test_loads_are_counted_as_the_report_counts_them_each_once_it_is_sure(seen: Seen):
    assert 0 < seen.at_report["loads"] <= seen.report["speed"]["loads"] <= seen.settled["loads"]


def test_the_state_that_is_published_is_that_of_the_status(seen: Seen):
    assert seen.standing == {"duinzicht": "up", "woodland": "down"}
    assert seen.published == {"duinzicht": 1, "woodland": 0}


# -- how the chain is made faster, and rules are taken apart ----------------------------------------------------------


def test_only_times_are_hurried_and_all_alike():
    group = {"interval": "15s", "rules": [{"alert": "A", "expr": "increase(x[5m]) > 1", "for": "2m"}]}
    assert hurried(group) == {
        "interval": "1000ms",
        "rules": [{"alert": "A", "expr": "increase(x[5m]) > 1", "for": "8000ms"}],
    }
    route = hurried(routed("http://127.0.0.1:1"))["route"]["routes"][-1]
    assert (route["group_wait"], route["group_interval"], route["group_by"]) == ("1000ms", "4000ms", ["customer"])


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        ("vector(1)", ["vector(1)"]),
        ('max by (a) (x{b=~"c > d|e-f"})\n  <= 0.25', ['max by (a) (x{b=~"c > d|e-f"})']),
        ("(time() - x) / on (a) group_left (b) (y or on () z)", ["x", "y", "z"]),
        ("increase(x[5m]) and on (a)\n  sum(y unless z) > bool 4.5", ["increase(x[5m])", "sum(y unless z)"]),
    ],
)
def test_what_operators_work_on_is_found(expression: str, parts: list[str]):
    assert list(operands(expression)) == parts
