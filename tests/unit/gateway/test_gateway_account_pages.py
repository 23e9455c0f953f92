"""The library's days: by act, running, as a picture with a table behind it, and as a file."""

import csv
import io

import eidskog
from conftest import Node

from byttebank.contracts.refusals import AccountUnknown
from gateway.pages.standing import standing
from gateway.statements import number, plain, statement_csv


def account(**half_days: int) -> dict[str, object]:
    values = {
        "given": 0,
        "received": 0,
        "balance": 0,
        "reserved": 0,
        "limit": 10,
        "available": 10,
        **half_days,
    }
    named = {f"{name}_half_days": value for name, value in values.items()}
    return {"library_id": eidskog.library("Eidskog"), "limit_is_hard": False, **named}


def sentence(**half_days: int) -> str:
    return standing(account(**half_days)).sentence.replace("\u00a0", " ")


def test_the_main_figure_is_a_sentence_without_a_minus_sign() -> None:
    assert sentence(available=8) == "Dere kan be om 4 dager nå"
    assert sentence(available=1) == "Dere kan be om en halv dag nå"
    assert sentence(available=0, balance=-10) == "Dere har lovet 5 dager"
    assert sentence(available=-3, balance=-13) == "Dere har lovet 6,5 dager"
    assert sentence(available=0, balance=0, limit=0) == "Dere har gitt like mye som dere har fått"
    assert sentence(available=0, balance=4, reserved=4, limit=0) == "Alt er satt av: 2 dager"


def test_the_parts_add_up_to_the_figure() -> None:
    shown = standing(account(balance=2, reserved=4, available=8))
    assert [amount.replace("\u00a0", " ") for _, amount in shown.sums] == [
        "1 dag",
        "+ 5 dager",
        "− 2 dager",
        "4 dager",
    ]
    owing = standing(account(balance=-14, available=-4))
    assert [amount.replace("\u00a0", " ") for _, amount in owing.sums] == [
        "− 7 dager",
        "+ 5 dager",
        "0 dager",
        "− 2 dager",
    ]


def test_the_statement_is_said_by_act_with_running_days(node: Node) -> None:
    page = node.browser("kari").get("/konto")
    rows = [
        [cell.get_text(" ", strip=True).replace("\u00a0", " ") for cell in row.find_all(["td", "th"])]
        for row in page.soup.select(".bb-statement tbody tr")
    ]
    assert rows[0] == ["tor. 5. nov.", "Ringsaker hjalp oss Plasting av bøker", "−1", "1"]
    assert rows[3] == ["tir. 8. sep.", "Vi hjalp Stjørdal (Trøndelag) Formidling til barn", "+0,5", "1,5"]
    assert [row[3] for row in rows] == ["1", "2", "1", "1,5", "1", "0", "−1", "0", "1"]


def test_the_table_behind_the_chart_says_the_same(node: Node) -> None:
    page = node.browser("kari").get("/konto")
    table = page.soup.select_one("[aria-labelledby=aaret] table")
    assert table is not None
    levels = {row.th.get_text(): row.td.get_text() for row in table.select("tbody tr")}
    assert levels["februar"] == "1"
    assert levels["april"] == "−1"
    assert levels["november"] == "1"
    description = page.soup.find(id="graf-d").get_text()
    assert "lavest −1 torsdag 16. april" in description


def test_what_is_set_aside_and_on_its_way_says_why(node: Node) -> None:
    words = node.browser("kari").get("/konto").words
    assert "1 dag til Hamar, som kommer tor. 3. des. Se avtalen med Hamar" in words
    assert "På vei til dere 1 dag fra Nes for tir. 17. nov., kommet fram, ikke ført ennå." in words


def test_days_sent_and_not_answered_are_on_their_way(node: Node) -> None:
    for hold in node.backend.ledger._held.values():
        if hold["payer"] == eidskog.library("Eidskog"):
            hold["state"] = "prepared"
    words = node.browser("kari").get("/konto").words
    assert (
        "På vei fra dere 1 dag til Hamar for tor. 3. des., venter på svar fra Innlandet siden kl. 08.14."
        in words
    )
    assert "Ingenting er satt av nå." in words


def test_a_library_without_an_account_is_welcome(node: Node) -> None:
    node.backend.failing["ledger.account"] = AccountUnknown()
    browser = node.browser("kari")
    assert "ingen dager i banken ennå" in browser.get("/konto").words
    assert "ingen tall for biblioteket" in browser.get("/oversikt").words


def test_the_file_opens_in_a_norwegian_spreadsheet(node: Node) -> None:
    browser = node.browser("kari")
    answer = browser.client.get(f"{node.prefix}/konto.csv")
    octets = answer.get_data()
    assert octets.startswith(b"\xef\xbb\xbf")
    assert "byttebank-2026-11-23.csv" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(octets.decode("utf-8-sig")), delimiter=";"))
    assert rows[0] == [
        "Dato",
        "Bibliotek",
        "Fylke",
        "Ferdighet",
        "Gitt",
        "Fått",
        "Dager å bruke",
        "Ført",
        "Oppdrag",
    ]
    assert rows[4][:7] == ["2026-09-08", "Stjørdal", "Trøndelag", "formidling til barn", "0,5", "", "1,5"]
    assert len(rows) == 10


def test_the_file_holds_every_page_of_the_statement(node: Node) -> None:
    hold = node.backend.ledger._posted[0]
    node.backend.ledger._posted += [{**hold, "transfer_id": hold["transfer_id"]} for _ in range(450)]
    browser = node.browser("kari")
    rows = browser.client.get(f"{node.prefix}/konto.csv").get_data(as_text=True).splitlines()
    assert len(rows) == 1 + 9 + 450
    page = browser.get("/konto")
    assert len(page.soup.select(".bb-statement tbody tr")) == 100
    assert "359 eldre linjer står i CSV-filen." in page.words


def test_no_cell_is_a_formula() -> None:
    line = {
        "work_date": "2026-11-05",
        "posted_at": "2026-11-05T15:00:00.000000Z",
        "other_library_id": "x",
        "other_library_name": '=HYPERLINK("http://evil";"x")',
        "other_county": "+innlandet",
        "skill": "@skill",
        "engagement_id": None,
        "half_days": -3,
        "balance_half_days": -3,
    }
    row = list(csv.reader(io.StringIO(statement_csv([line])), delimiter=";"))[1]
    assert row[1] == '\'=HYPERLINK("http://evil";"x")'
    assert row[2] == "'+innlandet"
    assert row[3] == "'@skill"
    assert (row[4], row[5], row[6]) == ("", "1,5", "-1,5")


def test_numbers_and_text_are_written_as_a_spreadsheet_reads_them() -> None:
    assert [number(half_days) for half_days in (0, 1, -1, 3, -4)] == ["0", "0,5", "-0,5", "1,5", "-2"]
    assert plain("Grue") == "Grue"
    assert plain("-2") == "'-2"
    assert plain("") == ""
