"""Rounds of matching as the county library sees them, and what libraries and anybody see of them."""

import json
from typing import Any

import pytest
from api_program import Program
from conftest import Node
from fake_service import an_id, checked

from byttebank.contracts.market_refusals import RoundOpen
from byttebank.contracts.matching_rounds import ROUND_STAGES, MatchingRound, PublishedRound
from byttebank.contracts.refusals import DateOrder, NotFound, NotNow
from gateway.here import EXTENSION
from gateway.speech import Speech, speak, speech
from gateway.words import matching_rounds as words

pytestmark = pytest.mark.simulation
"""Takes seconds: one page after the other, as people go through them."""

ROUND = an_id("matching round")
INDEX = "/fylket/fordeling"
HASH = "a" * 64
Document = dict[str, Any]
WHY = {"first_on": "2026-12-07", "last_on": "2026-12-11", "round_ends_on": "2026-12-18", "can": 3, "free": 1}


def a_match(**changes: Any) -> Document:
    return {
        "engagement_id": an_id("match"),
        "request_id": an_id("request"),
        "host_library_id": an_id("Eidskog"),
        "host_library_name": "Eidskog",
        "lender_county": "akershus",
        "lender_library_id": an_id("Nes"),
        "lender_library_name": "Nes",
        "skills": ["weeding"],
        "dates": ["2026-12-08", "2026-12-09"],
        "half_days": 4,
        "distance_km": 34,
        "state": "planned",
        "engagement_state": None,
        "refusal": None,
        **changes,
    }


def unmet_because(reason: str, **parameters: Any) -> Document:
    return {
        "request_id": an_id("other request"),
        "library_id": an_id("Tolga"),
        "library_name": "Tolga",
        "skills": ["weeding"],
        "half_days": 2,
        "reason": reason,
        "parameters": {**WHY, **parameters},
    }


def a_round(stage: str = "computed", **changes: Any) -> Document:
    """Two of three days are served; one library has reached its limit."""
    return checked(
        MatchingRound,
        {
            "id": ROUND,
            "name": "Uke 50 og 51",
            "first_on": "2026-12-07",
            "last_on": "2026-12-18",
            "reply_by_on": "2026-12-02",
            "days_each": 5,
            "stage": stage,
            "created_at": "2026-11-22T10:00:00.000000Z",
            "created_by": "Ingrid",
            "started_at": None,
            "ended_at": None,
            "published_at": None,
            "is_stopping": False,
            "progress": None,
            "refusal": {"code": "nobody_offers", "parameters": {}} if stage == "failed" else None,
            "request_count": 2,
            "colleague_count": 4,
            "days_wanted": 3,
            "days_served": 2,
            "bound": 2,
            "is_optimal": True,
            "input_hash": HASH,
            "plan_hash": HASH,
            "match_count": 1,
            "proposed_count": 0,
            "void_count": 0,
            "coordinator": None,
            "agree_by_at": None,
            "counties": [],
            "is_settled": True,
            "matches": [a_match()],
            "unmet": [unmet_because("own_limit")],
            "effects": [
                {
                    "library_id": an_id("Eidskog"),
                    "library_name": "Eidskog",
                    "before_half_days": 2,
                    "given_half_days": 0,
                    "received_half_days": 4,
                    "after_half_days": -2,
                }
            ],
            **changes,
        },
    )


def with_rounds(node: Node, *rounds: Document) -> Node:
    """The node's matching knows these rounds; what is done to one is written into `calls`."""
    matching: Any = node.backend.matching
    by_id = {one["id"]: one for one in rounds}

    def find(round_id: str, *_actor: Any) -> Document:
        if round_id not in by_id:
            raise NotFound(kind="matching_round", id=round_id)
        return by_id[round_id]

    def act(name: str) -> Any:
        def done(first: Any, actor: Document) -> Document:
            node.backend.calls.append((f"matching.{name}", [first, actor], {}))
            return a_round(id=first["id"], stage="gathering") if isinstance(first, dict) else find(first)

        return done

    def create(round_: Document, actor: Document) -> Document:
        by_id[round_["id"]] = a_round(id=round_["id"], stage="gathering", days_served=None, matches=[])
        return act("create_matching_round")(round_, actor)

    matching.matching_rounds = lambda limit=24: [
        {**one, "matches": [], "unmet": [], "effects": []} for one in rounds
    ]
    matching.matching_round = find
    matching.matching_round_input = lambda round_id: json.dumps({"round": find(round_id)["id"]})
    matching.create_matching_round = create
    for name in ("run", "stop", "publish", "discard"):
        setattr(matching, f"{name}_matching_round", act(f"{name}_matching_round"))
    matching.published_rounds = lambda limit=24: [
        {
            name: {"published_at": "2026-11-22T10:00:00.000000Z"}.get(name) or one.get(name)
            for name in PublishedRound().fields
        }
        for one in rounds
    ]
    return node


