"""Dutch."""

from __future__ import annotations

from types import MappingProxyType

from slawatch.model import Cause
from slawatch.reporters.mail.words import Seen, Words

_CAUSES = {
    Cause.DNS: Seen(
        "Het internetadres van uw omgeving is niet te vinden.", "Het internetadres van uw omgeving was niet te vinden."
    ),
    Cause.CONNECT: Seen(
        "De server neemt geen verbindingen aan.",
        "De server nam geen verbindingen aan.",
    ),
    Cause.TLS: Seen(
        "Er komt geen beveiligde verbinding met de server tot stand.",
        "Er kwam geen beveiligde verbinding met de server tot stand.",
    ),
    Cause.HTTP_4XX: Seen(
        "De applicatie meldt dat de pagina niet beschikbaar is.",
        "De applicatie meldde dat de pagina niet beschikbaar was.",
    ),
    Cause.HTTP_5XX: Seen(
        "De applicatie geeft een foutmelding in plaats van de pagina.",
        "De applicatie gaf een foutmelding in plaats van de pagina.",
    ),
    Cause.TIMEOUT_SERVER: Seen(
        "De applicatie antwoordt niet.",
        "De applicatie antwoordde niet.",
    ),
    Cause.TIMEOUT_READY: Seen(
        "De applicatie antwoordt, maar de pagina komt niet op tijd volledig in beeld.",
        "De applicatie antwoordde, maar de pagina kwam niet op tijd volledig in beeld.",
    ),
    Cause.SELECTOR_MISSING: Seen(
        "De pagina opent, maar toont niet wat er hoort te staan.",
        "De pagina opende, maar toonde niet wat er hoort te staan.",
    ),
    Cause.SCRIPT_ERROR: Seen(
        "De pagina opent, maar werkt niet door een fout in de applicatie.",
        "De pagina opende, maar werkte niet door een fout in de applicatie.",
    ),
    Cause.LOGIN_UNAVAILABLE: Seen(
        "Inloggen lukt niet: de applicatie verwerkt de aanmelding niet.",
        "Inloggen lukte niet: de applicatie verwerkte de aanmelding niet.",
    ),
}

DUTCH = Words(
    locale="nl",
    minute="d MMMM yyyy HH:mm",
    second="EEEE d MMMM yyyy, HH:mm:ss",
    hours=("uur", "uur"),
    minutes=("minuut", "minuten"),
    seconds=("seconde", "seconden"),
    subject="Storing: {name}, {when}",
    outage_title="Storing bij {name}",
    outage_lead="{service} werkt op dit moment niet goed voor {name}.",
    outage_again_lead="De storing die voorbij leek, is terug: {service} werkt op dit moment niet goed voor {name}.",
    recovery_title="Storing voorbij bij {name}",
    recovery_lead="De storing is voorbij: {service} werkt weer voor {name}.",
    hit="Getroffen",
    since="Sinds",
    began="Begin",
    ended="Einde",
    lasted="Duur",
    we_see="Wat wij zien",
    we_saw="Wat wij zagen",
    reference="Referentie",
    we_do="Wat wij doen",
    we_do_text="Wij zoeken de oorzaak en verhelpen de storing zo snel mogelijk.",
    next_word="Volgend bericht",
    next_word_text="U krijgt bericht zodra de storing voorbij is.",
    questions="Vragen?",
    questions_text="Beantwoord deze mail of schrijf naar {address}, en noem de referentie.",
    questions_text_without_address="Beantwoord deze mail, en noem de referentie.",
    still_trouble="Merkt u er nog iets van?",
    automatic="Dit bericht is automatisch verstuurd.",
    unclear=Seen("Dat onderzoeken wij nog.", "Dat is niet vastgesteld."),
    causes=MappingProxyType(_CAUSES),
    checks=MappingProxyType(
        {
            "dashboard": "het dashboard",
            "reservations": "het overzicht van de reserveringen",
            "http": "de bereikbaarheid van de omgeving",
        }
    ),
)
