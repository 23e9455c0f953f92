"""What has happened to an engagement, line by line."""

from typing import Any

from gateway import speech
from gateway.reading import Reader
from gateway.speech import N_, say
from gateway.words.engagements import host_name, lender_name

Document = dict[str, Any]

LINES: dict[str, str] = {
    "proposed": N_("{library} sendte forslaget"),
    "proposed_in_round": N_("Fordelingsrunden foreslo dette"),
    "proposed_in_vandring": N_("Vandringsrunden foreslo dette"),
    "asked_instead": N_("{host} mistet hjelpen sin og spør på nytt"),
    "accepted": N_("{who} sa ja"),
    "over_limit": N_("{host} er over grensen med dette. Det er lov, og begge ser det."),
    "agreed": N_("Alle har sagt ja, og det er avtalt"),
    "refused": N_("{host} har nådd grensen, så dagene er ikke satt av"),
    "declined": N_("Det passet ikke for {library}"),
    "declined.own": N_("Det passet ikke for oss"),
    "move_asked": N_("{who} spurte om en annen dato"),
    "move_accepted": N_("{who} sa ja til den nye datoen"),
    "move_declined": N_("{who} lot dagen stå som avtalt"),
    "move_turned_down": N_("Den nye datoen gikk ikke, så dagen står som avtalt"),
    "moved": N_("Alle har sagt ja til den nye datoen"),
    "expired": N_("Forslaget gikk ut"),
    "cancelled": N_("{library} avlyste"),
    "said_yes": N_("{library} svarte at det ble gjort"),
    "said_no": N_("{library} svarte at det ikke ble noe av"),
    "confirmed": N_("Begge har bekreftet"),
    "confirmed_by_silence": N_("Bekreftet uten svar: ingen sa imot innen fristen"),
    "unanswered": N_("Ingen har svart. Fylkesbiblioteket er spurt"),
    "no_show": N_("Det ble ikke noe av"),
    "disputed": N_("{library} meldte uenighet. Fylkesbiblioteket avgjør"),
    "days_posted": N_("Dagene er ført"),
    "settled": N_("Dagene er ført"),
    "ruled_happened": N_("Fylkesbiblioteket avgjorde: det ble gjort"),
    "ruled_not_happened": N_("Fylkesbiblioteket avgjorde: det ble ikke noe av"),
    "turned_down": N_("Det andre fylket kunne ikke føre dagene. Fylkesbiblioteket ser på det"),
}
OTHER = N_("Noe endret seg")
"""For a line this release has not heard of."""


def line_sentence(line: Document, engagement: Document, reader: Reader) -> str:
    """One line of the history, from the reader's side."""
    is_own = line["by_library_id"] == reader.library_id and f"{line['what']}.own" in LINES
    template = LINES.get(f"{line['what']}.own" if is_own else line["what"], OTHER)
    library = _library(line["by_library_id"], engagement, reader)
    return speech.capitalised(
        say(template, library=library, who=line["by_name"] or library, host=host_name(engagement))
    )


def _library(library_id: str | None, engagement: Document, reader: Reader) -> str:
    if library_id is None:
        return say("tiden")
    if library_id == reader.library_id:
        return say("vi")
    if library_id == engagement["lender_library_id"]:
        return lender_name(engagement)
    return host_name(engagement)
