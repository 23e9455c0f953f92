"""What HTTP itself says no to, in plain words."""

from dataclasses import dataclass

from gateway.speech import N_, say


@dataclass(frozen=True)
class StatusWords:
    """A heading and a sentence that says what to do."""

    title: str
    sentence: str


STATUSES: dict[int, tuple[str, str]] = {
    400: (
        N_("Dette kan ikke leses"),
        N_("Det som ble sendt, kan ikke leses. Åpne siden på nytt og send igjen."),
    ),
    401: (N_("Logg inn først"), N_("Dette krever at du er logget inn. Logg inn og prøv igjen.")),
    403: (N_("Dette er ikke for deg"), N_("Siden er for andre. Spør hos dere hvem som kan.")),
    404: (
        N_("Siden finnes ikke"),
        N_("Siden finnes ikke, eller den er ikke delt med biblioteket ditt. Gå til forsiden, eller søk."),
    ),
    405: (N_("Slik går det ikke"), N_("Adressen finnes, men tar ikke imot dette. Gå til forsiden.")),
    413: (N_("Det er for langt"), N_("Det som ble sendt, er for langt. Gjør det kortere og send igjen.")),
    414: (N_("Adressen er for lang"), N_("Adressen er for lang. Gå til forsiden.")),
    415: (N_("Dette er ikke JSON"), N_("Send innholdet som application/json.")),
    500: (
        N_("Noe gikk galt hos oss"),
        N_(
            "Noe gikk galt hos oss, og det er skrevet opp. Prøv igjen om litt. Det du har sendt, blir ikke "
            "registrert to ganger."
        ),
    ),
}
OTHER = (N_("Dette gikk ikke"), N_("Gå til forsiden, eller prøv igjen om litt."))


def status_words(status: int) -> StatusWords:
    """The words for an HTTP status."""
    title, sentence = STATUSES.get(status, OTHER)
    return StatusWords(say(title), say(sentence))
