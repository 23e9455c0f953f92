"""A person's right to see what is kept of her, and to have it gone, here and in every county.

What is signed holds no names, but a pseudonym: in a library of one it is as good as a name. So the things
that were hers are emptied, not only their names.
"""

from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.actor import Actor, load_actor
from byttebank.contracts.received import ReceivedMessage, SentMessage
from byttebank.contracts.refusals import NotFound, NotYourRole
from byttebank.storage import erasing
from byttebank.storage.work import Work
from services.directory.operations.placing import KINDS, place
from services.directory.operations.publishing import PERSON, tell
from services.directory.storage import counties, erasures, libraries, market, participation
from services.directory.storage.market import Kind

Document = dict[str, Any]
EMPTY_COLLEAGUE: Document = {
    "name": None,
    "email": None,
    "is_manager": False,
    "sharing": "library",
    "can": [],
    "can_teach": [],
    "wants_to_learn": [],
    "confirmed": [],
    "own_words": "",
    "may_be_offered": False,
    "language": None,
}
EMPTY_OFFER: Document = {
    "state": "withdrawn",
    "colleague_name": None,
    "own_words": "",
    "skills": [],
    "dates": [],
    "weekdays": [],
    "first_on": None,
    "last_on": None,
    "max_km": None,
}

ENDED = {"offer": "withdrawn", "request": "closed"}


def export_person(work: Work, colleague_id: str, actor: Document) -> Document:
    """Everything the directory keeps of the colleague: `{exported_at, legal_basis, library: Library,
    colleague: Colleague, offers: [Offer], requests: [Request] as host contact, erasures, invitation,
    acceptances, named_as_approver}`.

    Refuses: NotFound; NotYourRole for others than herself, her manager and the county.
    """
    stored = _colleague(work, colleague_id)
    _check_may(load_actor(actor), stored)
    settings = counties.find_county(work.connection, work.county)
    return {
        "exported_at": format_time(work.now),
        "legal_basis": settings["legal_basis"] if settings else "",
        "library": libraries.find_library(work.connection, stored["library_id"]),
        "colleague": stored,
        "offers": market.things_of_person(work.connection, "offer", colleague_id),
        "requests": market.things_of_person(work.connection, "request", colleague_id),
        "erasures": _erasures(work, colleague_id),
        "invitation": participation.invitation_of(work.connection, colleague_id),
        "acceptances": participation.accepted_by(work.connection, colleague_id),
        "named_as_approver": participation.named_as_approver(
            work.connection, stored["library_id"], stored["name"]
        ),
    }


def erase_person(work: Work, colleague_id: str, actor: Document) -> list[Document]:
    """Nothing of the colleague is left here, and every county is asked: `{county, asked_at, confirmed_at}`.

    Her offers are withdrawn; requests in which she receives the visitor are closed. Said again, counties that
    came later are asked too.
    Refuses: NotFound; NotYourRole for others than herself, her manager and the county.
    """
    stored = _colleague(work, colleague_id)
    _check_may(load_actor(actor), stored)
    _erase_own(work, colleague_id)
    for peer in counties.list_peers(work.connection):
        if not peer["was_active"]:
            continue
        if erasures.ask_to_erase(work.connection, colleague_id, peer["county"], work.now):
            work.send(peer["county"], "ErasePerson", {"person_id": colleague_id})
    return _erasures(work, colleague_id)


def erasure(work: Work, colleague_id: str, actor: Document) -> list[Document]:
    """Which counties were asked to forget the colleague, and which have confirmed.

    Refuses: NotFound, NotYourRole as `erase_person`.
    """
    _check_may(load_actor(actor), _colleague(work, colleague_id))
    return _erasures(work, colleague_id)


def waiting_erasures(work: Work) -> list[Document]:
    """`[{county, people, asked_at}]`: counties that have not confirmed that they forgot people of ours, how
    many, and when the first of these was asked for. Nobody is named."""
    return [
        {"county": county, "people": people, "asked_at": format_time(asked_at)}
        for county, people, asked_at in erasures.waiting_erasures(work.connection)
    ]


