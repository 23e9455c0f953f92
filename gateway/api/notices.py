"""What the library and the person are told."""

from typing import Any

from marshmallow import Schema, fields, validate

from byttebank.contracts import resources
from byttebank.contracts.refusals import NotFound
from gateway.api.idempotency import PARAMETER, once
from gateway.api.nouns import nouns_called
from gateway.api.schemas import Notice, list_of
from gateway.here import here, person
from gateway.words.notices import notice_words

nouns = nouns_called("notices", "What people are told")
Document = dict[str, Any]


class LimitQuery(Schema):
    """How many, at most."""

    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=200))


@nouns.route("/notices", methods=["GET"])
@nouns.arguments(LimitQuery, location="query")
@nouns.response(200, list_of(Notice, "NoticeList"))
def list_notices(query: Document) -> Document:
    """To the caller and the caller's library, newest first"""
    user = person()
    found = here().backend.notify.notices(user.library_id, user.person_id, limit=query["limit"])
    return {"items": [_in_words(notice) for notice in found]}


@nouns.route("/notices/<id:notice_id>/read", methods=["POST"])
@once
@nouns.response(200, Notice)
@nouns.doc(parameters=[PARAMETER])
def read_notice(notice_id: str) -> Document:
    """Mark a notice as read"""
    return _in_words(here().backend.notify.mark_read(notice_id, person().actor))


@nouns.route("/mailbox", methods=["GET"])
@nouns.response(200, list_of(resources.Mail, "MailList"))
def list_mails() -> Document:
    """The demonstration's mailbox; 404 elsewhere"""
    if not here().settings.is_demo:
        raise NotFound(kind="mailbox")
    return {"items": here().backend.notify.mailbox()}


def _in_words(notice: Document) -> Document:
    words = notice_words(notice)
    return {**notice, "subject": words.subject, "sentence": words.sentence}
