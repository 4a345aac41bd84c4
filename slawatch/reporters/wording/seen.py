"""What a user notices of an outage, in words, and why it may be unknown how it was.

What we say that we saw is true whatever lies behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from slawatch.model import Cause
from slawatch.reporters.wording.tongue import mark


@dataclass(frozen=True, slots=True)
class Seen:
    """While it lasts and afterwards."""

    now: str
    then: str


#: Of each cause that can make an outage.
CAUSES: Mapping[Cause, Seen] = MappingProxyType(
    {
        Cause.DNS: Seen(
            mark("The internet address of your environment cannot be found."),
            mark("The internet address of your environment could not be found."),
        ),
        Cause.CONNECT: Seen(
            mark("The server does not accept connections."),
            mark("The server did not accept connections."),
        ),
        Cause.TLS: Seen(
            mark("No secure connection to the server can be made."),
            mark("No secure connection to the server could be made."),
        ),
        Cause.HTTP_4XX: Seen(
            mark("The application says that the page is not available."),
            mark("The application said that the page was not available."),
        ),
        Cause.HTTP_5XX: Seen(
            mark("The application shows an error instead of the page."),
            mark("The application showed an error instead of the page."),
        ),
        Cause.TIMEOUT_SERVER: Seen(
            mark("The application does not answer."),
            mark("The application did not answer."),
        ),
        Cause.TIMEOUT_READY: Seen(
            mark("The application answers, but the page does not show completely in time."),
            mark("The application answered, but the page did not show completely in time."),
        ),
        Cause.SELECTOR_MISSING: Seen(
            mark("The page opens, but does not show what belongs there."),
            mark("The page opened, but did not show what belongs there."),
        ),
        Cause.SCRIPT_ERROR: Seen(
            mark("The page opens, but does not work because of an error in the application."),
            mark("The page opened, but did not work because of an error in the application."),
        ),
        Cause.LOGIN_UNAVAILABLE: Seen(
            mark("Signing in fails: the application does not process it."),
            mark("Signing in failed: the application did not process it."),
        ),
    }
)

#: Where no cause is known.
UNCLEAR = Seen(mark("We are still looking into that."), mark("That was not established."))

#: What the usual checks are called.
CHECKS: Mapping[str, str] = MappingProxyType(
    {
        "dashboard": mark("the dashboard"),
        "reservations": mark("the overview of reservations"),
        "http": mark("access to the environment"),
    }
)

#: Of each cause that leaves it unknown how a customer was.
UNSEEN: Mapping[Cause, str] = MappingProxyType(
    {
        Cause.LOGIN_REJECTED: mark("The name and password of the monitoring were refused."),
        Cause.BLOCKED: mark("The monitoring was kept out."),
        Cause.SELECTOR_DRIFT: mark("The page had changed, so that the monitoring did not recognise it."),
        Cause.MONITOR_NETWORK: mark("The network of the monitoring itself failed."),
        Cause.MONITOR_BROWSER: mark("The browser of the monitoring itself failed."),
        Cause.MONITOR_OVERLOAD: mark("The machine of the monitoring itself was too busy."),
        Cause.MONITOR_MISSED: mark("The monitoring skipped a look."),
    }
)

#: Where nobody looked.
SILENCE = mark("The monitoring did not run.")
