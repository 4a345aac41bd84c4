"""What the demo shows in the terminal, line by line."""

from __future__ import annotations

import io
from datetime import UTC

import pytest
import rich.console

from slawatch.demo.console import Console, Line, Terminal
from slawatch.model import (
    SECOND,
    Cause,
    CheckId,
    Event,
    EventKind,
    Look,
    Message,
    MessageKind,
    MessageState,
    Observation,
    Verdict,
)

NOON = 1_774_008_000_000_000  # 2026-03-20T12:00:00Z
NAMES = {"duinzicht": "Vakantiepark Duinzicht", "woodland": "Woodland Lodges"}
LINES = (
    Line("Switches", "http://127.0.0.1:8800/", "flip one"),
    Line("Parks", "http://127.0.0.1:8801/", "Vakantiepark Duinzicht"),
    Line("", "http://127.0.0.1:8802/", "Woodland Lodges"),
)


def plain() -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(Terminal(file), names=NAMES, lines=LINES, clock=lambda: NOON, zone=UTC), file


def coloured(width: int = 80) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    terminal = rich.console.Console(
        file=file,
        force_terminal=True,
        color_system="standard",
        width=width,
        highlight=False,
        no_color=False,
        _environ={"TERM": "xterm"},
    )
    return Console(terminal, names=NAMES, lines=LINES, clock=lambda: NOON, zone=UTC), file


def look(
    verdict: Verdict = Verdict.UP,
    cause: Cause | None = None,
    milliseconds: int | None = None,
    *,
    check: str = "duinzicht/page/dashboard",
    recheck: bool = False,
    status: int | None = None,
) -> Observation:
    facts = {} if status is None else {"status": status}
    return Observation(
        CheckId(*check.split("/")), "main", NOON, Look(verdict, cause, milliseconds, facts=facts), recheck=recheck
    )


def event(kind: EventKind, *, at: int = NOON, cause: Cause | None = None, checks: str = "dashboard") -> Event:
    return Event("e1", "duinzicht", kind, "o1", at, NOON, tuple(checks.split()), cause)


def message(state: MessageState = MessageState.ACCEPTED, error: str | None = None) -> Message:
    return Message(
        id="m1",
        customer="duinzicht",
        contact="beheer@duinzicht.example",
        language="nl",
        kind=MessageKind.OUTAGE,
        outage="o1",
        sequence=1,
        message_id="<m1@demo.example>",
        thread="<m1@demo.example>",
        created=NOON,
        due=NOON,
        state=state,
        error=error,
    )


@pytest.mark.parametrize(
    ("observation", "line"),
    [
        (look(milliseconds=412), "12:00:00  duinzicht  dashboard     up         412 ms\n"),
        (look(milliseconds=3000), "12:00:00  duinzicht  dashboard     up        3000 ms\n"),
        (look(milliseconds=3001), "12:00:00  duinzicht  dashboard     up        3001 ms  slow\n"),
        (look(milliseconds=398, recheck=True), "12:00:00  duinzicht  dashboard     up         398 ms  again\n"),
        (
            look(milliseconds=4, check="woodland/http/http"),
            "12:00:00  woodland   http          up           4 ms\n",
        ),
        (
            look(Verdict.DOWN, Cause.HTTP_5XX, 12, status=503, recheck=True),
            "12:00:00  duinzicht  dashboard     down        12 ms  http_5xx 503, again\n",
        ),
        (
            look(Verdict.DOWN, Cause.TIMEOUT_READY, 8000, check="woodland/page/reservations"),
            "12:00:00  woodland   reservations  down      8000 ms  timeout_ready\n",
        ),
        (
            look(Verdict.UNKNOWN, Cause.LOGIN_REJECTED),
            "12:00:00  duinzicht  dashboard     unknown            login_rejected\n",
        ),
    ],
)
def test_a_look_is_one_plain_line(observation: Observation, line: str) -> None:
    console, file = plain()
    console.on_look(observation)
    assert file.getvalue() == line


