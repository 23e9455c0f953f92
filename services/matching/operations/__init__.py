"""What matching does: one use case, one function, one transaction."""

from services.matching.operations.answering import accept, cancel, confirm, decline, dispute
from services.matching.operations.booking import (
    days_posted,
    days_released,
    days_reserved,
    reservation_refused,
)
from services.matching.operations.candidates import candidates
from services.matching.operations.exporting import export_person
from services.matching.operations.forgetting import person_erased
from services.matching.operations.index import (
    colleague_changed,
    county_changed,
    library_changed,
    offer_changed,
    participation_accepted,
    peer_changed,
    request_changed,
    travel_times_changed,
)
from services.matching.operations.joint.answering import joint_accounts_reported
from services.matching.operations.joint.steps import (
    go_on_with_joint,
    joint_documents,
    open_joint_rounds,
    own_joint_documents,
)
from services.matching.operations.leaving import check_leaving
from services.matching.operations.moving import answer_move, ask_move
from services.matching.operations.previewing import preview_ranking
from services.matching.operations.proposing import propose
from services.matching.operations.receiving import answered, engagement_proposed, engagement_shared
from services.matching.operations.recovering import own_shared
from services.matching.operations.reflecting import (
    are_due,
    ask_for_reflections,
    reflection,
    reflections,
    remind_of_reflections,
    write_reflection,
)
from services.matching.operations.rounds.computing import (
    begin_computing,
    computation_ended,
    computed,
    computing,
    round_at_work,
)
from services.matching.operations.rounds.deciding import (
    create_matching_round,
    discard_matching_round,
    publish_matching_round,
    run_matching_round,
    stop_matching_round,
)
from services.matching.operations.rounds.figures import measured_rounds
from services.matching.operations.rounds.forgetting import forget_pseudonyms
from services.matching.operations.rounds.gathering import accounts_reported
from services.matching.operations.rounds.publishing import publish_next
from services.matching.operations.rounds.showing import (
    matching_round,
    matching_round_input,
    matching_rounds,
    published_rounds,
)
from services.matching.operations.ruling import disputes, rule
from services.matching.operations.showing import get_engagement, list_engagements
from services.matching.operations.silence import due, pass_time
from services.matching.operations.vandring.changing import (
    answer_vandring_swap,
    ask_vandring_swap,
    leave_vandring,
)
from services.matching.operations.vandring.deciding import (
    answer_vandring,
    create_vandring_round,
    discard_vandring_round,
    plan_vandring_round,
    publish_vandring_round,
)
from services.matching.operations.vandring.showing import (
    library_vandring,
    library_vandrings,
    vandring_round,
    vandring_rounds,
)
from services.matching.operations.vandring.visiting import (
    propose_visit,
    propose_waiting,
    waiting_visits,
)
from services.matching.operations.weighing import ranking_versions, ranking_weights, set_ranking_weights

__all__ = [
    "accept",
    "accounts_reported",
    "answer_move",
    "answer_vandring",
    "answer_vandring_swap",
    "answered",
    "are_due",
    "ask_for_reflections",
    "ask_move",
    "ask_vandring_swap",
    "begin_computing",
    "cancel",
    "candidates",
    "check_leaving",
    "colleague_changed",
    "computation_ended",
    "computed",
    "computing",
    "confirm",
    "county_changed",
    "create_matching_round",
    "create_vandring_round",
    "days_posted",
    "days_released",
    "days_reserved",
    "decline",
    "discard_matching_round",
    "discard_vandring_round",
    "dispute",
    "disputes",
    "due",
    "engagement_proposed",
    "engagement_shared",
    "export_person",
    "forget_pseudonyms",
    "get_engagement",
    "go_on_with_joint",
    "joint_accounts_reported",
    "joint_documents",
    "leave_vandring",
    "library_changed",
    "library_vandring",
    "library_vandrings",
    "list_engagements",
    "matching_round",
    "matching_round_input",
    "matching_rounds",
    "measured_rounds",
    "offer_changed",
    "open_joint_rounds",
    "own_joint_documents",
    "own_shared",
    "participation_accepted",
    "pass_time",
    "peer_changed",
    "person_erased",
    "plan_vandring_round",
    "preview_ranking",
    "propose",
    "propose_visit",
    "propose_waiting",
    "publish_matching_round",
    "publish_next",
    "publish_vandring_round",
    "published_rounds",
    "ranking_versions",
    "ranking_weights",
    "reflection",
    "reflections",
    "remind_of_reflections",
    "request_changed",
    "reservation_refused",
    "round_at_work",
    "rule",
    "run_matching_round",
    "set_ranking_weights",
    "stop_matching_round",
    "travel_times_changed",
    "vandring_round",
    "vandring_rounds",
    "waiting_visits",
    "write_reflection",
]
