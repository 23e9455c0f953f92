"""Counties we exchange with: how it stands, what differs, and what the county decides about them."""

from typing import Any

import pytest
from api_program import Program, problem_of
from conftest import Node
from fake_service import an_id

from byttebank.contracts.book_refusals import AccountInUse, PeerInUse
from byttebank.contracts.refusals import CountyUnknown
from gateway.words import peers as words

TRANSFER = an_id("day in doubt")
AT = "2026-11-22T03:10:00.000000Z"
Document = dict[str, Any]
PAGE = "/fylket/samarbeid/akershus"


def a_comparison(state: str = "agreed", **changes: Any) -> Document:
    row = {
        "county": "akershus",
        "sender": "akershus",
        "state": state,
        "through_seq": 16,
        "half_days_here": 6,
        "half_days_there": 6,
        "compared_at": AT,
        "agreed_at": AT,
    }
    return {**row, **changes}


def a_dispute(**changes: Any) -> Document:
    row = {
        "county": "akershus",
        "sender": "akershus",
        "seq": 17,
        "is_ours": True,
        "transfer_id": TRANSFER,
        "hash_here": "a" * 64,
        "hash_there": "a" * 64,
        "half_days_here": 6,
        "half_days_there": 8,
        "opened_at": AT,
    }
    return {**row, **changes}


@pytest.fixture
def differing(node: Node) -> Node:
    """Akershus has another book than ours, and has not answered about a day."""
    ledger: Any = node.backend.ledger
    ledger._doubts = [
        {
            "transfer_id": TRANSFER,
            "county": "akershus",
            "half_days": 2,
            "sent_at": "2026-11-19T08:00:00.000000Z",
            "is_long": True,
        }
    ]
    ledger._reconciliations = [
        a_comparison("differs", agreed_at=None),
        a_comparison(sender="innlandet"),
        a_comparison(county="trondelag", sender="trondelag"),
    ]
    ledger._disputes = [a_dispute()]
    return node


def test_every_county_is_listed_with_how_the_books_compared(differing: Node) -> None:
    page = differing.browser("ingrid").get("/fylket/samarbeid")
    assert "Bøkene er ikke like hos oss og Akershus." in page.words
    assert "Det Trøndelag har ført for oss, er likt i begge bøkene." in page.words
    assert "Det vi har ført for Akershus, er likt i begge bøkene." in page.words


def test_a_county_that_is_not_compared_yet_and_one_that_is_not_a_peer(node: Node) -> None:
    browser = node.browser("ingrid")
    assert "ingen forskjell er funnet" in browser.get("/fylket/samarbeid").words
    assert "Bøkene er ikke sammenlignet ennå." in browser.get(PAGE).words
    assert browser.get("/fylket/samarbeid/vestfold").status == 404


def test_one_press_compares_the_books_with_all_or_with_one(node: Node) -> None:
    browser = node.browser("ingrid")
    said = browser.press(browser.get("/fylket/samarbeid"), "Sammenlign bøkene nå")
    assert said.alerts == ["Bøkene sammenlignes nå. Svaret står her om noen sekunder."]
    browser.press(browser.get(PAGE), "Sammenlign nå")
    assert [call[1] for call in node.backend.asked("ledger.reconcile")] == [[None], ["akershus"]]


def test_a_difference_is_explained_with_its_proof(differing: Node) -> None:
    browser = differing.browser("ingrid")
    page = browser.get(PAGE)
    assert "Til og med melding 16 fra Akershus er bøkene like." in page.words
    assert "Etter melding 17 har vi ført 3 dager til sammen, og Akershus 4 dager." in page.words
    proof = browser.get(f"{PAGE}/bevis/akershus/17.json")
    assert proof.headers["Content-Type"] == "application/jose+json"
    assert "attachment" in proof.headers["Content-Disposition"]
    assert proof.text.startswith("{")
    assert browser.get(f"{PAGE}/bevis/akershus/18.json").status == 404
    assert "Melding 17 er ikke den samme hos" in words.difference(a_dispute(hash_there="b" * 64), "innlandet")


