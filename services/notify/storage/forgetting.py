"""Somebody wants nothing of herself kept: what others were told stays, without what she is called."""

import json
import re
from typing import Any

from markupsafe import escape
from sqlalchemy import Connection, select, update

from services.notify.storage.tables import engagements, mail_outbox, notices

ROLES = (
    ("colleague_id", "colleague_name", "name", "lender"),
    ("host_contact_id", "host_contact_name", "contact", "host"),
)
"""Of each role: the document's id and name, the notice's word for the name, and the library's that stands in
for it in mails."""


def forget_names(connection: Connection, person_id: str) -> None:
    """No engagement and no notice names the person; a mail to others, sent or not, has her library's name."""
    documents = select(engagements.c.document).where(
        engagements.c.document.contains(person_id, autoescape=True)
    )
    for text in connection.execute(documents.order_by(engagements.c.id).with_for_update()).scalars().all():
        document = json.loads(text)
        for id_field, name_field, word, library in ROLES:
            if document.get(id_field) != person_id:
                continue
            _forget_in_notices(connection, document["id"], word, library)
            document[name_field] = None
        values = {"document": json.dumps(document, ensure_ascii=False)}
        connection.execute(update(engagements).where(engagements.c.id == document["id"]).values(values))


def _forget_in_notices(connection: Connection, engagement_id: str, word: str, library: str) -> None:
    query = select(notices.c.id, notices.c.parameters).where(notices.c.engagement_id == engagement_id)
    for row in connection.execute(query.order_by(notices.c.id)).all():
        parameters = json.loads(row.parameters)
        name = parameters.pop(word, None)
        if name is None:
            continue
        values = {"parameters": json.dumps(parameters, ensure_ascii=False)}
        connection.execute(update(notices).where(notices.c.id == row.id).values(values))
        _rename_in_mails(connection, row.id, name, parameters[library])


def _rename_in_mails(connection: Connection, notice_id: str, name: str, instead: str) -> None:
    query = select(mail_outbox).where(mail_outbox.c.notice_id == notice_id)
    for mail in connection.execute(query.order_by(mail_outbox.c.id).with_for_update()).mappings().all():
        values: dict[str, Any] = {
            "subject": _renamed(mail["subject"], name, instead),
            "text": _renamed(mail["text"], name, instead),
            # As the template wrote it: with Python's own `html.escape` O'Brien is spelt another way.
            "html": _renamed(mail["html"], str(escape(name)), str(escape(instead))),
        }
        connection.execute(update(mail_outbox).where(mail_outbox.c.id == mail["id"]).values(values))


def _renamed(text: str, name: str, instead: str) -> str:
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", lambda _: instead, text)