def sent(node: Node) -> list[str]:
    """What was asked of matching about rounds, by name."""
    return [name for name, *_ in node.backend.calls if name.endswith("_matching_round")]


def test_the_preview_shows_matches_reasons_and_days_and_one_filled_button(node: Node) -> None:
    page = with_rounds(node, a_round()).browser("ingrid").get(f"/fylket/fordeling/{ROUND}")
    assert "Se over forslagene. Ingenting er sendt til noen før dere sender dem." in page.words
    assert "Det blir hjelp i 2 dager av 3 dager det er bedt om. Mer er ikke mulig." in page.words
    assert "I en fordelingsrunde kan ingen gå over grensen. Tilby én dag til før" in page.words
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert rows[0].startswith("Eidskog")
    assert "Nes (Akershus)" in rows[0]
    assert rows[0].endswith("Ikke sendt")
    assert rows[1].split() == ["Eidskog", "1", "0", "2", "−1"]
    filled = [one.get_text(strip=True) for one in page.soup.select("main button:not([data-variant])")]
    assert filled == ["Send forslagene"]


FORM = {"navn": "Uke 50", "fra": "2026-12-07", "til": "2026-12-18", "frist": "2026-12-02", "hver": "3"}


def test_a_round_is_begun_and_leads_to_its_page(node: Node) -> None:
    browser = with_rounds(node).browser("ingrid")
    page = browser.press(browser.get("/fylket/fordeling"), "Regn ut fordelingen", **FORM, fylker="akershus")
    ((_, (given, actor), _),) = [call for call in node.backend.calls if call[0].endswith("_matching_round")]
    assert {**given, "id": ""} == {
        "id": "",
        "name": "Uke 50",
        "first_on": "2026-12-07",
        "last_on": "2026-12-18",
        "reply_by_on": "2026-12-02",
        "days_each": 3,
        "counties": ["akershus"],
    }
    assert actor["role"] == "county"
    assert page.alerts == ["Fordelingsrunden er i gang. Ingenting sendes før dere har sett over den."]
    assert "Behov, tilbud og dager samles." in page.words


@pytest.mark.parametrize("broken", [{"navn": ""}, {"frist": ""}, {"hver": "mange"}])
def test_what_is_missing_in_the_form_is_said_beside_it(node: Node, broken: Document) -> None:
    browser = with_rounds(node).browser("ingrid")
    page = browser.press(browser.get("/fylket/fordeling"), "Regn ut fordelingen", **{**FORM, **broken})
    assert page.status == 422
    assert "Én ting må rettes" in page.words
    assert sent(node) == []


@pytest.mark.parametrize(
    ("refusal", "sentence"),
    [
        (DateOrder(), "Siste dag er før første dag. Bytt om datoene."),
        (RoundOpen(round_id=ROUND), "En fordelingsrunde er i gang. Den neste kan begynne når den er ferdig."),
    ],
)
def test_a_refusal_stands_in_the_form(node: Node, refusal: Exception, sentence: str) -> None:
    def refuse(round_: Document, actor: Document) -> Document:
        raise refusal

    with_rounds(node).backend.matching.create_matching_round = refuse  # type: ignore[method-assign]
    browser = node.browser("ingrid")
    page = browser.press(browser.get("/fylket/fordeling"), "Regn ut fordelingen", **FORM)
    assert page.status == 422
    assert sentence in page.words


