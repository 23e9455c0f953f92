"""JSON for programs: tokens, problem documents, days, keys, pages of lists."""

import json
from datetime import timedelta
from typing import Any

import eidskog
import pytest
from conftest import Node, make_node
from fake_service import an_id

from byttebank.clock import FixedClock
from byttebank.contracts.refusals import (
    LimitHard,
    ServiceUnavailable,
    UnknownOutcome,
    all_refusals,
)
from byttebank.identifiers import new_id
from gateway import storage
from gateway.problems import STATUS

EIDSKOG, GRUE = eidskog.library("Eidskog"), eidskog.library("Grue")
KARI, JONAS = eidskog.colleague("Kari Moen"), eidskog.colleague("Jonas Berg")
ASK = {
    "skills": ["cataloguing"],
    "first_on": "2026-12-07",
    "last_on": "2026-12-11",
    "days": 1.5,
    "host_contact_id": KARI,
}
PROPOSAL = {
    "host_library_id": EIDSKOG,
    "lender_library_id": GRUE,
    "colleague_id": eidskog.colleague("Siri Haugen"),
    "dates": ["2026-12-09"],
    "days": 1,
    "host_contact_id": KARI,
}


class Program:
    """A client of the JSON interface."""

    def __init__(self, node: Node, who: str = "kari", scopes: list[str] | None = None) -> None:
        self.root = f"{node.prefix}/api/v1"
        self.client = node.browser().client
        given: dict[str, Any] = {"email": node.users[who].email, "password": eidskog.PASSWORD}
        if scopes is not None:
            given["scopes"] = scopes
        self.headers = {"Authorization": f"Bearer {self.post('/tokens', given, {}).json['token']}"}

    def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        """The answer to a GET."""
        return self.client.get(self.root + path, headers=self.headers if headers is None else headers)

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None, **more: Any) -> Any:
        """The answer to a POST."""
        sent = self.headers if headers is None else headers
        if body is not None:
            more["json"] = body
        return self.client.post(self.root + path, headers=sent, **more)

    def keyed(self, path: str, key: str, body: Any = None) -> Any:
        """The answer to a POST with a key."""
        return self.post(path, body, {**self.headers, "Idempotency-Key": key})


@pytest.fixture
def program(node: Node) -> Program:
    return Program(node)


