"""The travel fund on the county's pages and for programs, with a real ledger behind."""

from typing import Any

import eidskog
import pytest
from api_program import Program, problem_of
from conftest import Node
from fake_service import an_id
from test_gateway_county_book import Ledger, books, ledger

from byttebank.contracts.refusals import Malformed
from gateway.amounts import ore_from_text

pytestmark = pytest.mark.simulation
"""Takes seconds: one page after the other, as people go through them."""

__all__ = ["books", "ledger"]
EIDSKOG = eidskog.library("Eidskog")
PAGE = "/fylket/reisepott"
Document = dict[str, Any]


@pytest.mark.parametrize(
    ("text", "ore"),
    [("1250", 125_000), ("1 250,50", 125_050), ("1\u00a0250 kr", 125_000), ("0,01", 1), ("12.5", 1_250)],
)
def test_kroner_are_read_as_people_write_them(text: str, ore: int) -> None:
    assert ore_from_text(text) == ore


@pytest.mark.parametrize("text", ["", "0", "-5", "1,005", "NaN", "Infinity", "mye", "1e400", "kr"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        ore_from_text(text)


def test_the_county_sets_money_aside_refunds_and_takes_a_refund_back(node: Node, ledger: Ledger) -> None:
    browser = node.browser("ingrid")
    page = browser.get(PAGE)
    assert "Ingenting er satt av ennå." in page.words
    page = browser.press(page, "Sett av", belop="50 000", grunn="Budsjett 2026")
    assert page.alerts == ["Pengene er satt av."]
    assert "Igjen: 50 000 kr. Satt av: 50 000 kr. Refundert: 0 kr." in page.words
    page = browser.press(
        page, "Refunder", bibliotek=EIDSKOG, belop="1 250,50", dato="2026-11-20", grunn="=Tog"
    )
    assert page.alerts == ["Refusjonen er ført."]
    assert "Reiserefusjon: Eidskog =Tog" in page.words
    assert "Igjen: 48 749,50 kr." in page.words
    lines = browser.get(f"{PAGE}.csv").text.lstrip("\ufeff").splitlines()
    assert lines[0] == "Dato;Hva som skjedde;Bibliotek;Grunn;Kroner;Igjen;Overføring"
    assert any(line.startswith("2026-11-20;Reiserefusjon: Eidskog;") for line in lines)
    assert any(";'=Tog;-1250,50;" in line for line in lines), "no text is a formula"
    page = browser.press(page, "Før tilbake til reisepotten", grunn="Betalt to ganger")
    assert page.alerts == ["Refusjonen er ført tilbake."]
    assert "Igjen: 50 000 kr." in page.words
    assert "Før tilbake til reisepotten" not in page.buttons()


def test_what_cannot_be_refunded_is_said(node: Node, ledger: Ledger) -> None:
    browser = node.browser("ingrid")
    page = browser.press(browser.get(PAGE), "Sett av", belop="100", grunn="Budsjett")
    page = browser.press(page, "Refunder", bibliotek=EIDSKOG, belop="101", grunn="Tog")
    assert page.status == 422
    assert "Det er 100 kr igjen i reisepotten. Velg et lavere beløp, eller sett av mer først." in page.words
    assert page.form("Refunder").find("option", selected=True)["value"] == EIDSKOG
    assert page.form("Refunder").find("input", {"name": "grunn"})["value"] == "Tog"
    page = browser.press(page, "Refunder", bibliotek=EIDSKOG, belop="mye", grunn="Tog")
    assert page.form("Refunder").find(id="belop-ref-feil").get_text() == "Skriv beløpet i kroner."
    page = browser.press(page, "Refunder", bibliotek="", belop="10", grunn="")
    found = [one.get_text() for one in page.form("Refunder").select(".ds-validation-message")]
    assert found == ["Fyll ut «Bibliotek».", "Fyll ut «Grunn»."]
    assert page.form("Refunder").find("input", {"name": "belop"})["value"] == "10"
    assert browser.post(f"{PAGE}/nothing/tilbake", {}).status in (400, 404)


def test_the_fund_is_for_the_county_and_its_operators(node: Node, ledger: Ledger) -> None:
    for path in (PAGE, f"{PAGE}.csv"):
        assert node.browser("kari").get(path).status == 403
        assert node.browser("per").get(path).status == 200


def test_programs_do_the_same_in_ore(node: Node, ledger: Ledger) -> None:
    program = Program(node, "ingrid")
    granted: Document = {"amount_ore": 100_000, "reason": "Budsjett"}
    answers = [program.keyed("/travel-fund/grants", "budget", granted) for _ in range(2)]
    assert [one.json["left_ore"] for one in answers] == [100_000, 100_000]
    refund = {"id": an_id("refund"), "library_id": EIDSKOG, "amount_ore": 5_000, "reason": "Tog"}
    assert program.post("/travel-fund/refunds", refund).json["left_ore"] == 95_000
    assert program.get("/travel-fund").json["refunded_ore"] == 5_000
    line = program.get("/travel-fund/statement").json["items"][0]
    assert {line["kind"], program.get("/travel-fund/statement").json["items"][1]["kind"]} == {
        "refund",
        "grant",
    }
    back = program.post(f"/travel-fund/refunds/{refund['id']}/return", {"reason": "To ganger"})
    assert back.json["left_ore"] == 100_000
    more = {**refund, "id": an_id("more"), "amount_ore": 100_001}
    problem_of(program.post("/travel-fund/refunds", more), 409, "fund_too_small")
    problem_of(program.post("/travel-fund/grants", {"amount_ore": 0, "reason": "x"}), 422)
    assert Program(node, "kari").get("/travel-fund").status_code == 403
