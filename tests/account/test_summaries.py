"""A summary is what the ledger knew: of a closed month for ever, of the running one as far as now."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from small_slawatch import DOWN, PARK, RECIPIENTS, UNKNOWN, UP, Small, at, living, terms

from slawatch.account import Closing, Sealing, report
from slawatch.app.ledgered import promised
from slawatch.app.months import span_of
from slawatch.app.summaries import summarize
from slawatch.config import Config, UnknownCustomer, load
from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    BeatKind,
    Cause,
    Contact,
    Declaration,
    DeclarationKind,
    Heartbeat,
    Incident,
    Instant,
    Look,
    MessageKind,
    Priority,
    Verdict,
)
from slawatch.reporters.summary.facts import Blip, Booked, MailSent, Remark, Summary, TrendMonth, Unseen
from slawatch.rules.asked import NoSuchMonth
from slawatch.rules.calendar import text
from slawatch.rules.owed import owed

#: March ends in Amsterdam; an hour later it is settled, and then its last looks are in.
MIDNIGHT = at("2026-03-31T22:00:00Z")
CLOSED = MIDNIGHT + 70 * MINUTE
BEGUN = MIDNIGHT - 6 * DAY
CONFIG = """
pages:
  dashboard: {{path: /dashboard, ready: main, every: 60s}}
  reservations: {{path: /reserveringen, ready: main, every: 60s}}
customers:
  - {{id: {customer}, name: Vakantiepark Duinzicht, url: "https://duinzicht.example", http: {{path: /health, every: 15s}}}}
store: sqlite:///{folder}/slawatch.db
"""


BLOCKED = Look(Verdict.UNKNOWN, Cause.BLOCKED)


def configured(folder: Path, customer: str = PARK) -> Config:
    (folder / "slawatch.yaml").write_text(CONFIG.format(folder=folder, customer=customer))
    return load(folder / "slawatch.yaml")


def said(id_: str, kind: DeclarationKind, subject: str, recorded: Instant, **facts: object) -> Declaration:
    return Declaration(id_, PARK, kind, subject, recorded, "A. Jansen", facts)


async def begin(small: Small, folder: Path) -> Config:
    """What was agreed is in the ledger, and so is a window that was mailed six days ahead."""
    config = configured(folder)
    await small.store.save_terms(PARK, "d", json.dumps(config.document(PARK)), small.now)
    times = {"starts": text(MIDNIGHT - 90 * MINUTE), "ends": text(MIDNIGHT - 85 * MINUTE)}
    window = said("w1", DeclarationKind.WINDOW_ANNOUNCED, "w1", small.now, **times, reason="new_version")
    told = owed(
        MessageKind.MAINTENANCE, PARK, "w1", 1, Contact("pia@example.org", "nl"), RECIPIENTS, small.now, threads={}
    )
    await small.store.declare([window], [told])
    await mail(small, small.now + MINUTE)
    return config


async def mail(small: Small, accepted: Instant) -> None:
    for message in await small.store.claim(accepted, 10):
        await small.store.settle_accepted(message.id, accepted, "mail.example.org:587", "250 ok")


async def evening(small: Small) -> None:
    """The last hours of March: an outage of two minutes that is mailed in seconds, a blip, a minute of which a look at
    each page saw nothing.
    """
    failing = {-60: DOWN, -59: DOWN, -40: DOWN}
    for minute in range(-120, 1):
        small.now = MIDNIGHT + minute * MINUTE
        if minute == -21:
            await small.see(small.look("dashboard", BLOCKED), small.look("reservations", UP), small.look("http", UP))
        elif minute == -20:
            await small.see(small.look("reservations", UNKNOWN))
        else:
            await small.seen_by_all(failing.get(minute, UP))
        if minute in {-59, -58}:
            await mail(small, small.now + 5 * SECOND)


async def close(small: Small, now: Instant) -> None:
    small.now = now
    await Closing(small.store, small.clock).settle([PARK])


def lengths(summary: Summary) -> dict[str, float]:
    """The strips' seconds by place."""
    found = dict.fromkeys(map(str, Booked), 0)
    for one in summary.strips:
        found[one.booked] += one.ends - one.starts
    return {place: micros / SECOND for place, micros in found.items()}


