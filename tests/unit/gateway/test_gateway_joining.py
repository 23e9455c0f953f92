"""A library is invited, comes in by its own link, and accepts the participation agreement."""

import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import eidskog
import pytest
from api_program import Program, problem_of
from conftest import PASSWORD_HASH, Node
from fake_service import an_id
from gateway_browser import Browser, Page

from byttebank.contracts.participation import PARTICIPATION_VERSION
from byttebank.contracts.participation_refusals import ParticipationMissing
from byttebank.contracts.refusals import UnknownOutcome
from byttebank.language import LANGUAGES
from gateway.accounts import add_user
from gateway.agreement import agreement_text, path_of
from gateway.here import EXTENSION
from gateway.pages.participation import CAPACITY_WORDS
from gateway.words.refusals import sentence_of

pytestmark = pytest.mark.simulation
"""Takes seconds: passwords are made slowly on purpose."""

Document = dict[str, Any]
COUNTY_PAGE = "/fylket/bibliotek"
GRUE, EIDSKOG = eidskog.library("Grue"), eidskog.library("Eidskog")
ADDRESS = "ny@grue.example"
TEXTS = {
    (1, "nb"): "d148d04d",
    (1, "nn"): "73dc0fad",
    (1, "en"): "bb740e1e",
}
"""The beginning of each text's SHA-256. A text that may have been accepted is never edited."""


@pytest.fixture
def node(node: Node) -> Node:
    """A gateway in which hashing a password costs nothing."""

    def run(_function: Any, *arguments: Any) -> Any:
        if len(arguments) == 2:
            return arguments[1] == eidskog.PASSWORD
        return PASSWORD_HASH if len(arguments[0]) >= 8 else _function(*arguments)

    known = node.app.extensions[EXTENSION]
    node.app.extensions[EXTENSION] = replace(known, settings=replace(known.settings, run_in_thread=run))
    return node


def invite(node: Node, **changes: Any) -> tuple[Browser, Page]:
    browser = node.browser("ingrid")
    fields = {"bibliotek": GRUE, "navn": "Ny Leder", "epost": ADDRESS, **changes}
    return browser, browser.press(browser.get(COUNTY_PAGE), "Send invitasjonen", **fields)


def link(node: Node) -> str:
    """The path that the last letter leads to."""
    (token,) = list(node.backend.directory._tokens.values())[-1:]
    return f"/bli-med/{token}"


def test_the_county_invites_and_the_library_is_in_without_a_clerk(node: Node) -> None:
    _, page = invite(node)
    assert page.alerts == [f"Invitasjonen er sendt til {ADDRESS}."]
    assert "Grue bibliotek Ny Leder ny@grue.example Venter på svar" in page.words
    browser = node.browser()
    page = browser.get(link(node))
    assert "Fylkesbiblioteket i Innlandet inviterer Grue bibliotek" in page.words
    sent = {"passord": "et langt passord", "telefon": "62 94 00 00", "rolle": "delegate"}
    page = browser.press(page, "Bli med", **sent)
    assert page.url.endswith("/oversikt")
    assert page.alerts == ["Velkommen. Biblioteket er med."]
    assert "Godkjenn deltakeravtalen" not in page.words
    assert node.backend.directory._libraries[GRUE]["contact_phone"] == "62 94 00 00"
    page = node.browser("ingrid").get(COUNTY_PAGE)
    assert "Har blitt med" in page.words
    assert "Utgave 1 ble godkjent mandag 23. november av lederen, med fullmakt." in page.words