@pytest.mark.parametrize(
    ("stage", "buttons"),
    [
        ("gathering", ["Legg bort"]),
        ("collecting", ["Legg bort"]),
        ("comparing", ["Legg bort"]),
        ("waiting", ["Legg bort"]),
        ("computing", ["Stopp, og bruk det beste til nå"]),
        ("computed", ["Send forslagene", "Legg bort"]),
        ("interrupted", ["Prøv igjen", "Legg bort"]),
        ("failed", ["Prøv igjen", "Legg bort"]),
        ("publishing", []),
        ("published", []),
        ("discarded", []),
    ],
)
def test_each_stage_offers_what_can_be_done_and_the_buttons_do_it(
    node: Node, stage: str, buttons: list[str]
) -> None:
    browser = with_rounds(node, a_round(stage)).browser("ingrid")
    page = browser.get(f"/fylket/fordeling/{ROUND}")
    assert [one for one in page.buttons() if one != "Logg ut"] == buttons
    for button in buttons:
        assert browser.press(page, button).status == 200
    acts = {"Send forslagene": "publish", "Legg bort": "discard", "Prøv igjen": "run"}
    assert sent(node) == [f"matching.{acts.get(one, 'stop')}_matching_round" for one in buttons]


def joint(stage: str = "computed", **changes: Any) -> Document:
    """A round that Akershus began with us and Oslo."""
    states = {"akershus": "agreed", "innlandet": "agreed", "oslo": "silent"}
    counties = [{"county": one, "state": state, "reason": None} for one, state in states.items()]
    when = "2026-11-22T13:00:00.000000Z"
    of_akershus = {"name": "akershus", "coordinator": "akershus", "agree_by_at": when, "counties": counties}
    return a_round(stage, **{**of_akershus, **changes})


def test_a_round_with_other_counties_names_them_and_waits_until_all_have_answered(node: Node) -> None:
    browser = with_rounds(node, joint(is_settled=False)).browser("ingrid")
    page = browser.get(f"/fylket/fordeling/{ROUND}")
    assert "Runde fra Akershus" in page.words
    assert "Akershus kom til det samme. Samler svarene." in page.words
    assert "sa ikke fra i tide, og er ikke med videre" in page.words
    assert "Forslagene kan sendes når alle fylkene har sagt fra, senest" in page.words
    assert [one for one in page.buttons() if one != "Logg ut"] == ["Legg bort"]
    with_rounds(node, joint())
    page = browser.get(f"/fylket/fordeling/{ROUND}")
    assert [one for one in page.buttons() if one != "Logg ut"] == ["Send forslagene", "Legg bort"]
    assert "Runde fra Akershus" in browser.get("/fylket/fordeling").words


def test_nobody_is_said_to_compute_while_answers_are_collected(node: Node) -> None:
    counties = [{"county": one, "state": "answered", "reason": None} for one in ("innlandet", "akershus")]
    for stage, sentence in (
        ("collecting", "Akershus har svart."),
        ("comparing", "Akershus har svart og regner."),
    ):
        waiting = joint(stage, coordinator="innlandet", is_settled=False, counties=counties)
        page = with_rounds(node, waiting).browser("ingrid").get(f"/fylket/fordeling/{ROUND}")
        assert sentence in page.words


def test_a_round_that_came_to_nothing_with_others_is_not_tried_again_alone(node: Node) -> None:
    refusal = {"code": "disagreed", "parameters": {"reason": "other_plan"}}
    failed = joint("failed", refusal=refusal)
    page = with_rounds(node, failed).browser("ingrid").get(f"/fylket/fordeling/{ROUND}")
    assert "Ble ikke noe av" in page.words
    assert "Vi kom til noe annet enn fylket som samlet svarene" in page.words
    assert [one for one in page.buttons() if one != "Logg ut"] == ["Legg bort"]


def test_an_act_that_came_too_late_is_explained(node: Node) -> None:
    def refuse(round_id: str, actor: Document) -> Document:
        raise NotNow(state="discarded", act="publish")

    with_rounds(node, a_round()).backend.matching.publish_matching_round = refuse  # type: ignore[method-assign]
    browser = node.browser("ingrid")
    page = browser.press(browser.get(f"/fylket/fordeling/{ROUND}"), "Send forslagene")
    assert len(page.alerts) == 1


