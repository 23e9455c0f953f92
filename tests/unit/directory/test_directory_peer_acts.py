"""Stopping, opening and limiting the exchange with a county: who may, why, and once."""

from typing import Any

import pytest
from directory_cast import KARI, add_peer, an_actor, an_id, local_events

from byttebank.contracts.fields import load
from byttebank.contracts.peer_acts import PeerAct
from byttebank.contracts.refusals import CountyUnknown, FieldMissing, Malformed, NotYourRole, SameKeyOtherBody
from byttebank.storage.work import Database
from services.directory import operations

INGRID = an_actor("Ingrid", "Hamar", "county")
Document = dict[str, Any]


def act(database: Database, what: str = "freeze", actor: Document = INGRID, **changes: Any) -> Document:
    body = {"id": an_id(what), "county": "akershus", "what": what, "reason": "Nøkkelen er på avveie."}
    with database.work() as work:
        return operations.act_on_peer(work, {**body, **changes}, actor)


def kept(database: Database) -> list[Document]:
    with database.reading() as work:
        return operations.peer_acts(work)


def test_the_county_stops_and_opens_a_peer_and_both_stand_with_their_reasons(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    assert act(innlandet)["state"] == "frozen"
    assert act(innlandet, "thaw", reason=" De har ny nøkkel. ")["state"] == "active"
    opened, stopped = kept(innlandet)
    assert (stopped["what"], stopped["role"], stopped["reason"]) == (
        "freeze",
        "county",
        "Nøkkelen er på avveie.",
    )
    assert (opened["what"], opened["reason"]) == ("thaw", "De har ny nøkkel.")
    assert all(load(PeerAct, one) == one for one in (opened, stopped))


def test_an_act_sent_again_is_kept_once_and_changes_nothing(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    act(innlandet)
    act(innlandet, "thaw")
    assert act(innlandet)["state"] == "active", "the first act is over, and answers with what is so now"
    assert len(kept(innlandet)) == 2
    assert len(local_events(innlandet, "PeerChanged")) == 3
    with pytest.raises(SameKeyOtherBody):
        act(innlandet, reason="Noe annet.")


def test_a_fuse_is_changed_with_a_reason_and_a_number_that_goes_with_nothing_else(
    innlandet: Database,
) -> None:
    add_peer(innlandet, "akershus")
    assert act(innlandet, "fuse", fuse_half_days=40)["fuse_half_days"] == 40
    assert kept(innlandet)[0]["fuse_half_days"] == 40
    with pytest.raises(Malformed):
        act(innlandet, "fuse", id=an_id("none"))
    with pytest.raises(Malformed):
        act(innlandet, "freeze", fuse_half_days=40)
    with pytest.raises(Malformed):
        act(innlandet, "fuse", id=an_id("below"), fuse_half_days=-1)
    assert len(kept(innlandet)) == 1, "what was refused is not kept"


def test_a_reason_a_role_and_a_known_county_are_needed(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with pytest.raises(FieldMissing):
        act(innlandet, reason="  ")
    with pytest.raises(NotYourRole):
        act(innlandet, actor=KARI)
    with pytest.raises(CountyUnknown):
        act(innlandet, county="vestfold")
    assert kept(innlandet) == []


def test_what_the_node_stops_by_itself_says_which_message_or_round(innlandet: Database) -> None:
    for county, more in (("akershus", {}), ("trondelag", {"clearing_round_id": an_id("round")})):
        add_peer(innlandet, county)
        for _ in range(2):
            with innlandet.work() as work:
                operations.peer_equivocated(work, {"county": county, "service": "ledger", "seq": 17, **more})
    clearing, message = kept(innlandet)
    assert (message["role"], message["reason"], message["detail"]) == ("node", "equivocation", "ledger 17")
    assert (clearing["reason"], clearing["detail"]) == ("clearing", an_id("round"))
    with innlandet.reading() as work:
        assert {one["state"] for one in operations.list_peers(work)} == {"frozen"}


def test_what_an_operator_does_on_the_command_line_is_kept_too(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.act_as_operator(work, "freeze", "akershus", "Ring Per.")
    assert [(one["role"], one["reason"]) for one in kept(innlandet)] == [("operator", "Ring Per.")]


def test_a_county_leaves_once_with_its_reason_and_joins_again(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    for _ in range(2):
        assert act(innlandet, "leave", reason="Vi går hver til vårt.")["state"] == "left"
    assert [(one["what"], one["reason"]) for one in kept(innlandet)] == [("leave", "Vi går hver til vårt.")]
    assert local_events(innlandet, "PeerChanged")[-1]["state"] == "left"
    add_peer(innlandet, "akershus")
    assert act(innlandet, "leave", reason="Vi går hver til vårt.")["state"] == "active", "that act is over"