async def test_a_closed_month_is_told_with_all_that_was_known_of_it(tmp_path: Path):
    async with living(tmp_path, BEGUN, terms()) as small:
        config = await begin(small, tmp_path)
        await evening(small)
        first = (await small.store.events(PARK))[0].outage
        small.now = MIDNIGHT - 30 * MINUTE
        await small.store.declare(
            [
                said("u", DeclarationKind.OUTAGE_UPDATED, first, small.now, number=1, text="Wij zoeken het uit"),
                said("n", DeclarationKind.OUTAGE_NOTED, first, small.now + 1, text="disk full", ticket="INC-7"),
                said("a", DeclarationKind.OUTAGE_ACKNOWLEDGED, first, small.now + 2),
            ]
        )
        await close(small, CLOSED)
        made = await summarize(small.store, config, PARK, "2026-03", CLOSED + DAY)
        (stood,) = await small.store.statements(PARK)

    told = made.statement
    assert told == json.loads(stood.document)
    assert (made.customer, made.name, made.service, made.zone) == (
        PARK, "Vakantiepark Duinzicht", "Tommy 2.0", "Europe/Amsterdam",
    )  # fmt: skip
    assert made.revision is not None
    assert (made.revisions, made.revision.digest, made.revision.recorded) == ((made.revision,), stood.digest, CLOSED)

    assert lengths(made) == told["availability"]["seconds"]
    assert (sum(one.loads for one in made.days), sum(one.slow for one in made.days)) == (
        told["speed"]["loads"],
        told["speed"]["slow"],
    )
    # The load that was a blip counts, but it did not open.
    assert [(one.page, one.loads, one.by_millisecond) for one in made.pages] == [
        ("dashboard", told["speed"]["pages"]["dashboard"]["loads"], {800: 110}),
        ("reservations", told["speed"]["pages"]["reservations"]["loads"], {800: 111}),
    ]

    (outage,) = made.outages
    assert (outage.id, outage.starts, outage.ends, outage.down) == (
        first, MIDNIGHT - 60 * MINUTE, MIDNIGHT - 58 * MINUTE, 2 * MINUTE,
    )  # fmt: skip
    assert (outage.confirmed, outage.acknowledged, outage.acknowledged_by) == (
        MIDNIGHT - 59 * MINUTE,
        MIDNIGHT - 30 * MINUTE + 2,
        "A. Jansen",
    )
    assert outage.remarks == (
        Remark(MIDNIGHT - 30 * MINUTE, "A. Jansen", "Wij zoeken het uit", public=True),
        Remark(MIDNIGHT - 30 * MINUTE + 1, "A. Jansen", "disk full", "INC-7"),
    )
    assert [(one.says, one.state, one.accepted) for one in outage.mails] == [
        ("outage", "accepted", MIDNIGHT - 59 * MINUTE + 5 * SECOND),
        ("recovery", "accepted", MIDNIGHT - 58 * MINUTE + 5 * SECOND),
    ]

    assert len(made.blips) == told["blips"] == 2
    assert made.blips[0] == Blip(MIDNIGHT - 40 * MINUTE, MIDNIGHT - 39 * MINUTE, ("dashboard",), Cause.HTTP_5XX)

    (window,) = made.windows
    assert (window.told, window.needed, window.in_time, window.proof) == (
        BEGUN + MINUTE,
        MIDNIGHT - 90 * MINUTE - 5 * DAY + HOUR,  # the same time on the clock: that went forward in between
        True,
        "mail",
    )
    assert (window.left_out, window.at_night) == (5 * MINUTE, False)
    assert window.mails == (
        MailSent(
            "pia@example.org", "announced", BEGUN, BEGUN + MINUTE, "accepted", "mail.example.org:587", proves=True
        ),
    )

    assert made.unseen == (
        Unseen(at("2026-02-28T23:00:00Z"), MIDNIGHT - 120 * MINUTE, ()),
        Unseen(MIDNIGHT - 20 * MINUTE, MIDNIGHT - 19 * MINUTE, (Cause.BLOCKED, Cause.MONITOR_NETWORK)),
    )
    kept = {one.id: (one.met, one.why, one.figure) for one in made.promises}
    assert kept["maintenance"] == (True, None, 1.0)
    assert kept["outage-mail"] == (True, None, 5.0)
    assert kept["availability"][2] == told["availability"]["ratio"]
    assert kept["restore"] == (None, "not_watched", None)