def test_who_must_ask_the_management_first_may_look_around_and_accept_later(node: Node) -> None:
    invite(node)
    browser = node.browser()
    page = browser.press(browser.get(link(node)), "Bli med", passord="et langt passord", rolle="senere")
    assert "Avtalen er ikke godkjent ennå. Til da kan biblioteket ikke avtale dager." in page.words
    page = browser.get(f"/bibliotek/{GRUE}/avtale")
    page = browser.press(page, "Godkjenn avtalen", rolle="management", godkjent_av="Rita Ås", tittel="")
    assert page.status == 422
    assert "Fyll ut «Tittel»." in page.words
    page = browser.press(page, "Godkjenn avtalen", tittel="kommunedirektør")
    assert page.alerts == ["Avtalen er godkjent. Dere kan avtale dager."]
    assert "av Rita Ås, kommunedirektør." in page.words
    assert "Godkjenn avtalen" not in page.buttons()
    assert "av Rita Ås, kommunedirektør." in browser.get(f"/bibliotek/{GRUE}").words


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"navn": ""}, "Fyll ut «Navnet ditt»."),
        ({"passord": ""}, "Fyll ut «Velg et passord»."),
        ({"passord": "kort"}, "Velg et passord på minst 8 tegn."),
        ({"rolle": ""}, "Velg hvem som godkjenner."),
        ({"rolle": "management"}, "Fyll ut «Navnet på den i ledelsen som har godkjent»."),
        ({"nettsted": "grue.example"}, "Skriv hele adressen"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_rest_stays(
    node: Node, changes: Document, sentence: str
) -> None:
    invite(node)
    browser = node.browser()
    fields = {"passord": "et langt passord", "rolle": "delegate", "telefon": "62 94 00 00", **changes}
    page = browser.press(browser.get(link(node)), "Bli med", **fields)
    assert page.status == 422
    assert sentence in page.words
    assert 'value="62 94 00 00"' in page.text
    assert node.backend.directory._invited[next(iter(node.backend.directory._invited))]["state"] == "open"


def test_a_link_that_opens_nothing_says_what_to_do(node: Node) -> None:
    invited, _ = invite(node)
    old = link(node)
    page = invited.press(invited.get(COUNTY_PAGE), "Send ny lenke")
    assert page.alerts == ["En ny lenke er sendt. Den gamle virker ikke lenger."]
    browser = node.browser()
    for path, status, words in (
        (old, 404, "byttet ut med en nyere"),
        ("/bli-med/x", 404, "Lenken er ikke hel"),
        ("/bli-med/%00%ff", 404, "Lenken er ikke hel"),
    ):
        page = browser.get(path)
        assert (page.status, page.title) == (status, "Lenken åpner ikke noe")
        assert words in page.words
    page = invited.press(invited.get(COUNTY_PAGE), "Trekk")
    assert page.alerts == ["Invitasjonen er trukket. Lenken virker ikke lenger."]
    page = browser.get(link(node))
    assert (page.status, "har trukket invitasjonen" in page.words) == (410, True)
    node.backend.directory._invited[next(iter(node.backend.directory._invited))]["state"] = "expired"
    assert "Lenken har gått ut." in browser.get(link(node)).words


def test_a_used_link_opens_nothing_more(node: Node) -> None:
    invite(node)
    browser, other = node.browser(), node.browser()
    page, late = browser.get(link(node)), other.get(link(node))
    browser.press(page, "Bli med", passord="et langt passord", rolle="delegate")
    page = other.press(late, "Bli med", passord="et annet passord", rolle="delegate")
    assert (page.status, "Lenken er brukt." in page.words) == (410, True)
    assert "Lenken er brukt." in other.get(link(node)).words


def test_joining_that_was_cut_off_before_the_account_was_made_can_be_finished(node: Node) -> None:
    invite(node)
    browser = node.browser()
    page = browser.get(link(node))
    (invitation,) = node.backend.directory._invited.values()
    invitation.update(state="used", used_at="2026-11-23T07:14:00Z")
    node.clock.move_to(node.clock.now() + timedelta(days=14))
    assert browser.get(link(node)).status == 410, "not for ever"
    node.clock.move_to(node.clock.now() - timedelta(days=14))
    page = browser.press(page, "Bli med", passord="et langt passord", rolle="delegate")
    assert page.alerts == ["Velkommen. Biblioteket er med."]


def test_when_no_answer_comes_the_form_stays_and_once_more_is_safe(node: Node) -> None:
    invite(node)
    browser = node.browser()
    node.backend.failing["directory.join_library"] = UnknownOutcome()
    page = browser.press(browser.get(link(node)), "Bli med", passord="et langt passord", rolle="delegate")
    assert page.status == 422
    node.backend.failing.clear()
    page = browser.press(page, "Bli med", passord="et langt passord")
    assert page.alerts == ["Velkommen. Biblioteket er med."]


def test_who_tries_many_links_or_many_times_waits(node: Node) -> None:
    invite(node)
    browser = node.browser()
    statuses = [browser.get(f"/bli-med/{'x' * number}").status for number in range(1, 12)]
    assert statuses == [404] * 10 + [429]
    page = browser.get(link(node))
    assert page.status == 200, "a whole link opens also behind a guesser's address"
    for _ in range(10):
        page = browser.press(page, "Bli med", passord="kort", rolle="delegate")
    page = browser.press(page, "Bli med", passord="et langt passord", rolle="delegate")
    assert (page.status, "Det har vært mange forsøk." in page.words) == (429, True)


def test_an_address_that_somebody_signs_in_with_is_not_invited(node: Node) -> None:
    _, page = invite(node, epost=eidskog.email("Kari Moen").upper())
    assert page.status == 422
    assert "Noen logger inn med" in page.words
    assert node.backend.asked("directory.invite_library") == []


def test_a_library_that_is_typed_in_is_in_the_register_once(node: Node) -> None:
    browser = node.browser("ingrid")
    page = browser.get(COUNTY_PAGE)
    fields = {"bibliotek": "", "nytt": "Flisa skolebibliotek", "type": "upper_secondary", "kommune": "Åsnes"}
    fields |= {"navn": "Ny Leder", "epost": ADDRESS}
    for _ in range(2):
        assert browser.press(page, "Send invitasjonen", **fields).status == 200
    added = [one for one in node.backend.directory._libraries.values() if one["name"] == fields["nytt"]]
    assert [(one["kind"], one["municipality_name"]) for one in added] == [("upper_secondary", "Åsnes")]
    assert len(node.backend.directory._invited) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"bibliotek": ""}, "Fyll ut «Navnet på biblioteket»."),
        ({"navn": ""}, "Fyll ut «Hvem skal komme først?»."),
        ({"epost": "grue"}, "Skriv en e-postadresse"),
    ],
)
def test_an_invitation_that_lacks_something_is_not_sent(node: Node, changes: Document, sentence: str) -> None:
    _, page = invite(node, **changes)
    assert (page.status, sentence in page.words) == (422, True)
    assert node.backend.asked("directory.invite_library") == []


