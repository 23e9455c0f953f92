"""When a round's days have been, nobody need know whom the pseudonyms in its input stood for."""

from byttebank.storage.work import Work
from services.matching.domain.round import AT_WORK
from services.matching.storage import pseudonyms

AT_ONCE = 20


def forget_pseudonyms(work: Work) -> int:
    """How many rounds' pseudonyms stand for nobody any more: at most `AT_ONCE`, the oldest first.

    What they were computed from, their plan and their proposals stay, with the hashes that anybody may check.
    """
    found = pseudonyms.outlived(work.connection, work.today, AT_WORK, AT_ONCE)
    for round_id in found:
        pseudonyms.forget(work.connection, round_id)
    return len(found)