def problem_of(answer: Any, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem document, after what every problem document is."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    document: dict[str, Any] = answer.json
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    if code is not None:
        assert document["code"] == code
        assert document["type"].endswith(f"/problemer#{code}")
    return document


def test_every_noun_answers_under_any_prefix(any_node: Node) -> None:
    program = Program(any_node)
    own_request = an_id("300 lokalhistoriske hefter må katalogiseres før jul")
    for path in (
        "/county",
        "/peers",
        "/libraries",
        f"/libraries/{GRUE}",
        f"/staff?library_id={EIDSKOG}",
        "/skills",
        "/offers",
        f"/offers/{an_id('offer Trine Solheim')}",
        "/board?show=needs&max_km=100",
        "/requests",
        f"/requests/{own_request}",
        f"/requests/{own_request}/candidates",
        "/engagements?state=agreed",
        f"/engagements/{an_id('engagement grue')}",
        f"/accounts/{EIDSKOG}",
        f"/accounts/{EIDSKOG}/statement",
        f"/accounts/{EIDSKOG}/reservations",
        f"/accounts/{EIDSKOG}/incoming",
        "/notices",
        "/mailbox",
    ):
        answer = program.get(path)
        assert answer.status_code == 200, (path, answer.json)
        assert "half_days" not in answer.get_data(as_text=True), path
    operator = Program(any_node, "per")
    for path in ("/positions", "/trial-balance", f"/accounts/{GRUE}"):
        assert operator.get(path).status_code == 200
        assert "half_days" not in operator.get(path).get_data(as_text=True), path


def test_days_are_numbers_in_steps_of_a_half(program: Program) -> None:
    account = program.get(f"/accounts/{EIDSKOG}").json
    assert account["available_days"] == 4
    assert account["given_days"] == 4.5
    line = program.get(f"/accounts/{EIDSKOG}/statement").json["items"][2]
    assert (line["days"], line["balance_days"]) == (-0.5, 1)
    made = program.post("/requests", ASK)
    assert made.status_code == 201
    assert made.json["days"] == 1.5


def test_reasons_and_notices_carry_their_sentences(program: Program) -> None:
    own_request = an_id("300 lokalhistoriske hefter må katalogiseres før jul")
    first = program.get(f"/requests/{own_request}/candidates").json["candidates"][0]
    assert first["reasons"][0]["sentence"] == "Kan katalogisering og klassifikasjon"
    owing = [one for one in first["reasons"] if one["code"] in ("owes", "gives")]
    assert all("days" in one["parameters"] for one in owing)
    notice = program.get("/notices").json["items"][0]
    assert notice["subject"] == "Forslag: Tolga onsdag 9. desember"
    assert notice["parameters"]["days"] == 1


@pytest.mark.parametrize(
    ("days", "code", "detail"),
    [
        (0, "below_half_day", "Et oppdrag er minst en halv dag. Velg en halv dag eller mer."),
        (-1, "below_half_day", "Et oppdrag er minst en halv dag. Velg en halv dag eller mer."),
        (-0.5, "below_half_day", "Et oppdrag er minst en halv dag. Velg en halv dag eller mer."),
        (0.25, "not_half_steps", "Byttebanken teller halve og hele dager. Velg en halv dag eller en dag."),
        (1.2, "not_half_steps", "Byttebanken teller halve og hele dager. Velg en dag eller 1,5 dager."),
        (
            401,
            "too_many_days",
            "Det er mer enn Byttebanken tar på én gang. Velg inntil 400 dager, eller del det opp.",
        ),
        ("1", "malformed", "Skal være et tall."),
        (True, "malformed", "Skal være et tall."),
        ([1], "malformed", "Skal være et tall."),
        (None, "malformed", "Feltet kan ikke være tomt."),
    ],
)
@pytest.mark.parametrize(("path", "body"), [("/requests", ASK), ("/engagements", PROPOSAL)])
def test_days_that_are_none_are_refused_at_the_field(
    node: Node, program: Program, path: str, body: dict[str, Any], days: Any, code: str, detail: str
) -> None:
    document = problem_of(program.post(path, {**body, "days": days}), 422, code)
    said = [{**one, "detail": one["detail"].replace("\u00a0", " ")} for one in document["errors"]]
    assert said == [{"pointer": "/days", "detail": detail}]
    assert node.backend.asked("directory.create_request") == node.backend.asked("matching.propose") == []


@pytest.mark.parametrize("days", ["1e999", "NaN", "Infinity", "-Infinity", "1e-999", "0.50000000000000001e1"])
def test_numbers_at_the_edge_never_break_it(program: Program, days: str) -> None:
    body = json.dumps(ASK).replace("1.5", days)
    answer = program.post("/requests", data=body, content_type="application/json")
    assert answer.status_code in (201, 400, 422)
    if answer.status_code != 201:
        problem_of(answer, answer.status_code)


def test_half_a_character_is_refused_and_not_taken_for_a_fault_of_ours(program: Program) -> None:
    body = json.dumps({**ASK, "own_words": "halvt: HER"}).replace("HER", "\\ud83d")
    answer = program.post("/requests", data=body, content_type="application/json")
    problem_of(answer, 400)
    whole = body.replace("ud83d", "ud83d\\ude00")
    assert program.post("/requests", data=whole, content_type="application/json").status_code != 400


def test_every_fault_of_a_document_has_its_pointer(program: Program) -> None:
    document = problem_of(
        program.post("/requests", {"first_on": "i morgen", "days": 0, "hei": 1}), 422, "malformed"
    )
    assert {one["pointer"]: one["detail"] for one in document["errors"]} == {
        "/first_on": "Skal være en dato, som 2026-11-23.",
        "/skills": "Feltet mangler.",
        "/last_on": "Feltet mangler.",
        "/host_contact_id": "Feltet mangler.",
        "/days": "Et oppdrag er minst en halv dag. Velg en halv dag eller mer.",
        "/hei": "Feltet er ukjent.",
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "/requests",
            {**ASK, "skills": "cataloguing", "own_words": 1, "is_open": "ja", "place": "x", "id": "x"},
        ),
        ("/requests", {**ASK, "own_words": "x" * 2001, "skills": [1], "host_contact_id": None}),
        (
            "/offers",
            {"colleague_id": 1, "skills": None, "days": 1, "max_km": "5", "counties": ["X"], "dates": [1]},
        ),
        ("/offers", {"colleague_id": KARI, "skills": [], "days": 1, "max_km": -1, "places": [], "reach": 1}),
        ("/engagements", {**PROPOSAL, "dates": [], "purpose": 1, "host_contact_name": ""}),
        ("/tokens", {"email": 1, "password": "", "scopes": []}),
        ("/tokens", {"email": "x" * 321, "password": None, "scopes": ["all"]}),
        ("/requests", []),
        ("/requests", "hei"),
        ("/requests", None),
        (f"/engagements/{an_id('engagement nes')}/confirm", {"happened": "ja"}),
        (f"/engagements/{an_id('engagement nes')}/confirm", {}),
    ],
)
def test_every_fault_is_said_in_the_callers_language(program: Program, path: str, body: Any) -> None:
    answer = program.post(path, data=json.dumps(body), content_type="application/json")
    if answer.status_code == 201:
        assert path == "/offers"
        return
    document = problem_of(answer, 422)
    english = ("Not a", "Must", "Field", "Missing", "Invalid", "Unknown", "Longer", "Shorter", "Length")
    assert document["errors"] or path.endswith("x")
    for one in document["errors"]:
        assert not one["detail"].startswith(english), one


