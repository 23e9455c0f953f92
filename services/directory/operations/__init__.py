"""What the directory does: one use case, one function, one transaction."""

from services.directory.operations.board import board
from services.directory.operations.colleagues import add_colleague, list_colleagues
from services.directory.operations.county import county, set_county, set_up_county
from services.directory.operations.direct_requests import (
    asked_directly,
    decline_request,
    receive_declined,
    tell_unanswered,
)
from services.directory.operations.erasing import (
    erase_person,
    erasure,
    export_person,
    own_erasure,
    person_erased,
    receive_erasure,
    waiting_erasures,
)
from services.directory.operations.importing import Imported, import_libraries
from services.directory.operations.invitations import (
    invitations,
    invite_library,
    join_library,
    open_invitation,
    renew_invitation,
    withdraw_invitation,
)
from services.directory.operations.keys import accept_rotation, join_peer, list_keys
from services.directory.operations.languages import set_colleague_language, set_library_language
from services.directory.operations.libraries import (
    get_library,
    list_libraries,
    receive_library,
    register_library,
    set_library_page,
    write_library,
)
from services.directory.operations.mapping import mapping
from services.directory.operations.offers import (
    create_offer,
    get_offer,
    list_offers,
    receive_offer,
    renew_offer,
    withdraw_offer,
)
from services.directory.operations.participation import (
    accept_participation,
    forget_links,
    name_approver,
    participation,
    participations,
)
from services.directory.operations.partnership import receive_partnership
from services.directory.operations.peer_acts import (
    act_as_operator,
    act_on_peer,
    peer_acts,
    peer_equivocated,
)
from services.directory.operations.peers import (
    add_peer,
    freeze_peer,
    leave_peer,
    list_peers,
    own_partnership,
    set_fuse,
    thaw_peer,
)
from services.directory.operations.people import confirm_skills, set_choices, set_skills, write_colleague
from services.directory.operations.placing import place_missing
from services.directory.operations.recovering import own_library, own_offer, own_request
from services.directory.operations.requests import (
    close_request,
    create_request,
    engagement_changed,
    get_request,
    list_requests,
    open_request,
    receive_request,
    widen_request,
    widen_requests,
)
from services.directory.operations.skills import list_skills, seed_skills, write_skill
from services.directory.operations.travel_times import TimesImported, import_travel_times

__all__ = [
    "Imported",
    "TimesImported",
    "accept_participation",
    "accept_rotation",
    "act_as_operator",
    "act_on_peer",
    "add_colleague",
    "add_peer",
    "asked_directly",
    "board",
    "close_request",
    "confirm_skills",
    "county",
    "create_offer",
    "create_request",
    "decline_request",
    "engagement_changed",
    "erase_person",
    "erasure",
    "export_person",
    "forget_links",
    "freeze_peer",
    "get_library",
    "get_offer",
    "get_request",
    "import_libraries",
    "import_travel_times",
    "invitations",
    "invite_library",
    "join_library",
    "join_peer",
    "leave_peer",
    "list_colleagues",
    "list_keys",
    "list_libraries",
    "list_offers",
    "list_peers",
    "list_requests",
    "list_skills",
    "mapping",
    "name_approver",
    "open_invitation",
    "open_request",
    "own_erasure",
    "own_library",
    "own_offer",
    "own_partnership",
    "own_request",
    "participation",
    "participations",
    "peer_acts",
    "peer_equivocated",
    "person_erased",
    "place_missing",
    "receive_declined",
    "receive_erasure",
    "receive_library",
    "receive_offer",
    "receive_partnership",
    "receive_request",
    "register_library",
    "renew_invitation",
    "renew_offer",
    "seed_skills",
    "set_choices",
    "set_colleague_language",
    "set_county",
    "set_fuse",
    "set_library_language",
    "set_library_page",
    "set_skills",
    "set_up_county",
    "tell_unanswered",
    "thaw_peer",
    "waiting_erasures",
    "widen_request",
    "widen_requests",
    "withdraw_invitation",
    "withdraw_offer",
    "write_colleague",
    "write_library",
    "write_skill",
]
