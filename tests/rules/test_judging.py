"""A customer's outage opens, is joined, closes, and opens again; and a restart knows it all."""

from slawatch.model import MINUTE, SECOND, Cause, CheckId, ConfirmTerms, EventKind, Look, Observation, Verdict
from slawatch.rules.judging import CustomerState, judge, leave, restore

TERMS = ConfirmTerms()
NOW = 10**15


def seen(check: str, seconds: int, cause: Cause | None = None) -> Observation:
    look = Look(Verdict.UP, None, 800) if cause is None else Look(Verdict.DOWN, cause)
    return Observation(CheckId("duinzicht", "page", check), "main", NOW + seconds * SECOND, look)


def lived(*observations: Observation) -> tuple[CustomerState, list[tuple[EventKind, int, tuple[str, ...]]], list]:
    state, told, events = CustomerState(), [], []
    for one in observations:
        judged = judge(state, one, TERMS, one.at)
        state = judged.state
        events.extend(judged.events)
        told.extend((event.kind, (event.at - NOW) // SECOND, event.checks) for event in judged.events)
    return state, told, events


DOWN = Cause.HTTP_5XX


def test_an_outage_starts_at_its_first_failed_look():
    _, told, _ = lived(seen("dashboard", 0, DOWN), seen("dashboard", 5, DOWN))

    assert told == [(EventKind.OPENED, 0, ("dashboard",))]


def test_one_failed_look_is_no_outage():
    state, told, _ = lived(seen("dashboard", 0, DOWN), seen("dashboard", 5))

    assert told == []
    assert state == CustomerState()


def test_it_ends_when_the_last_of_its_checks_recovers_at_the_latest_recovery():
    _, told, _ = lived(
        seen("dashboard", 0, DOWN),
        seen("dashboard", 5, DOWN),
        seen("reservations", 3, DOWN),
        seen("reservations", 8, DOWN),
        seen("reservations", 70),
        seen("dashboard", 65),
    )

    assert told == [
        (EventKind.OPENED, 0, ("dashboard",)),
        (EventKind.JOINED, 3, ("dashboard", "reservations")),
        (EventKind.CLOSED, 70, ("dashboard", "reservations")),
    ]


def test_a_check_confirmed_later_that_touches_a_closed_outage_opens_it_again():
    state, told, events = lived(
        seen("dashboard", 0, DOWN),
        seen("dashboard", 5, DOWN),
        seen("reservations", 58, DOWN),
        seen("dashboard", 60),
        seen("reservations", 63, DOWN),
    )

    assert told[1:] == [
        (EventKind.CLOSED, 60, ("dashboard",)),
        (EventKind.REOPENED, 58, ("dashboard", "reservations")),
    ]
    assert state.outage is not None
    assert state.outage.times == 2
    assert len({event.outage for event in events}) == 1


def test_one_that_begins_after_the_last_ended_is_another():
    _, told, events = lived(
        seen("dashboard", 0, DOWN),
        seen("dashboard", 5, DOWN),
        seen("dashboard", 60),
        seen("dashboard", 61, DOWN),
        seen("dashboard", 66, DOWN),
    )

    assert [kind for kind, _, _ in told] == [EventKind.OPENED, EventKind.CLOSED, EventKind.OPENED]
    assert len({event.outage for event in events}) == 2


def test_an_earlier_start_joined_later_gives_the_cause():
    state, _, _ = lived(
        seen("reservations", 3, Cause.TIMEOUT_READY),
        seen("dashboard", 4, DOWN),
        seen("dashboard", 6, DOWN),
        seen("reservations", 8, Cause.TIMEOUT_READY),
    )

    assert state.outage is not None
    assert (state.outage.starts, state.outage.cause) == (NOW + 3 * SECOND, Cause.TIMEOUT_READY)


def test_an_outage_ends_when_its_check_leaves_the_configuration():
    state, _, _ = lived(seen("dashboard", 0, DOWN), seen("dashboard", 5, DOWN))

    judged = leave(state, "dashboard", NOW + MINUTE)

    assert [(event.kind, event.at) for event in judged.events] == [(EventKind.CLOSED, NOW + MINUTE)]
    assert judged.state.outage is None


def test_a_check_that_is_not_in_the_figure_opens_nothing():
    state = CustomerState()
    for second in (0, 5):
        judged = judge(state, seen("dashboard", second, DOWN), TERMS, NOW, counts=False)
        state = judged.state

    assert judged.events == ()
    assert state.outage is None
    assert state.runs["dashboard"].confirmed


def test_a_restart_finds_the_open_outage_as_it_was():
    state, _, events = lived(
        seen("dashboard", 0, DOWN),
        seen("dashboard", 5, DOWN),
        seen("reservations", 58, DOWN),
        seen("dashboard", 60),
        seen("reservations", 63, DOWN),
    )
    assert state.outage is not None

    again, ended = restore(state.runs, events, {state.outage.id: 2}, NOW + MINUTE)

    assert ended == ()
    assert again.outage is not None
    assert again.outage.told
    assert (again.outage.id, again.outage.starts, again.outage.times) == (
        state.outage.id,
        state.outage.starts,
        state.outage.times,
    )
    assert again.outage.down == frozenset({"reservations"})


def test_a_restart_that_finds_none_of_its_checks_closes_the_outage():
    state, _, events = lived(seen("dashboard", 0, DOWN), seen("dashboard", 5, DOWN))

    again, ended = restore({}, events, {}, NOW + MINUTE)

    assert [(event.kind, event.at) for event in ended] == [(EventKind.CLOSED, NOW + MINUTE)]
    assert again.outage is None
    assert state.outage is not None