@pytest.mark.parametrize("who", ["kari", "jonas"])
def test_only_the_county_sees_and_sends_invitations(node: Node, who: str) -> None:
    assert node.browser(who).get(COUNTY_PAGE).status == 403
    page = node.browser("per").get(COUNTY_PAGE)
    assert page.status == 200
    assert "Send invitasjonen" not in page.buttons()


def test_the_agreement_is_read_without_signing_in(node: Node) -> None:
    page = node.browser().get("/deltakeravtale")
    assert page.title == "Deltakeravtale for Byttebanken"
    assert "Hvem som bestemmer hva" in page.words


def test_another_librarys_agreement_is_not_ones_own(node: Node) -> None:
    assert node.browser("siri").get(f"/bibliotek/{EIDSKOG}/avtale").status == 403
    page = node.browser("jonas").get(f"/bibliotek/{EIDSKOG}/avtale")
    assert (page.status, "Godkjenn avtalen" in page.buttons()) == (200, False)


def test_who_may_not_agree_on_days_is_shown_the_way_to_the_agreement(node: Node) -> None:
    missing = {"library_id": EIDSKOG, "library": "Eidskog"}
    node.backend.failing["matching.propose"] = ParticipationMissing(missing)
    browser = node.browser("kari")
    page = browser.get("/tavle")
    href = next(one["href"] for one in page.soup.select("main a") if "/tilbud/" in one["href"])
    page = browser.follow(href, page.url)
    page = browser.press(page, "Send forslaget" if "Send forslaget" in page.buttons() else page.buttons()[-1])
    (alert,) = page.soup.select(".ds-alert[data-color=danger]")
    assert "Eidskog har ikke godkjent deltakeravtalen." in alert.get_text()
    assert alert.a["href"].endswith(f"/bibliotek/{EIDSKOG}/avtale")


def test_refusals_of_joining_are_sentences() -> None:
    assert sentence_of("participation_missing", {"library": "Grue"}).startswith("Grue har ikke godkjent")
    assert sentence_of("account_exists", {"email": "a@b.example"}).startswith(
        "Noen logger inn med a@b.example"
    )


def test_every_version_is_written_in_every_language_and_never_edited() -> None:
    for version in range(1, PARTICIPATION_VERSION + 1):
        shapes = set()
        for language in LANGUAGES:
            text = agreement_text(version, language)
            assert (text.version, text.language) == (version, language)
            shapes.add(tuple(len(section.paragraphs) for section in text.sections))
            digest = hashlib.sha256(path_of(version, language).read_bytes()).hexdigest()
            assert digest.startswith(TEXTS[version, language]), "a change is a new version"
        assert len(shapes) == 1, "the languages say the same, paragraph by paragraph"
    with pytest.raises(LookupError):
        agreement_text(PARTICIPATION_VERSION + 1, "nb")
    assert set(CAPACITY_WORDS) == {"delegate", "management"}


def test_programs_invite_list_renew_withdraw_and_accept(node: Node) -> None:
    county, kari = Program(node, "ingrid"), Program(node, "kari")
    given = {"library_id": GRUE, "name": "Ny Leder", "email": ADDRESS}
    sent = county.keyed("/invitations", "one", given)
    assert (sent.status_code, sent.json["state"]) == (201, "open")
    assert county.keyed("/invitations", "one", given).json == sent.json
    assert not re.search("token", sent.get_data(as_text=True))
    path = f"/invitations/{sent.json['id']}"
    assert county.post(f"{path}/renew").json["state"] == "open"
    assert county.post(f"{path}/withdraw").json["state"] == "withdrawn"
    assert [one["id"] for one in county.get("/invitations").json["items"]] == [sent.json["id"]]
    assert problem_of(kari.get("/invitations"), 403)
    assert problem_of(kari.post("/invitations", given), 403)
    assert problem_of(county.post("/invitations", {**given, "token": "x" * 43}), 422)
    node.backend.directory._not_accepted.add(EIDSKOG)
    own = f"/libraries/{EIDSKOG}/participation"
    assert kari.get(own).json["is_accepted"] is False
    text = kari.get("/participation-agreement").json
    accepted = kari.post(f"{own}/accept", {"version": text["version"], "capacity": "delegate"})
    assert (accepted.status_code, accepted.json["is_accepted"]) == (200, True)
    assert problem_of(county.post(f"{own}/accept", {"version": 1, "capacity": "delegate"}), 403)
    listed = county.get("/participations").json["items"]
    assert {one["library_id"]: one["is_accepted"] for one in listed}[GRUE] is False
    assert an_id("nobody") not in {one["library_id"] for one in listed}


