"""Whether maintenance was told in time, and customers of outages at once; and mails as they stood once."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from slawatch.model import (
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    BeatKind,
    Exclusion,
    ExclusionKind,
    Heartbeat,
    Incident,
    MaintenanceTerms,
    Message,
    MessageKind,
    MessageState,
    Notice,
    Outcome,
    Priority,
    Saying,
    Version,
)
from slawatch.rules.calendar import Period
from slawatch.rules.exclusions import judge
from slawatch.rules.incidents import Judged
from slawatch.rules.mails import as_of
from slawatch.rules.promises import Promise, Unit, copies, incidents, maintenance, outage_mail, restore

START = 1_775_000_000 * SECOND
MONTH = Period(START, START + 30 * DAY)
LATER = START + 40 * DAY
ACCEPTED, QUEUED, FAILED = MessageState.ACCEPTED, MessageState.QUEUED, MessageState.FAILED
DROPPED, FOLDED = MessageState.DROPPED, MessageState.FOLDED


def mail(
    contact: str, owed: int, took: int | None, state: MessageState = ACCEPTED, outage: str = "o1", sequence: int = 1
) -> Message:
    """An outage's mail that came to be owed so many seconds into the month, and was accepted or settled later."""
    created = START + owed * SECOND
    at = None if took is None else created + took * SECOND
    return Message(
        id=f"{outage}-{sequence}-{contact}",
        customer="duinzicht",
        contact=contact,
        language="nl",
        kind=MessageKind.OUTAGE,
        outage=outage,
        sequence=sequence,
        message_id="<m>",
        thread="<m>",
        created=created,
        due=created,
        state=state,
        accepted=at if state in {ACCEPTED, FOLDED} else None,
        settled=at,
        refused=at if state is FAILED else None,
        relay="mail.example.org:587" if state is ACCEPTED else None,
        says=Saying.OUTAGE,
    )


@pytest.mark.parametrize(
    ("mails", "met", "figure"),
    [
        ([], None, None),
        ([mail("a", 60, 2), mail("b", 60, 300)], True, 300.0),
        ([mail("a", 60, 2), mail("b", 60, 301)], False, 301.0),
        ([mail("a", 60, 2), mail("a", 900, 7, sequence=2), mail("a", 3600, 4, outage="o2")], True, 7.0),
        ([mail("a", 60, 20, FOLDED)], True, 20.0),  # an overview said it
        ([mail("a", -60, 900), mail("a", 30 * 86400, 900)], None, None),  # of the months beside
        ([mail("a", 60, None, QUEUED)], False, (LATER - START) / SECOND - 60),
        ([mail("a", 60, 9, DROPPED)], None, None),
        ([mail("a", 60, 9, FAILED), mail("b", 60, 3)], True, 3.0),  # somebody was told
        ([mail("a", 60, 9, FAILED)], False, (LATER - START) / SECOND - 60),  # nobody was
    ],
)
def test_customers_were_mailed_at_once(mails: list[Message], met: bool | None, figure: float | None):
    why = "nothing_happened" if met is None else None

    assert outage_mail(mails, MONTH, LATER) == Promise("outage-mail", True, met, why, figure, 300.0, Unit.SECONDS)


def test_a_mail_that_has_hardly_come_to_be_owed_says_nothing_yet():
    waiting = [mail("a", 60, None, QUEUED)]

    assert outage_mail(waiting, MONTH, START + 6 * MINUTE).met is None
    assert outage_mail(waiting, MONTH, START + 6 * MINUTE + 1).met is False


def window(told_days: float | None, **more: object) -> Exclusion:
    starts = START + 10 * DAY
    announced = None if told_days is None else starts - round(told_days * DAY)
    made = Exclusion(ExclusionKind.MAINTENANCE, starts, starts + HOUR, announced)
    return replace(made, **more)  # type: ignore[arg-type]


STORM = Exclusion(ExclusionKind.FORCE_MAJEURE, START, START + HOUR, approved_by="A. Jansen", reason="storm")
IN_TIME, LATE = window(6), window(4)
#: An hour longer than what was told in time.
LENGTHENED = replace(LATE, ends=LATE.ends + HOUR, earlier=(Version(IN_TIME.starts, IN_TIME.ends, IN_TIME.announced),))


@pytest.mark.parametrize(
    ("windows", "figure"),
    [
        ([], None),
        ([STORM, window(None, reason="hotfix")], None),
        ([IN_TIME, STORM], 1.0),
        ([IN_TIME, LATE], 0.5),
        ([window(None)], 0.0),
        ([IN_TIME, LENGTHENED], 0.5),
        ([window(6, announced_by="servicedesk", entered=START + 10 * DAY)], 0.0),  # entered afterwards
    ],
)
@pytest.mark.parametrize("lenient", [False, True])
def test_maintenance_was_told_in_time_whatever_that_means_for_the_figures(
    windows: list[Exclusion], figure: float | None, lenient: bool
):
    terms = MaintenanceTerms(Notice(5), late_excluded=lenient, hotfix_excluded=lenient)
    found = maintenance([judge(one, terms, ZoneInfo("UTC")) for one in windows])

    assert (found.figure, found.met) == (figure, None if figure is None else figure == 1)