async def test_a_revision_says_the_same_for_ever(tmp_path: Path):
    async with living(tmp_path, BEGUN, terms()) as small:
        config = await begin(small, tmp_path)
        await evening(small)
        pia = Contact("pia@example.org", "nl")
        waiting = owed(MessageKind.REMINDER, PARK, "w1", 1, pia, RECIPIENTS, small.now, threads={})
        await small.store.declare([], [waiting])
        await close(small, CLOSED)
        first = await summarize(small.store, config, PARK, "2026-03", CLOSED)

        small.now = CLOSED + HOUR
        await mail(small, small.now)
        storm = {"starts": text(MIDNIGHT - HOUR), "ends": text(MIDNIGHT - 59 * MINUTE), "reason": "storm"}
        outage = first.outages[0].id
        assert outage is not None
        await small.store.declare(
            [
                said("x", DeclarationKind.EXCLUSION_ADDED, "x1", small.now, **storm, approved_by="A. Jansen"),
                said("n", DeclarationKind.OUTAGE_NOTED, outage, small.now, text="a cable was cut"),
                said("v", DeclarationKind.NOTICE_VOIDED, "w1", small.now),
            ]
        )
        await close(small, CLOSED + 2 * HOUR)
        await Sealing(small.store, small.clock).settle([PARK])
        await close(small, at("2026-05-02T00:00:00Z"))
        again = await summarize(small.store, config, PARK, "2026-03", small.now, revision=1)
        second = await summarize(small.store, config, PARK, "2026-03", small.now)
        april = await summarize(small.store, config, PARK, "2026-04", small.now)

        small.now += HOUR
        await small.store.declare([said("y", DeclarationKind.EXCLUSION_WITHDRAWN, "x1", small.now, reason="no storm")])
        await close(small, small.now + HOUR)
        assert len(await small.store.statements(PARK, "2026-03")) == 3
        assert await summarize(small.store, config, PARK, "2026-04", small.now) == april

    assert again == first
    assert second.revision is not None
    assert (second.revision.revision, [one.revision for one in second.revisions]) == (2, [1, 2])
    assert lengths(second) == second.statement["availability"]["seconds"] != lengths(first)
    assert second.outages[0].remarks[0].text == "a cable was cut"
    assert [(one.kind, one.counted) for one in second.windows] == [("maintenance", False), ("force_majeure", True)]
    told = [[(one.says, one.accepted, one.proves) for one in made.windows[0].mails] for made in (first, second)]
    assert told == [
        [("announced", BEGUN + MINUTE, True), ("reminder", None, False)],
        [("announced", BEGUN + MINUTE, False), ("reminder", CLOSED + HOUR, False)],
    ]

    assert [one.month for one in april.trend] == [
        *(f"2025-{month:02}" for month in range(5, 13)),
        *(f"2026-{month:02}" for month in range(1, 5)),
    ]
    assert april.trend[-2] == second.trend[-1] != first.trend[-1]
    assert april.trend[-3] == TrendMonth("2026-02")


async def test_what_was_declared_between_the_figures_and_their_recording_is_in_the_next_revision(tmp_path: Path):
    async with living(tmp_path, BEGUN, terms()) as small:
        config = await begin(small, tmp_path)
        await evening(small)
        small.now = CLOSED - MINUTE
        (announcement, *_) = await small.store.messages(PARK, kind=MessageKind.MAINTENANCE)
        await small.store.declare([said("v", DeclarationKind.NOTICE_VOIDED, announcement.id, small.now)])
        await close(small, CLOSED)
        made = [await summarize(small.store, config, PARK, "2026-03", CLOSED, revision=number) for number in (1, 2)]

    windows = [one.windows[0] for one in made]
    assert [(one.proof, one.counted, one.mails[0].proves) for one in windows] == [
        ("mail", True, True),
        (None, False, False),
    ]


