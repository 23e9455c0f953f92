"""What people at libraries do on the pages, one function for each way."""

from cast import JONAS, KARI, library_called
from desk import Desk, Way, manager_of
from playwright.sync_api import expect
from visitor import Visitor


def sign_in(desk: Desk) -> Visitor:
    """First with a wrong password, then with the right one, and back to the page one wanted."""
    visitor = desk.somebody(None)
    visitor.watch.expected_statuses = {401, 422}
    visitor.somebody = KARI
    page = visitor.open("/tavle")
    visitor.press("Logg inn")
    assert page.title().startswith("Feil:")
    visitor.sees("2 ting må rettes")
    page.get_by_label("E-post").fill(KARI.email)
    page.get_by_label("Passord").fill("noe annet")
    visitor.press("Logg inn")
    visitor.sees("Én ting må rettes")
    visitor.fill_in_sign_in()
    assert visitor.title == "Tavle"
    return visitor


def sign_in_by_button(desk: Desk) -> Visitor:
    """The demonstration's button on the county's first page."""
    visitor = desk.somebody(None)
    visitor.open("/")
    visitor.press("Logg inn som Jonas")
    assert visitor.title.endswith(", Jonas")
    return visitor


def sign_out(desk: Desk) -> Visitor:
    visitor = desk.somebody(JONAS)
    visitor.press("Logg ut")
    visitor.sees("Du er logget ut.")
    visitor.open("/oversikt")
    assert visitor.title == "Logg inn"
    return visitor


def filter_board(desk: Desk) -> Visitor:
    visitor = desk.somebody(KARI)
    page = visitor.open("/tavle")
    page.get_by_label("Bare det vi kan ta").uncheck()
    page.get_by_text("Flere filtre").click()
    page.get_by_label("Ferdighet").select_option(label="Kassering")
    page.get_by_label("Avstand i luftlinje").select_option(label="Inntil 100 km")
    visitor.press("Oppdater lista")
    expect(page.get_by_label("Ferdighet")).to_have_value("weeding")
    expect(page.get_by_label("Bare det vi kan ta")).not_to_be_checked()
    return visitor


def search_libraries(desk: Desk) -> Visitor:
    visitor = desk.somebody(None)
    page = visitor.open("/bibliotek")
    page.get_by_label("Søk etter bibliotek").fill("hamar")
    visitor.press("Søk")
    visitor.sees("Hamar bibliotek")
    expect(page.get_by_role("main")).not_to_contain_text("Eidskog")
    return visitor


def look_at_the_mapping(desk: Desk) -> Visitor:
    visitor = desk.somebody(KARI)
    page = visitor.open("/bibliotek")
    visitor.follow("Kartlegging")
    page.get_by_label("Ferdighet", exact=True).select_option(label="Kassering")
    visitor.press("Vis")
    expect(page.get_by_role("heading", name="Kassering")).to_be_visible()
    return visitor


def ask_for_help(desk: Desk) -> Visitor:
    """First without a word, then all that is needed."""
    visitor = desk.somebody(manager_of("Lom"))
    visitor.watch.expected_statuses = {422}
    page = visitor.open("/be-om-hjelp")
    visitor.press("Vis hvem som passer")
    page.get_by_role("group", name="ting må rettes").get_by_role("link").first.click()
    expect(page.get_by_label("Hva trenger dere hjelp til?")).to_be_focused()
    page.get_by_label("Hva trenger dere hjelp til?").fill("Magasinet skal tømmes.")
    page.get_by_label("Hva må de kunne?").select_option(label="Kassering")
    for label in ("Første dag som passer", "Siste dag som passer"):
        page.get_by_label(label).fill(desk.past.another_day().isoformat())
    page.get_by_text("Flere valg").click()
    page.get_by_label("Samme person alle dagene").check()
    visitor.press("Vis hvem som passer")
    visitor.sees("Magasinet skal tømmes.")
    return visitor


