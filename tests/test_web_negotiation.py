"""Which text a scraper gets."""

import pytest

from slawatch.reporters.metrics import Format
from slawatch.web.negotiation import preferred_format, takes_gzip

#: As these versions send them.
PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;"
    "q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (PROMETHEUS_2, Format.OPENMETRICS),
        (PROMETHEUS_3, Format.OPENMETRICS),
        ("application/openmetrics-text", Format.OPENMETRICS),
        ("Application/OpenMetrics-Text ; Version=1.0.0", Format.OPENMETRICS),
        ("text/plain;q=0.5, application/openmetrics-text;q=0.4", Format.TEXT),
        ("application/openmetrics-text;version=0.0.1", Format.TEXT),
        ("application/openmetrics-text;version=2.0.0", Format.TEXT),
        ("application/openmetrics-text;version=abc", Format.TEXT),
        ("application/openmetrics-text;q=0", Format.TEXT),
        ("application/openmetrics-text;q=lots", Format.TEXT),
        ("application/openmetrics-text;q=nan", Format.TEXT),
        ("text/html,application/xhtml+xml,*/*;q=0.8", Format.TEXT),
        ("*/*", Format.TEXT),
        ("", Format.TEXT),
        (";;,,=;q", Format.TEXT),
    ],
)
def test_openmetrics_is_for_who_asks_for_it(accept: str, expected: Format):
    assert preferred_format(accept) is expected


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        ("gzip", True),
        ("deflate, GZIP;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip;q=0.000", False),
        ("identity", False),
        ("*", False),
        ("", False),
    ],
)
def test_gzip_is_for_who_names_it(accept_encoding: str, expected: bool):
    assert takes_gzip(accept_encoding) is expected