def test_days_in_doubt_are_shown_with_what_may_be_asked(differing: Node) -> None:
    browser = differing.browser("ingrid")
    page = browser.get(PAGE)
    assert "Bare Akershus vet om dagene er ført der" in page.words
    assert "over tre dager" in page.words
    said = browser.press(page, "Be om nei hvis de ikke har ført dem")
    assert said.alerts == ["Akershus er spurt. Svaret er endelig, ja eller nei."]
    assert [call[1] for call in differing.backend.asked("ledger.cancel_prepared")] == [[TRANSFER]]


def test_the_county_stops_and_opens_the_exchange_with_a_reason_that_stays_on_the_page(node: Node) -> None:
    browser = node.browser("ingrid")
    said = browser.press(browser.get(PAGE), "Stans", grunn="Nøkkelen er på avveie.")
    assert said.alerts == ["Utvekslingen er stanset."]
    assert "Utvekslingen ble stanset av fylkesbiblioteket. Grunn: Nøkkelen er på avveie." in said.words
    assert "Sammenlign nå" not in said.buttons()
    assert "Stans" not in said.buttons()
    opened = browser.press(said, "Åpne utvekslingen igjen", grunn="Ny nøkkel.")
    assert opened.alerts == ["Utvekslingen er åpnet igjen. Det som ventet, går nå."]
    assert [call[1][0]["what"] for call in node.backend.asked("directory.act_on_peer")] == ["freeze", "thaw"]


def test_without_a_reason_nothing_is_stopped(node: Node) -> None:
    browser = node.browser("ingrid")
    said = browser.press(browser.get(PAGE), "Stans", grunn=" ")
    assert (said.status, said.alerts) == (422, [])
    form = said.form("Stans")
    assert form.select_one(".ds-validation-message").get_text() == "Fyll ut «Grunn»."
    assert form.find_parent("details").has_attr("open")


@pytest.mark.parametrize("days", ["", "-1", "1,5", "mange", "9" * 30])
def test_a_limit_that_is_no_number_of_whole_days_is_said(node: Node, days: str) -> None:
    browser = node.browser("ingrid")
    said = browser.press(browser.get(PAGE), "Endre grensen", dager=days, grunn="Mye på gang.")
    assert said.status == 422
    form = said.form("Endre grensen")
    assert form.find(id="dager-grense-feil").get_text() == "Skriv hvor mange hele dager, fra 0 og oppover."
    assert form.find("input", {"name": "dager"})["value"] == days
    assert form.find("input", {"name": "grunn"})["value"] == "Mye på gang."
    assert node.backend.asked("directory.act_on_peer") == []


def test_the_security_limit_is_changed_in_whole_days(node: Node) -> None:
    browser = node.browser("ingrid")
    said = browser.press(browser.get(PAGE), "Endre grensen", dager="40", grunn="Mye på gang.")
    assert "Sikkerhetsgrensen ble satt til 40 dager av fylkesbiblioteket." in said.words
    assert node.backend.directory.list_peers()[0]["fuse_half_days"] == 80


def test_what_the_node_has_stopped_says_what_it_found(node: Node) -> None:
    directory: Any = node.backend.directory
    act = {"id": an_id("act"), "county": "akershus", "what": "freeze", "role": "node", "acted_at": AT}
    directory._peer_acts = [
        {**act, "reason": "equivocation", "detail": "ledger 17"},
        {**act, "reason": "clearing", "detail": an_id("round")},
    ]
    page = node.browser("per").get(PAGE)
    assert "stanset av noden selv" in page.words
    assert "Akershus har signert to ulike meldinger med nummer 17." in page.words
    assert "Akershus har signert to ting i en avregning" in page.words