def test_progress_is_shown_while_it_is_computed(node: Node) -> None:
    progress = {"seconds": 12, "days_served": 20, "bound": 24}
    running = a_round("computing", progress=progress, days_served=None)
    page = with_rounds(node, running).browser("ingrid").get(f"/fylket/fordeling/{ROUND}")
    said = "Det har tatt 12 sekunder til nå. Det beste som er funnet, gir 20 dager av høyst 24 dager."
    assert said in page.words


def test_what_became_of_each_match_is_shown(node: Node) -> None:
    gone = {"code": "colleague_busy", "parameters": {"date": "2026-12-08"}}
    matches = [a_match(state="proposed", engagement_state="declined"), a_match(state="void", refusal=gone)]
    round_ = a_round("published", matches=matches, proposed_count=1, void_count=1)
    page = with_rounds(node, round_).browser("ingrid").get(f"/fylket/fordeling/{ROUND}")
    assert "1 forslag er sendt. 1 forslag falt bort, fordi noe var endret." in page.words
    assert "Takket nei" in page.words
    assert "Kollegaen har et oppdrag" in page.words


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_every_stage_and_reason_is_said_in_every_language(node: Node, language: str) -> None:
    speak(Speech(language, speech().today, node.app.extensions[EXTENSION].names))
    assert set(words.BADGES) == set(ROUND_STAGES)
    said = [words.standing(a_round(stage)) for stage in ROUND_STAGES if stage != "failed"]
    said += [
        words.standing(a_round("failed", refusal={"code": code, "parameters": {}})) for code in words.FAILURES
    ]
    said.append(words.standing(joint(is_settled=False)))
    assert {state for _, state in words.counties(joint())}
    for reason in ("own_limit", "nobody_free", "no_place", "cap", "half_day", "no_dates", "no_account"):
        said.append(words.unmet(unmet_because(reason)))
    for left in ({"can": 0}, {"free": 0}, {"near": 0}, {"near": 1}):
        said.append(words.unmet(unmet_because("no_candidate", **left)))
    assert len(set(said)) == len(said)
    for sentence in said:
        assert sentence.endswith("."), sentence
        assert "{" not in sentence


def test_rounds_are_for_the_county_and_their_totals_for_anybody(node: Node) -> None:
    with_rounds(node, a_round("published"))
    for path in (
        "/fylket/fordeling",
        f"/fylket/fordeling/{ROUND}",
        f"/fylket/fordeling/{ROUND}/grunnlag.json",
    ):
        assert node.browser("kari").get(path).status == 403
        assert node.browser("per").get(path).status == 200
    assert node.browser("ingrid").get("/fylket/fordeling/nothing").status == 404
    assert node.browser("ingrid").get(f"/fylket/fordeling/{an_id('another')}").status == 404
    page = node.browser().get("/fordelingsrunder")
    assert "Det blir hjelp i 2 dager av 3 dager det er bedt om." in page.words
    assert HASH in page.words
    assert "Eidskog" not in page.words


def test_programs_begin_read_and_publish_rounds_in_days(node: Node) -> None:
    with_rounds(node, a_round())
    program = Program(node, "ingrid")
    one = program.get(f"/matching-rounds/{ROUND}").json
    assert one["matches"][0]["days"] == 2
    assert (one["effects"][0]["before_days"], one["effects"][0]["after_days"]) == (1, -1)
    assert one["unmet"][0]["sentence"].startswith("I en fordelingsrunde kan ingen")
    assert [listed["id"] for listed in program.get("/matching-rounds").json["items"]] == [ROUND]
    assert program.get(f"/matching-rounds/{ROUND}/input").json == {"round": ROUND}
    new = {"name": "Uke 50", "first_on": "2026-12-07", "last_on": "2026-12-18", "reply_by_on": "2026-12-02"}
    assert program.post("/matching-rounds", new).status_code == 201
    for act in ("stop", "run", "publish", "discard"):
        assert program.post(f"/matching-rounds/{ROUND}/{act}").status_code == 200
    assert Program(node, "kari").get("/matching-rounds").status_code == 403


def test_anybody_reads_totals_and_hashes_without_a_token(node: Node) -> None:
    with_rounds(node, a_round("published"))
    response = node.app.test_client().get("/api/v1/published-rounds")
    (one,) = response.json["items"]
    assert (one["days_served"], one["input_hash"]) == (2, HASH)
    assert "matches" not in one


