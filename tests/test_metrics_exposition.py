"""The text that a scrape gets, held against the client library's encoders and parsers, and against promtool."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from metrics_terms import terms
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, exposition, parser
from prometheus_client.openmetrics import exposition as openmetrics_exposition
from prometheus_client.openmetrics import parser as openmetrics_parser

from slawatch.model import SECOND, VERDICTS, Cause, CheckId, Look, Observation, Priority, Verdict
from slawatch.reporters.metrics import (
    FAMILIES,
    TO_COME,
    Copy,
    Figures,
    Format,
    Metrics,
    ObjectiveFigures,
    encode,
    pieces,
)
from slawatch.reporters.metrics.catalogue import Family, Kind
from slawatch.reporters.metrics.exposition import PIECE_LINES
from slawatch.reporters.metrics.series import DistributionSeries, NumberSeries

DOCUMENT = Path(__file__).parent.parent / "docs" / "metrics.md"


def everything(customer: str = "duinzicht") -> Metrics:
    """Every metric with a value."""
    metrics = Metrics()
    metrics.configure([terms(customer)])
    it = ObjectiveFigures(0.9995, 1.0, 2674.8, 0.5, 60.5, 4464)
    metrics.figures(
        customer,
        Figures(
            1_772_319_600 * SECOND,
            1_774_994_400 * SECOND,
            customer_up=True,
            objectives={"availability": it, "speed": it, "network": it},
            p95_month_to_date={"dashboard": 1.8},
        ),
    )
    at = 1_772_362_800 * SECOND
    up = Look(Verdict.UP, None, 840, {"dns": 1.0, "ready": 840.0})
    metrics.observed(Observation(CheckId(customer, "page", "dashboard"), "main", at, up))
    metrics.load(customer, "dashboard", 840, slow=False)
    metrics.maintenance(customer, active=True, ends=at)
    metrics.outbox("mail", 0, failed=0)
    metrics.owed_since("mail", at)
    metrics.relays(["mail.example.org:587"])
    metrics.relay("mail.example.org:587", usable=True)
    metrics.suspect(Cause.MONITOR_NETWORK)
    metrics.incidents({Priority.ONE: 3}, {Priority.ONE: 1})
    metrics.copies([Copy("db1", "replica", late=False, age_seconds=60, lag_seconds=0.2, restore_seconds=1800)])
    return metrics


def test_promtool_finds_nothing_to_say_of_all_metrics():
    snapshot = everything().snapshot()
    assert {each.family for each in snapshot} == set(FAMILIES) - set(TO_COME)
    made_up = [NumberSeries(family) for family in TO_COME]
    for series in made_up:
        series.set(series.family.labels, 1)
    text = encode((*snapshot, *(series.snapshot() for series in made_up)), Format.TEXT)
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, timeout=30, check=False)
    assert (done.returncode, done.stderr, done.stdout) == (0, b"", b"")


def test_no_metric_counts_in_percent():
    assert not [family.name for family in FAMILIES if "percent" in family.name]


def test_the_document_tells_of_every_metric_and_of_no_other():
    rows = re.findall(r"^\| `(slawatch_\w+)` \| (\w+) \| ([\w, ]*?) ?\| (.+) \|$", DOCUMENT.read_text(), re.MULTILINE)
    written = [(name, kind, labels) for name, kind, labels, meaning in rows]
    assert sorted(written) == sorted((f.full_name, f.kind.value, ", ".join(f.labels)) for f in FAMILIES)


def test_the_document_says_of_which_metrics_there_are_no_series_yet():
    told = DOCUMENT.read_text().split("## Not told yet", 1)[1].split("\n## ", 1)[0]
    assert set(re.findall(r"^\| `(slawatch_\w+)`", told, re.MULTILINE)) == {family.full_name for family in TO_COME}


def test_the_document_tells_of_every_label():
    table = DOCUMENT.read_text().split("## Labels", 1)[1].split("\n## ", 1)[0]
    assert {label for family in FAMILIES for label in family.labels} == {
        label for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for label in re.findall(r"`(\w+)`", row)
    }


def test_the_document_tells_of_every_cause_with_its_verdict():
    down, unknown = re.search(
        r"^\| `cause` \| down: (.+?); unknown: (.+) \|$", DOCUMENT.read_text(), re.MULTILINE
    ).groups()
    written = dict.fromkeys(re.findall(r"\w+", down), "down") | dict.fromkeys(re.findall(r"\w+", unknown), "unknown")
    assert written == {cause.value: verdict.value for cause, verdict in VERDICTS.items()}


GAUGE = Family("depth_seconds", Kind.GAUGE, ("customer", "check"), 'A \\ "gauge"\nof two lines.')
COUNTER = Family("dives_total", Kind.COUNTER, ("customer", "check"), "A counter.")
HISTOGRAM = Family("dive_seconds", Kind.HISTOGRAM, ("customer", "check"), "A histogram.", (0.25, 1.0, 3.0))

labels = st.tuples(st.text(st.characters(exclude_categories=("Cs",))), st.text("ab\"\\\n,{}='"))
amounts = st.floats(min_value=0, max_value=1e12) | st.integers(min_value=0, max_value=10**6)
fed = st.lists(st.tuples(labels, amounts), max_size=6)


def without_creation_times(families: Iterable[Metric]) -> list[Metric]:
    kept = []
    for family in families:
        family.samples = [sample for sample in family.samples if not sample.name.endswith("_created")]
        if family.samples:
            kept.append(family)
    return kept


@given(fed)
def test_the_text_says_what_the_client_library_says(told: list[tuple[tuple[str, str], float]]):
    ours = (NumberSeries(GAUGE), NumberSeries(COUNTER), DistributionSeries(HISTOGRAM))
    registry = CollectorRegistry()
    gauge = Gauge(GAUGE.full_name, GAUGE.help, GAUGE.labels, registry=registry)
    counter = Counter(COUNTER.full_name, COUNTER.help, COUNTER.labels, registry=registry)
    histogram = Histogram(
        HISTOGRAM.full_name, HISTOGRAM.help, HISTOGRAM.labels, buckets=HISTOGRAM.bounds, registry=registry
    )
    for values, amount in told:
        ours[0].set(values, -amount)
        ours[1].add(values, amount)
        ours[2].observe(values, amount)
        gauge.labels(*values).set(-amount)
        counter.labels(*values).inc(amount)
        histogram.labels(*values).observe(amount)
    snapshot = tuple(each for each in (series.snapshot() for series in ours) if each.samples)

    read = parser.text_string_to_metric_families
    theirs = without_creation_times(read(exposition.generate_latest(registry).decode()))
    assert list(read(encode(snapshot, Format.TEXT).decode())) == theirs

    read = openmetrics_parser.text_string_to_metric_families
    theirs = without_creation_times(read(openmetrics_exposition.generate_latest(registry).decode()))
    assert list(read(encode(snapshot, Format.OPENMETRICS).decode())) == theirs


def test_openmetrics_ends_with_its_mark_and_text_does_not():
    snapshot = Metrics().snapshot()
    assert encode(snapshot, Format.OPENMETRICS).endswith(b"\n# EOF\n")
    assert b"# EOF" not in encode(snapshot, Format.TEXT)


def test_the_text_comes_in_pieces_of_which_none_keeps_the_interpreter_for_long():
    metrics = Metrics()
    metrics.configure(terms(f"park-{number}") for number in range(20))
    made = list(pieces(metrics.snapshot(), Format.OPENMETRICS))
    assert len(made) > 5
    assert max(piece.count(b"\n") for piece in made) == PIECE_LINES
    assert b"".join(made) == encode(metrics.snapshot(), Format.OPENMETRICS)


def test_a_label_that_utf_8_cannot_carry_does_not_stop_the_scrape():
    text = encode(everything("half a \ud800 pair").snapshot(), Format.TEXT).decode()
    assert 'slawatch_customer_up{customer="half a ? pair"} 1' in text


def test_only_the_metrics_that_are_asked_for_by_name():
    wanted = ["slawatch_build_info", "slawatch_scheduler_lag_seconds_bucket", "slawatch_there_is_no_such"]
    text = encode(everything().snapshot(), Format.TEXT, wanted).decode()
    assert re.findall(r"# TYPE (\w+) (\w+)", text) == [
        ("slawatch_build_info", "gauge"),
        ("slawatch_scheduler_lag_seconds", "histogram"),
    ]


def test_the_bound_of_the_promise_is_written_as_queries_must_write_it():
    text = encode(everything().snapshot(), Format.TEXT).decode()
    line = 'slawatch_page_load_duration_seconds_bucket{customer="duinzicht",page="dashboard",le="3.0"} 1\n'
    assert line in text
    assert not re.search(r'le="\d+"', text)