def test_what_is_owed_moves_to_the_county_that_has_taken_over(node: Node) -> None:
    ledger: Any = node.backend.ledger
    asked: list[Document] = []
    ledger.merge_county = lambda merger, actor: asked.append(merger) or {**merger, "half_days": 3}
    browser = node.browser("ingrid")
    page = browser.get(PAGE)
    said = browser.press(page, "Flytt mellomværendet", til="trondelag", grunn="Slått sammen.")
    assert said.alerts == ["Mellomværendet med Akershus står nå mot Trøndelag."]
    assert (asked[0]["county"], asked[0]["successor"]) == ("akershus", "trondelag")

    def refuse(merger: Document, actor: Document) -> Document:
        raise AccountInUse(library_id=None, county="akershus", reserved_half_days=2, incoming_half_days=0)

    ledger.merge_county = refuse
    said = browser.press(page, "Flytt mellomværendet", til="trondelag", grunn="Slått sammen.")
    form = said.form("Flytt mellomværendet")
    assert "satt av eller på vei" in form.get_text()
    assert form.find("option", selected=True)["value"] == "trondelag"
    said = browser.press(page, "Flytt mellomværendet", til="", grunn="Slått sammen.")
    assert "Fyll ut «Hvilket fylke har overtatt?»." in said.words
    assert said.form("Flytt mellomværendet").find("input", {"name": "grunn"})["value"] == "Slått sammen."


def test_a_county_leaves_when_its_name_is_typed_and_nothing_is_unfinished(node: Node) -> None:
    ledger: Any = node.backend.ledger
    directory: Any = node.backend.directory
    browser = node.browser("ingrid")
    page = browser.get(PAGE)
    said = browser.press(page, "Avslutt", navn="Akers", grunn="Vi går hver til vårt.")
    form = said.form("Avslutt")
    sentence = "Skriv Akershus i feltet for å bekrefte at samarbeidet skal avsluttes."
    assert form.find(id="navn-avslutt-feil").get_text() == sentence
    assert form.find("input", {"name": "grunn"})["value"] == "Vi går hver til vårt."
    assert len(said.soup.select("#feil")) == 1, "the other forms are as they were"
    for name in ("net_half_days", "pending_out_half_days"):
        ledger._positions = [
            {**one, "net_half_days": 0, "pending_out_half_days": 0, name: 2} for one in ledger._positions
        ]
        said = browser.press(page, "Avslutt", navn="Akershus", grunn="Vi går hver til vårt.")
        assert "Det er fortsatt noe mellom oss og Akershus" in said.form("Avslutt").get_text()
    assert directory._peer_acts == []
    ledger._positions = [{**one, "net_half_days": 0, "pending_out_half_days": 0} for one in ledger._positions]
    said = browser.press(page, "Avslutt", navn=" akershus ", grunn="Vi går hver til vårt.")
    assert said.alerts == ["Samarbeidet med Akershus er avsluttet."]
    assert "Samarbeidet ble avsluttet av fylkesbiblioteket." in said.words
    assert "Avslutt samarbeidet" not in said.words


def test_a_county_that_has_ended_the_exchange_is_shown_so_and_we_decide_for_ourselves(node: Node) -> None:
    directory: Any = node.backend.directory
    directory._peers[0]["ended_on"] = "2026-11-20"
    browser = node.browser("ingrid")
    assert (
        "Avsluttet der De avsluttet samarbeidet fredag 20. november."
        in browser.get("/fylket/samarbeid").words
    )
    page = browser.get(PAGE)
    assert "Akershus har avsluttet samarbeidet. Det som er ført, står" in page.words
    assert "De avsluttet samarbeidet fredag 20. november." in page.words
    assert page.form("Avslutt"), "ending it here is left to us"
    directory._peers[0]["state"] = "left"
    page = browser.get(PAGE)
    assert "Ikke med lenger" in page.words
    assert "De avsluttet samarbeidet fredag 20. november." in page.words


def test_a_form_that_is_gone_from_the_page_says_why_on_it(node: Node) -> None:
    browser = node.browser("ingrid")
    page = browser.get(PAGE)
    browser.press(page, "Stans", grunn="Nøkkelen er på avveie.")
    said = browser.press(page, "Stans", grunn="")
    assert said.status == 200
    assert said.alerts == ["Fyll ut «Grunn»."]


