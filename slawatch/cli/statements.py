"""The verbs about what a month came to: report, verify."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import click

from slawatch.account import Verified, differences, with_words
from slawatch.account import report as report_from
from slawatch.account import verify as verify_all
from slawatch.app.ledgered import declared, promised
from slawatch.app.months import check_month, revision_of, span_of
from slawatch.cli.options import config_option, json_format
from slawatch.cli.refusal import BAD_INPUT, DONE, BadInput
from slawatch.clock import now
from slawatch.config import Config, load
from slawatch.rules.calendar import text
from slawatch.rules.document import Document
from slawatch.store import StoredStatement, StoreError, open_store


@click.command(
    short_help="Print a customer's statement of a month.",
    epilog="""\b
Examples:
  slawatch report duinzicht 2026-10 --format json
  slawatch report duinzicht 2026-10 --revision 1
  slawatch report duinzicht 2026-10 --diff 1 2
""",
)
@config_option
@click.argument("customer")
@click.argument("month")
@click.option("--revision", type=click.IntRange(1), help="An earlier revision of a closed month; else the latest.")
@click.option(
    "--diff",
    "between",
    nargs=2,
    type=click.IntRange(1),
    metavar="A B",
    help="What revision B says otherwise than A, and why.",
)
@json_format
def report(config_path: Path, customer: str, month: str, revision: int | None, between: tuple[int, int] | None) -> None:
    """Print a customer's statement over a month: as it was closed, or from the ledger as far as now."""
    if revision is not None and between is not None:
        raise BadInput("--revision and --diff: expected one of them")
    if between is not None and between[0] >= between[1]:
        raise BadInput(f"--diff: expected the earlier revision first, got {between[0]} {between[1]}")
    config = load(config_path)
    check_month(month, config.agreement.timezone, now())
    told = asyncio.run(_report(config, customer, month, revision, between))
    click.echo(json.dumps(told, indent=2, ensure_ascii=False))


async def _report(
    config: Config, customer: str, month: str, revision: int | None, between: tuple[int, int] | None
) -> Document:
    try:
        async with open_store(config.store, write=False) as store:
            agreed = await promised(store, config, customer)
            which = span_of(month, agreed, now())
            closed = await store.statements(customer, month)
            if between is not None:
                for number in between:
                    revision_of(closed, customer, month, number)
                return _difference([one for one in closed if between[0] <= one.revision <= between[1]])
            stood = revision_of(closed, customer, month, revision)
            if stood is not None:
                return await with_words(store, _closed(stood))
            left_out = await declared(store, config, customer, which.period.ends)
            return await with_words(store, await report_from(store, agreed, which, left_out))
    except StoreError as error:
        config.customer(customer)  # who is nowhere is named first
        raise BadInput(str(error)) from error


def _closed(one: StoredStatement) -> Document:
    said: Document = json.loads(one.document)
    return said | {
        "closed": {"at": text(one.recorded), "who": one.who, "why": one.why, "sha256": one.digest},
    }


def _difference(revisions: Sequence[StoredStatement]) -> Document:
    """What changed from the first to the last of them, by how many seconds, and what made each but the first."""
    before, *within, after = revisions
    told, now_told = json.loads(before.document), json.loads(after.document)
    seconds = {
        part: now_told["availability"]["seconds"][part] - told["availability"]["seconds"][part]
        for part in told["availability"]["seconds"]
    }
    return {
        "customer": after.customer,
        "month": after.month,
        "revisions": [before.revision, after.revision],
        "who": after.who,
        "why": after.why,
        "between": [{"revision": one.revision, "who": one.who, "why": one.why} for one in within],
        "seconds": seconds,
        "differences": list(differences(told, now_told)),
    }


@click.command(
    short_help="Compute closed months anew, and name what differs.",
    epilog="""\b
Examples:
  slawatch verify
  slawatch verify duinzicht 2026-10
  slawatch verify --json | jq 'select(.fault)'

Exit status: 0 when all holds, 2 when something is not as it was told.""",
)
@config_option
@click.argument("customer", required=False)
@click.argument("month", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print a line of JSON for each revision.")
def verify(config_path: Path, customer: str | None, month: str | None, as_json: bool) -> int:
    """Compute closed months anew from the ledger, follow its rows along their hash chains, and name what differs."""
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
