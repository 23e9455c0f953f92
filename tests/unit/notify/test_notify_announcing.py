"""News that concern no engagement: promises that are due, clearing rounds, counties that were stopped."""

from typing import Any

import pytest
from notify_cast import COUNTY_LIBRARY, EIDSKOG, KARI, NES, PUBLIC_URL, a_colleague

from byttebank.contracts.fields import load
from byttebank.contracts.local import load_local
from byttebank.contracts.resources import Notice
from byttebank.storage.work import Database
from services.notify.operations import announcing, copies, mails
from services.notify.operations import notices as reading
from services.notify.storage.copies import short_names

PROMISE = "018f0000-0000-7000-8000-0000000000f1"
ROUND = "018f0000-0000-7000-8000-0000000000f2"
Document = dict[str, Any]


def due(**changes: Any) -> Document:
    body = {"promise_id": PROMISE, "library_id": EIDSKOG, "half_days": 4, "due_on": "2026-11-20"}
    return load_local("PromiseDue", {**body, "is_late": False, **changes})


def hear(database: Database, name: str, body: Document) -> int:
    with database.work() as work:
        return int(getattr(announcing, name)(work, body, PUBLIC_URL))


def notices_of(database: Database, library_id: str) -> list[Document]:
    with database.reading() as work:
        return reading.notices(work, library_id, None, 50)


def mails_of(database: Database) -> list[Document]:
    with database.reading() as work:
        return mails.mailbox(work, 50, is_demo=True)


def test_no_library_of_a_county_that_leaves_is_known_and_it_may_come_back(notify: Database) -> None:
    def change(state: str, version: int) -> dict[str, str]:
        body = {"county": "akershus", "name": "Akershus", "state": state, "version": version}
        with notify.work() as work:
            copies.peer_changed(work, body)
            return short_names(work.connection, [NES, EIDSKOG])

    assert set(change("active", 1)) == {NES, EIDSKOG}
    assert set(change("left", 3)) == {EIDSKOG}
    nes = {"id": NES, "county": "akershus", "short_name": "Nes", "kind": "public", "state": "open"}
    with notify.work() as work:
        copies.library_changed(work, {**nes, "language": None, "version": 1})
    assert set(change("left", 2)) == {NES, EIDSKOG}, "what is older than the joining changes nothing"


def test_a_library_is_reminded_of_its_promise_once_for_each_date(notify: Database) -> None:
    assert [hear(notify, "promise_due", due()) for _ in range(2)] == [1, 0]
    assert hear(notify, "promise_due", due(due_on="2026-12-01")) == 1
    newest, oldest = notices_of(notify, EIDSKOG)
    assert load(Notice, oldest) == oldest
    assert (oldest["key"], oldest["engagement_id"]) == ("promise_due", None)
    assert oldest["parameters"] == {"dates": ["2026-11-20"], "half_days": 4}
    assert newest["parameters"]["dates"] == ["2026-12-01"]
    mail = mails_of(notify)[-1]
    assert mail["to"] == "kari@library.example"
    assert mail["subject"] == "Et løfte nærmer seg: fredag 20. november"
    assert "Dere har lovet 2\u00a0dager innen fredag 20. november." in mail["text"]
    assert f"{PUBLIC_URL}/konto" in mail["text"]


def test_a_promise_that_has_waited_is_told_without_haste(notify: Database) -> None:
    hear(notify, "promise_due", due(is_late=True, due_on="2026-11-01"))
    (notice,) = notices_of(notify, EIDSKOG)
    assert notice["key"] == "promise_late"
    assert "Det haster ikke, men noen venter kanskje." in mails_of(notify)[0]["text"]


@pytest.mark.parametrize(
    ("language", "words"),
    [("nn", "De har lova 2\u00a0dagar innan"), ("en", "You have promised 2\u00a0days by")],
)
def test_the_mail_is_in_the_managers_language(notify: Database, language: str, words: str) -> None:
    with notify.work() as work:
        copies.colleague_changed(work, a_colleague(KARI, EIDSKOG, True, version=2, language=language))
    hear(notify, "promise_due", due())
    assert words in mails_of(notify)[0]["text"]


def test_the_county_library_reads_what_a_round_has_come_to_and_gets_no_mail(notify: Database) -> None:
    ended = {"round_id": ROUND, "outcome": "applied", "coordinator": "trondelag", "cleared_half_days": 12}
    assert [hear(notify, "clearing_ended", load_local("ClearingEnded", ended)) for _ in range(2)] == [1, 0]
    (notice,) = notices_of(notify, COUNTY_LIBRARY)
    assert notice["key"] == "clearing_applied"
    assert notice["parameters"] == {"half_days": 12, "county": "trondelag"}
    assert mails_of(notify) == []
    assert hear(notify, "clearing_ended", {**ended, "round_id": PROMISE, "outcome": "late"}) == 1
    assert notices_of(notify, COUNTY_LIBRARY)[0]["key"] == "clearing_unchanged"


