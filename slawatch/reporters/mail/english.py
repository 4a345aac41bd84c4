"""English."""

from __future__ import annotations

from types import MappingProxyType

from slawatch.model import Cause
from slawatch.reporters.mail.words import Seen, Words

_CAUSES = {
    Cause.DNS: Seen(
        "The internet address of your environment cannot be found.",
        "The internet address of your environment could not be found.",
    ),
    Cause.CONNECT: Seen(
        "The server does not accept connections.",
        "The server did not accept connections.",
    ),
    Cause.TLS: Seen(
        "No secure connection to the server can be made.",
        "No secure connection to the server could be made.",
    ),
    Cause.HTTP_4XX: Seen(
        "The application says that the page is not available.",
        "The application said that the page was not available.",
    ),
    Cause.HTTP_5XX: Seen(
        "The application shows an error instead of the page.",
        "The application showed an error instead of the page.",
    ),
    Cause.TIMEOUT_SERVER: Seen(
        "The application does not answer.",
        "The application did not answer.",
    ),
    Cause.TIMEOUT_READY: Seen(
        "The application answers, but the page does not show completely in time.",
        "The application answered, but the page did not show completely in time.",
    ),
    Cause.SELECTOR_MISSING: Seen(
        "The page opens, but does not show what belongs there.",
        "The page opened, but did not show what belongs there.",
    ),
    Cause.SCRIPT_ERROR: Seen(
        "The page opens, but does not work because of an error in the application.",
        "The page opened, but did not work because of an error in the application.",
    ),
    Cause.LOGIN_UNAVAILABLE: Seen(
        "Signing in fails: the application does not process it.",
        "Signing in failed: the application did not process it.",
    ),
}

ENGLISH = Words(
    locale="en_GB",
    minute="d MMMM yyyy HH:mm",
    second="EEEE d MMMM yyyy, HH:mm:ss",
    hours=("hour", "hours"),
    minutes=("minute", "minutes"),
    seconds=("second", "seconds"),
    subject="Outage: {name}, {when}",
    outage_title="Outage at {name}",
    outage_lead="{service} is not working properly for {name} at the moment.",
    outage_again_lead="The outage that seemed to be over is back: {service} is not working properly for {name}.",
    recovery_title="Outage over at {name}",
    recovery_lead="The outage is over: {service} is working again for {name}.",
    hit="Affected",
    since="Since",
    began="Began",
    ended="Ended",
    lasted="Lasted",
    we_see="What we see",
    we_saw="What we saw",
    reference="Reference",
    we_do="What we are doing",
    we_do_text="We will find the cause and put it right as soon as we can.",
    next_word="Next message",
    next_word_text="You will hear from us as soon as the outage is over.",
    questions="Questions?",
    questions_text="Reply to this mail or write to {address}, and give the reference.",
    questions_text_without_address="Reply to this mail, and give the reference.",
    still_trouble="Still noticing something?",
    automatic="This message was sent automatically.",
    unclear=Seen("We are still looking into that.", "That was not established."),
    causes=MappingProxyType(_CAUSES),
    checks=MappingProxyType(
        {
            "dashboard": "the dashboard",
            "reservations": "the overview of reservations",
            "http": "access to the environment",
        }
    ),
)