def test_an_engagement_that_is_under_way_keeps_a_county_from_leaving(node: Node) -> None:
    def refuse(county: str) -> Document:
        raise PeerInUse(county=county, owed_half_days=0, pending_half_days=0, engagements=1)

    matching: Any = node.backend.matching
    matching.check_leaving = refuse
    answer = Program(node, "ingrid").post("/peers/akershus/leave", {"reason": "Vi går hver til vårt."})
    problem_of(answer, 409, "peer_in_use")
    answer = Program(node, "kari").post("/peers/akershus/leave", {"reason": "Vi går hver til vårt."})
    problem_of(answer, 403, "not_your_role")


def test_the_pages_are_for_the_county_and_its_operators(differing: Node) -> None:
    for path in ("/fylket/samarbeid", PAGE, f"{PAGE}/bevis/akershus/17.json"):
        assert differing.browser("kari").get(path).status == 403
        assert differing.browser("per").get(path).status == 200


def test_programs_do_and_read_the_same(differing: Node) -> None:
    program = Program(differing, "ingrid")
    stopped = [
        program.keyed("/peers/akershus/freeze", "stop", {"reason": "Nøkkelen er på avveie."})
        for _ in range(2)
    ]
    assert [one.json["state"] for one in stopped] == ["frozen", "frozen"]
    assert program.post("/peers/akershus/thaw", {"reason": "Ny nøkkel."}).json["state"] == "active"
    assert program.post("/peers/akershus/fuse", {"fuse_days": 40, "reason": "Mye."}).json["fuse_days"] == 40
    acts = program.get("/peer-acts").json["items"]
    assert [one["what"] for one in acts] == ["fuse", "thaw", "freeze"], "the same key acts once"
    assert acts[0]["sentence"] == "Sikkerhetsgrensen ble satt til 40\u00a0dager av fylkesbiblioteket."
    problem_of(program.post("/peers/akershus/freeze", {"reason": ""}), 422, "field_missing")
    problem_of(program.post("/peers/akershus/fuse", {"fuse_days": -1, "reason": "Mye."}), 422, "malformed")
    assert program.post("/reconciliations", {}).json["items"][0]["county"] == "akershus"
    assert program.get("/reconciliations").json["items"][0]["days_here"] == 3
    (dispute,) = program.get("/book-disputes").json["items"]
    assert (dispute["seq"], dispute["days_there"]) == (17, 4)
    assert program.get("/doubts").json["items"][0]["days"] == 1
    assert program.post(f"/transfers/{TRANSFER}/ask-for-no").status_code == 202
    signed = program.get("/peers/akershus/messages/akershus/17")
    assert (signed.status_code, signed.content_type) == (200, "application/jose+json")
    problem_of(program.get("/peers/akershus/messages/akershus/18"), 404)


def test_programs_of_a_library_may_not(differing: Node) -> None:
    program = Program(differing, "kari")
    for path in ("/peer-acts", "/reconciliations", "/book-disputes", "/doubts"):
        assert program.get(path).status_code == 403
    for path in ("/reconciliations", f"/transfers/{TRANSFER}/ask-for-no"):
        assert program.post(path, {}).status_code == 403


def test_a_county_that_nobody_knows_is_said_to_programs(node: Node) -> None:
    problem_of(
        Program(node, "ingrid").post("/peers/vestfold/freeze", {"reason": "Prøve."}), 422, CountyUnknown.code
    )


def test_the_county_library_sees_who_has_not_confirmed_an_erasure_and_nobody_named(node: Node) -> None:
    county, path = node.browser("ingrid"), "/peers/erasures"
    assert "slette" not in county.get("/fylket/samarbeid").words
    waiting = {"county": "akershus", "people": 2, "asked_at": AT}
    node.backend.directory.waiting = [waiting]
    page = county.get("/fylket/samarbeid")
    assert "Vi ba dem første gang" in page.words
    assert "slette det de har om 2 personer hos oss" in page.words
    assert Program(node, "ingrid").get(path).json["items"] == [waiting]
    problem_of(Program(node).get(path), 403, "not_your_role")