def put_on_the_board(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Lom"))
    visitor.open(f"/foresporsler/{desk.past.request(manager_of('Lom'), 'Lom')}")
    visitor.page.get_by_label("Spør lenger ut av seg selv").select_option(label="Etter 7 dager")
    visitor.press("Legg ut på tavla")
    visitor.sees("Forespørselen ligger på tavla.")
    return visitor


def ask_further_out(desk: Desk) -> Visitor:
    """The clock is stopped, then all may see it at once."""
    visitor = put_on_the_board(desk)
    page = visitor.page
    for label, option in (
        ("Spør lenger ut av seg selv", "Ikke før vi sier fra"),
        ("Hvem skal se det nå?", "Alle fylkene vi samarbeider med"),
    ):
        page.get_by_text("Endre hvem som ser det").click()
        page.get_by_label(label).select_option(label=option)
        visitor.press("Lagre")
        visitor.sees("Det er endret hvem som ser forespørselen.")
    return visitor


def withdraw_request(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Lom"))
    visitor.open(f"/foresporsler/{desk.past.request(manager_of('Lom'), 'Lom')}")
    visitor.press("Trekk forespørselen")
    visitor.sees("Forespørselen er trukket.")
    return visitor


def ask_a_candidate(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Lom"))
    page = visitor.open(f"/foresporsler/{desk.past.request(manager_of('Lom'), 'Lom')}")
    assert visitor.title == "Disse passer best"
    page.get_by_role("main").get_by_role("button", name="Spør").first.click()
    visitor.sees("Forslaget er sendt. De andre får beskjed.")
    return visitor


def help_with_a_need(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Lesja"))
    visitor.open(f"/foresporsler/{desk.past.request(manager_of('Lom'), 'Lom', is_open=True)}")
    visitor.press("Tilby hjelp")
    visitor.sees("Forslaget er sendt. De andre får beskjed.")
    return visitor


def say_that_we_cannot(desk: Desk) -> Visitor:
    """Asked alone: the first page says so, and one press answers."""
    request_id = desk.past.request(manager_of("Lom"), "Lom", asks="Lesja")
    visitor = desk.somebody(manager_of("Lesja"))
    visitor.open("/oversikt")
    visitor.sees("Lom spør bare dere om hjelp")
    visitor.open(f"/foresporsler/{request_id}")
    visitor.press("Vi kan ikke denne gangen")
    visitor.sees("Svaret er sendt: det passet ikke. Ingen spør hvorfor.")
    return visitor


def ask_all_instead(desk: Desk) -> Visitor:
    """Who was asked alone has said no: one press, and all are asked."""
    request_id = desk.past.request(manager_of("Lom"), "Lom", asks="Lesja")
    desk.past.client(manager_of("Lesja")).post(f"requests/{request_id}/decline")
    visitor = desk.somebody(manager_of("Lom"))
    visitor.open(f"/foresporsler/{request_id}")
    visitor.sees("Lesja kan ikke hjelpe denne gangen.")
    visitor.press("Spør alle i stedet")
    visitor.sees("Forespørselen ligger på tavla.")
    return visitor


def offer_a_day(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Lesja"))
    visitor.watch.expected_statuses = {422}
    page = visitor.open("/tilby-en-dag")
    visitor.press("Legg tilbudet på tavla")
    visitor.sees("Én ting må rettes")
    page.get_by_label("Hva kan kollegaen?").select_option(label="Hyllerydding")
    page.get_by_label("Hvor langt, i kilometer?").fill("120")
    page.get_by_text("Flere valg").click()
    page.get_by_label("Onsdag").check()
    page.get_by_label("Så mange må være igjen hos oss").fill("0")
    visitor.press("Legg tilbudet på tavla")
    visitor.sees("Tilbudet ligger på tavla.")
    return visitor


def renew_offer(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Lesja"))
    visitor.open(f"/tilbud/{desk.past.offer(manager_of('Lesja'), 'Lesja')}")
    visitor.press("Forny tilbudet")
    visitor.sees("Tilbudet gjelder til")
    return visitor


def withdraw_offer(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Lesja"))
    visitor.open(f"/tilbud/{desk.past.offer(manager_of('Lesja'), 'Lesja')}")
    visitor.press("Trekk tilbudet")
    visitor.sees("Tilbudet er trukket.")
    return visitor


def ask_for_what_is_offered(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Lom"))
    page = visitor.open(f"/tilbud/{desk.past.offer(manager_of('Lesja'), 'Lesja')}")
    page.get_by_label("Hvilken dag?").select_option(index=20)
    visitor.press("Spør Lesja")
    visitor.sees("Forslaget er sendt. De andre får beskjed.")
    return visitor


def read_notice(desk: Desk) -> Visitor:
    desk.past.engagement("Lom", "Vågå", "proposed")
    visitor = desk.somebody(manager_of("Vågå"))
    visitor.open("/varsler")
    visitor.comes_to_see("Nytt")
    visitor.press("Se avtalen", visitor.page.get_by_role("listitem").filter(has_text="Nytt").first)
    assert visitor.title == "Vi hjelper Lom"
    return visitor


def say_yes(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Vågå"))
    visitor.open(f"/avtaler/{desk.past.engagement('Lom', 'Vågå', 'proposed')}")
    visitor.press("Ja, det passer")
    visitor.sees("Svaret er sendt: ja.")
    return visitor


def say_no(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Vågå"))
    visitor.open(f"/avtaler/{desk.past.engagement('Lom', 'Vågå', 'proposed')}")
    visitor.press("Nei, det passer ikke")
    visitor.sees("Svaret er sendt: det passet ikke. Ingen spør hvorfor.")
    return visitor


def call_off(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Lom"))
    page = visitor.open(f"/avtaler/{desk.past.engagement('Lom', 'Vågå', 'agreed')}")
    page.get_by_text("Noe har endret seg").click()
    visitor.press("Avlys")
    visitor.sees("Oppdraget er avlyst. De andre får beskjed.")
    return visitor


def ask_for_another_day(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Lom"))
    page = visitor.open(f"/avtaler/{desk.past.engagement('Lom', 'Vågå', 'agreed')}")
    page.get_by_text("Noe har endret seg").click()
    page.get_by_label("Ny dato").fill(desk.past.another_day().isoformat())
    visitor.press("Spør om å flytte")
    visitor.sees("Spørsmålet er sendt. Avtalen står til alle har sagt ja.")
    return visitor


def move_the_day(desk: Desk) -> Visitor:
    path = f"/avtaler/{desk.past.engagement('Lom', 'Vågå', 'agreed')}"
    asker = desk.somebody(manager_of("Lom"))
    asker.open(path).get_by_text("Noe har endret seg").click()
    asker.page.get_by_label("Ny dato").fill(desk.past.another_day().isoformat())
    asker.press("Spør om å flytte")
    visitor = desk.somebody(manager_of("Vågå"))
    visitor.open(path)
    visitor.press("Ja, flytt dagen")
    visitor.sees("Svaret er sendt: ja.")
    return visitor


def take_back_the_question(desk: Desk) -> Visitor:
    visitor = ask_for_another_day(desk)
    visitor.press("Trekk spørsmålet")
    visitor.sees("Dagen står som avtalt.")
    return visitor


def it_happened(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Skjåk"))
    visitor.open(f"/avtaler/{desk.past.engagement('Skjåk', 'Dovre', 'due')}")
    visitor.press("Ja, det ble gjort")
    visitor.sees("Svaret er sendt. Takk for innsatsen.")
    return visitor


def it_did_not_happen(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Skjåk"))
    visitor.open(f"/avtaler/{desk.past.engagement('Skjåk', 'Sel', 'due')}")
    visitor.press("Det ble ikke noe av")
    visitor.sees("Svaret er sendt: det ble ikke noe av.")
    return visitor


def disagree(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Folldal"))
    page = visitor.open(f"/avtaler/{desk.past.engagement('Skjåk', 'Folldal', 'carried_out')}")
    page.get_by_text("Noe har endret seg").click()
    visitor.press("Vi er uenige")
    visitor.sees("Uenigheten er meldt.")
    return visitor


def make_a_promise(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Os"))
    page = visitor.open("/konto")
    page.get_by_label("Lov dager tilbake").select_option(label="2 dager")
    visitor.press("Ja, vi lover")
    visitor.sees("Dere har lovet 2 dager.")
    return visitor


def take_back_a_promise(desk: Desk) -> Visitor:
    visitor = make_a_promise(desk)
    visitor.page.get_by_role("button", name="Trekk løftet").first.click()
    visitor.sees("Løftet er trukket.")
    return visitor


def choose_my_language(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Vang"))
    page = visitor.open("/meg")
    page.get_by_label("Nynorsk").check()
    visitor.press("Lagre")
    visitor.sees("Språket er endra.")
    expect(page.locator("html")).to_have_attribute("lang", "nn")
    return visitor


def choose_who_sees_my_name(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Dovre"))
    page = visitor.open("/meg")
    page.get_by_label("Alle fylker").check()
    visitor.press("Lagre valget")
    visitor.sees("Valget ditt gjelder nå, overalt.")
    expect(page.get_by_label("Alle fylker")).to_be_checked()
    return visitor


def say_what_i_can(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Dovre"))
    page = visitor.open("/meg")
    page.get_by_text("Endre det jeg kan").click()
    page.get_by_role("group", name="Vil lære").get_by_label("Kassering").check()
    visitor.press("Lagre det jeg kan")
    visitor.sees("Det du kan, er skrevet ned.")
    return visitor


def have_all_about_me_erased(desk: Desk) -> Visitor:
    """First without being sure, then for good."""
    visitor = desk.somebody(manager_of("Ringebu"))
    page = visitor.open("/meg")
    for is_sure, words in ((False, "Kryss av for at"), (True, "Opplysningene om deg er slettet her")):
        page.get_by_text("Slett alt om meg", exact=True).click()
        if is_sure:
            page.get_by_label("Ja, slett alt om meg").check()
        visitor.press("Slett")
        visitor.sees(words)
    visitor.open("/oversikt")
    assert visitor.title == "Logg inn"
    return visitor


def say_whom_to_ask(desk: Desk) -> Visitor:
    """First an address that is none, then one that others can press."""
    visitor = desk.somebody(manager_of("Etnedal"))
    visitor.watch.expected_statuses = {422}
    address = f"/bibliotek/{library_called('innlandet', 'Etnedal').id}"
    page = visitor.open(address)
    page.get_by_label("E-post", exact=True).fill("etnedal")
    visitor.press("Lagre siden")
    visitor.sees("Én ting må rettes")
    page.get_by_label("E-post", exact=True).fill("post@etnedal.example")
    page.get_by_label("Dager dere har stengt").fill(desk.past.another_day().isoformat())
    visitor.press("Lagre siden")
    visitor.sees("Siden er endret.")
    expect(page.get_by_role("link", name="Ta kontakt")).to_have_attribute(
        "href", "mailto:post@etnedal.example"
    )
    return visitor


def choose_the_language_of_the_library(desk: Desk) -> Visitor:
    visitor = desk.somebody(manager_of("Etnedal"))
    page = visitor.open(f"/bibliotek/{library_called('innlandet', 'Etnedal').id}")
    page.get_by_label("Språket for dem som ikke har valgt selv").select_option(label="English")
    visitor.press("Lagre")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    return visitor


def confirm_a_skill(desk: Desk) -> Visitor:
    visitor = desk.somebody(KARI)
    visitor.open("/kolleger")
    visitor.page.get_by_role("region", name="Jonas Berg").get_by_role("checkbox").first.check()
    visitor.press("Lagre for Jonas Berg")
    visitor.sees("Det er lagret hva du bekrefter for Jonas Berg.")
    return visitor


ACTS: dict[str, tuple[Way, ...]] = {
    "colleagues.confirm": (confirm_a_skill,),
    "sign_in.enter": (sign_in, sign_in_by_button),
    "sign_in.leave": (sign_out,),
    "board.show": (filter_board,),
    "libraries.index": (search_libraries,),
    "mapping.show": (look_at_the_mapping,),
    "requests.create": (ask_for_help,),
    "requests.open_to_all": (put_on_the_board, ask_all_instead),
    "requests.widen": (ask_further_out,),
    "requests.decline": (say_that_we_cannot,),
    "requests.close": (withdraw_request,),
    "requests.ask_candidate": (ask_a_candidate,),
    "requests.offer_help": (help_with_a_need,),
    "offers.create": (offer_a_day,),
    "offers.renew": (renew_offer,),
    "offers.withdraw": (withdraw_offer,),
    "offers.ask": (ask_for_what_is_offered,),
    "notices.read": (read_notice,),
    "engagements.accept": (say_yes,),
    "engagements.decline": (say_no,),
    "engagements.cancel": (call_off,),
    "moving.ask": (ask_for_another_day,),
    "moving.answer svar=ja": (move_the_day,),
    "moving.answer svar=nei": (take_back_the_question,),
    "engagements.confirm svar=ja": (it_happened,),
    "engagements.confirm svar=nei": (it_did_not_happen,),
    "engagements.dispute": (disagree,),
    "promises.make": (make_a_promise,),
    "promises.withdraw": (take_back_a_promise,),
    "me.choose_language": (choose_my_language,),
    "me.choose": (choose_who_sees_my_name,),
    "me.write_skills": (say_what_i_can,),
    "me.erase_me": (have_all_about_me_erased,),
    "libraries.change_page": (say_whom_to_ask,),
    "libraries.choose_language": (choose_the_language_of_the_library,),
}
"""What a form can be sent as, and the ways in which it is tried."""
