"""What matching in another county sends: proposals and answers to the home, states to the lender's county.

Messages may come twice, late and in any order. The home answers each with how the engagement stands, also
where the message changed nothing, so that a copy which showed an answer in advance is put right.
"""

from dataclasses import replace
from datetime import date
from typing import Any

from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import Malformed, NotFound, NotYourRole, Refusal, SameKeyOtherBody
from byttebank.storage.work import Work
from services.matching.domain.acts import Accept, Act, Answer, Dispute, Outcome, Withdraw
from services.matching.domain.engagement import LENDER, LENDER_ROLES, ROLES, By, Engagement, Line
from services.matching.domain.moving import AnswerMove, AskMove, turn_down
from services.matching.domain.proposal import check_proposal
from services.matching.domain.silences import reply_by
from services.matching.domain.transitions import act_on
from services.matching.operations import possible
from services.matching.operations.answering import check_acceptable
from services.matching.operations.documents import engagement_from_peer, with_known_names
from services.matching.operations.moving import check_move
from services.matching.operations.recording import announce, is_home, restate, share, when
from services.matching.operations.replacing import record
from services.matching.storage import engagements, index

Document = dict[str, Any]


def engagement_proposed(work: Work, message: ReceivedMessage) -> None:
    """The lender's county proposes: the engagement has its home here, proposed, or declined with a refusal.

    Refuses: Malformed for a proposal that is not the sender's to make; SameKeyOtherBody for an id in use.
    """
    told = engagement_from_peer(message.payload, message.detached)
    stored = engagements.take(work.connection, told.id)
    if stored is not None:
        if stored.lender_county != message.peer or not is_home(work, stored):
            raise SameKeyOtherBody(id=told.id)
        share(work, stored)
        return
    if told.home_county != work.county or told.lender_county != message.peer:
        raise _wrong("/home_county", "Not a proposal from the lender's county to the host's.")
    engagement = _as_proposed(work, told)
    try:
        engagement = _checked(work, engagement)
    except Refusal as refusal:
        engagement = replace(
            engagement,
            state="declined",
            refusal={"code": refusal.code, "parameters": refusal.parameters},
            history=(*engagement.history, Line(work.now, "declined")),
        )
    engagements.write(work.connection, engagement, is_home=True)
    if engagement.state == "proposed":
        announce(work, engagement)
    share(work, engagement)
    for early in engagements.take_early_answers(work.connection, engagement.id, message.peer):
        present = engagements.find(work.connection, engagement.id) or engagement
        _answered(work, present, early["message_type"], early["payload"], early["detached"])


def _as_proposed(work: Work, told: Engagement) -> Engagement:
    """What a proposal may say, and nothing else that its sender might have written."""
    proposer = told.history[0].by if told.history else By()
    dates = tuple(sorted(set(told.dates)))
    return replace(
        told,
        version=told.version + 1,
        state="proposed",
        dates=dates,
        host_contact_id=None,
        host_contact_name=None,
        reply_by_on=reply_by(work.today, dates[0]),
        confirm_by_on=None,
        release_on=None,
        dispute_by_on=None,
        consents={role: at for role, at in told.consents.items() if role in LENDER_ROLES},
        happened={},
        refusal=None,
        transfer_id=None,
        replaces=None,
        move=None,
        history=(
            Line(work.now, "proposed", replace(proposer, library_id=told.lender_library_id, person_id=None)),
        ),
    )


def _checked(work: Work, engagement: Engagement) -> Engagement:
    """As a proposal made here. The colleague's time is the lender's county's to judge."""
    check_proposal(
        host_library_id=engagement.host_library_id,
        lender_library_id=engagement.lender_library_id,
        dates=engagement.dates,
        half_days=engagement.half_days,
        today=work.today,
    )
    host = possible.library(work, engagement.host_library_id)
    if host["county"] != work.county:
        raise NotFound(kind="library", id=host["id"])
    possible.check_open(work, host, engagement.place, engagement.dates)
    lender = index.library(work.connection, engagement.lender_library_id)
    if lender is not None and lender["county"] != engagement.lender_county:
        raise NotFound(kind="library", id=lender["id"])
    engagements.lock_related(work.connection, engagement.colleague_id, engagement.request_id)
    check_acceptable(work, engagement)
    engagement = replace(engagement, host_library_name=host["short_name"])
    if engagement.request_id is None:
        return engagement
    request = index.request(work.connection, engagement.request_id)
    if request is None or request["library_id"] != host["id"]:
        raise NotFound(kind="request", id=engagement.request_id)
    return possible.with_contact_of_request(work, engagement, request)


