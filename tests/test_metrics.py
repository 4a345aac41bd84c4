"""What the loops tell, as a scrape reads it. The reader is the client library's own parser."""

import math
from fractions import Fraction

import pytest
from metrics_terms import terms
from prometheus_client.parser import text_string_to_metric_families

from slawatch.model import SECOND, VERDICTS, Cause, CheckId, ExclusionKind, Look, Observation, Priority, Verdict
from slawatch.reporters.metrics import FAMILIES, Copy, Figures, Format, Metrics, ObjectiveFigures, encode

NOON = 1_772_362_800 * SECOND  # 2026-03-01T11:00:00Z


def scraped(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Every sample by its name without prefix and its label values in the order of the labels' names."""
    text = encode(metrics.snapshot(), Format.TEXT).decode()
    return {
        (sample.name.removeprefix("slawatch_"), *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def watching(*customers: str) -> Metrics:
    metrics = Metrics(version="1.2.3")
    metrics.configure(terms(customer) for customer in customers)
    return metrics


def look(check: str = "dashboard", cause: Cause | None = None, at: int = NOON, **phases: float) -> Observation:
    verdict = Verdict.UP if cause is None else VERDICTS[cause]
    kind = "http" if check == "http" else "page"
    return Observation(CheckId("a", kind, check), "main", at, Look(verdict, cause, 840, phases))


def test_every_cause_of_every_check_starts_at_zero():
    samples = scraped(watching("a", "b"))
    assert {
        key[1:]: value for key, value in samples.items() if key[0] == "probe_failures_total"
    } == {  # labels sorted: cause, check, customer
        (cause.value, check, customer): 0
        for cause in Cause
        for check in ("dashboard", "reservations", "http")
        for customer in ("a", "b")
    }


def test_every_counter_and_histogram_is_there_before_anything_happens():
    told = {each.family.name for each in watching("a").snapshot()}
    assert {family.name for family in FAMILIES if family.kind != "gauge"} <= told


def test_a_customer_is_neither_up_nor_down_before_its_figures():
    assert ("customer_up", "a") not in scraped(watching("a"))


def test_seconds_are_counted_for_availability_and_where_http_is_looked_at_for_the_network():
    metrics = Metrics()
    metrics.configure([terms("a", http=True), terms("b", http=False)])
    started = [key[1:] for key in scraped(metrics) if key[0] == "sla_bad_seconds_total"]
    assert started == [("a", "availability"), ("a", "network"), ("b", "availability")]


def test_what_was_promised_is_published():
    samples = scraped(watching("a"))
    assert samples["sla_objective_ratio", "a", "availability"] == 0.999
    assert samples["sla_objective_ratio", "a", "speed"] == 0.95
    assert samples["probe_interval_seconds", "http", "a"] == 15


def test_a_look_that_is_up():
    metrics = watching("a")
    metrics.observed(look(ttfb=120.0, ready=840.0))
    metrics.looked(look().check, 1.2)
    samples = scraped(metrics)
    assert samples["probe_success", "dashboard", "a"] == 1
    assert samples["probes_total", "dashboard", "a"] == 1
    assert samples["probe_last_run_timestamp_seconds", "dashboard", "a"] == NOON / SECOND
    assert samples["probe_phase_duration_seconds", "dashboard", "a", "ttfb"] == 0.12
    assert samples["probe_duration_seconds_bucket", "dashboard", "a", "1.0"] == 0
    assert samples["probe_duration_seconds_bucket", "dashboard", "a", "2.0"] == 1
    assert samples["probe_duration_seconds_sum", "dashboard", "a"] == 1.2


def test_a_look_that_is_down_counts_its_cause_and_ends_the_phases_that_it_did_not_have():
    metrics = watching("a")
    metrics.observed(look(ttfb=120.0, ready=840.0))
    metrics.observed(look(cause=Cause.HTTP_5XX, ttfb=30.0))
    samples = scraped(metrics)
    assert samples["probe_success", "dashboard", "a"] == 0
    assert samples["probe_failures_total", "http_5xx", "dashboard", "a"] == 1
    assert samples["probe_phase_duration_seconds", "dashboard", "a", "ttfb"] == 0.03
    assert ("probe_phase_duration_seconds", "dashboard", "a", "ready") not in samples


def test_an_unknown_look_is_neither_success_nor_failure_of_the_service_but_is_counted():
    metrics = watching("a")
    metrics.observed(look())
    metrics.observed(look(cause=Cause.MONITOR_BROWSER))
    samples = scraped(metrics)
    assert ("probe_success", "dashboard", "a") not in samples
    assert samples["probe_failures_total", "monitor_browser", "dashboard", "a"] == 1
    assert samples["probes_total", "dashboard", "a"] == 2


def test_a_missed_slot_does_not_move_the_last_run():
    metrics = watching("a")
    metrics.observed(look())
    metrics.observed(look(cause=Cause.MONITOR_MISSED, at=NOON + 60 * SECOND))
    samples = scraped(metrics)
    assert samples["probe_last_run_timestamp_seconds", "dashboard", "a"] == NOON / SECOND


@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -1.0])
def test_a_phase_that_cannot_be_is_not_published(nonsense: float):
    metrics = watching("a")
    metrics.observed(look(ttfb=nonsense, ready=840.0))
    assert [key[-1] for key in scraped(metrics) if key[0] == "probe_phase_duration_seconds"] == ["ready"]


def test_a_phase_that_the_watched_server_invents_is_not_published():
    metrics = watching("a")
    metrics.observed(look(**{"server:db-17": 3.0}))
    assert not [key for key in scraped(metrics) if key[0] == "probe_phase_duration_seconds"]


@pytest.mark.parametrize(
    ("milliseconds", "within"), [(2999, 1), (3000, 1), (3001, 0)], ids=["under", "at the promise", "over"]
)
def test_the_bucket_at_three_seconds_is_exact(milliseconds: int, within: int):
    metrics = watching("a")
    metrics.load("a", "dashboard", milliseconds, slow=milliseconds > 3000)
    samples = scraped(metrics)
    assert samples["page_load_duration_seconds_bucket", "a", "3.0", "dashboard"] == within
    good = samples["page_loads_total", "a", "dashboard"] - samples["page_loads_slow_total", "a", "dashboard"]
    assert good == within


def test_a_failed_load_is_slow_and_slower_than_every_bound():
    metrics = watching("a")
    metrics.load("a", "dashboard", 1000, slow=False)
    metrics.load("a", "dashboard", None, slow=True)
    samples = scraped(metrics)
    assert samples["page_loads_slow_total", "a", "dashboard"] == 1
    assert samples["page_load_duration_seconds_bucket", "a", "30.0", "dashboard"] == 1
    assert samples["page_load_duration_seconds_bucket", "a", "+Inf", "dashboard"] == 2
    assert samples["page_load_duration_seconds_count", "a", "dashboard"] == 2
    assert samples["page_load_duration_seconds_sum", "a", "dashboard"] == 1.0


def figures(**given: object) -> Figures:
    return Figures(**{"period_starts": NOON, "period_ends": NOON + 60 * SECOND, "customer_up": True, **given})


def test_figures_are_published_as_they_are_in_the_ledger():
    metrics = watching("a")
    its = ObjectiveFigures(Fraction(999, 1000), Fraction(1), 2674.8, -0.25, Fraction(121, 2))
    metrics.figures(
        "a", figures(objectives={"availability": its}, p95_month_to_date={"dashboard": Fraction(1840, 1000)})
    )
    samples = scraped(metrics)
    assert samples["customer_up", "a"] == 1
    assert samples["sla_period_start_timestamp_seconds", "a"] == NOON / SECOND
    assert samples["sla_period_end_timestamp_seconds", "a"] == NOON / SECOND + 60
    assert samples["sla_attained_ratio", "a", "availability", "month_to_date"] == 0.999
    assert samples["sla_attained_ratio", "a", "availability", "previous_month"] == 1
    assert samples["sla_error_budget_seconds", "a", "availability"] == 2674.8
    assert samples["sla_error_budget_remaining_ratio", "a", "availability"] == -0.25
    assert samples["sla_uncertainty_seconds", "a", "availability"] == 60.5
    assert samples["page_load_duration_p95_seconds", "a", "dashboard", "month_to_date"] == 1.84


def test_figures_that_are_no_longer_there_end():
    metrics = watching("a")
    its = ObjectiveFigures(0.999, 1.0, 2674.8, 0.5, 60.5)
    metrics.figures(
        "a",
        figures(
            objectives={"availability": its, "speed": its, "network": its},
            p95_month_to_date={"dashboard": 1.8},
            p95_previous_month={"dashboard": 1.7},
        ),
    )
    metrics.figures("a", figures(customer_up=None))
    families = {key[0] for key in scraped(metrics)}
    assert families.isdisjoint(
        {
            "customer_up",
            "sla_attained_ratio",
            "sla_error_budget_seconds",
            "sla_error_budget_remaining_ratio",
            "sla_uncertainty_seconds",
            "page_load_duration_p95_seconds",
        }
    )
    assert "sla_objective_ratio" in families


def test_seconds_accumulate_by_objective_and_reason():
    metrics = watching("a")
    for _ in range(2):
        metrics.seconds(
            "a",
            "network",
            bad=1.5,
            eligible=10,
            unknown=0.5,
            excluded={ExclusionKind.MAINTENANCE: 3, ExclusionKind.FORCE_MAJEURE: 1},
        )
    samples = scraped(metrics)
    assert samples["sla_bad_seconds_total", "a", "network"] == 3
    assert samples["sla_eligible_seconds_total", "a", "network"] == 20
    assert samples["sla_unknown_seconds_total", "a", "network"] == 1
    assert samples["sla_excluded_seconds_total", "a", "network", "maintenance"] == 6
    assert samples["sla_excluded_seconds_total", "a", "network", "force_majeure"] == 2
    assert samples["sla_bad_seconds_total", "a", "availability"] == 0


def test_seconds_that_a_late_exclusion_takes_back_stay_counted():
    metrics = watching("a")
    metrics.seconds("a", "availability", bad=60)
    metrics.seconds("a", "availability", bad=-60)
    assert scraped(metrics)["sla_bad_seconds_total", "a", "availability"] == 60


def test_the_end_of_maintenance_is_there_only_while_it_runs():
    metrics = watching("a")
    assert scraped(metrics)["maintenance_active", "a"] == 0
    metrics.maintenance("a", active=True, ends=NOON)
    assert scraped(metrics)["maintenance_active", "a"] == 1
    assert scraped(metrics)["maintenance_end_timestamp_seconds", "a"] == NOON / SECOND
    metrics.maintenance("a", active=False)
    assert scraped(metrics)["maintenance_active", "a"] == 0
    assert ("maintenance_end_timestamp_seconds", "a") not in scraped(metrics)


def test_what_happens_to_the_daemon_is_counted():
    metrics = watching("a")
    metrics.outage_opened("a")
    metrics.blip("a")
    metrics.blip("a")
    metrics.mail_accepted(1.5)
    metrics.notification("mail", failed=True)
    metrics.notification("mail", failed=False)
    metrics.notification_repeated("mail")
    metrics.outbox("mail", 3, failed=1)
    metrics.reload(successful=False)
    metrics.ledger_write_failed()
    metrics.scheduler_lag(0.02)
    metrics.loop_lag(0.002)
    metrics.suspect(Cause.MONITOR_NETWORK)
    samples = scraped(metrics)
    assert samples["outages_total", "a"] == 1
    assert samples["blips_total", "a"] == 2
    assert samples["outage_mail_delay_seconds_sum",] == 1.5
    assert samples["notifications_total", "mail"] == 2
    assert samples["notification_failures_total", "mail"] == 1
    assert samples["notification_repeats_total", "mail"] == 1
    assert samples["outbox_failed", "mail"] == 1
    assert samples["outbox_pending", "mail"] == 3
    assert samples["config_last_reload_successful",] == 0
    assert samples["ledger_write_failures_total",] == 1
    assert samples["scheduler_lag_seconds_count",] == 1
    assert samples["event_loop_lag_seconds_count",] == 1
    assert samples["monitor_suspect_total", "monitor_network"] == 1
    assert samples["monitor_suspect_total", "monitor_browser"] == 0


def test_a_clock_that_was_set_back_makes_no_negative_delay():
    metrics = watching("a")
    metrics.mail_accepted(-5.0)
    assert scraped(metrics)["outage_mail_delay_seconds_bucket", "0.5"] == 1
    assert scraped(metrics)["outage_mail_delay_seconds_sum",] == 0


@pytest.mark.parametrize("nonsense", [math.nan, math.inf])
def test_a_number_that_is_none_is_refused(nonsense: float):
    with pytest.raises(ValueError, match="event_loop_lag_seconds: expected finite seconds"):
        watching("a").loop_lag(nonsense)
    with pytest.raises(ValueError, match="sla_uncertainty_seconds: expected a finite number or None"):
        watching("a").figures("a", figures(objectives={"availability": ObjectiveFigures(uncertainty_seconds=nonsense)}))


def test_a_reload_ends_removed_series_starts_new_ones_and_lets_the_others_count_on():
    metrics = watching("a", "b")
    metrics.observed(look())
    metrics.load("a", "reservations", 900, slow=False)
    metrics.figures("b", figures())
    metrics.blip("a")
    metrics.configure([terms("a", pages=("dashboard", "arrivals"), http=False), terms("c")])
    samples = scraped(metrics)
    assert samples["probes_total", "dashboard", "a"] == 1
    assert samples["blips_total", "a"] == 1
    assert samples["probes_total", "arrivals", "a"] == 0
    assert samples["page_loads_total", "c", "dashboard"] == 0
    gone = [key for key in samples if "b" in key[1:] or ("a" in key and {"reservations", "http", "network"} & set(key))]
    assert gone == []


def test_a_look_in_flight_at_a_reload_brings_no_series_back():
    metrics = watching("a")
    metrics.configure([terms("b")])
    before = metrics.snapshot()
    metrics.observed(look(ready=1.0))
    metrics.load("a", "dashboard", 100, slow=False)
    metrics.figures("a", figures(objectives={"network": ObjectiveFigures(1.0)}, p95_month_to_date={"dashboard": 1.0}))
    metrics.seconds("a", "availability", bad=1, excluded={ExclusionKind.MAINTENANCE: 1})
    metrics.outage_opened("a")
    metrics.maintenance("a", active=True, ends=NOON)
    assert metrics.snapshot() == before


def test_a_snapshot_stays_as_it_was_taken():
    metrics = watching("a")
    snapshot = metrics.snapshot()
    text = encode(snapshot, Format.TEXT)
    metrics.load("a", "dashboard", 100, slow=False)
    metrics.outage_opened("a")
    assert encode(snapshot, Format.TEXT) == text
    assert encode(metrics.snapshot(), Format.TEXT) != text


def test_incidents_are_told_by_priority():
    metrics = watching("a")
    metrics.incidents({Priority.ONE: 2, Priority.NONE: 7}, {Priority.ONE: 0})
    metrics.incidents({Priority.ONE: 3, Priority.NONE: 7}, {Priority.ONE: 1})
    samples = scraped(metrics)
    assert samples["incidents_open", "1"] == 3
    assert samples["incidents_open", "none"] == 7
    assert samples["incidents_overdue", "1"] == 1
    assert ("incidents_overdue", "none") not in samples


def test_backups_are_told_by_source_and_end_with_it():
    metrics = watching("a")
    metrics.copies(
        [
            Copy("db1", "hourly", late=True, age_seconds=7200),
            Copy("db1", "daily", late=False, age_seconds=3600),
            Copy("db1", "replica", late=False, lag_seconds=0.25),
            Copy("vm", "restore", late=False, restore_seconds=1800),
        ]
    )
    samples = {key: value for key, value in scraped(metrics).items() if key[0].startswith(("backup", "restore"))}
    assert samples == {
        ("backup_late", "hourly", "db1"): 1,
        ("backup_late", "daily", "db1"): 0,
        ("backup_late", "replica", "db1"): 0,
        ("backup_late", "restore", "vm"): 0,
        ("backup_age_seconds", "db1"): 3600,
        ("backup_replica_lag_seconds", "db1"): 0.25,
        ("restore_duration_seconds", "vm"): 1800,
    }
    metrics.copies([])
    assert not [key for key in scraped(metrics) if key[0].startswith(("backup", "restore"))]