def test_a_judged_window_names_the_proof_and_by_when_it_was_needed():
    serving, late = (judge(one, MaintenanceTerms(Notice(5)), ZoneInfo("UTC")) for one in (LENGTHENED, LATE))

    assert (serving.told, serving.needed, serving.in_time) == (IN_TIME.announced, LATE.starts - 5 * DAY, False)
    assert (late.told, late.needed, late.in_time) == (LATE.announced, LATE.starts - 5 * DAY, False)


@pytest.mark.parametrize(
    ("message", "state", "accepted", "relay"),
    [
        (mail("a", 0, 60), ACCEPTED, START + MINUTE, "mail.example.org:587"),
        (mail("a", 0, 61), QUEUED, None, None),
        (mail("a", 0, 60, FAILED), FAILED, None, None),
        (mail("a", 0, 61, FAILED), QUEUED, None, None),
        (replace(mail("a", 0, 61, FAILED), refused=START), FAILED, None, None),
        (replace(mail("a", 0, None, QUEUED), refused=START), FAILED, None, None),
        (replace(mail("a", 0, 61), refused=START), FAILED, None, None),
        (replace(mail("a", 0, 61, DROPPED), refused=START), FAILED, None, None),
        (replace(mail("a", 0, 60, DROPPED), refused=START), DROPPED, None, None),
        (mail("a", 0, None, MessageState.SENDING), QUEUED, None, None),
        (replace(mail("a", 0, 61, FOLDED), settled=START), FOLDED, None, None),
        (mail("a", 0, 60, FOLDED), FOLDED, START + MINUTE, None),
    ],
)
def test_a_mail_stands_as_it_stood(message: Message, state: MessageState, accepted: int | None, relay: str | None):
    (found,) = as_of([message, mail("b", 61, 1)], START + MINUTE)

    assert (found.state, found.accepted, found.relay) == (state, accepted, relay)


def beats(kind: BeatKind, *hours: float, source: str = "db1", **more: object) -> list[Heartbeat]:
    made = [Heartbeat(source, kind, START + round(hour * HOUR)) for hour in hours]
    return [replace(one, **more) for one in made]  # type: ignore[arg-type]


EVERY_HOUR = range(30 * 24)


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([], []),
        (beats(BeatKind.HOURLY, *EVERY_HOUR), [("backup-hourly", True, None, 1.0)]),
        (
            [*beats(BeatKind.HOURLY, *EVERY_HOUR), *beats(BeatKind.HOURLY, 0, *range(360, 720), source="db2")],
            [("backup-hourly", False, None, (360 * HOUR + 65 * MINUTE) / (720 * HOUR))],  # the worst of them
        ),
        (beats(BeatKind.DAILY, *range(-20, 720, 24)), [("backup-daily", True, None, 1.0)]),
        (beats(BeatKind.HOURLY, 800), []),  # of a later month
        (beats(BeatKind.REPLICA, *(n / 4 for n in range(2880)), lag=SECOND), [("backup-replica", True, None, 1.0)]),
        (beats(BeatKind.REPLICA, 0, lag=SECOND), [("backup-replica", None, "insufficient_reports", 1.0)]),
        (beats(BeatKind.REPLICA, 0, lag=2 * SECOND), [("backup-replica", False, None, 0.0)]),
        (beats(BeatKind.REPLICA, -1, lag=SECOND), [("backup-replica", None, "insufficient_reports", None)]),
    ],
)
def test_copies_were_as_promised(told: list[Heartbeat], said: list[tuple[str, bool | None, str | None, float | None]]):
    found = list(copies(told, MONTH))

    assert [(one.id, one.met, one.why, one.figure) for one in found] == said
    assert {(one.watched, one.objective, one.unit) for one in found} <= {(True, 1.0, Unit.SHARE)}


def test_a_restore_is_the_last_that_was_tried():
    fine = beats(BeatKind.RESTORE, -100, duration=40 * MINUTE)
    failed = beats(BeatKind.RESTORE, 100, outcome=Outcome.FAILED)
    later = beats(BeatKind.RESTORE, 721, duration=HOUR)

    assert list(restore([], MONTH)) == []
    assert list(restore([*fine, *later], MONTH)) == [
        Promise("restore", True, True, None, 2400.0, 3600.0, Unit.SECONDS, at=fine[0].at)
    ]
    assert list(restore([*fine, *failed], MONTH)) == [
        Promise("restore", True, False, None, None, 3600.0, Unit.SECONDS, at=failed[0].at)
    ]


def test_incidents_are_a_share_of_those_that_were_due():
    def due(hour: int, *, met: bool | None) -> Judged:
        return Judged(Incident("duinzicht", str(hour), Priority.ONE, START), START + hour * HOUR, met)

    wish = Judged(Incident("duinzicht", "w", Priority.NONE, START), None, None)
    said = "incidents", True

    assert list(incidents(None, MONTH)) == []
    assert list(incidents([wish, due(-1, met=False)], MONTH)) == [Promise(*said, None, "nothing_happened", None, 1.0)]
    assert list(incidents([due(1, met=True)], MONTH)) == [Promise(*said, True, None, 1.0, 1.0, cases=1)]
    judged = [due(hour, met=hour != 2) for hour in (1, 2, 3, 4)]
    assert list(incidents(judged, MONTH)) == [Promise(*said, False, None, 0.75, 1.0, cases=4)]
