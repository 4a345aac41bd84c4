"""How handing over a mail can end."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Accepted:
    """A relay took the mail. `relay`: `host:port`. `reply`: its answer, such as `250 2.0.0 Ok: queued as 4F2A`."""

    relay: str
    reply: str


class Undeliverable(Exception):
    """No relay took the mail. `permanent`: it was refused for good. `reason`: one line, without secrets or the address.

    `handed_to`: the relay (`host:port`) that was handed the mail, and whose answer was lost: it may have taken it.
    `judged`: the relay works, and its answer is about this mail or whom it is for.
    """

    def __init__(self, reason: str, *, permanent: bool, handed_to: str | None = None, judged: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent
        self.handed_to = handed_to
        self.judged = judged


class Unrenderable(Exception):
    """No mail can be made of a message, now or later: an address, an identifier or a fact is wrong. One line."""


class RelayUnusable(Exception):
    """This relay took nothing, and another may be tried: no connection, no TLS, no sign-in, or it closes. One line."""
