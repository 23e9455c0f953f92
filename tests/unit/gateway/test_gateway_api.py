"""JSON for programs: tokens, who may see what, lists page by page, a whole day of help."""

from datetime import timedelta
from typing import Any

import eidskog
from api_program import ASK, EIDSKOG, GRUE, PROPOSAL, Program, problem_of
from conftest import Node, make_node
from fake_service import an_id

from byttebank.clock import FixedClock
from byttebank.identifiers import new_id


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
