"""Acts about the counties we exchange with: stopped, opened or limited, by whom and why."""

from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.actor import load_actor
from byttebank.contracts.peer_acts import NewPeerAct
from byttebank.contracts.refusals import FieldMissing, NotYourRole, SameKeyOtherBody
from byttebank.storage.work import Work
from services.directory.operations.documents import read, refuse
from services.directory.operations.peers import freeze_peer, leave_peer, list_peers, set_fuse, thaw_peer
from services.directory.storage import counties

Document = dict[str, Any]
COUNTY = ("county", "operator")
NODE = "node"


def act_on_peer(work: Work, act: Document, actor: Document) -> Document:
    """`Peer` as the county has decided. Sent again, the same act answers with the peer as it is now.

    `act`: a `NewPeerAct`. Refuses: Malformed, NotYourRole, FieldMissing (reason, fuse_half_days),
    CountyUnknown, NotNow, SameKeyOtherBody.
    """
    role = load_actor(actor).role
    if role not in COUNTY:
        raise NotYourRole(role="county")
    wanted = read(NewPeerAct, act)
    wanted["reason"] = wanted["reason"].strip()
    if not wanted["reason"]:
        raise FieldMissing(field="reason")
    if (wanted["fuse_half_days"] is None) == (wanted["what"] == "fuse"):
        raise refuse("/fuse_half_days", "Goes with `fuse`, and with nothing else.")
    counties.hold_publishing(work.connection, work.county, alone=True)
    known = counties.find_act(work.connection, wanted["id"])
    if known is None:
        peer = _carry_out(work, wanted)
        _keep(work, wanted, role)
        return peer
    if known["asked"] != wanted:
        raise SameKeyOtherBody(id=wanted["id"])
    return next(one for one in list_peers(work) if one["county"] == wanted["county"])


def act_as_operator(
    work: Work, what: str, county: str, reason: str = "", fuse_half_days: int | None = None
) -> Document:
    """`Peer` as the operator has decided on the command line, where a reason is asked for and not required.

    Refuses: CountyUnknown, NotNow, Malformed.
    """
    act = {
        "id": work.new_id(),
        "county": county,
        "what": what,
        "reason": reason.strip(),
        "fuse_half_days": fuse_half_days,
    }
    wanted = read(NewPeerAct, act)
    peer = _carry_out(work, wanted)
    _keep(work, wanted, "operator")
    return peer


def peer_equivocated(work: Work, body: Document) -> None:
    """The county that signed two things that cannot both be true is frozen. Refuses: CountyUnknown."""
    before = next((one for one in list_peers(work) if one["county"] == body["county"]), None)
    if before is not None and before["state"] in ("left", "frozen"):
        return
    freeze_peer(work, body["county"])
    round_id = body.get("clearing_round_id")
    act = {
        "id": work.new_id(),
        "county": body["county"],
        "what": "freeze",
        "reason": "clearing" if round_id else "equivocation",
        "fuse_half_days": None,
    }
    _keep(work, act, NODE, detail=round_id or f"{body['service']} {body['seq']}")


def peer_acts(work: Work, limit: int = 50) -> list[Document]:
    """`PeerAct`s, newest first."""
    return [
        {
            **{
                name: row[name]
                for name in ("id", "county", "what", "role", "reason", "detail", "fuse_half_days")
            },
            "acted_at": format_time(row["acted_at"]),
        }
        for row in counties.list_acts(work.connection, max(1, min(limit, 200)))
    ]


def _carry_out(work: Work, act: Document) -> Document:
    if act["what"] == "freeze":
        return freeze_peer(work, act["county"])
    if act["what"] == "thaw":
        return thaw_peer(work, act["county"])
    if act["what"] == "leave":
        return leave_peer(work, act["county"])
    return set_fuse(work, act["county"], act["fuse_half_days"])


def _keep(work: Work, act: Document, role: str, detail: str | None = None) -> None:
    row = {**act, "role": role, "detail": detail, "asked": act, "acted_at": work.now}
    counties.keep_act(work.connection, row)