def receive_erasure(work: Work, message: ReceivedMessage) -> None:
    """Nothing of another county's person is left here, and it is told so; late copies stay empty."""
    person_id = message.payload["person_id"]
    erasures.ask_to_erase(work.connection, person_id, message.peer, work.now)
    for kind in KINDS:
        for thing in market.things_of_person(work.connection, kind, person_id):
            if thing["county"] == message.peer:
                _empty(work, kind, thing)
    erasures.forget_words(work.connection)
    erasing.erase_outbox(work.connection, person_id)
    erasing.erase_parked(work.connection, {person_id})
    work.emit("PersonErased", {"person_id": person_id})
    work.send(message.peer, "PersonErased", {"person_id": person_id})


def person_erased(work: Work, message: ReceivedMessage) -> None:
    """The county has confirmed that it has nothing left of our person."""
    erasures.confirm_erased(work.connection, message.payload["person_id"], message.peer, work.now)


def own_erasure(work: Work, message: SentMessage) -> None:
    """A restored county forgets again whom it had forgotten."""
    person_id = message.payload["person_id"]
    erasures.ask_to_erase(work.connection, person_id, message.peer, work.now)
    if libraries.find_colleague(work.connection, person_id) is not None:
        _erase_own(work, person_id)


def without_erased(work: Work, kind: Kind, thing: Document) -> Document:
    """The thing as it may be kept: empty of a person who wants nothing kept."""
    id_field, name_field = PERSON[kind]
    if not erasures.is_erased(work.connection, thing[id_field]):
        return thing
    return {**thing, **(EMPTY_OFFER if kind == "offer" else {name_field: None, "own_words": ""})}


def _erase_own(work: Work, colleague_id: str) -> None:
    stored = libraries.find_colleague(work.connection, colleague_id, for_update=True)
    assert stored is not None, "colleagues are never deleted"
    told = {colleague_id}
    # She first: what is told of her things takes her name from here.
    erased = {**stored, **EMPTY_COLLEAGUE}
    if erased != stored:
        changed = {**erased, "version": stored["version"] + 1}
        libraries.replace_colleague(work.connection, changed)
        work.emit("ColleagueChanged", changed)
    for kind in KINDS:
        for thing in market.things_of_person(work.connection, kind, colleague_id):
            told.add(thing["id"])
            _empty(work, kind, thing)
    erasures.ask_to_erase(work.connection, colleague_id, work.county, work.now)
    erasures.confirm_erased(work.connection, colleague_id, work.county, work.now)
    erasures.forget_words(work.connection)
    erasing.erase_detached(work.connection, told)
    erasing.erase_outbox(work.connection, colleague_id)
    erasing.erase_parked(work.connection, told)
    participation.erase_invited(work.connection, colleague_id)
    if stored["name"] is not None:
        participation.forget_approvers(work.connection, stored["library_id"], stored["name"])
    work.emit("PersonErased", {"person_id": colleague_id})


def _empty(work: Work, kind: Kind, thing: Document) -> None:
    """The thing keeps its id and its place in time; an own one that was open has ended and is told of."""
    is_own = thing["county"] == work.county
    gone = {**thing, **(EMPTY_OFFER if kind == "offer" else {PERSON[kind][1]: None, "own_words": ""})}
    if is_own and thing["state"] == "open":
        gone["state"] = ENDED[kind]
        gone["version"] = thing["version"] + 1
    market.replace(work.connection, kind, gone)
    if is_own and gone["version"] != thing["version"]:
        tell(work, kind, gone)
    else:
        place(work, kind, gone)


def _colleague(work: Work, colleague_id: str) -> Document:
    stored = libraries.find_colleague(work.connection, colleague_id)
    if stored is None:
        raise NotFound(kind="colleague", id=colleague_id)
    return stored


def _check_may(who: Actor, colleague: Document) -> None:
    is_manager = who.role == "library_manager" and who.library_id == colleague["library_id"]
    if not (who.person_id == colleague["id"] or is_manager or who.role == "county"):
        raise NotYourRole(role="colleague")


def _erasures(work: Work, person_id: str) -> list[Document]:
    def told(moment: Any) -> str | None:
        return None if moment is None else format_time(moment)

    return [
        {
            "county": row["place"],
            "asked_at": told(row["asked_at"]),
            "confirmed_at": told(row["confirmed_at"]),
        }
        for row in erasures.list_erasures(work.connection, person_id)
    ]
