"""Clearing rounds as the county reads them, in its pages and over the programming interface."""

from datetime import timedelta
from typing import Any

import pytest
from api_program import Program
from conftest import Node
from fake_service import an_id, checked
from marshmallow import Schema

from byttebank.clock import format_time
from byttebank.contracts.clearing import STAGES, ClearingRound
from byttebank.contracts.refusals import ClearingOpen, NotFound
from gateway.here import EXTENSION
from gateway.speech import Speech, speak, speech
from gateway.words import clearing as words

ROUND = an_id("clearing round")
Document = dict[str, Any]


def a_round(**changes: Any) -> Document:
    """A ring of three, posted."""
    schema: type[Schema] = ClearingRound
    return checked(
        schema,
        {
            "id": ROUND,
            "stage": "applied",
            "coordinator": "akershus",
            "proposed_at": "2026-11-02T06:00:00.000000Z",
            "answer_by_at": "2026-11-02T07:00:00.000000Z",
            "accept_by_at": "2026-11-03T06:00:00.000000Z",
            "ended_at": "2026-11-02T06:00:05.000000Z",
            "abort_reason": None,
            "counties": ["akershus", "innlandet", "trondelag"],
            "answered": ["akershus", "innlandet", "trondelag"],
            "accepted": ["akershus", "innlandet", "trondelag"],
            "owed_half_days": 15,
            "cleared_half_days": 12,
            "positions": [
                {"debtor": one, "creditor": other, "owed_half_days": owed, "cleared_half_days": 4}
                for one, other, owed in (
                    ("akershus", "trondelag", 6),
                    ("innlandet", "akershus", 4),
                    ("trondelag", "innlandet", 5),
                )
            ],
            "rings": [{"half_days": 4, "counties": ["akershus", "trondelag", "innlandet"]}],
            "left_out": [],
            "reserved": [],
            "contradictions": [],
            **changes,
        },
    )


def before_the_input(stage: str = "stated", **changes: Any) -> Document:
    """A round whose answers are not in."""
    empty: Document = {"positions": [], "rings": [], "owed_half_days": 0, "cleared_half_days": 0}
    return a_round(stage=stage, ended_at=None, accepted=[], **empty, **changes)


def with_rounds(node: Node, *rounds: Document) -> Node:
    """The node's ledger knows these rounds."""
    ledger: Any = node.backend.ledger

    def find(round_id: str) -> Document:
        for one in rounds:
            if one["id"] == round_id:
                return one
        raise NotFound(kind="clearing_round", id=round_id)

    ledger.clearing_rounds = lambda limit=24: list(rounds)
    ledger.clearing_round = find
    ledger.clearing_evidence = lambda round_id: [
        {"kind": "COMMIT", "signer": "akershus", "signed_at": find(round_id)["ended_at"], "document": "{}"}
    ]
    return node


def test_a_round_is_explained_in_plain_words(node: Node) -> None:
    page = with_rounds(node, a_round()).browser("ingrid").get(f"/fylket/avregning/{ROUND}")
    assert (
        "Akershus skyldte Trøndelag 3 dager, Trøndelag skyldte Innlandet 2,5 dager og Innlandet skyldte "
        "Akershus 2 dager. Rundt hele ringen går 2 dager opp i opp." in page.words
    )
    assert "Til sammen skyldte fylkene hverandre 7,5 dager. Av det er det strøket ut 6 dager." in page.words
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert rows[0] == "Akershus Trøndelag 3 2 1"
    assert "er som før" in page.words


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "nn",
            "Akershus skulda Trøndelag 3 dagar, Trøndelag skulda Innlandet 2,5 dagar og Innlandet skulda "
            "Akershus 2 dagar. Rundt heile ringen går 2 dagar opp i opp.",
        ),
        (
            "en",
            "Akershus owed Trøndelag 3 days, Trøndelag owed Innlandet 2.5 days and Innlandet owed "
            "Akershus 2 days. Around the whole ring 2 days cancel out.",
        ),
    ],
)
def test_the_explanation_is_said_in_every_language(node: Node, language: str, sentence: str) -> None:
    speak(Speech(language, speech().today, node.app.extensions[EXTENSION].names))
    (explained,) = words.explanation(a_round())
    assert explained.replace("\u00a0", " ") == sentence


def test_the_list_has_a_button_that_begins_a_round_unless_one_is_open(node: Node) -> None:
    asked: list[Any] = []
    ledger: Any = with_rounds(node, a_round()).backend.ledger
    ledger.propose_clearing = lambda round_id, actor: asked.append((round_id, actor["role"])) or a_round()
    browser = node.browser("ingrid")
    page = browser.press(browser.get("/fylket/avregning"), "Begynn en avregning")
    assert [role for _, role in asked] == ["county"]
    assert page.status == 200
    open_ = with_rounds(node, before_the_input()).browser("ingrid").get("/fylket/avregning")
    assert "Begynn en avregning" not in open_.text
    assert "Pågår" in open_.words


