"""A statement's figures as SQL, run by DuckDB over the rows of a store's file: rules 2 to 4 and 6 to 8, no bounds.

It holds for one customer on one node whose terms do not change in the month, with maintenance windows declared once.
"""

from __future__ import annotations

import csv
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
from month import Figures

from slawatch.model import Exclusion, Terms
from slawatch.rules.calendar import Period

#: Rule 7: what was told in time, days ahead at the same wall-clock time.
TOLD = """
create or replace table told as
select starts, ends from windows
where announced <= epoch_us(timezone($zone, timezone($zone, make_timestamptz(starts)) - to_days($notice)))
"""
#: Rules 2 and 3: how long each look holds, and as what. A run lies between two ups; after a gap its count begins anew.
#: (`count(*) filter` over a growing frame takes DuckDB 2.0 fifty times as long as this sum.)
RATED = """
create or replace table rated as
with numbered as (
    select *, lead(moment) over checks as following,
        sum((verdict = 'up')::int) over checks as run
    from looks window checks as (partition by check_name order by moment)
), downs as (
    select check_name, run, moment, coalesce(moment - lag(moment) over runs > $within, false) as anew
    from numbered where verdict = 'down' window runs as (partition by check_name, run order by moment)
), counted as (
    select *, sum(anew::int) over (partition by check_name, run order by moment) as part from downs
), sized as (
    select *, count(*) over (partition by check_name, run, part) as size from counted
), sure as (
    select check_name, moment, max(size) over (partition by check_name, run order by part) >= $failures as confirmed
    from sized
)
select check_name, moment as starts, least(moment + holds, coalesce(following, moment + holds)) as ends,
    case when verdict = 'down' and not confirmed then 'up' else verdict end as rating
from numbered left join sure using (check_name, moment)
"""
#: Rules 4 and 6: the edges of what is excluded, down and up, added up from left to right.
TIMELINE = """
create or replace table timeline as
with edges as (
    select starts as moment, 1 as sign, rating from rated where list_contains($checks, check_name)
    union all select ends, -1, rating from rated where list_contains($checks, check_name)
    union all select starts, 1, 'excluded' from told
    union all select ends, -1, 'excluded' from told
    union all select unnest([$starts, $ends]), 0, 'unknown'
), summed as (
    select moment, coalesce(sum(sign) filter (rating = 'excluded'), 0) as excluded,
        coalesce(sum(sign) filter (rating = 'down'), 0) as down, coalesce(sum(sign) filter (rating = 'up'), 0) as up
    from edges group by moment
), running as (
    select moment as starts, lead(moment) over whole as ends,
        sum(excluded) over whole as excluded, sum(down) over whole as down, sum(up) over whole as up
    from summed window whole as (order by moment)
)
select starts, ends,
    case when excluded > 0 then 'excluded' when down > 0 then 'down' when up > 0 then 'up' else 'unknown' end as rating
from running where starts >= $starts and ends <= $ends
"""
BOOKED = "select rating, sum(ends - starts)::bigint from timeline group by rating"
#: Rule 8; a failed load is slower than any.
SPEED = """
select count(*), count(*) filter (coalesce(milliseconds, 'infinity'::double) > $slow),
    quantile_disc(coalesce(milliseconds, 'infinity'::double), 0.95)
from (select * from looks where list_contains($pages, check_name) and not recheck and verdict != 'unknown') as loads
asof join timeline on loads.moment >= timeline.starts
where loads.moment < timeline.ends and rating not in ('excluded', 'down')
"""
ROWS = "select check_name, at, verdict, iif(verdict = 'up', milliseconds, null), recheck, holds from observations"
LOOKS = """
create table looks (check_name text, moment bigint, verdict text, milliseconds bigint, recheck bool, holds bigint)
"""


def load(store: Path, windows: list[Exclusion]) -> duckdb.DuckDBPyConnection:
    """A database in memory with the store's looks and the windows; the rows go through a file of commas."""
    rows = store.with_suffix(".csv")
    with closing(sqlite3.connect(store)) as source, rows.open("w", newline="") as file:
        csv.writer(file).writerows(source.execute(ROWS))
    base = duckdb.connect()
    base.execute("create table windows (starts bigint, ends bigint, announced bigint)")
    base.executemany("insert into windows values (?, ?, ?)", [(o.starts, o.ends, o.announced) for o in windows])
    base.execute(LOOKS)
    base.execute(f"copy looks from '{rows}'")
    return base


def figures(base: duckdb.DuckDBPyConnection, terms: Terms, period: Period) -> Figures:
    confirm, starts, ends = terms.confirm, period.starts, period.ends
    base.execute(TOLD, {"zone": terms.timezone, "notice": terms.maintenance.notice.days})
    base.execute(RATED, {"within": confirm.within, "failures": confirm.failures})
    base.execute(TIMELINE, {"checks": list(terms.availability.checks), "starts": starts, "ends": ends})
    booked = dict(base.execute(BOOKED).fetchall())
    speed = base.execute(SPEED, {"pages": list(terms.speed.pages), "slow": terms.speed.within_milliseconds})
    loads, slow, p95 = speed.fetchall()[0]
    seconds = {rating: booked.get(rating, 0) / 1e6 for rating in ("up", "down", "excluded", "unknown")}
    return Figures(**seconds, loads=loads, slow=slow, p95=p95 / 1000)
