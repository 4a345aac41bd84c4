"""The verb verify: is what was told still what the ledger gives?"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import click

from slawatch.account import Verified
from slawatch.account import verify as verify_all
from slawatch.app.ledgered import promised
from slawatch.app.months import check_month
from slawatch.cli.bundles import is_bundle, verify_bundle
from slawatch.cli.options import config_option
from slawatch.cli.refusal import BAD_INPUT, DONE, BadInput
from slawatch.clock import now
from slawatch.config import Config, load
from slawatch.store import StoreError, open_store


@click.command(
    short_help="Compute closed months anew, and name what differs.",
    epilog="""\b
Examples:
  slawatch verify
  slawatch verify duinzicht 2026-10
  slawatch verify duinzicht-2026-10.zip
  slawatch verify --json | jq 'select(.fault)'

Exit status: 0 when all holds, 2 when something is not as it was told.""",
)
@config_option
@click.argument("customer", required=False, metavar="[CUSTOMER|BUNDLE]")
@click.argument("month", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each revision.")
def verify(config_path: Path, customer: str | None, month: str | None, as_json: bool) -> int:
    """Compute closed months anew from the ledger, follow its rows along their hash chains, and name what differs.

    In place of a customer: an evidence bundle, which is checked by itself alone, without configuration or store.
    """
    if customer is not None and is_bundle(customer):
        if month is not None:
            raise BadInput(f"{customer}: a bundle says itself of which month it is; expected no MONTH, got {month}")
        return verify_bundle(Path(customer), as_json=as_json)
    config = load(config_path)
    if month is not None:
        check_month(month, config.agreement.timezone, now())
    return asyncio.run(_verify(config, customer, month, as_json=as_json))


async def _verify(config: Config, customer: str | None, month: str | None, *, as_json: bool) -> int:
    """Tells each revision as soon as it is computed: a year of many customers takes its time."""
    told, status = 0, DONE
    try:
        async with open_store(config.store, write=False) as store:
            if customer is not None:
                await promised(store, config, customer)
            async for one in verify_all(store, customer, month, now()):
                told += 1
                status = DONE if status == DONE and one.fault is None else BAD_INPUT
                if as_json:
                    click.echo(json.dumps(_verdict(one)))
                else:
                    click.echo(_words(one), err=one.fault is not None)
    except StoreError as error:
        raise BadInput(str(error)) from error
    if not told and not as_json:
        click.echo("nothing to verify: no such month is closed yet")
    return status


def _verdict(one: Verified) -> dict[str, str | int | None]:
    stood = one.statement
    return {
        "customer": stood.customer,
        "month": stood.month,
        "revision": stood.revision,
        "fault": one.fault,
        "rows": one.rows,
        "unchained": one.unchained,
        "pruned_days": one.pruned,
    }


def _words(one: Verified) -> str:
    stood = one.statement
    name = f"{stood.customer} {stood.month} revision {stood.revision}"
    if one.fault is not None:
        return f"{name}: {one.fault}"
    unchained = f", {one.unchained:,} from before there were chains" if one.unchained else ""
    pruned = f"; {one.pruned:,} days of checks down to their digests, as their rows are pruned" if one.pruned else ""
    return f"{name}: holds ({one.rows:,} rows{unchained}{pruned})"