async def test_the_running_month_is_told_as_far_as_now(tmp_path: Path):
    async with living(tmp_path, BEGUN, terms()) as small:
        config = await begin(small, tmp_path)
        await evening(small)
        now = MIDNIGHT - 30 * MINUTE
        made = await summarize(small.store, config, PARK, "2026-03", now)
        agreed = await promised(small.store, config, PARK)
        told = await report(small.store, agreed, span_of("2026-03", agreed, now), [])

    assert (made.revision, made.revisions) == (None, ())
    assert made.statement["outages"] == told["outages"]
    assert lengths(made) == made.statement["availability"]["seconds"]
    assert made.days[-1].ends == made.strips[-1].ends == now
    assert made.trend[-1].availability == made.statement["availability"]["ratio"]


async def test_a_customer_that_left_the_configuration_is_told_of_still(tmp_path: Path):
    async with living(tmp_path, BEGUN, terms()) as small:
        await begin(small, tmp_path)
        await evening(small)
        await close(small, CLOSED)
        others = configured(tmp_path, "strandhof")
        made = await summarize(small.store, others, PARK, "2026-03", CLOSED)
        never = await summarize(small.store, others, "strandhof", "2026-03", CLOSED)
        with pytest.raises(UnknownCustomer, match="nobody"):
            await summarize(small.store, others, "nobody", "2026-03", CLOSED)

    assert (made.name, len(made.outages)) == (PARK, 1)
    assert (never.outages, never.statement["availability"]["ratio"]) == ((), None)
    assert [one.causes for one in never.unseen] == [()]


@pytest.mark.parametrize(
    ("month", "revision", "why"),
    [
        ("2026-13", None, "expected a month such as 2026-03, got '2026-13'"),
        ("../etc", None, "expected a month such as 2026-03, got '../etc'"),
        ("2026-05", None, "2026-05: this month has not begun"),
        ("2026-03", 2, "duinzicht 2026-03: there is no revision 2; expected one of 1"),
        ("2026-04", 1, "duinzicht 2026-04: there is no revision 1; the month is not closed yet"),
    ],
)
async def test_a_month_that_there_is_none_of_is_refused(tmp_path: Path, month: str, revision: int | None, why: str):
    async with living(tmp_path, MIDNIGHT - HOUR, terms()) as small:
        config = configured(tmp_path)
        await small.store.save_terms(PARK, "d", json.dumps(config.document(PARK)), small.now)
        await small.seen_by_all(UP)
        await close(small, CLOSED)
        with pytest.raises(NoSuchMonth) as refused:
            await summarize(small.store, config, PARK, month, CLOSED, revision=revision)

    assert str(refused.value) == why


async def test_what_others_reported_of_a_month_stands_as_it_was_known(tmp_path: Path):
    async with living(tmp_path, BEGUN, terms()) as small:
        config = await begin(small, tmp_path)
        await evening(small)
        small.now = MIDNIGHT - HOUR
        asked = Incident(PARK, "1042", Priority.ONE, MIDNIGHT - 6 * DAY)
        wish = Incident("bosrand", "1043", Priority.NONE, MIDNIGHT - 6 * DAY)
        await small.store.reported.add_incidents([asked, wish])
        await small.store.reported.add_heartbeat(Heartbeat("vm", BeatKind.DAILY, MIDNIGHT - 24 * HOUR))
        await close(small, CLOSED)
        small.now = CLOSED + 30 * MINUTE
        await small.store.reported.add_incidents([replace(asked, solved=asked.opened + HOUR)])
        await small.store.reported.add_heartbeat(Heartbeat("vm", BeatKind.HOURLY, MIDNIGHT - 24 * HOUR))

        told = await summarize(small.store, config, PARK, "2026-03", small.now)
        reported = [(one.id, one.met, one.figure) for one in told.promises if one.watched][4:]
        assert reported == [("backup-daily", True, 1.0), ("incidents", False, 0.0)]

        running = await summarize(small.store, config, PARK, "2026-04", small.now)
        reported = [(one.id, one.met, one.why) for one in running.promises if one.watched][4:]
        assert reported == [
            ("backup-hourly", False, None),
            ("backup-daily", True, None),
            ("incidents", None, "nothing_happened"),
        ]