def test_a_proposal_of_a_round_says_so_in_the_overview_and_on_its_page(node: Node) -> None:
    matching: Any = node.backend.matching
    kept = next(one for one in matching._engagements.values() if one["state"] == "proposed")
    line = {**kept["history"][0], "what": "proposed_in_round", "by_library_id": None, "by_name": None}
    kept.update(consents={}, history=[line])
    browser = node.browser("kari")
    assert "Fordelingsrunde: " in browser.get("/oversikt").words
    page = browser.get(f"/avtaler/{kept['id']}").words
    assert "En fordelingsrunde foreslår at" in page
    assert "Fordelingsrunden foreslo dette" in page


def test_a_round_whose_days_have_been_is_only_put_away(node: Node) -> None:
    days = {"first_on": "2026-11-16", "last_on": "2026-11-20", "reply_by_on": "2026-11-16"}
    for stage in ("computed", "interrupted"):
        page = with_rounds(node, a_round(stage, **days)).browser("ingrid").get(f"/fylket/fordeling/{ROUND}")
        assert "Dagene i runden har vært, så ingenting kan sendes." in page.words
        assert [one for one in page.buttons() if one != "Logg ut"] == ["Legg bort"]


def test_who_collected_the_last_answers_is_said_where_the_next_round_begins(node: Node) -> None:
    browser = node.browser("ingrid")
    assert "Bytt gjerne på" not in with_rounds(node, a_round("published")).browser("ingrid").get(INDEX).words
    ours = joint("published", id=an_id("ours"), coordinator="innlandet", created_at="2026-10-06T10:00:00Z")
    gone = joint("failed", id=an_id("gone"), refusal={"code": "alone", "parameters": {}})
    with_rounds(node, gone, joint("published"), ours)
    said = "Svarene er sist samlet av Akershus søndag 22. november og Innlandet tirsdag 6. oktober."
    assert said in browser.get(INDEX).words


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "En fordelingsrunde er klar til å sendes"),
        ({"coordinator": "akershus"}, "En fordelingsrunde er klar til å sendes"),
        ({"stage": "interrupted"}, "En fordelingsrunde ble avbrutt"),
        ({"coordinator": "akershus", "is_settled": False}, ""),
        ({"match_count": 0}, ""),
        ({"stage": "published"}, ""),
        ({"first_on": "2026-11-02", "last_on": "2026-11-20"}, ""),
    ],
)
def test_the_first_page_of_the_county_says_that_a_round_waits(
    node: Node, changes: Document, title: str
) -> None:
    with_rounds(node, a_round(**changes))
    page = node.browser("ingrid").get("/oversikt")
    assert [one.get_text() for one in page.soup.select("main h3") if "fordelingsrunde" in one.get_text()] == (
        [title] if title else []
    )
    assert "fordelingsrunde" not in node.browser("kari").get("/oversikt").words


def test_the_form_promises_that_nothing_is_sent_before_the_county_says_so(node: Node) -> None:
    page = with_rounds(node).browser("ingrid").get(INDEX)
    assert "Dere får se forslagene først. De sendes når dere sier fra, ikke før." in page.words
    assert "Ingen forslag sendes til noen" not in page.words


def test_half_days_are_counted_where_a_round_knows_them(node: Node) -> None:
    known = {"half_days_served": 3, "half_days_wanted": 5, "half_days_bound": 3}
    with_rounds(node, a_round("published", **known))
    told = node.browser().get("/fordelingsrunder").words.replace("\xa0", " ")
    assert "Det blir hjelp i 1,5 dager av 2,5 dager det er bedt om." in told


def test_the_rounds_there_are_stand_before_the_form_for_a_new_one(node: Node) -> None:
    words_of = with_rounds(node, a_round("published")).browser("ingrid").get(INDEX).words
    assert words_of.index("Uke 50 og 51") < words_of.index("Ny fordelingsrunde")
    words_of = with_rounds(node).browser("ingrid").get(INDEX).words
    assert words_of.index("Ny fordelingsrunde") < words_of.index("Det har ikke vært noen")