def test_an_address_taken_since_the_letter_is_said_before_anything_is_done(node: Node) -> None:
    invite(node)
    browser = node.browser()
    page = browser.get(link(node))
    with node.database.work() as work:
        taken = {"user_id": an_id("other"), "email": ADDRESS, "name": "En Annen", "role": "colleague"}
        add_user(work, **taken, password_hash=PASSWORD_HASH, library_id=GRUE, colleague_id=None)
    page = browser.press(page, "Bli med", passord="et langt passord", rolle="delegate")
    assert (page.status, f"Noen logger inn med {ADDRESS} fra før." in page.words) == (422, True)
    assert node.backend.asked("directory.join_library") == []


def test_what_the_county_waits_for_stands_open_and_the_rest_is_folded(node: Node) -> None:
    browser, page = invite(node)
    libraries = node.backend.directory.participations(node.users["ingrid"].actor)
    node.backend.directory._not_accepted.update(one["library_id"] for one in libraries[:-1])
    page = browser.get(COUNTY_PAGE)

    def is_open(element: Any) -> bool:
        return all(one.has_attr("open") for one in element.find_parents("details"))

    (waits,) = [one for one in page.soup.select("main li") if ADDRESS in one.get_text()]
    assert is_open(waits)
    assert page.words.index(ADDRESS) < page.words.index("Inviter et bibliotek Bibliotek")
    not_accepted = page.soup.select("section[aria-labelledby=ikke] li")
    assert len(not_accepted) == len(libraries) - 1 > 6
    assert [is_open(one) for one in not_accepted] == [True] * 6 + [False]
    (accepted,) = page.soup.select("section[aria-labelledby=har] li")
    assert not is_open(accepted), "what is done is one press away"
    node.backend.directory._invited[next(iter(node.backend.directory._invited))]["state"] = "withdrawn"
    page = browser.get(COUNTY_PAGE)
    (ended,) = [one for one in page.soup.select("main li") if ADDRESS in one.get_text()]
    assert not is_open(ended)
    assert "Ingen invitasjoner venter på svar." in page.words


def test_who_in_the_management_approved_may_be_replaced_and_removed_and_the_acceptance_stands(
    node: Node,
) -> None:
    invite(node)
    opened = node.browser().get(link(node))
    assert "De står til biblioteket bytter eller fjerner dem." in opened.words
    browser = node.browser()
    said = {"rolle": "management", "godkjent_av": "Rita Ås", "tittel": "kommunedirektør"}
    browser.press(browser.get(link(node)), "Bli med", passord="et langt passord", **said)
    path = f"/bibliotek/{GRUE}/avtale"
    page = browser.press(browser.get(path), "Lagre navn og tittel", tittel="")
    assert page.status == 422
    assert "Fyll ut «Tittel»." in page.words
    assert 'value="Rita Ås"' in page.text
    page = browser.press(page, "Lagre navn og tittel", godkjent_av="Per Lund", tittel="rektor")
    assert "av Per Lund, rektor." in page.words
    page = browser.press(page, "Lagre navn og tittel", godkjent_av="", tittel="")
    assert page.alerts == ["Lagret. Utgaven og dagen avtalen ble godkjent, står som før."]
    assert "av ledelsen i kommunen." in page.words
    assert "Per Lund" not in page.text


def test_a_program_removes_who_approved(node: Node) -> None:
    kari = Program(node, "kari")
    path = f"{node.prefix}/api/v1/libraries/{EIDSKOG}/participation"
    said = {"version": PARTICIPATION_VERSION, "capacity": "management"}
    named = {"approved_by": "Rita Ås", "approver_title": "rektor"}
    kari.client.post(f"{path}/accept", json={**said, **named}, headers=kari.headers)
    assert kari.client.get(path, headers=kari.headers).json["approved_by"] == "Rita Ås"
    answer = kari.client.put(f"{path}/approver", json={}, headers=kari.headers)
    assert (answer.status_code, answer.json["approved_by"]) == (200, "")
    assert answer.json["is_accepted"]