def answered(work: Work, message: ReceivedMessage) -> None:
    """The lender's county has answered: at the home it counts as far as the state allows.

    An answer that overtook its proposal waits for it. Refuses: NotFound for an engagement that is not
    the sender's; NotYourRole for a yes in the host's name.
    """
    engagement = engagements.take(work.connection, message.payload["engagement_id"])
    if engagement is None:
        row = {
            "engagement_id": message.payload["engagement_id"],
            "peer": message.peer,
            "message_type": message.message_type,
            "payload": message.payload,
            "detached": message.detached,
            "received_at": work.now,
        }
        engagements.keep_early_answer(work.connection, row)
        return
    if engagement.lender_county != message.peer or not is_home(work, engagement):
        raise NotFound(kind="engagement", id=engagement.id)
    _answered(work, engagement, message.message_type, message.payload, message.detached)


def _answered(
    work: Work, engagement: Engagement, message_type: str, payload: Document, detached: Document
) -> None:
    act = _act(work, engagement, message_type, payload, detached)
    named = replace(engagement, colleague_name=detached.get("colleague_name") or engagement.colleague_name)
    # To keep the day as it is needs no look at the other one.
    move = act if isinstance(act, AskMove) or (isinstance(act, AnswerMove) and act.accepts) else None
    try:
        if isinstance(act, Accept) and not act.roles <= engagement.consents.keys():
            check_acceptable(work, engagement)
        if move is not None:
            check_move(work, engagement, move.dates)
        outcome = act_on(named, act, when(work))
    except Refusal:
        outcome = turn_down(named, move, when(work)) if move is not None else Outcome(named)
    if outcome.engagement == engagement:
        restate(work, engagement)
    else:
        record(work, engagement, outcome)


def _act(
    work: Work, engagement: Engagement, message_type: str, payload: Document, detached: Document
) -> Act | AskMove | AnswerMove:
    roles = frozenset(payload.get("roles", ()))
    if not roles <= LENDER_ROLES:
        raise NotYourRole(role="library_manager")
    role = next((role for role in ROLES if role in roles), None)
    by = By(engagement.lender_library_id, None, detached.get("by_name"), role)
    if message_type == "EngagementAccepted":
        return Accept(by, roles, transfer_id=work.new_id())
    if message_type == "EngagementConfirmed":
        return Answer(by, LENDER, payload["happened"])
    if message_type in ("EngagementMoveAsked", "EngagementMoveAnswered"):
        dates = tuple(sorted(map(date.fromisoformat, payload["dates"])))
        if message_type == "EngagementMoveAsked":
            return AskMove(by, roles, dates, work.new_id())
        return AnswerMove(by, roles, dates, payload["accepts"], work.new_id())
    if message_type == "EngagementDisputed":
        return Dispute(by)
    return Withdraw(by)


def engagement_shared(work: Work, message: ReceivedMessage) -> None:
    """The home has told how the engagement stands: the copy here shows it, if it is newer.

    Once it is agreed the home gets the colleague's name, if it has not got it yet.
    Refuses: Malformed for an engagement that is not the sender's to tell, or not with a library of ours;
    SameKeyOtherBody for an id in use elsewhere.
    """
    told = engagement_from_peer(message.payload, message.detached)
    if told.home_county != message.peer or told.lender_county != work.county:
        raise _wrong("/home_county", "Not told by the host's county to the lender's.")
    lender = index.library(work.connection, told.lender_library_id)
    if lender is None or lender["county"] != work.county:
        raise _wrong("/lender_library_id", "Not a library of this county.")
    copy = engagements.take(work.connection, told.id)
    if copy is not None:
        if (copy.home_county, copy.lender_library_id) != (told.home_county, told.lender_library_id):
            raise SameKeyOtherBody(id=told.id)
        if copy.version >= told.version:
            return
    stored = with_known_names(told, copy)
    engagements.write(work.connection, stored, is_home=False)
    announce(work, stored)
    if told.was_agreed and told.colleague_name is None:
        _tell_the_name(work, told)


def _tell_the_name(work: Work, engagement: Engagement) -> None:
    person = index.people(work.connection, [engagement.colleague_id]).get(engagement.colleague_id)
    if person is None or not person.name:
        return
    roles = sorted(LENDER_ROLES & engagement.consents.keys())
    payload = {"engagement_id": engagement.id, "roles": roles}
    detached = {"colleague_name": person.name}
    work.send(engagement.home_county, "EngagementAccepted", payload, detached=detached)


def _wrong(pointer: str, detail: str) -> Malformed:
    return Malformed(errors=[{"pointer": pointer, "detail": detail}])