def test_an_outage_is_told_from_its_first_failed_look_to_its_end() -> None:
    console, file = plain()
    console.on_event(event(EventKind.OPENED, at=NOON - 2 * SECOND, cause=Cause.HTTP_5XX))
    console.on_message(message(), 0.41)
    console.on_event(event(EventKind.JOINED, checks="dashboard reservations"))
    console.on_event(event(EventKind.CLOSED, at=NOON + 75 * SECOND))
    console.on_event(event(EventKind.REOPENED))
    assert file.getvalue().splitlines() == [
        "12:00:00  OUTAGE  Vakantiepark Duinzicht is down since 11:59:58: http_5xx (dashboard)",
        "12:00:00  MAIL    outage mail to beheer@duinzicht.example accepted after 0.4 s",
        "12:00:00  OUTAGE  Vakantiepark Duinzicht: dashboard, reservations are in it now",
        "12:00:00  OVER    Vakantiepark Duinzicht is back after 1 min 17 s",
        "12:00:00  OUTAGE  Vakantiepark Duinzicht is down again, in the same outage",
    ]


def test_an_overrun_is_told_with_its_window_and_the_planned_end() -> None:
    console, file = plain()
    console.on_event(Event("e1", "duinzicht", EventKind.OVERRAN, "w1", NOON, NOON, ("dashboard",), Cause.HTTP_5XX))
    assert file.getvalue().splitlines() == [
        "12:00:00  OVERRUN  Vakantiepark Duinzicht is down past the end of w1, 12:00:00"
    ]


def test_an_outage_of_an_earlier_demo_ends_without_a_length() -> None:
    console, file = plain()
    console.on_event(event(EventKind.CLOSED))
    assert file.getvalue() == "12:00:00  OVER    Vakantiepark Duinzicht is back\n"


def test_a_mail_that_was_refused_says_why() -> None:
    console, file = plain()
    console.on_message(message(MessageState.FAILED, "550 no such user"), None)
    assert file.getvalue() == "12:00:00  MAIL    to beheer@duinzicht.example was refused: 550 no such user\n"


def test_what_runs_where_is_said_when_slawatch_is_ready() -> None:
    console, file = plain()
    addresses = {"socket": "/run/slawatch.sock", "metrics": "http://127.0.0.1:9464/metrics", "store": "sqlite:///a.db"}
    console.on_ready(addresses)
    assert file.getvalue() == (
        "\n"
        "  Switches  http://127.0.0.1:8800/  flip one\n"
        "  Parks     http://127.0.0.1:8801/  Vakantiepark Duinzicht\n"
        "            http://127.0.0.1:8802/  Woodland Lodges\n"
        "  Metrics   http://127.0.0.1:9464/metrics\n"
        "  Store     sqlite:///a.db\n"
        "\n"
    )


def test_a_line_is_whole_in_a_file_however_long() -> None:
    console, file = plain()
    console.on_notice("x" * 300)
    assert file.getvalue() == "12:00:00  " + "x" * 300 + "\n"


def test_brackets_in_what_is_told_are_no_markup() -> None:
    console, file = plain()
    console.on_notice("[red]customers[0] :warning:")
    assert file.getvalue() == "12:00:00  [red]customers[0] :warning:\n"


def test_a_terminal_gets_the_verdict_in_colour() -> None:
    console, file = coloured()
    console.on_look(look(Verdict.DOWN, Cause.CONNECT, 12))
    assert file.getvalue() == (
        "\x1b[2m12:00:00\x1b[0m  duinzicht  dashboard     \x1b[1;31mdown   \x1b[0m     12 ms  connect\n"
    )


def test_an_event_fills_the_terminals_width_and_no_more() -> None:
    console, file = coloured(width=60)
    console.on_event(event(EventKind.OPENED, cause=Cause.HTTP_5XX))
    console.on_event(event(EventKind.CLOSED))
    opened, closed = file.getvalue().splitlines()
    assert opened == "\x1b[1;37;41m12:00:00  OUTAGE  Vakantiepark Duinzicht is down since 12:0…\x1b[0m"
    assert closed == "\x1b[1;37;42m12:00:00  OVER    Vakantiepark Duinzicht is back after 0 s  \x1b[0m"


def test_no_line_is_wider_than_80_columns_on_a_terminal() -> None:
    console, file = coloured()
    console.on_look(look(Verdict.DOWN, Cause.LOGIN_UNAVAILABLE, 12000, check="duinzicht/page/reservations", status=500))
    console.on_notice("y" * 200)
    console.on_message(message(), 12.3)
    for line in file.getvalue().splitlines():
        assert len(_without_colour(line)) <= 80


def _without_colour(line: str) -> str:
    parts = line.split("\x1b[")
    return parts[0] + "".join(part.partition("m")[2] for part in parts[1:])
