"""Where the design left room, and the reading that the oracle takes.

This is the reading taken (`Readings` holds those that can be turned, so that a difference
can be told from a mistake):

 1. Cause tie. Two checks go down in the same microsecond: the first in `availability.checks` gives the cause.
 2. `outages[].checks` is compared as a set; the design gives no order.
 3. `proven_breach` needs a breach, so `met` false, and `upper` under the objective: with too little coverage nothing
    is proven.
 4. Speed under `as_up`: the window is still an excluded instant (only its seconds are booked as up), so a load in it
    is not eligible. `counted` stays true.
 5. `blocked` (403, 429, challenge) on the http check is an HTTP answer, so reachable for the network figure; so is every
    cause that presupposes an answer (4xx, 5xx, timeout_ready, selector_missing, script_error).
    dns, connect, tls and timeout_server are down; login_* cannot come from an http check.
 6. `period.ends` is the earlier of the month's end and `--until`; `complete` is false only when `--until` is before the
    month's end. With an `--until` past the end, observations up to it still serve as context.
 7. An outage's `seconds` counts the customer's down label inside [starts, ends) and the period: excluded time (under
    `as_up` too) and unknown time inside it do not count.
 8. Blips are counted per check over the checks of the availability figure, also inside another check's outage and
    inside an exclusion; the http check's blips only when it is one of them. Unchanged by `blips: down`.
 9. A count that was broken by `within` before a later count of the same run was confirmed is a blip of its own.
10. `lower` on `no up before the outage`: no stretch. The stretch of a blip before an outage counts as up, so it is in the stretch.
11. `blips: down`: the holds of a blip are down in all three figures; it has no stretch before it in `lower` and
    none after it in `upper`.
12. `upper` of an outage without an `up`: from its last `down` read to the period's end.
13. Coverage of nothing (all excluded) is null and so is `met`; for `why` the design has no word, the product's is
    `all_excluded`. Nothing measured in a period that is not all excluded has coverage 0, which is insufficient.
14. With the exception for down alone (`met` false under low coverage) `why` is null.
15. `reason: hotfix` makes a window a hotfix: it excludes only under `hotfix: excluded`, and then without any
    notice; under `counts` never, however early it was told and whatever `late_notice` says.
16. `announced` at exactly the deadline is in time. `announced` with or without a name is proof alike in replay, unless
    a line with a name says `entered` and that is not before the start. Such a one is late: `late_notice: excluded` excludes it.
17. A window that ended at or before its start is empty: excludes nothing and is not listed.
18. A window's listed `ends` is min(ends, ended), not clipped to the period. Meeting the period means sharing some time with it; touching is not meeting.
19. Outages likewise: one that ended at the period's first instant is not listed; one that lies wholly inside an
    exclusion or outside what counts is, with 0 seconds. A stretch read before the period may open it.
20. The customer's timeline for a load is the central one, in the cell in which `at` lies, after the load's own verdict.
21. A speed page need not be an availability check; then only the availability checks decide where it is eligible.
22. `slow` counts failed loads too; `share` is good / loads; p95 stays the 95th whatever the speed objective is. `seconds`
    of a failed look are ignored.
23. A month that begins in a doubled midnight begins at the earlier one.
24. A version is good by itself: told at or before its own deadline, from its own start, and entered before its own
    start. What a good one covers of the last version's effective time is left out, whatever was told of the others.
25. `proof` is that of the newest good version that shares time with the window, else that of the last; the settings do
    not change it. `why` is null where all of the effective time is left out, however that came about.
26. `late_notice: excluded` leaves out the last version's effective time, whole; time that only earlier versions had never.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Readings:
    """The readings of the design that can be turned, each at the one taken."""

    tie_by_name: bool = False
    proven_needs_a_breach: bool = True
    as_up_loads_count: bool = False
    blocked_is_reachable: bool = True
    answered_timeouts_are_reachable: bool = True
    hotfix_needs_notice: bool = False
