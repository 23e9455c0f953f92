"""How a library comes in: invited, by its own link, the agreement accepted, the first day asked for."""

import re

from cast import COUNTY_LIBRARY
from desk import Desk, Way, manager_of
from served import until
from visitor import Visitor

PASSWORD = "et langt passord"


def _invited(desk: Desk, library: str) -> Visitor:
    """The county's page, after a library that was in no register has been invited."""
    visitor = desk.somebody(COUNTY_LIBRARY)
    page = visitor.open("/fylket/bibliotek")
    page.get_by_label("Navnet på biblioteket").fill(library)
    page.get_by_label("Type").select_option(label="Bibliotek i videregående skole")
    page.get_by_label("Hvem skal komme først?").fill("Randi Lund")
    page.get_by_label("E-post").fill(_address(library))
    visitor.press("Send invitasjonen")
    visitor.sees(f"Invitasjonen er sendt til {_address(library)}.", "Venter på svar")
    return visitor


def _address(library: str) -> str:
    return f"leder@{library.partition(' ')[0].lower()}.example"


def _opened(desk: Desk, library: str, letters: int = 1) -> Visitor:
    """The page that the letter's link leads to."""
    visitor = desk.somebody(None)

    def links() -> list[str]:
        page = visitor.open("/postkasse")
        own = page.locator("li").filter(has_text=_address(library)).locator("pre")
        return [found for text in own.all_text_contents() for found in re.findall(r"\S+/bli-med/\S+", text)]

    until(lambda: len(links()) == letters, what=f"{letters} letters to {library}")
    visitor.open(links()[0])
    return visitor


def _joined(desk: Desk, library: str, how: str) -> Visitor:
    visitor = _opened(desk, library)
    visitor.watch.expected_statuses = {422}
    visitor.sees(f"inviterer {library} til å bytte arbeidsdager")
    visitor.press("Bli med")
    visitor.sees("2 ting må rettes")
    visitor.page.get_by_label("Velg et passord").fill(PASSWORD)
    visitor.page.get_by_label("Telefon").fill("62 00 00 00")
    visitor.page.get_by_label(how).check()
    visitor.press("Bli med")
    visitor.sees("Velkommen. Biblioteket er med.")
    return visitor


def invite_a_library(desk: Desk) -> Visitor:
    return _invited(desk, "Elverum skolebibliotek")


def send_a_new_link(desk: Desk) -> Visitor:
    visitor = _invited(desk, "Trysil skolebibliotek")
    invitation = visitor.page.get_by_role("listitem").filter(has_text=_address("Trysil"))
    visitor.press("Send ny lenke", invitation)
    visitor.sees("En ny lenke er sendt. Den gamle virker ikke lenger.")
    _opened(desk, "Trysil skolebibliotek", letters=2).sees("Bli med i Byttebanken")
    return visitor


def withdraw_an_invitation(desk: Desk) -> Visitor:
    visitor = _invited(desk, "Rena skolebibliotek")
    opened = _opened(desk, "Rena skolebibliotek")
    invitation = visitor.page.get_by_role("listitem").filter(has_text=_address("Rena"))
    visitor.press("Trekk", invitation)
    visitor.sees("Invitasjonen er trukket. Lenken virker ikke lenger.")
    opened.watch.expected_statuses = {410}
    opened.page.reload()
    opened.sees("Fylkesbiblioteket har trukket invitasjonen.")
    return visitor


def come_in_by_the_link(desk: Desk) -> Visitor:
    _invited(desk, "Hamar skolebibliotek")
    visitor = _joined(desk, "Hamar skolebibliotek", "Jeg har fullmakt fra ledelsen til å godkjenne")
    assert "Godkjenn deltakeravtalen" not in visitor.page.get_by_role("main").inner_text()
    return visitor


def accept_the_agreement_and_propose(desk: Desk) -> Visitor:
    """The management must approve first: the library looks around, and cannot agree on a day until it has."""
    _invited(desk, "Flisa skolebibliotek")
    visitor = _joined(desk, "Flisa skolebibliotek", "Ledelsen må godkjenne først. Vi ser oss om imens")
    offer = f"/tilbud/{desk.past.offer(manager_of('Lesja'), 'Lesja')}"
    _ask_for(visitor, offer)
    visitor.sees("Flisa skolebibliotek har ikke godkjent deltakeravtalen.")
    visitor.follow("Les og godkjenn avtalen")
    _accept_by_management(visitor)
    until(lambda: _is_proposed(visitor, offer), what="matching has heard that the agreement is accepted")
    return visitor


def remove_who_approved(desk: Desk) -> Visitor:
    _invited(desk, "Innbygda skolebibliotek")
    visitor = _joined(desk, "Innbygda skolebibliotek", "Ledelsen må godkjenne først. Vi ser oss om imens")
    visitor.follow("Les og godkjenn")
    _accept_by_management(visitor)
    visitor.page.get_by_label("Navnet på den i ledelsen som har godkjent").fill("")
    visitor.page.get_by_label("Tittel").fill("")
    visitor.press("Lagre navn og tittel")
    visitor.sees("av ledelsen i kommunen.")
    return visitor


def _accept_by_management(visitor: Visitor) -> None:
    page = visitor.page
    page.get_by_label("Ledelsen i kommunen har godkjent, og jeg skriver det inn").check()
    page.get_by_label("Navnet på den i ledelsen som har godkjent").fill("Rita Ås")
    page.get_by_label("Tittel").fill("rektor")
    visitor.press("Godkjenn avtalen")
    visitor.sees("Avtalen er godkjent. Dere kan avtale dager.", "av Rita Ås, rektor.")


def _is_proposed(visitor: Visitor, offer: str) -> bool:
    _ask_for(visitor, offer)
    return "Forslaget er sendt. De andre får beskjed." in visitor.page.get_by_role("main").inner_text()


def _ask_for(visitor: Visitor, offer: str) -> None:
    visitor.open(offer).get_by_label("Hvilken dag?").select_option(index=25)
    visitor.press("Spør Lesja")


ACTS: dict[str, tuple[Way, ...]] = {
    "invitations.invite": (invite_a_library,),
    "invitations.renew": (send_a_new_link,),
    "invitations.withdraw": (withdraw_an_invitation,),
    "joining.enter": (come_in_by_the_link,),
    "participation.accept": (accept_the_agreement_and_propose,),
    "participation.name_approver": (remove_who_approved,),
}