def test_what_is_no_json_is_turned_down(program: Program) -> None:
    for body, kind, status in (
        ("{", "application/json", 400),
        ("[" * 30_000, "application/json", 400),
        ("\xff".encode("latin-1"), "application/json", 400),
        ("x=1", "application/x-www-form-urlencoded", 415),
        ("{}", "text/plain", 415),
        ('"' + "x" * 70_000 + '"', "application/json", 413),
    ):
        problem_of(program.post("/requests", data=body, content_type=kind), status)


def test_paths_and_methods_that_do_not_exist_are_problems(program: Program) -> None:
    problem_of(program.get("/nothing"), 404)
    problem_of(program.get("/libraries/not-an-id"), 404)
    problem_of(program.get(f"/libraries/{new_id()}"), 404, "not_found")
    answer = program.client.put(f"{program.root}/requests", headers=program.headers, json={})
    problem_of(answer, 405)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


def test_a_token_is_needed_and_must_count(node: Node, program: Program, clock: FixedClock) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer nope"},
        {"Authorization": "Basic a2FyaTp4"},
        {"Authorization": "Bearer"},
    ):
        answer = program.get("/county", headers)
        problem_of(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert program.get("/county").status_code == 200
    gone = Program(node)
    assert gone.client.delete(f"{gone.root}/tokens/current", headers=gone.headers).status_code == 204
    problem_of(gone.get("/county"), 401)
    clock.move_to(clock.now() + timedelta(days=31))
    problem_of(program.get("/county"), 401)


def test_a_browsers_session_is_no_token(node: Node) -> None:
    browser = node.browser("kari")
    problem_of(browser.client.post(f"{node.prefix}/api/v1/requests", json=ASK), 401)


def test_a_token_to_read_does_not_write(node: Node) -> None:
    reader = Program(node, scopes=["read"])
    assert reader.get("/county").status_code == 200
    assert "«write»" in problem_of(reader.post("/requests", ASK), 403)["detail"]
    writer = Program(node, scopes=["write"])
    problem_of(writer.get("/county"), 403)


def test_a_wrong_password_is_refused_and_counted(node: Node, program: Program) -> None:
    wrong = {"email": node.users["siri"].email, "password": "feil passord"}
    for _ in range(10):
        problem_of(program.post("/tokens", wrong, {}), 401, "sign_in_failed")
    answer = program.post("/tokens", {**wrong, "password": eidskog.PASSWORD}, {})
    problem_of(answer, 429, "too_many_attempts")
    assert answer.headers["Retry-After"] == "900"


def test_a_request_that_is_not_on_the_board_is_seen_by_its_own_library_only(node: Node) -> None:
    asker, other = Program(node, "kari"), Program(node, "siri")
    path = f"/requests/{asker.post('/requests', ASK).json['id']}"
    assert asker.get(path).status_code == 200
    problem_of(other.get(path), 404, "not_found")
    assert asker.post(f"{path}/open", {}).status_code == 200
    assert other.get(path).status_code == 200


def test_days_of_others_and_of_counties_are_for_the_county(node: Node, program: Program) -> None:
    for path in (f"/accounts/{GRUE}", f"/accounts/{GRUE}/statement", "/positions", "/trial-balance"):
        problem_of(program.get(path), 403, "not_your_role")
    grues = an_id("Rydde hyllene etter flytting")
    problem_of(program.get(f"/requests/{grues}/candidates"), 404, "not_found")
    problem_of(Program(node, "siri").get(f"/engagements/{an_id('engagement hamar')}"), 404, "not_found")
    ours = Program(node, "siri").get(f"/requests?library_id={EIDSKOG}").json["items"]
    assert ours == []


def test_the_trial_balance_adds_up(node: Node) -> None:
    balance = Program(node, "ingrid").get("/trial-balance").json
    assert balance["imbalance_days"] == 0
    assert sum(one["debits_days"] for one in balance["accounts"]) == balance["debits_days"]


def test_lists_go_page_by_page(node: Node, program: Program) -> None:
    seen, url = [], f"{node.prefix}/api/v1/libraries?limit=3&county=innlandet"
    while url:
        answer = program.client.get(url, headers=program.headers)
        assert len(answer.json["items"]) <= 3
        seen += [one["short_name"] for one in answer.json["items"]]
        link = answer.headers.get("Link", "")
        assert bool(link) == bool(answer.json["next_cursor"])
        url = link.removeprefix("<").partition(">")[0]
        assert not link or link.endswith('>; rel="next"')
    assert len(seen) == len(set(seen)) == 8
    for query in ("limit=0", "limit=201", "limit=x", "cursor=%3Cnope", "county=INNLANDET"):
        problem_of(program.get(f"/libraries?{query}"), 422)


@pytest.mark.parametrize(
    ("path", "body", "method"),
    [
        ("/requests", ASK, "directory.create_request"),
        ("/offers", {"colleague_id": JONAS, "skills": ["weeding"], "days": 1}, "directory.create_offer"),
        ("/engagements", PROPOSAL, "matching.propose"),
        (f"/engagements/{an_id('engagement grue')}/accept", {}, "matching.accept"),
        (f"/engagements/{an_id('engagement nes')}/confirm", {"happened": True}, "matching.confirm"),
    ],
)
def test_the_same_key_answers_as_the_first_time(
    node: Node, program: Program, path: str, body: dict[str, Any], method: str
) -> None:
    first = program.keyed(path, "key-1", body)
    again = program.keyed(path, "key-1", body)
    assert first.status_code == again.status_code in (200, 201)
    assert first.json == again.json
    assert again.content_type == "application/json"
    assert len(node.backend.asked(method)) == 1
    problem_of(program.keyed(path, "key-1", {**body, "x": 1}), 422)


def test_the_same_key_with_another_body_is_refused(node: Node, program: Program) -> None:
    assert program.keyed("/requests", "key-1", ASK).status_code == 201
    problem_of(program.keyed("/requests", "key-1", {**ASK, "days": 1}), 422, "same_key_other_body")
    other_path = f"/engagements/{an_id('engagement grue')}/accept"
    problem_of(program.keyed(other_path, "key-1", ASK | {}), 422)
    assert len(node.backend.asked("directory.create_request")) == 1


def test_keys_of_two_people_are_two_keys(node: Node, program: Program) -> None:
    assert program.keyed("/requests", "key-1", ASK).status_code == 201
    jonas = Program(node, "jonas")
    other = jonas.keyed("/requests", "key-1", {**ASK, "days": 1})
    assert other.status_code == 201


def test_without_a_key_each_call_is_its_own(program: Program) -> None:
    first, second = program.post("/requests", ASK), program.post("/requests", ASK)
    assert first.json["id"] != second.json["id"]


def test_the_callers_own_id_is_kept(program: Program) -> None:
    own = new_id()
    assert program.post("/requests", {**ASK, "id": own}).json["id"] == own
    problem_of(program.post("/requests", {**ASK, "id": own, "days": 1}), 422, "same_key_other_body")


def test_a_write_without_an_answer_is_tried_again_with_the_same_key(node: Node, program: Program) -> None:
    node.backend.failing["matching.propose"] = UnknownOutcome()
    document = problem_of(program.keyed("/engagements", "key-1", PROPOSAL), 504, "unknown_outcome")
    assert document["is_transient"]
    node.backend.failing.clear()
    made = program.keyed("/engagements", "key-1", PROPOSAL)
    assert made.status_code == 201
    ids = {call[1][0]["id"] for call in node.backend.asked("matching.propose")}
    assert ids == {made.json["id"]}


def test_what_was_refused_is_looked_at_again(node: Node, program: Program) -> None:
    past = {**ASK, "first_on": "2026-11-01"}
    document = problem_of(program.keyed("/requests", "key-1", past), 422, "date_past")
    assert document["errors"][0]["pointer"] == "/first_on"
    assert document["parameters"] == {"date": "2026-11-01"}
    assert len(node.backend.asked("directory.create_request")) == 1
    program.keyed("/requests", "key-1", past)
    assert len(node.backend.asked("directory.create_request")) == 2


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_that_is_none_is_refused(program: Program, key: str) -> None:
    problem_of(program.keyed("/requests", key, ASK), 422, "malformed")


def test_old_keys_are_forgotten(node: Node, program: Program, clock: FixedClock) -> None:
    program.keyed("/requests", "key-1", ASK)
    clock.move_to(clock.now() + timedelta(days=15))
    program.keyed("/requests", "key-2", {**ASK, "days": 1})
    with node.database.reading() as work:
        assert len(work.connection.execute(storage.answers.select()).all()) == 1


@pytest.mark.parametrize("kind", all_refusals())
def test_every_refusal_is_a_problem_with_its_own_status(node: Node, program: Program, kind: Any) -> None:
    node.backend.failing["directory.county"] = kind()
    document = problem_of(program.get("/county"), STATUS[kind.code], kind.code)
    assert document["is_transient"] == kind.is_transient


def test_amounts_in_a_problem_are_days(node: Node, program: Program) -> None:
    limit = LimitHard(library_id=EIDSKOG, available_half_days=1, wanted_half_days=4)
    node.backend.failing["matching.propose"] = limit
    document = problem_of(program.post("/engagements", PROPOSAL), 409, "limit_hard")
    assert document["parameters"] == {"library_id": EIDSKOG, "available_days": 0.5, "wanted_days": 2}
    assert "Tilby 1,5\u00a0dager" in document["detail"]


def test_a_service_that_is_down_says_when_to_try_again(node: Node, program: Program) -> None:
    node.backend.failing["ledger"] = ServiceUnavailable(service="ledger")
    answer = program.get(f"/accounts/{EIDSKOG}")
    problem_of(answer, 503, "service_unavailable")
    assert answer.headers["Retry-After"] == "5"


def test_a_fault_of_ours_is_a_problem_without_a_traceback(node: Node, program: Program) -> None:
    node.backend.failing["directory.county"] = RuntimeError("password=hunter2")
    answer = program.get("/county")
    problem_of(answer, 500)
    assert "hunter2" not in answer.get_data(as_text=True)


def test_a_whole_day_of_help_by_programs_alone(node: Node, clock: FixedClock) -> None:
    kari, siri = Program(node), Program(node, "siri")
    made = kari.post("/requests", ASK | {"days": 1}).json
    opened = kari.post(f"/requests/{made['id']}/open").json
    assert opened["is_open"]
    best = kari.get(f"/requests/{made['id']}/candidates").json["candidates"][0]
    proposed = kari.keyed(
        "/engagements",
        "propose",
        PROPOSAL | {"request_id": made["id"], "offer_id": best["offer_id"], "dates": best["dates"][:1]},
    ).json
    agreed = siri.keyed(f"/engagements/{proposed['id']}/accept", "yes").json
    assert agreed["state"] == "agreed"
    assert kari.get(f"/accounts/{EIDSKOG}").json["reserved_days"] == 3
    problem_of(kari.post(f"/engagements/{proposed['id']}/confirm", {"happened": True}), 409, "not_yet")
    clock.move_to(clock.now() + timedelta(days=17))
    for program in (kari, siri):
        answer = program.post(f"/engagements/{proposed['id']}/confirm", {"happened": True})
    assert answer.json["state"] == "settled"
    assert kari.get(f"/accounts/{EIDSKOG}").json["balance_days"] == 0
    assert siri.get(f"/accounts/{GRUE}").json["balance_days"] == 0.5
    problem_of(kari.post(f"/engagements/{proposed['id']}/cancel"), 409, "not_now")


def test_the_description_says_where_it_is_served(any_node: Node) -> None:
    answer = any_node.browser().client.get(f"{any_node.prefix}/openapi.json")
    document = answer.json
    assert document["openapi"] == "3.1.0"
    assert document["servers"] == [{"url": any_node.prefix or "/"}]
    assert "/api/v1/engagements/{engagement_id}/accept" in document["paths"]
    operation = document["paths"]["/api/v1/requests"]["post"]
    assert {"name": "Idempotency-Key", "in": "header"}.items() <= operation["parameters"][0].items()
    faults = document["components"]["responses"]["DEFAULT_ERROR"]["content"]
    assert list(faults) == ["application/problem+json"]
    days = document["components"]["schemas"]["NewRequest"]["properties"]["days"]
    assert (days["type"], days["multipleOf"]) == ("number", 0.5)


def test_a_notice_is_read_by_a_program(program: Program) -> None:
    notice = program.get("/notices?limit=1").json["items"][0]
    assert notice["read_at"] is None
    assert program.post(f"/notices/{notice['id']}/read").json["read_at"] is not None
    problem_of(program.post(f"/notices/{new_id()}/read"), 404, "not_found")


def test_the_mailbox_is_for_the_demonstration(node: Node, database: Any, clock: FixedClock) -> None:
    real = Program(make_node(database, clock, "/innlandet", is_demo=False))
    problem_of(real.get("/mailbox"), 404, "not_found")


def test_the_county_writes_a_skill_of_its_own_by_program_and_nobody_else_does(node: Node) -> None:
    skill = {"category": "collection", "names": {"nb": "lokalsamling"}, "maps_to": "weeding"}

    def write(who: str, code: str, **changes: Any) -> Any:
        program = Program(node, who)
        path = f"{program.root}/skills/{code}"
        return program.client.put(path, json={**skill, **changes}, headers=program.headers)

    written = write("ingrid", "local-collection")
    assert written.status_code == 200
    assert (written.json["is_own"], written.json["code"]) == (True, "local-collection")
    problem_of(write("ingrid", "another", names={"nb": "Lokalsamling"}), 409, "skill_known")
    problem_of(write("kari", "local-collection"), 403, "not_your_role")
