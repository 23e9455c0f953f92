"""A person wants nothing of herself kept: what was agreed stays, without what she is called or wrote."""

from dataclasses import replace
from typing import Any

from byttebank.storage import erasing
from byttebank.storage.work import Work
from services.matching.domain.engagement import Engagement
from services.matching.storage import engagements, forgetting, reflections, rounds, vandring, weights


def person_erased(work: Work, body: dict[str, Any]) -> None:
    """No engagement, offer or request names the person, nor does any message that this county has sent or
    will send.

    What was signed stays as it was: names never were in it. The person's reflections are gone, and no
    invitation to a vandring, no round and no version of the weights names her.
    """
    person_id = body["person_id"]
    reflections.forget_person(work.connection, person_id)
    vandring.forget_colleague(work.connection, person_id)
    rounds.forget_creator(work.connection, person_id)
    weights.forget_person(work.connection, person_id)
    forgetting.forget_person(work.connection, person_id)
    told = {person_id}
    for engagement in engagements.of_person(work.connection, person_id):
        told.add(engagement.id)
        engagements.forget_names(work.connection, _without(engagement, person_id))
    erasing.erase_detached(work.connection, told)
    erasing.erase_outbox(work.connection, person_id)
    erasing.erase_parked(work.connection, told)


def _without(engagement: Engagement, person_id: str) -> Engagement:
    history = tuple(
        replace(line, by=replace(line.by, name=None)) if line.by.person_id == person_id else line
        for line in engagement.history
    )
    wrote = bool(history) and history[0].by.person_id == person_id
    return replace(
        engagement,
        colleague_name=None if engagement.colleague_id == person_id else engagement.colleague_name,
        host_contact_name=None if engagement.host_contact_id == person_id else engagement.host_contact_name,
        own_words="" if wrote else engagement.own_words,
        history=history,
    )
