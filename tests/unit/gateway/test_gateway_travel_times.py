"""How far it is, and how that is known: by the county's table of travel times, or as the crow flies."""

import eidskog
from api_program import Program
from conftest import Node

from gateway.words.reasons import reason_sentence
from gateway.words.refusals import sentence_of


def test_the_board_says_how_it_knows(node: Node) -> None:
    page = node.browser("kari").get("/tavle?vis=all")
    assert "km i luftlinje" in page.words
    assert "Nærmest i luftlinje først, uten reise sist" in page.words
    assert "Avstand i luftlinje" in page.words
    node.backend.directory._minutes[eidskog.library("Tolga")] = 200
    page = node.browser("kari").get("/tavle?vis=all")
    assert "3 timer 20 min etter reisetabellen" in page.words
    assert "Kortest reise først: etter reisetabellen der den vet det" in page.words
    assert "Avstand i luftlinje" not in page.words
    items = Program(node).get("/board").json["items"]
    assert {one["travel_minutes"] for one in items} == {200, None}


def test_a_candidates_reason_says_how_it_knows(node: Node) -> None:
    with node.app.test_request_context("/"):
        node.app.preprocess_request()

        def said(code: str, **parameters: object) -> str:
            reason = {"code": code, "parameters": parameters, "is_favourable": True}
            return reason_sentence(reason).replace("\u00a0", " ")

        assert said("travel_time", minutes=80) == "1 time 20 min etter reisetabellen"
        assert said("distance", km=62) == "62 km unna i luftlinje"


def test_the_refusal_says_the_date_and_how_many_are_away(node: Node) -> None:
    parameters = {
        "library_id": eidskog.library("Grue"),
        "date": "2027-05-20",
        "away": 2,
        "colleagues": 4,
        "min_at_home": 2,
    }
    with node.app.test_request_context("/"):
        node.app.preprocess_request()
        sentence = sentence_of("too_many_away", parameters)
    assert sentence.startswith("20. mai 2027 er 2 av 4 hos Grue allerede borte, og minst 2 skal")