def test_a_refusal_is_said_on_the_page(node: Node) -> None:
    def refuse(round_id: str, actor: Document) -> Document:
        raise ClearingOpen()

    ledger: Any = with_rounds(node).backend.ledger
    ledger.propose_clearing = refuse
    browser = node.browser("ingrid")
    page = browser.press(browser.get("/fylket/avregning"), "Begynn en avregning")
    assert page.alerts == ["En avregning er i gang. Den neste kan begynne når den er ferdig."]


def test_a_round_whose_coordinator_is_silent_can_be_ended_after_the_last_hour(node: Node) -> None:
    asked: list[str] = []
    ledger: Any = node.backend.ledger
    ledger.close_clearing = lambda round_id, actor: asked.append(round_id) or a_round()
    later = format_time(node.clock.now() + timedelta(hours=1))
    waiting = with_rounds(node, before_the_input("accepted", accept_by_at=later))
    browser = waiting.browser("ingrid")
    assert "Be om å avslutte" not in browser.get(f"/fylket/avregning/{ROUND}").text
    with_rounds(node, before_the_input("accepted"))
    browser.press(browser.get(f"/fylket/avregning/{ROUND}"), "Be om å avslutte runden")
    assert asked == [ROUND]
    with_rounds(node, before_the_input("accepted", coordinator="innlandet"))
    assert "Be om å avslutte" not in browser.get(f"/fylket/avregning/{ROUND}").text


def test_every_stage_has_a_badge_and_a_sentence() -> None:
    assert set(words.BADGES) == set(STAGES)
    for stage in STAGES:
        for reason in (None, "late", "nothing_to_clear"):
            said = words.standing(before_the_input(stage, abort_reason=reason))
            assert said.endswith("."), (stage, reason)
            assert "{" not in said


def test_what_is_left_out_who_is_silent_and_what_contradicts_itself_is_said(node: Node) -> None:
    round_ = a_round(
        left_out=[["akershus", "trondelag"]],
        answered=["akershus", "innlandet"],
        contradictions=["akershus has signed both COMMIT and ABORT"],
        rings=[],
        positions=a_round()["positions"][:1],
        cleared_half_days=0,
        owed_half_days=6,
    )
    page = with_rounds(node, round_).browser("per").get(f"/fylket/avregning/{ROUND}")
    assert "Akershus og Trøndelag hadde en dag på vei mellom seg" in page.words
    assert "Ikke med: Trøndelag." in page.words
    assert "Ingenting av det gikk i ring." in page.words
    assert "to ting som ikke kan være sanne" in page.alerts[0]


def test_clearing_is_for_the_county_and_operators(node: Node) -> None:
    with_rounds(node, a_round())
    for path in ("/fylket/avregning", f"/fylket/avregning/{ROUND}"):
        assert node.browser("kari").get(path).status == 403
        assert node.browser("per").get(path).status == 200
    assert node.browser("ingrid").get("/fylket/avregning/nothing").status == 404
    assert node.browser("ingrid").get(f"/fylket/avregning/{an_id('another')}").status == 404


def test_programs_read_the_same_rounds_in_days_with_their_sentences_and_documents(node: Node) -> None:
    with_rounds(node, a_round())
    program = Program(node, "ingrid")
    (listed,) = program.get("/clearing-rounds?limit=5").json["items"]
    one = program.get(f"/clearing-rounds/{ROUND}").json
    assert listed == one
    assert (one["owed_days"], one["cleared_days"], one["rings"][0]["days"]) == (7.5, 6, 2)
    assert one["positions"][0]["owed_days"] == 3
    assert one["sentences"][0].startswith("Akershus skyldte Trøndelag 3")
    (document,) = program.get(f"/clearing-rounds/{ROUND}/documents").json["items"]
    assert (document["kind"], document["signer"]) == ("COMMIT", "akershus")
    assert Program(node, "kari").get("/clearing-rounds").status_code == 403


def test_programs_begin_and_end_rounds(node: Node) -> None:
    asked: list[Any] = []
    ledger: Any = with_rounds(node, a_round()).backend.ledger
    ledger.propose_clearing = lambda round_id, actor: asked.append(round_id) or before_the_input()
    ledger.close_clearing = lambda round_id, actor: asked.append(round_id) or a_round(stage="closing")
    program = Program(node, "ingrid")
    answers = [program.keyed("/clearing-rounds", "november", {"id": ROUND}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert program.post(f"/clearing-rounds/{ROUND}/close").json["stage"] == "closing"
    assert asked == [ROUND, ROUND], "the same key asks once"
