"""Promises, statements, corrections and closings on pages and for programs, with a real ledger behind."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import eidskog
import pytest
from conftest import Node
from fake_service import an_id

from byttebank.messaging.rpc import WRITES
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database
from services.ledger import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: a real ledger is behind the pages."""

Document = dict[str, Any]
OPERATIONS = {"decline_reversal": "decline", "open_account": "open_again"}


class Ledger:
    """The ledger's port with its own operations behind it, in one database."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def __getattr__(self, name: str) -> Any:
        operation = getattr(operations, OPERATIONS.get(name, name))

        def call(*arguments: Any, **named: Any) -> Any:
            opened = self.database.work() if name in WRITES else self.database.reading()
            with opened as work:
                return operation(work, *arguments, **named)

        return call

    def do(self, name: str, *arguments: Any) -> Any:
        with self.database.work() as work:
            return getattr(operations, name)(work, *arguments)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("books") / "ledger.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine, "services.ledger")
    engine.dispose()
    return path


@pytest.fixture
def ledger(node: Node, books: Path, tmp_path: Path) -> Iterator[Ledger]:
    """Eidskog has been helped by Grue, and has helped Nes in Akershus, which has not answered."""
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(books.read_bytes())
    database = Database(
        open_engine(f"sqlite:///{path}"), county="innlandet", service="ledger", clock=node.clock
    )
    ledger = Ledger(database)
    county = node.backend.directory.county()
    ledger.do("county_changed", {**county, "version": 1})
    peer = {"county": "akershus", "name": "Akershus", "state": "active", "fuse_half_days": 200}
    ledger.do("peer_changed", {**peer, "keys": [], "version": 1})
    for name, slug, *_ in eidskog.PLACES:
        document = node.backend.directory.get_library(eidskog.library(name))
        ledger.do("library_changed", {**document, "county": slug})
    for n, helper, slug in ((1, "Grue", "innlandet"), (2, "Nes", "akershus")):
        transfer_id = an_id(f"posted {n}")
        body = {
            "transfer_id": transfer_id,
            "engagement_id": an_id(f"engagement {n}"),
            "part": 1,
            "payer_library_id": eidskog.library("Eidskog"),
            "payee_library_id": eidskog.library(helper),
            "payee_county": slug,
            "amount_half_days": 2,
            "skill": "weeding",
            "work_date": f"2026-11-1{n}",
        }
        assert "code" not in ledger.do("reserve_days", body)
        if n == 1:
            ledger.do("post_days", {"transfer_id": transfer_id, "amount_half_days": 2})
    node.backend.ledger = ledger
    yield ledger
    database.close()


def balance(ledger: Ledger, name: str) -> int:
    return int(ledger.account(eidskog.library(name))["balance_half_days"])


def program(node: Node, who: str = "ingrid") -> Any:
    given = {"email": node.users[who].email, "password": eidskog.PASSWORD}
    client = node.browser().client
    token = client.post(f"{node.prefix}/api/v1/tokens", json=given).json["token"]

    def call(method: str, path: str, document: Any = None, **headers: str) -> Any:
        return client.open(
            f"{node.prefix}/api/v1{path}",
            method=method,
            json=document,
            headers={"Authorization": f"Bearer {token}", **headers},
        )

    return call


def test_with_no_days_to_use_one_click_promises_one(node: Node, ledger: Ledger) -> None:
    browser = node.browser("kari")
    page = browser.get("/be-om-hjelp")
    assert "Får dere hjelp nå, låner dere. Vil dere love en dag tilbake?" in page.words
    after = browser.press(page, "Ja, vi lover")
    assert after.alerts == ["Dere har lovet en dag. Det får dato først når noen trenger det."]
    assert after.url.endswith("/be-om-hjelp")
    browser.press(page, "Ja, vi lover")
    (promise,) = ledger.promises(eidskog.library("Eidskog"))
    assert promise["open_half_days"] == 2
    account = browser.get("/konto")
    assert "1 dag. Ingen dato ennå. Senest 23. november 2027." in account.words
    assert browser.press(account, "Trekk løftet").alerts == ["Løftet er trukket."]
    assert "Ingenting er lovet nå." in browser.get("/konto").words


def test_the_county_dates_and_forgives_promises_with_a_reason(node: Node, ledger: Ledger) -> None:
    kari, county = node.browser("kari"), node.browser("ingrid")
    kari.press(kari.get("/konto"), "Ja, vi lover")
    page = county.get("/fylket/lofter")
    assert "Eidskog bibliotek har lovet 1 dag" in page.words
    refused = county.press(page, "Gi dato", dato="2026-11-01")
    assert (refused.status, refused.alerts) == (422, [])
    assert "Søndag 1. november har vært" in refused.form("Gi dato").get_text(" ")
    assert refused.form("Gi dato").find("input", {"name": "dato"})["value"] == "2026-11-01"
    dated = county.press(page, "Gi dato", dato="2026-12-01")
    assert "Noen har spurt om dagen: tirsdag 1. desember." in dated.words
    refused = county.press(dated, "Ettergi", grunn=" ")
    assert "Fyll ut «Hvorfor ettergis løftet?»." in refused.form("Ettergi").get_text(" ")
    assert refused.form("Ettergi").find_parent("details").has_attr("open")
    forgiven = county.press(dated, "Ettergi", grunn="Vannskade")
    assert "Ingen bibliotek har åpne løfter nå." in forgiven.words
    assert "Ettergitt av fylkesbiblioteket Vannskade" in kari.get("/konto").words
    assert balance(ledger, "Eidskog") == 0
    assert kari.get("/fylket/lofter").status == 403


def test_the_countys_statement_leads_to_taking_days_back(node: Node, ledger: Ledger) -> None:
    county = node.browser("ingrid")
    page = county.get("/fylket/kontoutskrift")
    (link,) = page.soup.select("main table a")
    assert link.get_text() == "Grue hjalp Eidskog"
    transfer = county.follow(link["href"], page.url)
    wrong = county.press(transfer, "Før tilbake", mengde="2", grunn="")
    assert wrong.status == 422
    assert "Fyll ut «Grunn»." in wrong.words
    too_much = county.press(transfer, "Før tilbake", mengde="5", grunn="Feil dag")
    assert "Det er bare 1 dag igjen å føre tilbake." in too_much.words or "en dag" in too_much.words
    done = county.press(transfer, "Før tilbake", mengde="1", grunn="Feil dag")
    assert done.alerts == ["Dagene er ført tilbake."]
    assert "Alt er ført tilbake" in done.words
    assert balance(ledger, "Eidskog") == 0
    again = county.get("/fylket/kontoutskrift")
    assert "Ført tilbake: Grue hjalp Eidskog" in again.words
    assert "Feil dag" in again.words
    assert node.browser("kari").get("/fylket/kontoutskrift").status == 403


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        ("", 1),
        (f"?hvem={eidskog.library('Eidskog')}", 1),
        (f"?hvem={eidskog.library('Hamar')}", 0),
        ("?hvem=akershus", 0),
        ("?fra=2026-11-12", 0),
        ("?fra=2026-11-01&til=2026-11-11", 1),
    ],
)
def test_statements_are_of_a_library_a_county_and_a_period(
    node: Node, ledger: Ledger, query: str, lines: int
) -> None:
    browser = node.browser("ingrid")
    assert len(browser.get(f"/fylket/kontoutskrift{query}").soup.select("main tbody tr")) == lines
    rows = browser.get(f"/fylket/kontoutskrift.csv{query}").text.strip().splitlines()
    assert len(rows) == 1 + lines


@pytest.mark.parametrize("query", ["?fra=i-dag", "?fra=2026-12-01&til=2026-11-01", "?hvem=nowhere"])
def test_a_period_that_cannot_be_is_said(node: Node, ledger: Ledger, query: str) -> None:
    page = node.browser("ingrid").get(f"/fylket/kontoutskrift{query}")
    assert page.status == 422
    assert page.alerts


def test_the_county_closes_and_opens_an_account(node: Node, ledger: Ledger) -> None:
    county = node.browser("ingrid")
    path = f"/fylket/kontoutskrift?hvem={eidskog.library('Grue')}"
    page = county.get(path)
    refused = county.press(page, "Avslutt kontoen", hvordan="forgive", grunn="Nedlagt")
    form = refused.form("Avslutt kontoen")
    assert "Velg den andre måten." in form.get_text(" ")
    assert form.find("input", {"name": "grunn"})["value"] == "Nedlagt"
    assert form.find("input", {"value": "forgive"}).has_attr("checked")
    busy = county.press(
        county.get(f"/fylket/kontoutskrift?hvem={eidskog.library('Eidskog')}"),
        "Avslutt kontoen",
        hvordan="forgive",
        grunn="Nedlagt",
    )
    assert (
        "Eidskog har dager som er satt av eller på vei. Vent til de er ført, eller avlys avtalene først."
        in busy.words
    )
    assert busy.form("Avslutt kontoen").find("input", {"name": "grunn"})["value"] == "Nedlagt"
    closed = county.press(
        county.get(path),
        "Avslutt kontoen",
        hvordan="merge",
        til=eidskog.library("Hamar"),
        grunn="Sammenslått",
    )
    assert closed.alerts == ["Kontoen er avsluttet og går i null."]
    assert balance(ledger, "Hamar") == 2
    opened = county.press(county.get(path), "Ta i bruk igjen", grunn="Skilt igjen")
    assert opened.alerts == ["Kontoen er i bruk igjen."]
    assert balance(ledger, "Grue") == 0


def test_programs_do_what_pages_do(node: Node, ledger: Ledger) -> None:
    county, manager = program(node), program(node, "kari")
    own = eidskog.library("Eidskog")
    made = manager("POST", f"/accounts/{own}/promises", {"days": 1.5}, **{"Idempotency-Key": "one"})
    assert (made.status_code, made.json["open_days"], made.json["is_late"]) == (201, 1.5, False)
    again = manager("POST", f"/accounts/{own}/promises", {"days": 1.5}, **{"Idempotency-Key": "one"})
    assert again.json == made.json
    promise = f"/promises/{made.json['id']}"
    assert manager("POST", f"{promise}/forgive", {"reason": "x"}).status_code == 403
    assert county("POST", f"{promise}/forgive", {}).json["code"] == "field_missing"
    assert county("POST", f"{promise}/date", {"dated_on": "2026-12-01"}).json["dated_on"] == "2026-12-01"
    assert len(county("GET", "/promises").json["items"]) == 1
    forgiven = county("POST", f"{promise}/forgive", {"reason": "x", "days": 0.5}).json
    assert forgiven["open_days"] == 1
    assert manager("POST", f"{promise}/withdraw").json["state"] == "ended"
    transfer = f"/transfers/{an_id('posted 1')}"
    assert county("GET", transfer).json["unreversed_days"] == 1
    assert manager("GET", transfer).status_code == 403
    back = county("POST", f"{transfer}/reverse", {"days": 0.5, "reason": "Halv dag"}).json
    assert (back["state"], back["days"]) == ("posted", 0.5)
    assert (
        county("POST", f"{transfer}/reverse", {"days": 3, "reason": "x"}).json["code"] == "reversal_too_large"
    )
    statement = county("GET", "/statement?limit=1")
    assert len(statement.json["items"]) == 1
    assert 'rel="next"' in statement.headers["Link"]
    assert county("GET", "/positions/akershus/statement").json["items"] == []
    assert county("GET", f"/accounts/{own}/statement?first_on=2026-11-12").json["items"][0]["kind"] == (
        "forgiveness"
    )
    assert county("GET", "/reversal-requests").json["items"] == []
    whole = county("POST", f"/accounts/{own}/make-whole", {"days": 1, "reason": "Fylket er borte"})
    assert whole.json["state"] == "posted"
    grue = f"/accounts/{eidskog.library('Grue')}"
    assert county("POST", f"{grue}/close", {"how": "gift", "reason": "Slutt"}).json["state"] == "closed"
    assert county("POST", f"{grue}/open", {"reason": "Ny start"}).json["state"] == "open"
    merger = county("POST", "/positions/akershus/merge", {"successor": "innlandet", "reason": "x"})
    assert merger.json["code"] == "account_in_use"
    merger = county("POST", "/positions/akershus/merge", {"successor": "oslo", "reason": "x"})
    assert merger.json["code"] == "county_unknown"


def test_the_county_rules_on_what_two_libraries_disagree_about(node: Node, ledger: Ledger) -> None:
    ruled: list[tuple[Any, ...]] = []
    found = node.backend.matching.list_engagements(eidskog.library("Eidskog"))[0]
    disputed = {**found, "state": "disputed", "home_county": "innlandet"}
    node.backend.matching.disputes = lambda _actor: [disputed]  # type: ignore[attr-defined]
    node.backend.matching.rule = lambda *given: ruled.append(given[:3]) or disputed  # type: ignore[attr-defined]
    county = node.browser("ingrid")
    page = county.get("/fylket/uenigheter")
    assert "Les hva begge har skrevet, og avgjør." in page.words
    refused = county.press(page, "Det ble ikke noe av", grunn="")
    assert (refused.status, ruled) == (422, [])
    assert "Fyll ut «Grunn»." in refused.form("Det ble gjort").get_text(" ")
    done = county.press(page, "Det ble ikke noe av", grunn="Ingen kom")
    assert done.alerts == ["Uenigheten er avgjort. Begge bibliotekene får beskjed."]
    assert ruled == [(disputed["id"], False, "Ingen kom")]
    assert node.browser("kari").get("/fylket/uenigheter").status == 403
    call = program(node)
    assert len(call("GET", "/disputes").json["items"]) == 1
    answer = call(
        "POST", f"/engagements/{disputed['id']}/rule", {"happened": True, "reason": "Begge var der"}
    )
    assert answer.status_code == 200
    assert ruled[-1] == (disputed["id"], True, "Begge var der")