def test_the_county_library_is_asked_to_look_a_round_with_others_over(notify: Database) -> None:
    body = {"round_id": ROUND, "coordinator": "trondelag", "match_count": 3}
    heard = [hear(notify, "joint_round_computed", load_local("JointRoundComputed", body)) for _ in range(2)]
    assert heard == [1, 0]
    (notice,) = notices_of(notify, COUNTY_LIBRARY)
    assert notice["key"] == "joint_round_computed"
    assert notice["parameters"] == {"county": "trondelag", "matching_round_id": ROUND}


def test_a_round_in_which_nothing_went_in_a_ring_is_no_news(notify: Database) -> None:
    ended = {
        "round_id": ROUND,
        "outcome": "nothing_to_clear",
        "coordinator": "trondelag",
        "cleared_half_days": 0,
    }
    assert hear(notify, "clearing_ended", ended) == 0


def test_the_county_library_is_told_by_mail_that_a_county_was_stopped(notify: Database) -> None:
    body = load_local("PeerEquivocated", {"county": "trondelag", "service": "ledger", "seq": 17})
    assert [hear(notify, "peer_equivocated", body) for _ in range(2)] == [1, 0]
    (mail,) = mails_of(notify)
    assert mail["to"] == "berit@library.example"
    assert mail["subject"] == "Utvekslingen med Trøndelag er stanset"
    assert "Ring Trøndelag før dere åpner igjen." in mail["text"]
    assert f"{PUBLIC_URL}/fylket/samarbeid/trondelag" in mail["text"]


def told(key: str, **changes: Any) -> Document:
    body = {"round_id": ROUND, "library_id": EIDSKOG, "key": key, "season": "Vinter 2027", **changes}
    return load_local("VandringTold", body)


def test_a_library_is_invited_to_a_vandring_once_and_answers_on_a_page(notify: Database) -> None:
    invitation = told("vandring_invited", reply_by_on="2026-12-18")
    assert [hear(notify, "vandring_told", invitation) for _ in range(2)] == [1, 0]
    (notice,) = notices_of(notify, EIDSKOG)
    assert load(Notice, notice) == notice
    (mail,) = mails_of(notify)
    assert mail["subject"] == "Vil dere være med på vandringen Vinter 2027?"
    assert "Svar ja eller nei innen fredag 18. desember." in mail["text"]
    assert f"{PUBLIC_URL}/vandring/{ROUND}" in mail["text"]


@pytest.mark.parametrize(
    ("key", "named", "sentence"),
    [
        ("vandring_published", ("host", "lender"), "Dere besøker Grue og får besøk av Tolga."),
        ("vandring_published", ("host",), "Dere besøker Grue."),
        ("vandring_published", ("lender",), "Dere får besøk av Tolga."),
        ("vandring_sits_out", (), "Det ble ingen plass til dere i oppsettet denne gangen."),
        ("vandring_swap", ("library",), "Nes spør om dere kan bytte."),
        ("vandring_swapped", ("host", "lender"), "Nå besøker dere Grue og får besøk av Tolga."),
        ("vandring_swapped", ("host",), "Nå besøker dere Grue."),
        ("vandring_swap_declined", ("library",), "Nes vil beholde besøket sitt."),
        ("vandring_changed", ("host", "lender"), "Nå besøker dere Grue og får besøk av Tolga."),
        ("vandring_changed", ("host",), "Ingen kommer til dere denne gangen."),
        ("vandring_changed", ("lender",), "Dere besøker ingen denne gangen."),
        ("vandring_changed", (), "Dere står over denne gangen."),
    ],
)
def test_what_a_library_reads_of_a_vandring(
    notify: Database, key: str, named: tuple[str, ...], sentence: str
) -> None:
    names = {"host": "Grue", "lender": "Tolga", "library": "Nes"}
    hear(notify, "vandring_told", told(key, **{name: names[name] for name in named}))
    assert sentence in mails_of(notify)[0]["text"]


def test_a_reflection_is_asked_for_by_its_visit_and_once_for_each_occasion(notify: Database) -> None:
    asked = told("reflection", host="Grue", engagement_id=PROMISE, occasion="1")
    assert [hear(notify, "vandring_told", asked) for _ in range(2)] == [1, 0]
    assert hear(notify, "vandring_told", {**asked, "occasion": "2"}) == 1
    mail = mails_of(notify)[0]
    assert mail["subject"] == "Hva tok dere med hjem fra Grue?"
    assert f"{PUBLIC_URL}/refleksjoner/skriv/{PROMISE}" in mail["text"]
